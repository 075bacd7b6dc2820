import type { Replay, ReplayStep } from './replay';

/** A question to the tutor as ChatService keeps it. */
export interface Turn {
  answer_id: string;
  notebook_path: string | null;
  question: string;
  question_class: string | null;
  hint_level: number | null;
  status: string;
  at: string;
}

export type MomentKind = 'good' | 'bad' | 'pasted' | 'tutor' | 'question' | 'other';

/** Something in a history that is worth a look. */
export interface Moment {
  kind: MomentKind;
  time: string;
  /** How many steps to show for it. */
  count: number;
  title: string;
  detail: string;
  /** The conversation's turn, of a question. */
  turn?: Turn;
}

const shownText = 160;

/** What happened, in order: runs, pastes, code from the tutor, and what the tutor was asked. */
export function momentsOf(replay: Replay, turns: Turn[]): Moment[] {
  const { notebook, steps } = replay.history;
  const asked = turns
    .filter(({ notebook_path }) => notebook_path === notebook)
    .map((turn): Moment => ({
      kind: 'question',
      time: turn.at,
      count: replay.countAt(turn.at),
      title: turn.question_class ? `Question (${turn.question_class})` : 'Question',
      detail: cut(turn.question),
      turn,
    }));
  const happened = steps.flatMap((step, index) => momentOf(step, index + 1, asked.length > 0) ?? []);
  return [...happened, ...asked].sort((a, b) => a.time.localeCompare(b.time) || a.count - b.count);
}

function momentOf(step: ReplayStep, count: number, questionsKnown: boolean): Moment | undefined {
  const moment = (kind: MomentKind, title: string, detail = ''): Moment => ({
    kind,
    time: step.time,
    count,
    title,
    detail: cut(detail),
  });
  if (step.execution) {
    const { success, error } = step.execution;
    return success ? moment('good', 'Ran') : moment('bad', error?.name ?? 'Failed', error?.value ?? '');
  }

  const inserted = step.edits?.flatMap(edit => edit.inserted) ?? [];
  const text = inserted.map(piece => piece.text).join('');
  if (inserted.some(({ source }) => source === 'tutor')) {
    return moment('tutor', 'Code from the tutor', text);
  }

  if (inserted.some(({ source }) => source === 'pasted')) {
    return moment('pasted', 'Pasted', text);
  }

  return step.type === 'NotebookOpenEvent'
    ? moment('other', 'Opened')
    : step.type === 'TutorQuestion' && !questionsKnown
      ? moment('question', step.tutor?.class ? `Question (${step.tutor.class})` : 'Question')
      : undefined;
}

function cut(text: string): string {
  return text.length > shownText ? `${text.slice(0, shownText)}…` : text;
}
