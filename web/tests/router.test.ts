import { expect, test } from 'vitest';
import { folderAddress, notebookAddress, routeOf } from '../src/app/router';

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
