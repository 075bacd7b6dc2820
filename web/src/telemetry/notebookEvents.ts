import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { CellList, NotebookPanel } from '@jupyterlab/notebook';
import type { EventQueue } from './eventQueue';

type CellsChange = Parameters<Parameters<CellList['changed']['connect']>[0]>[1];

interface CellFacts {
  id?: string;
  index: number;
  type?: string;
}

/**
 * Reports what the learner does in a notebook, under jupyterlab-pioneer's event names. Executions are not among
 * them: KernelService reports those, for every client. Neither is the environment that pioneer sends on opening.
 */
export class NotebookEvents {
  private readonly visibilityChanged = () => this.report(...this.visibility());

  constructor(
    private readonly panel: NotebookPanel,
    private readonly queue: EventQueue,
  ) {
    panel.content.activeCellChanged.connect(this.activeCellChanged, this);
    panel.context.saveState.connect(this.saveStateChanged, this);
    panel.model?.cells.changed.connect(this.cellsChanged, this);
    document.addEventListener('visibilitychange', this.visibilityChanged);
    this.report('NotebookOpenEvent', null);
    this.visibilityChanged();
  }

  dispose(): void {
    this.panel.content.activeCellChanged.disconnect(this.activeCellChanged, this);
    this.panel.context.saveState.disconnect(this.saveStateChanged, this);
    this.panel.model?.cells.changed.disconnect(this.cellsChanged, this);
    document.removeEventListener('visibilitychange', this.visibilityChanged);
    this.report('NotebookHiddenEvent', null);
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
      const cells = change.newValues.map((cell, offset): CellFacts => ({
        id: cell.id,
        index: change.newIndex + offset,
        type: cell.type,
      }));
      this.report('CellAddEvent', { cells });
    } else if (change.type === 'remove') {
      const cells = change.oldValues.map((_cell, offset): CellFacts => ({ index: change.oldIndex + offset }));
      this.report('CellRemoveEvent', { cells });
    }
  }

  private visibility(): [name: string, info: unknown] {
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

  private report(eventName: string, eventInfo: unknown): void {
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
