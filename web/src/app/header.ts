import { send } from '../http/api';
import { el, icon } from '../dom/element';
import { toastError } from '../dom/toast';
import { PrivacyButton } from '../privacy/privacyButton';
import { learns, teaches, type Identity } from './identity';
import type { Route } from './router';
import { chooseTheme, currentTheme, onTheme } from './theme';

/** The bar at the top: where one is, who one is, light or dark. */
export class Header {
  readonly node: HTMLElement;
  private readonly links = new Map<Route['view'], HTMLAnchorElement>();

  constructor(identity: Identity) {
    this.links.set('workspace', navLink('/', 'Notebooks', 'nav-notebooks'));
    if (teaches(identity)) {
      this.links.set('class', navLink('/class', 'Class', 'nav-class'));
      this.links.set('teach', navLink('/teach', 'Tutor', 'nav-teach'));
    }

    this.node = el(
      'header',
      { class: 'app-header' },
      el(
        'a',
        { class: 'brand', href: '/', 'data-route': true, 'aria-label': 'Lyceum, home' },
        mark(),
        el('span', {}, 'Lyceum'),
      ),
      el('nav', { 'aria-label': 'Main' }, ...this.links.values()),
      el('span', { class: 'spacer' }),
      themeToggle(),
      userMenu(identity),
    );
  }

  showRoute(route: Route): void {
    const current = { notebook: 'workspace', learner: 'class' }[route.view as string] ?? route.view;
    for (const [view, link] of this.links) {
      link.toggleAttribute('aria-current', view === current);
      if (view === current) {
        link.setAttribute('aria-current', 'page');
      }
    }
  }
}

function navLink(href: string, label: string, testId: string): HTMLAnchorElement {
  return el('a', { href, 'data-route': true, testId }, label);
}

function mark(): HTMLElement {
  return el('img', { src: '/icon.svg', alt: '', width: 24, height: 24 });
}

function themeToggle(): HTMLElement {
  const button = el('button', {
    class: 'icon-button',
    type: 'button',
    testId: 'theme-toggle',
    on: { click: () => chooseTheme(currentTheme() === 'dark' ? 'light' : 'dark') },
  });
  onTheme(theme => {
    const other = theme === 'dark' ? 'light' : 'dark';
    button.replaceChildren(icon(theme === 'dark' ? 'sun' : 'moon'));
    button.setAttribute('aria-label', `Use the ${other} theme`);
    button.title = `Use the ${other} theme`;
  });
  return button;
}

function userMenu(identity: Identity): HTMLElement {
  const initials = identity.name
    .split(/\s+/)
    .slice(0, 2)
    .map(word => word[0]?.toUpperCase() ?? '')
    .join('');
  const avatar = el('span', { class: 'avatar' }, initials || '?');
  const privacy = learns(identity)
    ? new PrivacyButton(asked => {
        avatar.classList.toggle('asked', asked);
        avatar.title = asked ? 'A study asks for your consent' : '';
      })
    : undefined;
  const menu = el(
    'details',
    { class: 'user-menu' },
    el('summary', { 'aria-label': `Signed in as ${identity.name}`, testId: 'user-menu' }, avatar),
    el(
      'div',
      { class: 'menu' },
      el('strong', {}, identity.name),
      el('span', { class: 'muted' }, `${identity.course} · ${identity.roles.join(', ')}`),
      privacy?.node,
      el(
        'button',
        { class: 'button', type: 'button', testId: 'sign-out', on: { click: () => void signOut() } },
        'Sign out',
      ),
    ),
  );
  document.addEventListener('click', event => {
    if (!menu.contains(event.target as Node)) {
      menu.open = false;
    }
  });
  return menu;
}

async function signOut(): Promise<void> {
  try {
    await send('POST', '/signout');
    location.assign('/');
  } catch (error) {
    toastError(error);
  }
}
