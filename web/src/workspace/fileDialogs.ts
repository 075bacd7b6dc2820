import { openDialog, textField } from '../dom/dialog';
import { el } from '../dom/element';
import { createFolder, createNotebook, join, kernelSpecs, remove, rename, type Entry } from './contents';

/** Asks for a name and a language; resolves with the new notebook's path, or nothing when cancelled. */
export async function newNotebookDialog(folder: string): Promise<string | undefined> {
  const specs = await kernelSpecs();
  const [field, name] = textField('Name', 'Untitled', { 'data-testid': 'new-notebook-name' });
  const select = el(
    'select',
    { class: 'select', testId: 'new-notebook-kernel' },
    ...specs.map(spec => el('option', { value: spec.name }, spec.displayName)),
  );
  const language =
    specs.length > 0
      ? el('label', { class: 'field' }, el('span', {}, 'Language'), select)
      : el('p', { class: 'muted' }, 'No kernel is installed, so its code will not run yet.');
  let created: string | undefined;
  queueMicrotask(() => name.select());
  await openDialog({
    title: 'New notebook',
    body: [field, language],
    accept: 'Create',
    onAccept: async () => {
      const path = join(folder, checkedName(name.value.replace(/\.ipynb$/i, '')) + '.ipynb');
      await createNotebook(
        path,
        specs.find(spec => spec.name === select.value),
      );
      created = path;
    },
  });
  return created;
}

export async function newFolderDialog(folder: string): Promise<void> {
  const [field, name] = textField('Name', '');
  await openDialog({
    title: 'New folder',
    body: [field],
    accept: 'Create',
    onAccept: () => createFolder(join(folder, checkedName(name.value))),
  });
}

/** Resolves with the new path, or nothing when cancelled. An open document brings its own way to move. */
export async function renameDialog(
  entry: Pick<Entry, 'name' | 'path'>,
  move: (newPath: string) => Promise<void> = newPath => rename(entry.path, newPath),
): Promise<string | undefined> {
  const [field, name] = textField('New name', entry.name, { 'data-testid': 'rename-name' });
  let renamed: string | undefined;
  queueMicrotask(() => name.setSelectionRange(0, Math.max(entry.name.lastIndexOf('.'), 0) || entry.name.length));
  await openDialog({
    title: `Rename “${entry.name}”`,
    body: [field],
    accept: 'Rename',
    onAccept: async () => {
      const path = join(entry.path.split('/').slice(0, -1).join('/'), checkedName(name.value));
      if (path !== entry.path) {
        await move(path);
        renamed = path;
      }
    },
  });
  return renamed;
}

export function deleteDialog(entry: Entry): Promise<void> {
  const what = entry.type === 'directory' ? 'This folder' : 'This file';
  return openDialog({
    title: `Delete “${entry.name}”?`,
    body: [el('p', { class: 'muted' }, `${what} is deleted for good.`)],
    accept: 'Delete',
    danger: true,
    onAccept: () => remove(entry.path),
  });
}

function checkedName(value: string): string {
  const name = value.trim();
  if (name === '' || name.startsWith('.') || /[/\\]/.test(name)) {
    throw new Error('A name may not be empty, start with a dot or contain a slash.');
  }

  return name;
}
