import { afterEach, expect, test, vi } from 'vitest';
import { csvOf, People, peopleOf } from '../src/classview/people';

afterEach(() => vi.unstubAllGlobals());

function account(id: string, course = 'statistics') {
  return { id, name: id, course, roles: ['student'], learner: `learner-${id}`, created_at: null, login: null };
}

test('A person is a line that is not empty, with a login in angle brackets', () => {
  expect(peopleOf(' Ada Lovelace \r\n\n\tGrace Hopper <grace@example.edu>\n<cy@example.edu>\nLess < More')).toEqual([
    { name: 'Ada Lovelace', login: null },
    { name: 'Grace Hopper', login: 'grace@example.edu' },
    { name: 'cy@example.edu', login: 'cy@example.edu' },
    { name: 'Less < More', login: null },
  ]);
});

test('A login that was changed is in the list', async () => {
  const answers = [
    { accounts: [account('ada')], institution: 'Example University' },
    { ...account('ada'), login: 'ada@b.c' },
  ];
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(answers.shift())));
  const people = new People();
  await people.load();
  await people.changeLogin(people.all()[0]!, ' ada@b.c ');

  expect(people.institution()).toBe('Example University');
  expect(people.all().map(one => one.login)).toEqual(['ada@b.c']);
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

test('Links that were made are shown whatever becomes of the next request', async () => {
  vi.stubGlobal('location', { origin: 'http://localhost' });
  const answers = [
    { accounts: [account('owner')] },
    { accounts: ['zoe', 'ada'].map(name => ({ account: account(name), token: 't', sign_in_path: `/?token=${name}` })) },
  ];
  vi.stubGlobal('fetch', () => {
    const answer = answers.shift();
    return answer ? Promise.resolve(Response.json(answer)) : Promise.reject(new TypeError('The network is away.'));
  });
  const people = new People();
  await people.load();

  const links = await people.invite(peopleOf('zoe\nada'), 'student', 'statistics');

  expect(links.map(invitation => invitation.link)).toEqual([
    'http://localhost/?token=zoe',
    'http://localhost/?token=ada',
  ]);
  expect(people.all().map(one => one.name)).toEqual(['ada', 'owner', 'zoe']);
  expect(people.nameOf('learner-zoe')).toBe('zoe');
});

test('Who was made in another course is not listed in this one', async () => {
  vi.stubGlobal('location', { origin: 'http://localhost' });
  const answers = [
    { accounts: [account('owner')] },
    { accounts: [{ account: account('ines', 'biology'), token: 't', sign_in_path: '/?token=ines' }] },
  ];
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json(answers.shift())));
  const people = new People();
  await people.load();

  await people.invite(peopleOf('ines'), 'instructor', 'biology');

  expect(people.all().map(one => one.name)).toEqual(['owner']);
});
