import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import { PathExt } from '@jupyterlab/coreutils';
import { notebookAddress } from '../app/router';
import { onTheme } from '../app/theme';
import type { AppContext, View } from '../app/view';
import { el, icon } from '../dom/element';
import { toastError } from '../dom/toast';
import { EventQueue } from '../telemetry/eventQueue';
import { NotebookEvents } from '../telemetry/notebookEvents';
import { TutorPanel } from '../tutor/tutorPanel';
import type { QuestionContext } from '../tutor/tutorClient';
import { checkNotebook } from '../workspace/contents';
import { renameDialog } from '../workspace/fileDialogs';
import { cellsAroundOf, contextOf, type CellContext } from './cellContext';
import { createCommands } from './commands';
import { Completion } from './completion';
import { Documents } from './documents';
import { KernelPill } from './kernelPill';
import { KernelWatch } from './kernelWatch';
import { SaveState } from './saveState';
import { applyJupyterTheme, prepareToolbarParent } from './styles';
import { fillToolbar } from './toolbar';
import { Workbench } from './workbench';

const events = new EventQueue();

/** A notebook with the tutor beside it. */
export class NotebookView implements View {
  readonly node: HTMLElement;
  private readonly name = el('button', {
    class: 'notebook-name',
    type: 'button',
    title: 'Rename',
    testId: 'notebook-name',
    on: { click: () => void this.rename() },
  });
  private readonly workbench: Workbench;
  private readonly tutor: TutorPanel;
  private readonly events: NotebookEvents;
  private readonly disposables: { dispose(): void }[];

  static async open(app: AppContext, path: string): Promise<NotebookView> {
    // JupyterLab answers a notebook that cannot be read with a dialog over a document that never gets ready.
    await checkNotebook(path);
    const documents = Documents.shared();
    const panel = documents.open(path);
    await panel.context.ready;
    return new NotebookView(app, documents, panel);
  }

  private constructor(
    private readonly app: AppContext,
    documents: Documents,
    private readonly panel: NotebookPanel,
  ) {
    const { sessionContext, context, content } = panel;
    const completion = new Completion(panel);
    const commands = createCommands(panel, completion, documents.dialogs);
    const keydown = (event: KeyboardEvent) => commands.processKeydownEvent(event);
    const beforeUnload = (event: BeforeUnloadEvent) => panel.model?.dirty && event.preventDefault();
    panel.addClass('jp-ThemedContainer');
    prepareToolbarParent(panel.node);
    fillToolbar(panel, commands);

    const saveState = new SaveState(panel);
    const kernel = new KernelPill(sessionContext, () => void commands.execute('kernel:select'));
    const watch = new KernelWatch(panel, documents.dialogs);
    this.tutor = new TutorPanel(this.notebookAccess(), documents.rendermime, () => this.workbench.showSide(false));
    this.workbench = new Workbench(panel, this.tutor);
    documents.askAboutCell = cell => this.askAbout(cell);

    this.node = el(
      'section',
      { class: 'notebook-view', 'aria-label': 'Notebook' },
      el(
        'div',
        { class: 'notebook-bar' },
        this.name,
        saveState.node,
        el('span', { class: 'spacer' }),
        kernel.node,
        this.tutorToggle(),
      ),
      watch.node,
      this.workbench.node,
    );

    document.addEventListener('keydown', keydown, true);
    addEventListener('beforeunload', beforeUnload);
    content.activeCellChanged.connect(this.activeCellChanged, this);
    context.pathChanged.connect(this.pathChanged, this);
    this.events = new NotebookEvents(panel, events);
    this.disposables = [
      this.events,
      completion,
      saveState,
      kernel,
      watch,
      this.workbench,
      { dispose: onTheme(applyJupyterTheme) },
      { dispose: () => document.removeEventListener('keydown', keydown, true) },
      { dispose: () => removeEventListener('beforeunload', beforeUnload) },
      { dispose: () => context.pathChanged.disconnect(this.pathChanged, this) },
      { dispose: () => content.activeCellChanged.disconnect(this.activeCellChanged, this) },
      this.tutor,
      panel,
    ];
    this.showName();
    this.activeCellChanged();
  }

  get title(): string {
    return PathExt.basename(this.panel.context.path, '.ipynb');
  }

  attached(): void {
    this.workbench.attach();
    this.panel.content.activate();
    void this.tutor.resume();
  }

  async mayLeave(): Promise<boolean> {
    if (!this.panel.model?.dirty) {
      return true;
    }

    try {
      await this.panel.context.save();
      return true;
    } catch {
      // JupyterLab has said why.
      return confirm('The notebook is not saved. Leave it anyway?');
    }
  }

  dispose(): void {
    this.disposables.forEach(part => part.dispose());
  }

  private notebookAccess() {
    return {
      path: () => this.panel.context.path,
      context: (): QuestionContext => {
        const { activeCell, activeCellIndex, widgets } = this.panel.content;
        return {
          ...this.place(),
          ...(activeCell ? { ...contextOf(activeCell), ...cellsAroundOf(widgets, activeCellIndex) } : {}),
        };
      },
      insertCode: (code: string, turn?: string) => this.events.fromTutor(turn, () => this.insertCode(code)),
    };
  }

  private place(): QuestionContext {
    const language = this.panel.model?.defaultKernelLanguage;
    const kernel = this.panel.sessionContext.session?.kernel?.id;
    return {
      notebook_path: this.panel.context.path,
      ...(language ? { language } : {}),
      ...(kernel ? { kernel_id: kernel } : {}),
    };
  }

  private insertCode(code: string): void {
    const { content } = this.panel;
    NotebookActions.insertBelow(content);
    NotebookActions.changeCellType(content, 'code');
    content.activeCell?.model.sharedModel.setSource(code);
    if (content.activeCell) {
      void content.scrollToCell(content.activeCell);
    }

    this.workbench.closeDrawer();
  }

  private askAbout(cell: CellContext): void {
    this.workbench.showSide(true);
    const name = cell.error?.name ?? 'error';
    const { widgets } = this.panel.content;
    const index = widgets.findIndex(widget => widget.model.id === cell.cell_id);
    this.tutor.askAbout(`Why do I get this ${name}, and how do I find its cause?`, {
      ...this.place(),
      ...cell,
      ...(index < 0 ? {} : cellsAroundOf(widgets, index)),
    });
  }

  private tutorToggle(): HTMLElement {
    const toggle = el(
      'button',
      {
        class: 'button',
        type: 'button',
        testId: 'tutor-toggle',
        'aria-controls': 'tutor-panel',
        on: { click: () => this.workbench.toggleSide() },
      },
      icon('spark'),
      'Tutor',
    );
    this.workbench.onSide(open => toggle.setAttribute('aria-expanded', String(open)));
    return toggle;
  }

  private activeCellChanged(): void {
    const { activeCell, activeCellIndex } = this.panel.content;
    this.tutor.showCell(activeCell ? `Show the tutor cell ${activeCellIndex + 1}` : undefined);
  }

  private async rename(): Promise<void> {
    const { context } = this.panel;
    try {
      await context.save();
      const path = await renameDialog({ name: PathExt.basename(context.path), path: context.path }, newPath =>
        context.rename(PathExt.basename(newPath)),
      );
      if (path) {
        this.pathChanged();
      }
    } catch (error) {
      toastError(error);
    }
  }

  private pathChanged(): void {
    this.showName();
    this.app.replaceAddress(notebookAddress(this.panel.context.path), this.title);
  }

  private showName(): void {
    this.name.replaceChildren(el('span', {}, this.title), icon('rename'));
  }
}
