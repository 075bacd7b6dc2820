import { el } from '../dom/element';
import { callDetails } from './callDetails';
import { policyText } from './policyFields';
import { fact } from './section';
import type { RecordedCall, RecordedTurn } from './teachClient';

const outcomes: Record<string, string> = {
  passed: 'checked, nothing held back',
  code_left_out: 'code was left out',
  rewritten: 'came too near a solution and was written anew',
  withheld: 'came too near a solution twice and was held back',
};

/** Exactly what a model was asked for an answer, and why; and what it had done for it. */
export function turnDetails(
  { question, answer, record }: RecordedTurn,
  calls: RecordedCall[],
  student: string,
): HTMLElement[] {
  const { review, objective, experiments, history } = record;
  return [
    el('h3', {}, 'Question'),
    el('p', { class: 'teach-text' }, question),
    el('h3', {}, 'Answer'),
    el('p', { class: 'teach-text' }, answer || 'There is none.'),
    el(
      'dl',
      { class: 'teach-facts' },
      fact('Model', record.model),
      fact('Policy', policyText(record.policy)),
      fact('Hint level', `${record.hint_level}, asked ${record.times_asked}x about this`),
      fact('Class', record.question_class),
      objective ? fact('Learning objective', `${objective.text} (${objective.by})`) : null,
      experiments && experiments.length > 0
        ? fact('Experiments', experiments.map(({ name, arm }) => `${name}: ${arm}`).join(', '))
        : null,
      review ? fact('Solution guard', outcomes[review.outcome] ?? review.outcome) : null,
      history.left_out > 0 ? fact('Left out', `${history.left_out} of ${history.total} earlier messages`) : null,
      record.tools && record.tools.length > 0 ? fact('Tools it might call', record.tools.join(', ')) : null,
      fact('Prompts', ...record.prompts.map(version => el('code', {}, `${version.slice(0, 19)}… `))),
    ),
    el('h3', {}, 'What the model saw'),
    el(
      'div',
      { class: 'teach-scroll', tabindex: 0, role: 'region', 'aria-label': 'Sources' },
      el(
        'table',
        { class: 'teach-table' },
        el(
          'thead',
          {},
          el('tr', {}, ...['Piece', 'From', 'Tokens', 'Of'].map(head => el('th', { scope: 'col' }, head))),
        ),
        el(
          'tbody',
          {},
          ...record.sources.map(({ kind, from, tokens, budget, cut }) =>
            el(
              'tr',
              {},
              el('td', {}, kind.replaceAll('_', ' ')),
              el('td', {}, from.startsWith('assignment:') ? 'assignment' : from),
              el('td', {}, `${tokens}${cut ? ' (cut)' : ''}`),
              el('td', {}, String(budget)),
            ),
          ),
        ),
      ),
    ),
    ...record.messages.map(({ role, content }) =>
      el('details', {}, el('summary', {}, `Message: ${role}`), el('pre', { class: 'teach-pre', tabindex: 0 }, content)),
    ),
    ...(calls.length > 0 ? [el('h3', {}, 'What it called'), ...callDetails(calls, student)] : []),
  ];
}
