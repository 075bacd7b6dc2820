import { el } from '../dom/element';
import type { CellAt } from './replay';

/** The notebook's cells at one step; only what changed since the last one is drawn again. */
export class CodeView {
  readonly node = el('div', { class: 'replay-cells', testId: 'replay-cells' });
  private readonly drawn = new Map<number, { at: CellAt; node: HTMLElement; current: boolean }>();

  /** Shows cells; what the step has changed is marked, and brought into sight. */
  show(cells: CellAt[], step: number): void {
    const nodes = cells.map(cell => this.draw(cell, step));
    const kept = new Set(cells.map(({ cell }) => cell));
    [...this.drawn.keys()].filter(cell => !kept.has(cell)).forEach(cell => this.drawn.delete(cell));
    if (nodes.length !== this.node.children.length || nodes.some((node, index) => node !== this.node.children[index])) {
      this.node.replaceChildren(...nodes);
    }

    const current = nodes[cells.findIndex(cell => cell.step === step)];
    if (current) {
      bringIntoSight(this.node, current);
    }
  }

  private draw(cell: CellAt, step: number): HTMLElement {
    const known = this.drawn.get(cell.cell);
    const current = cell.step === step;
    if (known?.at === cell && known.current === current) {
      return known.node;
    }

    const node = el(
      'div',
      { class: `replay-cell ${cell.type ?? 'code'}`, testId: 'replay-cell', 'data-current': current },
      cell.broken ? el('p', { class: 'replay-broken' }, 'Edits are missing: this is the code before them.') : null,
      el('pre', {}, ...code(cell, step)),
      ...results(cell),
    );
    this.drawn.set(cell.cell, { at: cell, node, current });
    return node;
  }
}

function code(cell: CellAt, step: number): HTMLElement[] {
  const spans: HTMLElement[] = [];
  const gone = cell.gone?.step === step ? cell.gone : undefined;
  let start = 0;
  const add = (text: string, piece: CellAt['pieces'][number]) =>
    text !== '' &&
    spans.push(
      el('span', { class: `from-${piece.source}${piece.step === step ? ' fresh' : ''}`, title: titleOf(piece) }, text),
    );
  for (const piece of cell.pieces) {
    const end = start + piece.text.length;
    if (gone && gone.at >= start && gone.at < end) {
      add(piece.text.slice(0, gone.at - start), piece);
      spans.push(el('del', {}, gone.text));
      add(piece.text.slice(gone.at - start), piece);
    } else {
      add(piece.text, piece);
    }

    start = end;
  }

  if (gone && gone.at >= start) {
    spans.push(el('del', {}, gone.text));
  }

  return spans;
}

const titles = {
  existing: 'Was there before',
  typed: 'Typed',
  pasted: 'Pasted',
  tutor: 'From the tutor',
  unknown: 'Not known where from',
};

function titleOf({ source, turn }: CellAt['pieces'][number]): string {
  return turn ? `${titles[source]}, answer ${turn}` : titles[source];
}

function results({ execution, outputs }: CellAt): HTMLElement[] {
  const shown: HTMLElement[] = outputs
    .filter(({ type }) => type !== 'error')
    .map(({ text }) => el('pre', { class: 'replay-output' }, text));
  if (execution?.error) {
    const { name, value, traceback } = execution.error;
    shown.push(
      el(
        'div',
        { class: 'replay-error', testId: 'replay-error' },
        el('strong', {}, `${name}: ${value}`),
        traceback.length > 0
          ? el('details', {}, el('summary', {}, 'Traceback'), el('pre', {}, traceback.join('\n')))
          : null,
      ),
    );
  }

  return execution
    ? [
        el(
          'p',
          { class: 'replay-run' },
          execution.success ? 'Ran' : 'Failed',
          execution.duration_ms === null ? '' : ` in ${(execution.duration_ms / 1000).toFixed(2)} s`,
        ),
        ...shown,
      ]
    : shown;
}

/** Without moving the page, which would take the controls away. */
function bringIntoSight(frame: HTMLElement, node: HTMLElement): void {
  const [outer, inner] = [frame.getBoundingClientRect(), node.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    frame.scrollTop += inner.top - outer.top - outer.height / 3;
  }
}
