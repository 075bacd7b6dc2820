import {
  Completer,
  CompleterModel,
  CompletionHandler,
  ContextCompleterProvider,
  KernelCompleterProvider,
  ProviderReconciliator,
} from '@jupyterlab/completer';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';

const timeoutMilliseconds = 1000;

/** Tab completion in the active cell, from the kernel and from the words of the notebook. */
export class Completion {
  readonly handler: CompletionHandler;
  private readonly completer: Completer;

  constructor(private readonly panel: NotebookPanel) {
    this.completer = new Completer({ editor: null, model: new CompleterModel() });
    this.completer.addClass('jp-ThemedContainer');
    this.completer.hide();
    this.handler = new CompletionHandler({ completer: this.completer, reconciliator: this.reconciliator() });
    panel.content.activeCellChanged.connect(this.followEditor, this);
    panel.sessionContext.sessionChanged.connect(this.followSession, this);
    this.followEditor();
    Widget.attach(this.completer, document.body);
  }

  dispose(): void {
    this.panel.content.activeCellChanged.disconnect(this.followEditor, this);
    this.panel.sessionContext.sessionChanged.disconnect(this.followSession, this);
    this.handler.dispose();
    this.completer.dispose();
  }

  private followSession(): void {
    this.handler.reconciliator = this.reconciliator();
  }

  private followEditor(): void {
    const cell = this.panel.content.activeCell;
    this.handler.editor = cell?.editor ?? null;
    this.followSession();
    // A cell that was never in sight has no editor yet.
    void cell?.ready.then(() => {
      if (!this.handler.isDisposed && this.panel.content.activeCell === cell) {
        this.handler.editor = cell.editor;
        this.followSession();
      }
    });
  }

  private reconciliator(): ProviderReconciliator {
    const { content, sessionContext } = this.panel;
    return new ProviderReconciliator({
      context: { widget: this.panel, editor: content.activeCell?.editor ?? null, session: sessionContext.session },
      providers: [new KernelCompleterProvider(), new ContextCompleterProvider()],
      timeout: timeoutMilliseconds,
    });
  }
}
