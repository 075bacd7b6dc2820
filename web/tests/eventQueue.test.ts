import { expect, test, vi } from 'vitest';
import { EventQueue, type PioneerEvent } from '../src/telemetry/eventQueue';

function event(eventName: string): PioneerEvent {
  return {
    data: {
      eventDetail: { eventName, eventTime: 0, eventInfo: null },
      notebookState: { sessionID: null, notebookPath: 'a.ipynb', notebookContent: null },
    },
    params: null,
    env: [],
  };
}

const names = (events: PioneerEvent[]) => events.map(({ data }) => data.eventDetail.eventName).join(' ');

test('Events are sent in order, one request after the other, and those that wait together in one', async () => {
  const sent: string[] = [];
  let atOnce = 0;
  const queue = new EventQueue(async events => {
    expect(++atOnce).toBe(1);
    await Promise.resolve();
    atOnce--;
    sent.push(names(events));
    return 'taken';
  });
  ['a', 'b', 'c'].forEach(text => queue.add(event(text)));
  await queue.settled();
  expect(sent).toEqual(['a', 'b c']);
  expect(queue.lost).toBe(0);
});

test('What is never taken is given up after three tries, with growing pauses, and counted', async () => {
  const tried: string[] = [];
  const pauses: number[] = [];
  const queue = new EventQueue(
    async events => {
      tried.push(names(events));
      return names(events) === 'good' ? 'taken' : 'failed';
    },
    async milliseconds => void pauses.push(milliseconds),
  );
  queue.add(event('bad'));
  queue.add(event('good'));
  await queue.settled();
  expect(tried).toEqual(['bad', 'bad', 'bad', 'good']);
  expect(pauses).toEqual([1000, 2000]);
  expect(queue.lost).toBe(1);
});

test('When too many wait the oldest are dropped, and counted', async () => {
  const sent: string[] = [];
  let open = () => {};
  const gate = new Promise<void>(resolve => (open = resolve));
  const queue = new EventQueue(async events => {
    await gate;
    sent.push(...names(events).split(' '));
    return 'taken';
  });
  for (let index = 0; index <= 2100; index++) {
    queue.add(event(String(index)));
  }

  open();
  await queue.settled();
  expect(sent).toHaveLength(2001);
  expect(sent.slice(0, 2)).toEqual(['0', '101']);
  expect(sent.at(-1)).toBe('2100');
  expect(queue.lost).toBe(100);
});

test('What the server refuses is not tried again, and counted as lost', async () => {
  const fetched = vi.fn(async () => new Response(null, { status: 403 }));
  vi.stubGlobal('fetch', fetched);
  const queue = new EventQueue();
  queue.add(event('a'));
  await queue.settled();
  expect(fetched).toHaveBeenCalledTimes(1);
  expect(queue.lost).toBe(1);
  vi.unstubAllGlobals();
});
