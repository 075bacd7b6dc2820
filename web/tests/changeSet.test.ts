import { expect, test } from 'vitest';
import { changeSetOf, type DeltaPart } from '../src/telemetry/changeSet';

const cases: [name: string, delta: DeltaPart[], newLength: number, expected: unknown][] = [
  ['text into an empty cell', [{ insert: 'a\nb' }], 3, [[0, 'a', 'b']]],
  ['text in the middle', [{ retain: 2 }, { insert: 'x' }], 5, [2, [0, 'x'], 2]],
  ['a deletion at the end', [{ retain: 4 }, { delete: 3 }], 4, [4, [3]]],
  ['a replacement, whichever half comes first', [{ insert: 'yz' }, { delete: 1 }, { retain: 1 }], 6, [[1, 'yz'], 1, 3]],
  ['two places at once', [{ insert: '# ' }, { retain: 3 }, { insert: '# ' }], 9, [[0, '# '], 3, [0, '# '], 2]],
  ['a line break alone', [{ retain: 1 }, { insert: '\n' }], 2, [1, [0, '', '']]],
];

test.each(cases)('A ChangeSet of %s', (_, delta, newLength, expected) => {
  expect(changeSetOf(delta, newLength)).toEqual(expected);
});
