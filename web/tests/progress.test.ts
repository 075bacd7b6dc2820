import { expect, test, vi } from 'vitest';
import { OnChange } from '../src/classview/onChange';
import { byNeed, shares, stateOf } from '../src/classview/progress';

const learner = (learner: string, states: string) => ({ learner, states, tries: [], reliance: null });

test('Who is stuck comes first, then who has solved least', () => {
  const sorted = byNeed([learner('a', 'ss-'), learner('b', 's--'), learner('c', 'ssx'), learner('d', 'tx-')]);
  expect(sorted.map(one => one.learner)).toEqual(['d', 'c', 'b', 'a']);
});

test('Letters are states, and whoever has not begun is counted', () => {
  expect([0, 1, 2, 3, 9].map(index => stateOf(learner('a', '-txs'), index))).toEqual([
    'none',
    'tried',
    'stuck',
    'solved',
    'none',
  ]);
  const exercise = { cell: 'c', code: null, tried: 1, stuck: 2, solved: 3, median_tries: 1 };
  expect(shares(exercise, 10)).toEqual([
    ['stuck', 2],
    ['tried', 1],
    ['solved', 3],
    ['none', 4],
  ]);
});

test('Changes are asked about soon, together, and one question at a time', async () => {
  vi.useFakeTimers();
  let answer = () => {};
  const ask = vi.fn(() => new Promise<void>(resolve => (answer = resolve)));
  const changes = new OnChange(ask, 1000);
  changes.notify();
  changes.notify();
  expect(ask).toHaveBeenCalledTimes(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(ask).toHaveBeenCalledTimes(1);
  changes.notify();
  await vi.advanceTimersByTimeAsync(5000);
  expect(ask).toHaveBeenCalledTimes(1);
  answer();
  await vi.advanceTimersByTimeAsync(1000);
  expect(ask).toHaveBeenCalledTimes(2);
  answer();
  changes.close();
  changes.notify();
  await vi.advanceTimersByTimeAsync(5000);
  expect(ask).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});

test('A question that fails is asked again, less and less often, until it is answered', async () => {
  vi.useFakeTimers();
  const ask = vi.fn(() => (ask.mock.calls.length < 3 ? Promise.reject(new Error('503')) : Promise.resolve()));
  const changes = new OnChange(ask, 1000);
  await changes.now();
  for (const [milliseconds, times] of [
    [1999, 1],
    [1, 2],
    [3999, 2],
    [1, 3],
    [60_000, 3],
  ] as const) {
    await vi.advanceTimersByTimeAsync(milliseconds);
    expect(ask).toHaveBeenCalledTimes(times);
  }

  vi.useRealTimers();
});
