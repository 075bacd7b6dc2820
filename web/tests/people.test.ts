import { afterEach, expect, test, vi } from 'vitest';
import { csvOf, namesOf, People } from '../src/classview/people';

afterEach(() => vi.unstubAllGlobals());

function account(id: string, course = 'statistics') {
  return { id, name: id, course, roles: ['student'], learner: `learner-${id}`, created_at: null };
}

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

  const links = await people.invite(['zoe', 'ada'], 'student', 'statistics');

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

  await people.invite(['ines'], 'instructor', 'biology');

  expect(people.all().map(one => one.name)).toEqual(['owner']);
});
