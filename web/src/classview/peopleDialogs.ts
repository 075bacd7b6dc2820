import { openDialog, textField } from '../dom/dialog';
import { el, icon } from '../dom/element';
import { toast, toastError } from '../dom/toast';
import type { Account, People } from './people';

/** Makes a student's account and shows the sign-in link, this once. */
export async function addStudentDialog(people: People): Promise<void> {
  const [field, name] = textField('Name', '', { placeholder: 'Ada Lovelace', 'data-testid': 'student-name' });
  let link: string | undefined;
  await openDialog({
    title: 'Add a student',
    body: [
      el('p', { class: 'muted' }, 'You get a link to hand to the student. Whoever has it can sign in as that student.'),
      field,
    ],
    accept: 'Add',
    onAccept: async () => {
      const trimmed = name.value.trim();
      if (trimmed === '') {
        throw new Error('Write the name that you want to see in this view.');
      }

      link = await people.invite(trimmed);
    },
  });
  if (link) {
    await showLink(name.value.trim(), link);
  }
}

function showLink(name: string, link: string): Promise<void> {
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
    onAccept: async () => {
      await navigator.clipboard.writeText(link).catch(() => {
        field.select();
        throw new Error('The browser did not allow copying. Copy the selected link by hand.');
      });
      toast('The link is copied.');
    },
  });
}

/** Everybody in the course, and the way out of it. */
export async function peopleDialog(people: People, changed: () => void): Promise<void> {
  const list = el('ul', { class: 'people' });
  const refresh = () => list.replaceChildren(...people.all().map(account => row(account)));
  const row = (account: Account): HTMLElement =>
    el(
      'li',
      {},
      el('span', {}, account.name),
      el('span', { class: 'badge' }, account.roles.join(', ')),
      account.roles.includes('owner')
        ? null
        : el(
            'button',
            {
              class: 'icon-button',
              type: 'button',
              'aria-label': `Remove ${account.name}`,
              title: `Remove ${account.name}`,
              on: { click: () => void remove(account) },
            },
            icon('trash'),
          ),
    );
  const remove = async (account: Account): Promise<void> => {
    if (confirm(`Remove ${account.name}? Their link will no longer sign them in.`)) {
      try {
        await people.remove(account);
        refresh();
        changed();
      } catch (error) {
        toastError(error);
      }
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
