import { expect, test } from 'vitest';
import { noteTutorCopy, originOfPaste, tutorsCode } from '../src/telemetry/codeOrigin';

test('What was copied from an answer is the tutor’s when it is pasted, and only that', () => {
  noteTutorCopy('print(1)\r\nprint(2)\n', 'turn-1');
  expect(originOfPaste('print(1)\nprint(2)')).toEqual({ origin: 'tutor', turn: 'turn-1' });
  expect(originOfPaste('print(1)')).toEqual({ origin: 'pasted' });
  noteTutorCopy('print(1)', undefined);
  expect(originOfPaste('print(1)')).toEqual({ origin: 'tutor' });
});

test('The last ten copies are remembered', () => {
  for (let index = 0; index < 11; index++) {
    noteTutorCopy(`copy ${index}`, `turn-${index}`);
  }

  expect(originOfPaste('copy 0')).toEqual({ origin: 'pasted' });
  expect(originOfPaste('copy 1')).toEqual(tutorsCode('turn-1'));
});
