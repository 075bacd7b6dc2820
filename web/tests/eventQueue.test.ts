import { expect, test } from 'vitest';
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

const name = ({ data }: PioneerEvent) => data.eventDetail.eventName;

test('Events are sent in order, one after the other', async () => {
  const sent: string[] = [];
  let atOnce = 0;
  const queue = new EventQueue(async item => {
    expect(++atOnce).toBe(1);
    await Promise.resolve();
    atOnce--;
    sent.push(name(item));
    return true;
  });
  ['a', 'b', 'c'].forEach(text => queue.add(event(text)));
  await queue.settled();
  expect(sent).toEqual(['a', 'b', 'c']);
});

test('An event that is never taken is given up after three tries, with growing pauses', async () => {
  const tried: string[] = [];
  const pauses: number[] = [];
  const queue = new EventQueue(
    async item => {
      tried.push(name(item));
      return name(item) === 'good';
    },
    async milliseconds => void pauses.push(milliseconds),
  );
  queue.add(event('bad'));
  queue.add(event('good'));
  await queue.settled();
  expect(tried).toEqual(['bad', 'bad', 'bad', 'good']);
  expect(pauses).toEqual([1000, 2000]);
});

test('When too many wait the oldest are dropped', async () => {
  const sent: string[] = [];
  let open = () => {};
  const gate = new Promise<void>(resolve => (open = resolve));
  const queue = new EventQueue(async item => {
    await gate;
    sent.push(name(item));
    return true;
  });
  for (let index = 0; index <= 300; index++) {
    queue.add(event(String(index)));
  }

  open();
  await queue.settled();
  expect(sent).toHaveLength(201);
  expect(sent.slice(0, 2)).toEqual(['0', '101']);
  expect(sent.at(-1)).toBe('300');
});
