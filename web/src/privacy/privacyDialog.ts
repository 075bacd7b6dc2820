import { openDialog } from '../dom/dialog';
import { el } from '../dom/element';
import { toastError } from '../dom/toast';
import { decide, decisionOf, eraseMe, offeredStudies, recordedBy, type Decision, type OfferedStudy } from './studies';

const words: Record<Decision, string> = {
  open: 'You have not decided yet. Nothing of yours is used unless you consent.',
  changed: 'The study has changed since you consented. Nothing of yours is used unless you consent again.',
  given: 'You have consented. You can withdraw at any time.',
  refused: 'You have not consented. Nothing of yours is used.',
};

/** What studies ask of the learner, and what the learner may do with what is recorded. */
export async function privacyDialog(changed: () => void): Promise<void> {
  const list = el('div', { class: 'studies', testId: 'studies' });
  const show = (studies: OfferedStudy[]) =>
    list.replaceChildren(
      ...(studies.length > 0
        ? studies.map(study => studyPanel(study, () => void refresh()))
        : [el('p', { class: 'muted' }, 'No study of your course asks for your data.')]),
    );
  const refresh = async (): Promise<void> => {
    try {
      show(await offeredStudies());
      changed();
    } catch (error) {
      toastError(error);
    }
  };
  await refresh();
  await openDialog({
    title: 'Studies and my data',
    body: [list, ownData()],
    accept: 'Done',
    cancel: null,
    onAccept: () => undefined,
  });
}

function studyPanel(study: OfferedStudy, changed: () => void): HTMLElement {
  const decision = decisionOf(study);
  const choose = (given: boolean) => {
    decide(study, given).then(changed, toastError);
  };
  return el(
    'section',
    { class: 'study', testId: 'study' },
    el('h3', {}, study.title),
    el('p', { class: 'study-information' }, study.information),
    el(
      'p',
      { class: 'muted', title: study.event_types.join(', ') },
      `From ${day(study.from)} to ${day(study.to)}, under a pseudonym: ${recordedBy(study.event_types)}. The study ends on ${day(study.keep_until)}.`,
    ),
    el('p', { testId: 'study-state' }, words[decision]),
    el(
      'div',
      { class: 'row' },
      decision === 'given'
        ? choice('Withdraw', 'study-withdraw', () => choose(false))
        : choice('I consent', 'study-consent', () => choose(true)),
      decision === 'open' || decision === 'changed'
        ? choice('I do not consent', 'study-refuse', () => choose(false))
        : null,
    ),
  );
}

function choice(label: string, testId: string, click: () => void): HTMLElement {
  return el('button', { class: 'button', type: 'button', testId, on: { click } }, label);
}

function ownData(): HTMLElement {
  const state = el('p', { class: 'muted', role: 'status', testId: 'erasure-state' });
  const erase = (): void => {
    if (
      confirm(
        'Erase everything that is recorded about you: what you ran, your conversations with the tutor, your consents? Your files and your account stay. This cannot be undone.',
      )
    ) {
      eraseMe().then(({ id }) => (state.textContent = `It is being erased. The proof: /erasures/${id}`), toastError);
    }
  };
  return el(
    'section',
    { class: 'study' },
    el('h3', {}, 'What is recorded about me'),
    el(
      'div',
      { class: 'row' },
      el('a', { class: 'button', href: '/telemetry/learners/me/data', download: true }, 'What I did'),
      el('a', { class: 'button', href: '/tutor/me/data', download: true }, 'My conversations'),
      el('button', { class: 'button danger', type: 'button', testId: 'erase-me', on: { click: erase } }, 'Erase all'),
    ),
    state,
  );
}

function day(time: string): string {
  return new Date(time).toLocaleDateString();
}
