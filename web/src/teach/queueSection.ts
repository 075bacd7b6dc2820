import { el, icon } from '../dom/element';
import { ago } from '../dom/time';
import { toastError } from '../dom/toast';
import { messageOf } from '../http/problem';
import { ConversationPane } from './conversationPane';
import { nothing, type Section, type SectionContext } from './section';
import type { HelpRequest } from './teachClient';

const retryMilliseconds = 3000;

/** Who waits for a person, live, and the conversation that one has taken. */
export class QueueSection implements Section {
  readonly node: HTMLElement;
  private readonly list = el('ul', { class: 'teach-list', testId: 'help-queue' });
  private readonly state = el('p', { class: 'muted', role: 'status' }, 'Connecting…');
  private readonly side = el('div', { class: 'teach-side' });
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private requests: HelpRequest[] = [];
  private pane: ConversationPane | undefined;
  private closed = false;

  constructor(private readonly context: SectionContext) {
    this.node = el('section', { class: 'teach-split' }, el('div', {}, this.state, this.list), this.side);
    this.showSide();
    context.people.load().then(
      () => this.draw(),
      () => undefined,
    );
    this.connect();
  }

  dispose(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.source?.close();
    this.pane?.dispose();
  }

  private connect(): void {
    const source = (this.source = new EventSource(this.context.client.queueStream));
    source.addEventListener('queue', event => {
      this.requests = (JSON.parse((event as MessageEvent<string>).data) as { requests: HelpRequest[] }).requests;
      this.draw();
    });
    source.onerror = () => void this.lost(source);
  }

  private async lost(source: EventSource): Promise<void> {
    source.close();
    try {
      this.requests = await this.context.client.helpRequests();
      this.draw();
    } catch (error) {
      this.state.textContent = messageOf(error);
    }

    if (!this.closed) {
      this.timer = setTimeout(() => this.connect(), retryMilliseconds);
    }
  }

  private draw(): void {
    const waiting = this.requests.filter(({ status }) => status === 'waiting').length;
    this.state.textContent =
      this.requests.length === 0
        ? 'Nobody waits. Whoever asks for a person appears here at once.'
        : `${waiting} waiting, ${this.requests.length - waiting} taken`;
    this.list.replaceChildren(...this.requests.map(request => this.row(request)));
    this.pane?.update(this.requests.find(({ id }) => id === this.pane?.id));
  }

  private row(request: HelpRequest): HTMLElement {
    const open = () => void this.open(request);
    return el(
      'li',
      { class: 'card teach-row', testId: 'help-request' },
      el(
        'div',
        { class: 'teach-row-main' },
        el('strong', {}, this.context.people.nameOf(request.learner)),
        el(
          'span',
          { class: `badge ${request.status === 'waiting' ? 'warn' : 'good'}` },
          request.status === 'waiting' ? `asked ${ago(request.asked_at)}` : `taken by ${request.taken_by}`,
        ),
        el('p', {}, request.note || request.title),
        request.notebook_path && el('p', { class: 'muted mono' }, request.notebook_path),
      ),
      el(
        'button',
        { class: 'button', type: 'button', on: { click: open }, 'aria-pressed': this.pane?.id === request.id },
        icon('person'),
        'Open',
      ),
    );
  }

  private async open(request: HelpRequest): Promise<void> {
    this.pane?.dispose();
    this.pane = undefined;
    try {
      const pane = new ConversationPane(this.context, request, () => this.showSide());
      await pane.refresh();
      this.pane = pane;
      this.side.replaceChildren(pane.node);
      pane.node.focus();
      this.draw();
    } catch (error) {
      toastError(error);
    }
  }

  private showSide(): void {
    this.pane?.dispose();
    this.pane = undefined;
    this.side.replaceChildren(nothing('Open a request to read the conversation, take it over and answer.'));
  }
}
