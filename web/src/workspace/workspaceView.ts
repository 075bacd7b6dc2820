import { folderAddress, notebookAddress } from '../app/router';
import type { AppContext, View } from '../app/view';
import { el, icon } from '../dom/element';
import { ago } from '../dom/time';
import { toast, toastError } from '../dom/toast';
import { messageOf } from '../http/problem';
import { download, listFolder, runningSessions, shutDown, upload, type Entry } from './contents';
import { deleteDialog, newFolderDialog, newNotebookDialog, renameDialog } from './fileDialogs';

/** The learner's files: notebooks to open, folders, and everything beside them. */
export class WorkspaceView implements View {
  readonly node: HTMLElement;
  readonly title = 'Notebooks';
  private readonly list = el('div', { class: 'card files', testId: 'file-list' });
  private readonly picker = el('input', { type: 'file', multiple: true, hidden: true, testId: 'upload-input' });
  private disposed = false;

  constructor(
    private readonly app: AppContext,
    private readonly folder: string,
  ) {
    this.picker.addEventListener('change', () => void this.uploadAll([...(this.picker.files ?? [])]));
    this.node = el('div', { class: 'page workspace' }, this.head(), this.picker, this.list);
    this.node.addEventListener('dragover', event => event.preventDefault());
    this.node.addEventListener('drop', event => {
      event.preventDefault();
      void this.uploadAll([...(event.dataTransfer?.files ?? [])]);
    });
    void this.refresh();
  }

  dispose(): void {
    this.disposed = true;
  }

  private head(): HTMLElement {
    const create = el(
      'button',
      { class: 'button primary', testId: 'new-notebook', on: { click: () => void this.newNotebook() } },
      icon('plus'),
      'New notebook',
    );
    const folder = el(
      'button',
      { class: 'button', on: { click: () => void this.after(newFolderDialog(this.folder)) } },
      icon('folder'),
      'New folder',
    );
    const choose = el(
      'button',
      { class: 'button', on: { click: () => this.picker.click() } },
      icon('upload'),
      'Upload',
    );
    return el(
      'div',
      { class: 'page-head' },
      el('h1', {}, this.breadcrumbs()),
      el('span', { class: 'spacer' }),
      choose,
      folder,
      create,
    );
  }

  private breadcrumbs(): HTMLElement {
    if (!this.folder) {
      return el('span', {}, 'Your notebooks');
    }

    const crumbs = el('nav', { class: 'crumbs', 'aria-label': 'Folders' }, link('/', 'Your notebooks'));
    const parts = this.folder.split('/');
    parts.forEach((part, index) => {
      const last = index === parts.length - 1;
      crumbs.append(el('span', { class: 'muted', 'aria-hidden': 'true' }, '/'));
      crumbs.append(
        last
          ? el('span', { 'aria-current': 'page' }, part)
          : link(folderAddress(parts.slice(0, index + 1).join('/')), part),
      );
    });
    return crumbs;
  }

  private async refresh(): Promise<void> {
    this.list.setAttribute('aria-busy', 'true');
    try {
      // Without the kernels' state the files can still be shown.
      const [entries, running] = await Promise.all([
        listFolder(this.folder),
        runningSessions().catch(() => new Map<string, string>()),
      ]);
      if (!this.disposed) {
        this.list.replaceChildren(entries.length > 0 ? this.table(entries, running) : this.empty());
      }
    } catch (error) {
      this.list.replaceChildren(
        el(
          'div',
          { class: 'page-state', role: 'alert' },
          el('h2', {}, 'The files cannot be shown'),
          el('p', {}, messageOf(error)),
          el('button', { class: 'button', on: { click: () => void this.refresh() } }, icon('retry'), 'Try again'),
        ),
      );
    } finally {
      this.list.removeAttribute('aria-busy');
    }
  }

  private empty(): HTMLElement {
    return el(
      'div',
      { class: 'page-state', testId: 'files-empty' },
      el('h2', {}, this.folder ? 'This folder is empty' : 'Start with a notebook'),
      el(
        'p',
        {},
        'Write code in its cells, run it, and ask the tutor beside it when something does not work. You can also drop files here.',
      ),
      el(
        'button',
        { class: 'button primary', on: { click: () => void this.newNotebook() } },
        icon('plus'),
        'New notebook',
      ),
    );
  }

  private table(entries: Entry[], running: Map<string, string>): HTMLElement {
    return el('ul', { class: 'file-rows' }, ...entries.map(entry => this.row(entry, running.get(entry.path))));
  }

  private row(entry: Entry, session: string | undefined): HTMLElement {
    const kind = entry.type === 'directory' ? 'folder' : entry.type;
    const name =
      entry.type === 'file'
        ? el('button', { class: 'file-name', type: 'button', on: { click: () => void this.save(entry) } }, entry.name)
        : link(
            entry.type === 'directory' ? folderAddress(entry.path) : notebookAddress(entry.path),
            entry.name,
            'file-name',
          );
    return el(
      'li',
      { class: `file-row ${kind}`, testId: 'file-row', 'data-path': entry.path },
      icon(kind),
      name,
      session && el('span', { class: 'badge good' }, 'running'),
      el(
        'span',
        { class: 'file-time muted', title: new Date(entry.last_modified).toLocaleString() },
        ago(entry.last_modified),
      ),
      el(
        'span',
        { class: 'file-actions' },
        session && action('stop', `Stop the kernel of ${entry.name}`, () => this.after(shutDown(session))),
        entry.type !== 'directory' && action('download', `Download ${entry.name}`, () => this.save(entry)),
        action('rename', `Rename ${entry.name}`, () => this.after(renameDialog(entry))),
        action('trash', `Delete ${entry.name}`, () => this.after(deleteDialog(entry))),
      ),
    );
  }

  private async after(change: Promise<unknown>): Promise<void> {
    await change.catch(toastError);
    await this.refresh();
  }

  private async newNotebook(): Promise<void> {
    try {
      const path = await newNotebookDialog(this.folder);
      if (path) {
        await this.app.go(notebookAddress(path));
      }
    } catch (error) {
      toastError(error);
    }
  }

  private async uploadAll(files: File[]): Promise<void> {
    this.picker.value = '';
    let failed = 0;
    for (const file of files) {
      await upload(this.folder, file).catch((error: unknown) => {
        failed++;
        toastError(error);
      });
    }

    if (files.length > 0 && failed === 0) {
      toast(files.length === 1 ? `${files[0]?.name} is uploaded.` : `${files.length} files are uploaded.`);
    }

    await this.refresh();
  }

  private async save(entry: Entry): Promise<void> {
    try {
      const address = URL.createObjectURL(await download(entry));
      el('a', { href: address, download: entry.name }).click();
      // The browser has taken the content by the time the next task runs.
      setTimeout(() => URL.revokeObjectURL(address));
    } catch (error) {
      toastError(error);
    }
  }
}

function link(href: string, label: string, className?: string): HTMLAnchorElement {
  return el('a', { href, 'data-route': true, class: className }, label);
}

function action(name: Parameters<typeof icon>[0], label: string, run: () => Promise<void>): HTMLElement {
  return el(
    'button',
    { class: 'icon-button', type: 'button', title: label, 'aria-label': label, on: { click: () => void run() } },
    icon(name),
  );
}
