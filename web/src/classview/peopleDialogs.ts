import { openDialog, textField } from '../dom/dialog';
import { el, icon } from '../dom/element';
import { toast, toastError } from '../dom/toast';
import type { Account, Invitation, People } from './people';
import { csvOf, peopleOf } from './people';

/** A browser may ask where to, in milliseconds. */
const timeToSave = 600_000;

/** Makes accounts and shows their sign-in links, this once. The owner also makes instructors, and courses by them. */
export async function addPeopleDialog(people: People, ownCourse: string, isOwner: boolean): Promise<void> {
  const institution = people.institution();
  const names = el('textarea', {
    rows: 4,
    placeholder: institution
      ? 'Ada Lovelace <ada@example.edu>\nGrace Hopper <grace@example.edu>'
      : 'Ada Lovelace\nGrace Hopper',
    autofocus: true,
    required: true,
    testId: 'people-names',
  });
  const roles = el(
    'select',
    { class: 'select', testId: 'people-role' },
    el('option', { value: 'student' }, 'Students'),
    el('option', { value: 'instructor' }, 'Instructors'),
  );
  const [courseField, course] = textField('Course', ownCourse, {
    maxlength: 63,
    pattern: '[a-z0-9][a-z0-9\\-]*',
    title: 'Lower-case letters, digits and hyphens',
    'data-testid': 'people-course',
  });
  let invitations: Invitation[] = [];
  await openDialog({
    title: 'Add people',
    body: [
      el(
        'p',
        { class: 'muted' },
        'Each gets a link for you to hand on. Whoever has a link can sign in as the person it is for.',
      ),
      institution
        ? el('p', { class: 'muted' }, `With an address behind the name they can sign in at ${institution}, too.`)
        : null,
      el('label', { class: 'field' }, el('span', {}, 'Names, one on each line'), names),
      isOwner ? el('label', { class: 'field' }, el('span', {}, 'Who they are'), roles) : null,
      isOwner ? courseField : null,
    ],
    accept: 'Add',
    onAccept: async () => {
      const wanted = peopleOf(names.value);
      if (wanted.length === 0) {
        throw new Error('Write the names that you want to see in this view.');
      }

      invitations = await people.invite(wanted, roles.value, isOwner ? course.value : ownCourse);
    },
  });
  const [first, ...others] = invitations;
  if (first) {
    await (others.length === 0 ? showLink(first) : showLinks(invitations));
  }
}

function showLink({ name, link }: Invitation): Promise<void> {
  const field = el('input', {
    class: 'input mono',
    readonly: true,
    'aria-label': 'Sign-in link',
    testId: 'sign-in-link',
  });
  field.value = link;
  field.addEventListener('focus', () => field.select());
  return openDialog({
    title: `Sign-in link for ${name}`,
    body: [el('p', { class: 'muted' }, 'Copy it now: it is not kept and cannot be shown again.'), field],
    accept: 'Copy the link',
    cancel: 'Close',
    once: true,
    onAccept: async () => {
      await navigator.clipboard.writeText(link).catch(() => {
        field.select();
        throw new Error('The browser did not allow copying. Copy the selected link by hand.');
      });
      toast('The link is copied.');
    },
  });
}

function showLinks(invitations: Invitation[]): Promise<void> {
  return openDialog({
    title: `${invitations.length} sign-in links`,
    body: [
      el('p', { class: 'muted' }, 'Save them now: they are not kept and cannot be shown again.'),
      el(
        'ul',
        { class: 'people links', testId: 'sign-in-links' },
        ...invitations.map(({ name, link }) => el('li', {}, el('span', {}, name), el('code', {}, link))),
      ),
    ],
    accept: 'Save as CSV',
    cancel: 'Close',
    once: true,
    onAccept: () => {
      const address = URL.createObjectURL(new Blob([csvOf(invitations)], { type: 'text/csv' }));
      el('a', { href: address, download: 'sign-in-links.csv' }).click();
      setTimeout(() => URL.revokeObjectURL(address), timeToSave);
    },
  });
}

/** Everybody in the course, with a new link for who has lost theirs, and the way out. */
export async function peopleDialog(people: People, changed: () => void): Promise<void> {
  const list = el('ul', { class: 'people', testId: 'people-list' });
  const refresh = () => list.replaceChildren(...people.all().map(account => row(account)));
  const row = (account: Account): HTMLElement =>
    el(
      'li',
      {},
      el('span', {}, account.name, account.login === null ? null : el('small', { class: 'muted' }, account.login)),
      el('span', { class: 'badge' }, account.roles.join(', ')),
      ...(account.roles.includes('owner')
        ? []
        : [
            people.institution() === null
              ? null
              : action('rename', `Address of ${account.name} at the institution`, () => changeLogin(account)),
            action('retry', `New link for ${account.name}`, () => renew(account)),
            action('trash', `Remove ${account.name}`, () => remove(account)),
          ]),
    );
  const renew = async (account: Account): Promise<void> => {
    if (confirm(`Make a new link for ${account.name}? The old one, and whoever is signed in by it, stops working.`)) {
      await showLink(await people.renew(account));
    }
  };
  const changeLogin = async (account: Account): Promise<void> => {
    const [field, login] = textField('Address', account.login ?? '', {
      required: false,
      maxlength: 254,
      'data-testid': 'people-login',
    });
    await openDialog({
      title: `How ${account.name} signs in`,
      body: [
        el(
          'p',
          { class: 'muted' },
          `The address by which ${people.institution()} knows the person; empty for a link alone. Whoever came by another address is signed out, and then needs a new link, too.`,
        ),
        field,
      ],
      accept: 'Save',
      onAccept: () => people.changeLogin(account, login.value),
    });
    refresh();
  };
  const remove = async (account: Account): Promise<void> => {
    if (confirm(`Remove ${account.name}? Their link will no longer sign them in.`)) {
      await people.remove(account);
      refresh();
      changed();
    }
  };
  refresh();
  await openDialog({
    title: 'People in this course',
    body: [list],
    accept: 'Done',
    cancel: null,
    onAccept: () => undefined,
  });
}

function action(name: 'rename' | 'retry' | 'trash', label: string, run: () => Promise<void>): HTMLElement {
  return el(
    'button',
    {
      class: 'icon-button',
      type: 'button',
      'aria-label': label,
      title: label,
      on: { click: () => void run().catch(toastError) },
    },
    icon(name),
  );
}
