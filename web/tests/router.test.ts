import { expect, test } from 'vitest';
import { folderAddress, learnerAddress, notebookAddress, routeOf } from '../src/app/router';

const at = (address: string) => routeOf(new URL(address, 'http://page'));

test.each(['a.ipynb', 'week 3/Täsk #1?.ipynb', '100%.ipynb'])('The address of %s leads back to it', path => {
  expect(at(notebookAddress(path))).toEqual({ view: 'notebook', path });
});

test('A folder keeps its name', () => {
  expect(at(folderAddress('a b/c&d'))).toEqual({ view: 'workspace', folder: 'a b/c&d' });
});

test('The other addresses lead to their views', () => {
  expect(at('/')).toEqual({ view: 'workspace', folder: '' });
  expect(at('/class')).toEqual({ view: 'class' });
  expect(at('/teach')).toEqual({ view: 'teach', part: 'queue' });
  expect(at('/teach/turns')).toEqual({ view: 'teach', part: 'turns' });
  expect(at('/teach/else')).toEqual({ view: 'unknown', path: '/teach/else' });
  expect(at('/nothing')).toEqual({ view: 'unknown', path: '/nothing' });
});

test('A learner’s address leads back to the learner, and to the notebook', () => {
  const [learner, notebook] = ['a/b ü', 'week 1/T&sk.ipynb'];
  expect(at(learnerAddress(learner, notebook))).toEqual({ view: 'learner', learner, notebook });
  expect(at(learnerAddress(learner))).toEqual({ view: 'learner', learner, notebook: '' });
});
