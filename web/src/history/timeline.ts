import { el } from '../dom/element';
import { toastError } from '../dom/toast';
import { getJson } from '../http/api';
import type { Moment } from './moments';

/** What a learner did and asked, in order; a click shows the notebook at that moment. */
export class Timeline {
  readonly node = el('ol', { class: 'moments', testId: 'moments' });
  private moments: Moment[] = [];
  private current: HTMLElement | undefined;

  constructor(
    private readonly course: string,
    private readonly goTo: (count: number) => void,
  ) {}

  show(moments: Moment[]): void {
    this.moments = moments;
    this.current = undefined;
    this.node.replaceChildren(
      ...(moments.length > 0
        ? moments.map(moment => this.entry(moment))
        : [el('li', { class: 'muted' }, 'Nothing was run, pasted or asked in this notebook.')]),
    );
  }

  /** Marks the last moment up to a step. */
  mark(count: number): void {
    const last = this.moments.findLastIndex(moment => moment.count <= count);
    const entry = this.node.children[last];
    if (entry !== this.current) {
      this.current?.removeAttribute('aria-current');
      this.current = entry instanceof HTMLElement ? entry : undefined;
      this.current?.setAttribute('aria-current', 'step');
      this.bringIntoSight();
    }
  }

  private entry(moment: Moment): HTMLElement {
    const { kind, time, title, detail, turn, count } = moment;
    const item = el(
      'li',
      { class: `moment ${kind}`, testId: 'moment', 'data-kind': kind },
      el(
        'button',
        { type: 'button', on: { click: () => this.goTo(count) } },
        el('time', { datetime: time }, new Date(time).toLocaleTimeString()),
        el('strong', {}, title),
        detail ? el('span', {}, detail) : null,
      ),
    );
    if (turn) {
      const answer = el('div', { class: 'moment-answer' });
      const more = el('details', {}, el('summary', {}, 'Answer'), answer);
      more.addEventListener('toggle', () => void this.load(turn.answer_id, answer), { once: true });
      item.append(more);
    }

    return item;
  }

  private async load(answerId: string, into: HTMLElement): Promise<void> {
    try {
      const address = `/tutor/courses/${encodeURIComponent(this.course)}/turns/${answerId}`;
      const { answer } = await getJson<{ answer: string }>(address);
      into.textContent = answer || 'No answer was given.';
    } catch (error) {
      toastError(error);
    }
  }

  private bringIntoSight(): void {
    const [outer, inner] = [this.node.getBoundingClientRect(), this.current?.getBoundingClientRect()];
    if (inner && (inner.top < outer.top || inner.bottom > outer.bottom)) {
      this.node.scrollTop += inner.top - outer.top - outer.height / 2;
    }
  }
}
