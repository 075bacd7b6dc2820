import { CodeCell, type Cell } from '@jupyterlab/cells';
import type { IError } from '@jupyterlab/nbformat';

/** An error as the tutor is told it. */
export interface CellError {
  name: string;
  value: string;
  traceback: string[];
}

/** What the tutor sees of a cell. */
export interface CellContext {
  cell_id: string;
  code: string;
  error?: CellError;
}

// Beyond this a traceback is the middle of a deep recursion.
const maxTracebackLines = 200;
// ANSI colours begin with an escape character.
const ansi = /\u001b\[[0-9;]*[A-Za-z]/g;

/** The last error among the cell's outputs. */
export function errorOf(cell: Cell): CellError | undefined {
  if (!(cell instanceof CodeCell)) {
    return undefined;
  }

  const outputs = cell.model.outputs;
  for (let index = outputs.length - 1; index >= 0; index--) {
    const output = outputs.get(index);
    if (output.type === 'error') {
      const { ename, evalue, traceback } = output.toJSON() as unknown as IError;
      const lines = traceback.flatMap(part => part.replace(ansi, '').split('\n'));
      return { name: ename, value: evalue.replace(ansi, ''), traceback: lines.slice(-maxTracebackLines) };
    }
  }

  return undefined;
}

export function contextOf(cell: Cell): CellContext {
  const error = errorOf(cell);
  return { cell_id: cell.model.id, code: cell.model.sharedModel.getSource(), ...(error ? { error } : {}) };
}

// The server shows the model what fits its budget, the nearest cells first.
const cellsAround = 10;
const maxCellLength = 4000;

/** The texts of the cells above and below one, in the notebook's order. */
export function cellsAroundOf(
  cells: readonly Cell[],
  index: number,
): { cells_before: string[]; cells_after: string[] } {
  const texts = (from: number, to: number) =>
    cells
      .slice(Math.max(from, 0), to)
      .map(cell => cell.model.sharedModel.getSource().slice(0, maxCellLength))
      .filter(text => text.trim() !== '');
  return { cells_before: texts(index - cellsAround, index), cells_after: texts(index + 1, index + 1 + cellsAround) };
}
