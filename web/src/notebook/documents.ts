import { SessionContextDialogs } from '@jupyterlab/apputils';
import { DocumentManager } from '@jupyterlab/docmanager';
import { DocumentRegistry, type IDocumentWidget } from '@jupyterlab/docregistry';
import { createMarkdownParser } from '@jupyterlab/markedparser-extension';
import { MathJaxTypesetter } from '@jupyterlab/mathjax-extension';
import {
  type Notebook,
  NotebookModelFactory,
  NotebookPanel,
  NotebookWidgetFactory,
  runCell,
  setCellExecutor,
  StaticNotebook,
} from '@jupyterlab/notebook';
import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { Signal } from '@lumino/signaling';
import { AskCellFooter, type AskAboutCell } from './askCellFooter';
import { createEditors } from './editors';
import { createServices } from './jupyterServices';

const autosaveSeconds = 20;

/**
 * JupyterLab's parts, made once for the page and shared by the notebooks that are opened on it.
 * Each part depends on nothing but the parts that its constructor names, so that
 * a JupyterLab plugin can take over any one of them.
 */
export class Documents {
  private static instance: Documents | undefined;

  readonly services = createServices();
  readonly dialogs = new SessionContextDialogs();
  readonly rendermime: RenderMimeRegistry;
  /** Set by the view that shows a notebook. */
  askAboutCell: AskAboutCell = () => undefined;
  private readonly manager: DocumentManager;

  static shared(): Documents {
    return (this.instance ??= new Documents());
  }

  private constructor() {
    setCellExecutor({ runCell });
    const editors = createEditors();
    this.rendermime = new RenderMimeRegistry({
      initialFactories: standardRendererFactories,
      latexTypesetter: new MathJaxTypesetter(),
      markdownParser: createMarkdownParser(editors.languages),
    });
    const registry = new DocumentRegistry();
    registry.addModelFactory(new NotebookModelFactory({}));
    registry.addWidgetFactory(
      new NotebookWidgetFactory({
        name: 'Notebook',
        modelName: 'notebook',
        fileTypes: ['notebook'],
        defaultFor: ['notebook'],
        preferKernel: true,
        canStartKernel: true,
        rendermime: this.rendermime,
        contentFactory: new ContentFactory(editors.factory.newInlineEditor, cell => this.askAboutCell(cell)),
        mimeTypeService: editors.mimeTypes,
        // The view adds its own toolbar, once its commands exist.
        toolbarFactory: () => [],
        notebookConfig: { ...StaticNotebook.defaultNotebookConfig, windowingMode: 'defer' },
      }),
    );
    this.manager = new DocumentManager({
      registry,
      manager: this.services,
      opener: new NoSiblings(),
      sessionDialogs: this.dialogs,
    });
    this.manager.autosave = true;
    this.manager.autosaveInterval = autosaveSeconds;
  }

  open(path: string): NotebookPanel {
    const panel = this.manager.open(path, 'Notebook');
    if (!(panel instanceof NotebookPanel)) {
      throw new Error(`${path} is not a notebook.`);
    }

    return panel;
  }
}

/** JupyterLab's cells, with a footer that offers help below a failed one. */
class ContentFactory extends NotebookPanel.ContentFactory {
  constructor(
    editorFactory: Notebook.ContentFactory.IOptions['editorFactory'],
    private readonly ask: AskAboutCell,
  ) {
    super({ editorFactory });
  }

  override createCellFooter(): AskCellFooter {
    return new AskCellFooter(this.ask);
  }
}

/** The page shows one document at a time, so nothing is opened beside it. */
class NoSiblings {
  readonly opened = new Signal<this, IDocumentWidget>(this);

  open(): void {
    // A notebook asks for this only through commands that this page does not offer.
  }
}
