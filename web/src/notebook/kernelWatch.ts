import type { ISessionContext, SessionContextDialogs } from '@jupyterlab/apputils';
import { CodeCell } from '@jupyterlab/cells';
import type { Kernel } from '@jupyterlab/services';
import { NotebookActions, type Notebook, type NotebookPanel } from '@jupyterlab/notebook';
import { el } from '../dom/element';
import { toastError } from '../dom/toast';
import { footerOf } from './askCellFooter';

/** Says above the notebook when the kernel died or cannot be reached, and in the cell that was running. */
export class KernelWatch {
  readonly node = el('div', { class: 'kernel-banner', hidden: true, role: 'alert', testId: 'kernel-banner' });
  private crashed = false;

  constructor(
    private readonly panel: NotebookPanel,
    private readonly dialogs: SessionContextDialogs,
  ) {
    silenceDialog(panel);
    panel.sessionContext.statusChanged.connect(this.statusChanged, this);
    panel.sessionContext.connectionStatusChanged.connect(this.connectionChanged, this);
    NotebookActions.executionScheduled.connect(this.runAgain, this);
  }

  dispose(): void {
    this.panel.sessionContext.statusChanged.disconnect(this.statusChanged, this);
    this.panel.sessionContext.connectionStatusChanged.disconnect(this.connectionChanged, this);
    NotebookActions.executionScheduled.disconnect(this.runAgain, this);
  }

  private statusChanged(session: ISessionContext, status: Kernel.Status): void {
    if (status === 'dead') {
      this.markRunningCells();
      this.show(
        'danger',
        'The kernel is dead. The notebook is safe, but its variables are lost.',
        'Start it again',
        () => this.restart(),
      );
    } else if (status === 'autorestarting') {
      this.crashed = true;
      this.markRunningCells();
      this.show('warn', 'The kernel died and is being restarted. Its variables are lost.');
    } else if (this.crashed && status === 'idle') {
      this.crashed = false;
      this.show('warn', 'The kernel died and runs again. Run the cells that you need once more.', 'Dismiss', () =>
        this.hide(),
      );
    } else if (status === 'restarting') {
      this.hideIf('kernel');
    } else if (status === 'idle' && session.session?.kernel?.connectionStatus === 'connected') {
      this.hideIf('connection');
    }
  }

  private connectionChanged(session: ISessionContext, status: Kernel.ConnectionStatus): void {
    if (status === 'disconnected') {
      this.show(
        'danger',
        'The connection to the kernel is lost.',
        'Reconnect',
        () => session.session?.kernel?.reconnect(),
        'connection',
      );
    } else if (status === 'connecting' && session.isReady) {
      this.show('info', 'Connecting to the kernel…', undefined, undefined, 'connection');
    } else if (status === 'connected') {
      this.hideIf('connection');
    }
  }

  private runAgain(_: unknown, { notebook }: { notebook: Notebook }): void {
    if (notebook === this.panel.content && !this.crashed) {
      this.hideIf('kernel');
    }
  }

  private async restart(): Promise<void> {
    const { sessionContext } = this.panel;
    const name = sessionContext.session?.kernel?.name ?? sessionContext.prevKernelName;
    await (name ? sessionContext.changeKernel({ name }) : this.dialogs.selectKernel(sessionContext));
    this.hide();
  }

  private markRunningCells(): void {
    for (const cell of this.panel.content.widgets) {
      if (cell instanceof CodeCell && cell.model.executionState === 'running') {
        footerOf(cell)?.showDeath();
      }
    }
  }

  private show(kind: string, text: string, label?: string, act?: () => unknown, about = 'kernel'): void {
    const button =
      label &&
      act &&
      el(
        'button',
        { class: 'button small', type: 'button', on: { click: () => void Promise.resolve(act()).catch(toastError) } },
        label,
      );
    this.node.className = `kernel-banner ${kind}`;
    this.node.dataset['about'] = about;
    this.node.replaceChildren(el('span', {}, text), button || '');
    this.node.hidden = false;
  }

  private hide(): void {
    this.node.hidden = true;
  }

  private hideIf(about: string): void {
    if (this.node.dataset['about'] === about) {
      this.hide();
    }
  }
}

type StatusSlot = (session: ISessionContext, status: Kernel.Status) => void;

/**
 * JupyterLab's panel covers the page with a dialog that says what the banner and the cell say here.
 * It has no option for that; should its slot get another name, the dialog comes back and nothing else changes.
 */
function silenceDialog(panel: NotebookPanel): void {
  const slot = (panel as unknown as { _onSessionStatusChanged?: StatusSlot })._onSessionStatusChanged;
  if (slot) {
    panel.sessionContext.statusChanged.disconnect(slot, panel);
  }
}
