import { messageOf } from '../http/problem';
import { el, type Child } from './element';

interface DialogOptions {
  title: string;
  body: Child[];
  accept: string;
  danger?: boolean;
  /** The other button; null leaves only the action. */
  cancel?: string | null;
  /** What is shown cannot be shown again: the action leaves it open, and nothing but the other button closes it. */
  once?: boolean;
  /** Runs on accept; what it throws is shown and the dialog stays open. */
  onAccept: () => Promise<void> | void;
}

/** A modal dialog with one action. Resolves when it is closed, either way. */
export function openDialog(options: DialogOptions): Promise<void> {
  const error = el('p', { class: 'form-error', role: 'alert', hidden: true });
  const accept = el(
    'button',
    { class: options.danger ? 'button danger' : 'button primary', type: 'submit' },
    options.accept,
  );
  const cancel = el(
    'button',
    { class: 'button', type: 'button', on: { click: () => dialog.close() } },
    options.cancel ?? 'Cancel',
  );
  const form = el(
    'form',
    { method: 'dialog', class: 'dialog-form' },
    el('h2', {}, options.title),
    ...options.body,
    error,
    el('div', { class: 'dialog-actions' }, options.cancel === null ? null : cancel, accept),
  );
  const dialog = el('dialog', { class: 'dialog', 'aria-label': options.title }, form);

  form.addEventListener('submit', event => {
    event.preventDefault();
    accept.disabled = true;
    error.hidden = true;
    Promise.resolve()
      .then(() => options.onAccept())
      .then(() => options.once || dialog.close())
      .catch((reason: unknown) => {
        error.textContent = messageOf(reason);
        error.hidden = false;
      })
      .finally(() => (accept.disabled = false));
  });

  dialog.addEventListener('cancel', event => options.once && event.preventDefault());
  document.body.append(dialog);
  dialog.showModal();
  return new Promise(resolve =>
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve();
    }),
  );
}

/** A labelled text field for a dialog. */
export function textField(
  label: string,
  value: string,
  attributes: Record<string, unknown> = {},
): [HTMLElement, HTMLInputElement] {
  const input = el('input', {
    class: 'input',
    type: 'text',
    required: true,
    autofocus: true,
    maxlength: 100,
    ...attributes,
  });
  input.value = value;
  return [el('label', { class: 'field' }, el('span', {}, label), input), input];
}
