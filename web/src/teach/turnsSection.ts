import { el, type Child } from '../dom/element';
import { ago } from '../dom/time';
import { toastError } from '../dom/toast';
import { LoadedSection, nothing } from './section';
import type { TurnEntry } from './teachClient';
import { turnDetails } from './turnDetails';

/** What was asked, newest first; each opens to what the model saw. */
export class TurnsSection extends LoadedSection {
  private readonly list = el('ul', { class: 'teach-list', testId: 'turns' });
  private readonly more = el(
    'button',
    { class: 'button', type: 'button', hidden: true, on: { click: () => void this.loadMore() } },
    'Earlier questions',
  );
  private next: string | null = null;

  protected async load(): Promise<Child[]> {
    // Without names the pseudonyms do.
    await this.context.people.load().catch(() => undefined);
    this.list.replaceChildren();
    await this.append();
    return this.list.childElementCount === 0
      ? [nothing('Nobody has asked the tutor yet.')]
      : [this.list, el('div', { class: 'row' }, this.more)];
  }

  private async loadMore(): Promise<void> {
    try {
      await this.append();
    } catch (error) {
      toastError(error);
    }
  }

  private async append(): Promise<void> {
    const page = await this.context.client.turns(this.next ?? undefined);
    this.next = page.next;
    this.more.hidden = page.next === null;
    this.list.append(...page.turns.map(turn => this.row(turn)));
  }

  private row(turn: TurnEntry): HTMLElement {
    const details = el('div', { class: 'teach-details' });
    const opened = el(
      'details',
      { class: 'card teach-turn', testId: 'turn' },
      el(
        'summary',
        {},
        el(
          'span',
          { class: 'row' },
          el('strong', {}, this.context.people.nameOf(turn.learner)),
          turn.question_class && el('span', { class: 'badge' }, turn.question_class),
          turn.hint_level !== null && el('span', { class: 'badge' }, `level ${turn.hint_level}`),
          turn.status !== 'done' && el('span', { class: 'badge warn' }, turn.status),
          el('span', { class: 'muted' }, ago(turn.at)),
        ),
        el('span', { class: 'teach-question' }, turn.question),
        turn.objective && el('span', { class: 'muted' }, turn.objective),
      ),
      details,
    );
    opened.addEventListener('toggle', () => {
      if (opened.open && details.childElementCount === 0) {
        details.replaceChildren(el('span', { class: 'spinner' }));
        const { client, people } = this.context;
        Promise.all([client.turn(turn.answer_id), client.calls(turn.answer_id)]).then(
          ([record, calls]) => details.replaceChildren(...turnDetails(record, calls, people.nameOf(turn.learner))),
          (error: unknown) => {
            details.replaceChildren();
            opened.open = false;
            toastError(error);
          },
        );
      }
    });
    return el('li', {}, opened);
  }
}
