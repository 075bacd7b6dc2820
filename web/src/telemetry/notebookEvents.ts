import { type Cell, isCodeCellModel } from '@jupyterlab/cells';
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import { type CellList, type Notebook, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { CellChange, ISharedCell } from '@jupyter/ydoc';
import { Signal } from '@lumino/signaling';
import { shownOutputs } from './cellOutputs';
import { changeSetOf, type DeltaPart } from './changeSet';
import { originOfPaste, tutorsCode, type CodeOrigin } from './codeOrigin';
import type { EventQueue } from './eventQueue';

type CellsChange = Parameters<Parameters<CellList['changed']['connect']>[0]>[1];

interface CellFacts {
  id?: string;
  index: number;
  type?: string;
  /** The whole code, as lines. */
  doc?: string[];
}

/**
 * Reports what the learner does in a notebook, under jupyterlab-pioneer's event names. Executions are not among
 * them: KernelService reports those, for every client. Neither is the environment that pioneer sends on opening.
 * Edits say more than pioneer's: which cell, and where the code came from (docs/code-states.md).
 */
export class NotebookEvents {
  private readonly visibilityChanged = () => this.report(...this.visibility());
  private readonly pasted = (event: Event) => this.paste(event as ClipboardEvent | DragEvent);
  private origin: CodeOrigin = { origin: 'typed' };
  private sequence = 0;
  /** For each cell, how many events had been lost when its code was last sent as a whole. */
  private readonly whole = new Map<string, number>();

  constructor(
    private readonly panel: NotebookPanel,
    private readonly queue: EventQueue,
  ) {
    panel.content.activeCellChanged.connect(this.activeCellChanged, this);
    panel.context.saveState.connect(this.saveStateChanged, this);
    panel.model?.cells.changed.connect(this.cellsChanged, this);
    NotebookActions.executed.connect(this.executed, this);
    document.addEventListener('visibilitychange', this.visibilityChanged);
    panel.node.addEventListener('paste', this.pasted, true);
    panel.node.addEventListener('drop', this.pasted, true);
    this.report('NotebookOpenEvent', { cells: this.watchAll() });
    this.visibilityChanged();
  }

  /** Runs what puts code of the tutor's into cells. */
  fromTutor(turn: string | undefined, insert: () => void): void {
    this.origin = tutorsCode(turn);
    try {
      insert();
    } finally {
      this.origin = { origin: 'typed' };
    }
  }

  dispose(): void {
    Signal.clearData(this);
    document.removeEventListener('visibilitychange', this.visibilityChanged);
    this.panel.node.removeEventListener('paste', this.pasted, true);
    this.panel.node.removeEventListener('drop', this.pasted, true);
    this.report('NotebookHiddenEvent', null);
  }

  private watchAll(): CellFacts[] {
    const { cells } = this.panel.model ?? {};
    return cells ? Array.from(cells, ({ sharedModel }, index) => this.watch(sharedModel, index)) : [];
  }

  /** Follows a cell's code from now on; answers what it is now. */
  private watch(cell: ISharedCell, index: number): CellFacts {
    cell.changed.connect(this.codeChanged, this);
    this.whole.set(cell.id, this.queue.lost);
    return { id: cell.id, index, type: cell.cell_type, doc: cell.getSource().split('\n') };
  }

  private codeChanged(cell: ISharedCell, change: CellChange): void {
    const { sourceChange } = change;
    if (!sourceChange) {
      return;
    }

    const facts: CellFacts = { id: cell.id, index: this.indexOf(cell), type: cell.cell_type };
    if (this.whole.get(cell.id) === this.queue.lost) {
      const changes = changeSetOf(sourceChange as DeltaPart[], cell.getSource().length);
      this.report('CellEditEvent', { cells: [facts], index: facts.index, changes, ...this.origin });
    } else {
      this.whole.set(cell.id, this.queue.lost);
      this.report('CellEditEvent', { cells: [facts], index: facts.index, doc: cell.getSource().split('\n') });
    }
  }

  private indexOf(cell: ISharedCell): number {
    const { cells } = this.panel.model ?? {};
    return cells ? Array.from(cells).findIndex(({ id }) => id === cell.id) : -1;
  }

  /** The editor takes the text in while this event is handled. */
  private paste(event: ClipboardEvent | DragEvent): void {
    const data = 'clipboardData' in event ? event.clipboardData : event.dataTransfer;
    this.origin = originOfPaste(data?.getData('text/plain') ?? '');
    setTimeout(() => (this.origin = { origin: 'typed' }));
  }

  private executed(_: unknown, { notebook, cell }: { notebook: Notebook; cell: Cell }): void {
    if (notebook !== this.panel.content || !isCodeCellModel(cell.model)) {
      return;
    }

    const outputs = shownOutputs(cell.model.outputs.toJSON());
    if (outputs.length > 0) {
      const index = this.panel.content.widgets.indexOf(cell);
      this.report('CellOutputEvent', { cells: [{ id: cell.model.id, index, type: cell.model.type }], outputs });
    }
  }

  private activeCellChanged(): void {
    const { activeCell, activeCellIndex } = this.panel.content;
    if (activeCell) {
      this.report('ActiveCellChangeEvent', {
        cells: [{ id: activeCell.model.id, index: activeCellIndex, type: activeCell.model.type }],
      });
    }
  }

  private saveStateChanged(_: unknown, state: DocumentRegistry.SaveState): void {
    if (state === 'completed') {
      this.report('NotebookSaveEvent', null);
    }
  }

  private cellsChanged(_: unknown, change: CellsChange): void {
    if (change.type === 'add') {
      const cells = change.newValues.map(({ sharedModel }, offset) =>
        this.watch(sharedModel, change.newIndex + offset),
      );
      this.report('CellAddEvent', { cells });
    } else if (change.type === 'remove') {
      const cells = change.oldValues.map((_cell, offset): CellFacts => ({ index: change.oldIndex + offset }));
      this.report('CellRemoveEvent', { cells });
    }
  }

  private visibility(): [name: string, info: object | null] {
    return document.visibilityState === 'visible'
      ? ['NotebookVisibleEvent', { cells: this.cellsInSight() }]
      : ['NotebookHiddenEvent', null];
  }

  private cellsInSight(): CellFacts[] {
    const frame = this.panel.content.node.getBoundingClientRect();
    return this.panel.content.widgets.flatMap((cell, index) => {
      const { top, bottom } = cell.node.getBoundingClientRect();
      return bottom > frame.top && top < frame.bottom ? [{ id: cell.model.id, index, type: cell.model.type }] : [];
    });
  }

  private report(eventName: string, info: object | null): void {
    const eventInfo = info && { ...info, sequence: this.sequence++ };
    this.queue.add({
      data: {
        eventDetail: { eventName, eventTime: Date.now(), eventInfo },
        notebookState: {
          sessionID: this.panel.context.sessionContext.session?.id ?? null,
          notebookPath: this.panel.context.path,
          notebookContent: null,
        },
      },
      params: null,
      env: [],
    });
  }
}
