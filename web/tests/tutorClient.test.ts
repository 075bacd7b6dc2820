import { afterEach, expect, test, vi } from 'vitest';
import { ask, decide, type AnswerPart } from '../src/tutor/tutorClient';

afterEach(() => vi.unstubAllGlobals());

function stream(...events: [name: string, id: string, data: unknown][]): Response {
  const text = events
    .map(([name, id, data]) => `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`)
    .join('');
  return new Response(text, { headers: { 'Content-Type': 'text/event-stream' } });
}

async function read(parts: AsyncGenerator<AnswerPart>): Promise<string[]> {
  const seen: string[] = [];
  for await (const part of parts) {
    seen.push(part.kind === 'delta' ? part.text : part.kind);
  }

  return seen;
}

test('An answer whose connection breaks is taken up where it was', async () => {
  const sent: [string, Headers][] = [];
  const answers = [
    stream(['session', 'a/0', { session_id: 's1' }], ['delta', 'a/5', { text: 'Look ' }]),
    stream(
      ['session', 'a/5', { session_id: 's1' }],
      ['delta', 'a/10', { text: 'here.' }],
      ['done', 'a/10', { message: {} }],
    ),
  ];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    sent.push([`${init.method} ${path}`, new Headers(init.headers)]);
    return Promise.resolve(answers.shift());
  });

  const seen = await read(ask(undefined, 'Why?', { notebook_path: 'a.ipynb' }, 'k1', new AbortController().signal));

  expect(seen).toEqual(['session', 'Look ', 'session', 'here.', 'done']);
  expect(sent.map(([what]) => what)).toEqual(['POST /llm/chat/', 'GET /llm/chat/s1/stream/']);
  expect(sent[0]?.[1].get('Idempotency-Key')).toBe('k1');
  expect(sent[1]?.[1].get('Last-Event-ID')).toBe('a/5');
});

test('An error of the tutor ends the answer and is not tried again', async () => {
  const fetch = vi.fn(() =>
    Promise.resolve(
      stream(['session', 'a/0', { session_id: 's1' }], ['error', 'a/0', { status: 503, detail: 'The model is away.' }]),
    ),
  );
  vi.stubGlobal('fetch', fetch);

  await expect(
    read(ask('s1', 'Why?', { notebook_path: 'a.ipynb' }, 'k1', new AbortController().signal)),
  ).rejects.toThrow('The model is away.');
  expect(fetch).toHaveBeenCalledTimes(1);
});

test('An answer that waits for approval ends with what waits', async () => {
  const calls = [{ call_id: 'c1', name: 'lend', arguments: { days: 14 }, status: 'waiting' }];
  vi.stubGlobal('fetch', () =>
    Promise.resolve(
      stream(['session', 'a/0', { session_id: 's1' }], ['approval', 'a/0', { message: { status: 'waiting' }, calls }]),
    ),
  );

  const parts: AnswerPart[] = [];
  for await (const part of ask('s1', 'Lend it.', { notebook_path: 'a.ipynb' }, 'k1', new AbortController().signal)) {
    parts.push(part);
  }

  expect(parts.at(-1)).toEqual({ kind: 'approval', message: { status: 'waiting' }, calls });
});

test('What a tool does meanwhile is told as it comes', async () => {
  const call = { call_id: 'c1', tool: 'kernel/run_code', name: 'run_code', status: 'running' };
  vi.stubGlobal('fetch', () =>
    Promise.resolve(
      stream(
        ['session', 'a/0', { session_id: 's1' }],
        ['tool', 'a/0', call],
        ['tool', 'a/0', { ...call, status: 'done' }],
        ['done', 'a/0', { message: {} }],
      ),
    ),
  );

  const parts: AnswerPart[] = [];
  for await (const part of ask('s1', 'Run it.', { notebook_path: 'a.ipynb' }, 'k1', new AbortController().signal)) {
    parts.push(part);
  }

  expect(parts.slice(1, 3)).toEqual([
    { kind: 'tool', call },
    { kind: 'tool', call: { ...call, status: 'done' } },
  ]);
});

test('A decision is sent for its call', async () => {
  const sent: string[] = [];
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    sent.push(`${init.method} ${path}`);
    return Promise.resolve(new Response(null, { status: 202 }));
  });
  const call = { call_id: 'c1', answer_id: 'a1', name: 'lend', arguments: {}, status: 'waiting' } as const;

  await decide('s1', call, true);
  await decide('s1', call, false);

  expect(sent).toEqual(['POST /llm/chat/s1/calls/c1/approve', 'POST /llm/chat/s1/calls/c1/deny']);
});
