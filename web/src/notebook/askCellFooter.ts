import { Cell, CodeCell, type ICellFooter } from '@jupyterlab/cells';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { el, icon } from '../dom/element';
import { contextOf, errorOf, type CellContext } from './cellContext';

export type AskAboutCell = (context: CellContext) => void;

/** Below a cell: offers the tutor when the cell's output holds an error, and says when the kernel died in it. */
export class AskCellFooter extends Widget implements ICellFooter {
  private cell: CodeCell | undefined;
  private died = false;

  constructor(private readonly ask: AskAboutCell) {
    super();
    this.addClass('lyceum-CellFooter');
  }

  /** The kernel died while this cell ran, so no error output will come. */
  showDeath(): void {
    this.died = true;
    this.refresh();
  }

  override dispose(): void {
    this.cell?.model?.outputs.changed.disconnect(this.outputsChanged, this);
    this.cell = undefined;
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (!this.cell && this.parent instanceof CodeCell) {
      this.cell = this.parent;
      this.cell.model.outputs.changed.connect(this.outputsChanged, this);
    }

    this.refresh();
  }

  private outputsChanged(): void {
    if (this.cell?.model.executionState === 'running') {
      this.died = false;
    }

    this.refresh();
  }

  private refresh(): void {
    const found = this.cell && errorOf(this.cell);
    // Who interrupts a cell knows why it stopped.
    const error = found?.name === 'KeyboardInterrupt' ? undefined : found;
    if (!error && !this.died) {
      this.node.replaceChildren();
    } else if (this.node.childElementCount === 0 || this.died) {
      this.node.replaceChildren(this.died ? deathNote() : '', this.askButton());
    }
  }

  private askButton(): HTMLElement {
    return el(
      'button',
      {
        class: 'button small lyceum-Ask',
        type: 'button',
        testId: 'ask-about-error',
        on: { click: () => this.askNow() },
      },
      icon('spark'),
      'Ask about this error',
    );
  }

  private askNow(): void {
    if (this.cell) {
      const context = contextOf(this.cell);
      this.ask(
        this.died
          ? {
              ...context,
              error: { name: 'KernelDied', value: 'The kernel died while this cell was running.', traceback: [] },
            }
          : context,
      );
    }
  }
}

/** The footer of a cell of ours. */
export function footerOf(cell: Cell): AskCellFooter | undefined {
  for (const child of cell.children()) {
    if (child instanceof AskCellFooter) {
      return child;
    }
  }

  return undefined;
}

function deathNote(): HTMLElement {
  return el(
    'p',
    { class: 'lyceum-Death', role: 'alert', testId: 'cell-kernel-died' },
    'The kernel died while this cell was running. Its variables are lost.',
  );
}
