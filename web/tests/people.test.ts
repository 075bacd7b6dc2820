import { expect, test } from 'vitest';
import { csvOf, namesOf } from '../src/classview/people';

test('A name is a line that is not empty', () => {
  expect(namesOf(' Ada Lovelace \r\n\n\tGrace Hopper\n')).toEqual(['Ada Lovelace', 'Grace Hopper']);
});

test('Links are saved so that a spreadsheet reads names as names', () => {
  const link = 'http://localhost/?token=t';
  expect(
    csvOf([
      { name: 'Ada "Countess", Lovelace', link },
      { name: '=1+1', link },
    ]),
  ).toBe(`"name","link"\r\n"Ada ""Countess"", Lovelace","${link}"\r\n"'=1+1","${link}"\r\n`);
});
