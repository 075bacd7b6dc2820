import { el, icon } from '../dom/element';
import { toastError } from '../dom/toast';
import { rate, type Message, type Rating, type Source } from './tutorClient';

const names: Record<Source['kind'], string> = {
  assignment: 'the assignment',
  code: 'the cell’s code',
  cells_around: 'the cells around it',
  error: 'the error',
  activity: 'your recent runs',
  history: 'this conversation',
  earlier_questions: 'your earlier questions',
  expert: 'notes of an expert model',
  summary: 'notes on what was said before',
  cells_ran: 'cells that you ran before',
  variables: 'your variables',
  about: 'what you work on',
  objective: 'the learning objective',
  profile: 'what you asked before',
};

/** Below an answer: what the tutor saw, and what the learner thinks of it. */
export function answerFooter(message: Message): HTMLElement {
  return el('div', { class: 'answer-footer' }, sourcesOf(message), ratingOf(message));
}

function sourcesOf(message: Message): HTMLElement | null {
  const sources = message.sources ?? [];
  if (sources.length === 0) {
    return null;
  }

  return el(
    'details',
    { class: 'answer-sources', testId: 'answer-sources' },
    el('summary', {}, 'What the tutor saw'),
    el(
      'ul',
      {},
      ...sources.map(source =>
        el(
          'li',
          {},
          names[source.kind] ?? source.kind,
          source.cut ? el('span', { class: 'muted' }, ' (shortened)') : null,
        ),
      ),
    ),
    message.hint_level ? el('p', { class: 'muted' }, `Hint level ${message.hint_level}`) : null,
  );
}

function ratingOf(message: Message): HTMLElement {
  let current = message.feedback ?? null;
  const buttons = new Map<Rating, HTMLButtonElement>();
  const show = () =>
    buttons.forEach((button, rating) => button.setAttribute('aria-pressed', String(rating === current)));
  const press = async (rating: Rating) => {
    const before = current;
    current = current === rating ? null : rating;
    show();
    try {
      await rate(message, current);
    } catch (error) {
      current = before;
      show();
      toastError(error);
    }
  };
  for (const [rating, label] of [
    ['up', 'This helped'],
    ['down', 'This did not help'],
  ] as const) {
    buttons.set(
      rating,
      el(
        'button',
        {
          class: `rating ${rating}`,
          type: 'button',
          title: label,
          'aria-label': label,
          testId: `rate-${rating}`,
          on: { click: () => void press(rating) },
        },
        icon('thumb'),
      ),
    );
  }

  show();
  return el('span', { class: 'answer-rating', role: 'group', 'aria-label': 'Did this help?' }, ...buttons.values());
}
