import { expect, test } from 'vitest';
import { serverEvents, type ServerEvent } from '../src/http/eventStream';

async function read(...chunks: string[]): Promise<ServerEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const encoder = new TextEncoder();
      chunks.forEach(chunk => controller.enqueue(encoder.encode(chunk)));
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of serverEvents(body)) {
    events.push(event);
  }

  return events;
}

test('Events are read with their names and without the space after the colon', async () => {
  expect(await read('event: delta\ndata: {"text":"a"}\n\ndata:x\n\n')).toEqual([
    { event: 'delta', data: '{"text":"a"}', id: '' },
    { event: 'message', data: 'x', id: '' },
  ]);
});

test('An event that arrives in pieces is one event', async () => {
  expect(await read('event: del', 'ta\r', '\ndata: a\r\n', '\r\n')).toEqual([{ event: 'delta', data: 'a', id: '' }]);
});

test('Several data lines are joined and comments are skipped', async () => {
  expect(await read(': keep-alive\n\ndata: one\ndata: two\n\n')).toEqual([
    { event: 'message', data: 'one\ntwo', id: '' },
  ]);
});

test('An event that is not ended is not an event', async () => {
  expect(await read('data: half')).toEqual([]);
});

test('A line without an end is refused', async () => {
  await expect(read('data: '.concat('x'.repeat(5 * 1024 * 1024)))).rejects.toThrow('too large');
});

test('Stopping early ends the request', async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: controller => controller.enqueue(new TextEncoder().encode('data: x\n\n')),
    cancel: () => void (cancelled = true),
  });
  for await (const event of serverEvents(body)) {
    expect(event.data).toBe('x');
    break;
  }

  expect(cancelled).toBe(true);
});
