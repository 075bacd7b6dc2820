import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { el } from '../dom/element';

/** Whether what is on the screen is also on the server. */
export class SaveState {
  readonly node = el('span', { class: 'save-state', role: 'status', testId: 'save-state' });
  private failed = false;
  private saving = false;

  constructor(private readonly panel: NotebookPanel) {
    panel.context.saveState.connect(this.saveStateChanged, this);
    panel.model?.stateChanged.connect(this.refresh, this);
    this.refresh();
  }

  dispose(): void {
    this.panel.context.saveState.disconnect(this.saveStateChanged, this);
    this.panel.model?.stateChanged.disconnect(this.refresh, this);
  }

  private saveStateChanged(_: DocumentRegistry.Context, state: DocumentRegistry.SaveState): void {
    this.saving = state === 'started';
    this.failed = state === 'failed';
    this.refresh();
  }

  private refresh(): void {
    const [state, text] = this.saving
      ? ['saving', 'Saving…']
      : this.failed
        ? ['failed', 'Not saved']
        : this.panel.model?.dirty
          ? ['unsaved', 'Unsaved changes']
          : ['saved', 'Saved'];
    this.node.dataset['state'] = state;
    this.node.textContent = text ?? '';
  }
}
