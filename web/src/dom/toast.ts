import { messageOf } from '../http/problem';
import { el } from './element';

const shownFor = 6000;
let region: HTMLElement | undefined;

/** Says something briefly at the foot of the page. */
export function toast(text: string, kind: 'info' | 'error' = 'info'): void {
  region ??= document.body.appendChild(el('div', { class: 'toasts', role: 'status', 'aria-live': 'polite' }));
  const message = el('div', { class: `toast ${kind}` }, text);
  region.replaceChildren(message);
  setTimeout(() => message.remove(), shownFor);
}

/** Shows why something that the user started did not work. */
export function toastError(error: unknown): void {
  toast(messageOf(error), 'error');
}
