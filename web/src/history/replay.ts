/** How code came to be in a cell (docs/code-states.md). */
export type CodeSource = 'existing' | 'typed' | 'pasted' | 'tutor' | 'unknown';

export interface TracedCode {
  text: string;
  source: CodeSource;
  turn?: string;
}

export interface CodeEdit {
  cell: number;
  at: number;
  removed: number;
  inserted: TracedCode[];
}

export interface Execution {
  success: boolean;
  duration_ms: number | null;
  error: { name: string; value: string; traceback: string[] } | null;
}

export interface Output {
  type: string;
  text: string;
}

export interface ReplayStep {
  event: string;
  time: string;
  type: string;
  cell?: number;
  removed?: number[];
  placed?: { cell: number; index: number }[];
  edits?: CodeEdit[];
  broken?: boolean;
  execution?: Execution;
  outputs?: Output[];
  tutor?: { class?: string; outcome?: string };
}

export interface NotebookReplay {
  learner: string;
  notebook: string;
  cells: { cell: number; id: string | null; type: string | null }[];
  code: Record<CodeSource, number> & { reliance: number | null };
  steps: ReplayStep[];
}

/** A cell at some step. Never changed: a step that concerns it makes another one. */
export interface CellAt {
  cell: number;
  type: string | null;
  pieces: (TracedCode & { step: number })[];
  /** What the last edit took away, and where. */
  gone: { at: number; text: string; step: number } | undefined;
  broken: boolean;
  execution: Execution | undefined;
  outputs: Output[];
  /** The step that last concerned it. */
  step: number;
}

interface State {
  order: number[];
  cells: Map<number, CellAt>;
}

const keyframeEvery = 100;

/** A notebook's history, of which any step can be looked at at once. */
export class Replay {
  private readonly keyframes: State[] = [{ order: [], cells: new Map() }];
  private readonly types: Map<number, string | null>;

  constructor(readonly history: NotebookReplay) {
    this.types = new Map(history.cells.map(({ cell, type }) => [cell, type]));
    let state = this.keyframes[0]!;
    for (let start = 0; start + keyframeEvery <= history.steps.length; start += keyframeEvery) {
      state = this.advance(state, start, start + keyframeEvery);
      this.keyframes.push(state);
    }
  }

  get length(): number {
    return this.history.steps.length;
  }

  /** The cells in order after so many steps. */
  at(count: number): CellAt[] {
    const index = Math.floor(count / keyframeEvery);
    const { order, cells } = this.advance(this.keyframes[index]!, index * keyframeEvery, count);
    return order.map(cell => cells.get(cell)!);
  }

  /** How many steps there were up to that time. */
  countAt(time: string): number {
    const moment = Date.parse(time);
    const next = this.history.steps.findIndex(step => Date.parse(step.time) > moment);
    return next < 0 ? this.length : next;
  }

  private advance(from: State, start: number, end: number): State {
    const state = { order: [...from.order], cells: new Map(from.cells) };
    for (let index = start; index < end; index++) {
      this.apply(state, this.history.steps[index]!, index);
    }

    return state;
  }

  private apply(state: State, step: ReplayStep, index: number): void {
    for (const cell of step.removed ?? []) {
      state.order = state.order.filter(other => other !== cell);
    }

    for (const { cell, index: place } of step.placed ?? []) {
      state.order = state.order.filter(other => other !== cell);
      state.order.splice(place, 0, cell);
      if (!state.cells.has(cell)) {
        state.cells.set(cell, this.emptyCell(cell, index));
      }
    }

    for (const edit of step.edits ?? []) {
      const before = state.cells.get(edit.cell);
      if (before) {
        state.cells.set(edit.cell, edited(before, edit, index));
      }
    }

    const about = step.cell === undefined ? undefined : state.cells.get(step.cell);
    if (about) {
      state.cells.set(about.cell, {
        ...about,
        broken: step.broken ?? false,
        // What a cell showed comes after its run, and belongs to it.
        execution: step.execution ?? about.execution,
        outputs: step.outputs ?? (step.execution ? [] : about.outputs),
        step: index,
      });
    }
  }

  private emptyCell(cell: number, step: number): CellAt {
    const type = this.types.get(cell) ?? null;
    return { cell, type, pieces: [], gone: undefined, broken: false, execution: undefined, outputs: [], step };
  }
}

function edited(cell: CellAt, { at, removed, inserted }: CodeEdit, step: number): CellAt {
  const before: CellAt['pieces'] = [];
  const after: CellAt['pieces'] = [];
  let gone = '';
  let start = 0;
  for (const piece of cell.pieces) {
    const end = start + piece.text.length;
    if (start < at) {
      before.push(end <= at ? piece : { ...piece, text: piece.text.slice(0, at - start) });
    }

    gone += piece.text.slice(Math.max(0, at - start), Math.max(0, at + removed - start));
    if (end > at + removed) {
      after.push(start >= at + removed ? piece : { ...piece, text: piece.text.slice(at + removed - start) });
    }

    start = end;
  }

  const pieces = join([...before, ...inserted.map(piece => ({ ...piece, step })), ...after], step);
  return { ...cell, pieces, gone: gone ? { at: at + length(inserted), text: gone, step } : undefined, step };
}

/** Makes one of neighbours of the same origin, but for what this step has brought. */
function join(pieces: CellAt['pieces'], step: number): CellAt['pieces'] {
  const joined: CellAt['pieces'] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last && last.source === piece.source && last.turn === piece.turn && last.step !== step && piece.step !== step) {
      joined[joined.length - 1] = { ...last, text: last.text + piece.text };
    } else {
      joined.push(piece);
    }
  }

  return joined;
}

function length(pieces: TracedCode[]): number {
  return pieces.reduce((sum, { text }) => sum + text.length, 0);
}
