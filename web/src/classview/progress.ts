/** How far the class has got with a notebook (docs/metrics.md, progression). */
export interface Progress {
  notebook: string | null;
  notebooks: { notebook: string; learners: number }[];
  cells: Exercise[];
  learners: LearnerProgress[];
}

export interface Exercise {
  cell: string;
  code: string | null;
  tried: number;
  stuck: number;
  solved: number;
  median_tries: number | null;
}

export interface LearnerProgress {
  learner: string;
  /** A letter for each exercise. */
  states: string;
  tries: number[];
  reliance: number | null;
}

export type ExerciseState = 'none' | 'tried' | 'stuck' | 'solved';

const letters: Record<string, ExerciseState> = { '-': 'none', t: 'tried', x: 'stuck', s: 'solved' };
const order: ExerciseState[] = ['stuck', 'tried', 'solved', 'none'];

export function stateOf({ states }: LearnerProgress, exercise: number): ExerciseState {
  return letters[states[exercise] ?? '-'] ?? 'none';
}

/** Who is stuck comes first, then who has solved least. */
export function byNeed(learners: LearnerProgress[]): LearnerProgress[] {
  const count = ({ states }: LearnerProgress, letter: string) => states.split(letter).length - 1;
  return [...learners].sort(
    (a, b) =>
      Number(count(b, 'x') > 0) - Number(count(a, 'x') > 0) ||
      count(a, 's') - count(b, 's') ||
      a.learner.localeCompare(b.learner),
  );
}

/** How many learners are in each state of an exercise, those who have not begun included. */
export function shares({ tried, stuck, solved }: Exercise, learners: number): [ExerciseState, number][] {
  const counts = { tried, stuck, solved, none: Math.max(0, learners - tried - stuck - solved) };
  return order.map(state => [state, counts[state]]);
}
