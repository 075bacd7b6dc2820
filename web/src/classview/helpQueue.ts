import { learnerAddress } from '../app/router';
import { el } from '../dom/element';
import { ago } from '../dom/time';
import type { HelpRequest } from '../teach/teachClient';

const retryMilliseconds = 5000;

/** Who asked for a person, the longest waiting first, live from the tutor's service. */
export class HelpQueue {
  readonly node: HTMLElement;
  private readonly list = el('ul', { class: 'help-queue', testId: 'help-queue' });
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private requests: HelpRequest[] = [];
  private closed = false;

  constructor(
    private readonly course: string,
    private readonly nameOf: (learner: string) => string,
  ) {
    this.node = el(
      'section',
      { class: 'card panel' },
      el(
        'div',
        { class: 'panel-head' },
        el('h2', {}, 'Waiting for a person'),
        el('a', { href: '/teach', 'data-route': true }, 'Answer'),
      ),
      this.list,
    );
    this.refresh();
    this.connect();
  }

  /** How many wait and nobody has taken. */
  get waiting(): number {
    return this.requests.filter(({ status }) => status === 'waiting').length;
  }

  dispose(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.source?.close();
  }

  refresh(): void {
    this.list.replaceChildren(
      ...(this.requests.length > 0
        ? this.requests.map(request => this.entry(request))
        : [el('li', { class: 'muted' }, 'Nobody waits.')]),
    );
  }

  private connect(): void {
    const source = (this.source = new EventSource(`/tutor/courses/${encodeURIComponent(this.course)}/help/stream`));
    source.addEventListener('queue', event => {
      this.requests = (JSON.parse((event as MessageEvent<string>).data) as { requests: HelpRequest[] }).requests;
      this.refresh();
    });
    source.onerror = () => {
      source.close();
      if (!this.closed) {
        this.timer = setTimeout(() => this.connect(), retryMilliseconds);
      }
    };
  }

  private entry({ learner, title, notebook_path, note, asked_at, taken_by }: HelpRequest): HTMLElement {
    return el(
      'li',
      { testId: 'help-request' },
      el(
        'div',
        { class: 'error-line' },
        el(
          'a',
          { href: learnerAddress(learner, notebook_path), 'data-route': true },
          el('strong', {}, this.nameOf(learner)),
        ),
        el('span', { class: 'muted' }, taken_by ? `with ${taken_by}` : `waits, asked ${ago(asked_at)}`),
      ),
      el('p', { class: 'muted' }, note || title),
    );
  }
}
