import { problemOfResponse } from './problem';

type SignedOut = () => void;
let signedOut: SignedOut = () => undefined;

/** Names what happens when a session has ended. */
export function onSignedOut(handler: SignedOut): void {
  signedOut = handler;
}

/** `fetch` that notices when the session has ended; also given to JupyterLab's services. */
export async function watchedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
  if (response.status === 401) {
    signedOut();
  }

  return response;
}

/** Sends a request and throws a `Problem` unless it went well. */
export async function send(method: string, path: string, body?: unknown, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (body !== undefined) {
    headers.set('Content-Type', 'application/json');
  }

  const response = await watchedFetch(path, {
    ...init,
    method,
    // What a browser guesses to be fresh may be a listing from before the last change.
    cache: 'no-store',
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!response.ok) {
    throw await problemOfResponse(response);
  }

  return response;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await send('GET', path, undefined, signal ? { signal } : {});
  return (await response.json()) as T;
}

export async function sendJson<T>(method: string, path: string, body?: unknown): Promise<T> {
  return (await (await send(method, path, body)).json()) as T;
}
