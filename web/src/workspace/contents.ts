import { getJson, send, sendJson } from '../http/api';
import { Problem } from '../http/problem';

/** A file or folder as Jupyter's contents API gives it. */
export interface Entry {
  name: string;
  path: string;
  type: 'directory' | 'notebook' | 'file';
  last_modified: string;
  size: number | null;
  writable: boolean;
  mimetype?: string | null;
}

export interface KernelSpec {
  name: string;
  displayName: string;
  language: string;
}

interface KernelSpecs {
  default: string;
  kernelspecs: Record<string, { name: string; spec: { display_name: string; language: string } }>;
}

interface Session {
  id: string;
  path: string;
}

export const maxUploadBytes = 20 * 1024 * 1024;

function address(path: string): string {
  return `/api/contents/${path.split('/').filter(Boolean).map(encodeURIComponent).join('/')}`;
}

export function join(folder: string, name: string): string {
  return folder ? `${folder}/${name}` : name;
}

export async function listFolder(folder: string): Promise<Entry[]> {
  const found = await getJson<Entry & { content: Entry[] }>(`${address(folder)}?type=directory&content=1`);
  return found.content.sort(
    (a, b) => Number(b.type === 'directory') - Number(a.type === 'directory') || a.name.localeCompare(b.name),
  );
}

/** Throws the server's reason unless there is a notebook at the path that can be read. */
export async function checkNotebook(path: string): Promise<void> {
  await send('GET', `${address(path)}?type=notebook&content=1`);
}

/** Paths of notebooks with a running kernel, and the sessions that hold them. */
export async function runningSessions(): Promise<Map<string, string>> {
  return new Map((await getJson<Session[]>('/api/sessions')).map(session => [session.path, session.id]));
}

export async function shutDown(session: string): Promise<void> {
  await send('DELETE', `/api/sessions/${encodeURIComponent(session)}`);
}

/** The kernels to choose from, the server's default first. */
export async function kernelSpecs(): Promise<KernelSpec[]> {
  const found = await getJson<KernelSpecs>('/api/kernelspecs');
  return Object.values(found.kernelspecs)
    .map(({ name, spec }) => ({ name, displayName: spec.display_name, language: spec.language }))
    .sort(
      (a, b) =>
        Number(b.name === found.default) - Number(a.name === found.default) ||
        a.displayName.localeCompare(b.displayName),
    );
}

export async function createNotebook(path: string, spec: KernelSpec | undefined): Promise<void> {
  await refuseExisting(path);
  const kernelspec = spec && { name: spec.name, display_name: spec.displayName, language: spec.language };
  const content = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: kernelspec ? { kernelspec } : {},
    cells: [
      { id: crypto.randomUUID(), cell_type: 'code', metadata: {}, source: '', outputs: [], execution_count: null },
    ],
  };
  await send('PUT', address(path), { type: 'notebook', format: 'json', content });
}

export async function createFolder(path: string): Promise<void> {
  await refuseExisting(path);
  await send('PUT', address(path), { type: 'directory' });
}

export async function rename(path: string, newPath: string): Promise<void> {
  await sendJson<Entry>('PATCH', address(path), { path: newPath });
}

export async function remove(path: string): Promise<void> {
  await send('DELETE', address(path));
}

export async function upload(folder: string, file: File): Promise<void> {
  if (file.size > maxUploadBytes) {
    throw new Error(`${file.name} is larger than ${maxUploadBytes / 1024 / 1024} MB.`);
  }

  const path = join(folder, file.name);
  await refuseExisting(path);
  if (file.name.endsWith('.ipynb')) {
    const content: unknown = await file
      .text()
      .then(JSON.parse)
      .catch(() => {
        throw new Error(`${file.name} is not a notebook: its content is not JSON.`);
      });
    await send('PUT', address(path), { type: 'notebook', format: 'json', content });
  } else {
    await send('PUT', address(path), { type: 'file', format: 'base64', content: await base64(file) });
  }
}

/** The file's content, to be saved by the browser. */
export async function download(entry: Entry): Promise<Blob> {
  const found = await getJson<{ content: unknown; format: string; mimetype?: string }>(
    `${address(entry.path)}?content=1`,
  );
  if (found.format === 'base64') {
    const bytes = Uint8Array.from(atob(String(found.content)), character => character.charCodeAt(0));
    return new Blob([bytes], { type: found.mimetype ?? 'application/octet-stream' });
  }

  return new Blob([found.format === 'json' ? JSON.stringify(found.content, null, 1) : String(found.content)]);
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await send('GET', `${address(path)}?content=0`).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Problem && error.status === 404) {
        return false;
      }

      throw error;
    },
  );
  if (exists) {
    throw new Error(`“${path}” exists already. Choose another name.`);
  }
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(new Error(`${file.name} could not be read.`));
    reader.readAsDataURL(file);
  });
}
