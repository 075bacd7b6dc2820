import './style/tokens.css';
import './style/base.css';
import './style/shell.css';
import './style/workspace.css';
import './style/privacy.css';
import { fetchIdentity } from './app/identity';
import { Shell } from './app/shell';
import { startTheme } from './app/theme';
import { el } from './dom/element';
import { onSignedOut } from './http/api';
import { messageOf, Problem } from './http/problem';

startTheme();
const host = document.getElementById('app')!;
onSignedOut(() => showSignIn());
await start();

async function start(): Promise<void> {
  try {
    new Shell(await fetchIdentity()).start(host);
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) {
      host.replaceChildren(
        el(
          'main',
          { class: 'page-state', role: 'alert' },
          el('h1', {}, 'Lyceum cannot be reached'),
          el('p', { class: 'muted' }, messageOf(error)),
          el('button', { class: 'button primary', on: { click: () => location.reload() } }, 'Try again'),
        ),
      );
    }
  }
}

/** Over everything, so that unsaved work behind it can still be seen and copied after signing in elsewhere. */
function showSignIn(): void {
  if (document.querySelector('.sign-in')) {
    return;
  }

  const dialog = el(
    'dialog',
    { class: 'dialog sign-in', testId: 'sign-in-prompt' },
    el('h2', {}, 'Your session has ended'),
    el('p', { class: 'muted' }, 'Sign in again to go on. In another tab, unsaved work on this page stays.'),
    el(
      'div',
      { class: 'dialog-actions' },
      el(
        'a',
        { class: 'button', href: '/', target: '_blank', rel: 'noopener', on: { click: () => dialog.remove() } },
        'In another tab',
      ),
      el('button', { class: 'button primary', type: 'button', on: { click: () => location.assign('/') } }, 'Sign in'),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
