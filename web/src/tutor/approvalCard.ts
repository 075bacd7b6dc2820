import { el } from '../dom/element';
import { toastError } from '../dom/toast';
import type { ToolCall } from './tutorClient';

/** What the tutor wants to have done, for the learner to allow or refuse, one by one. */
export function approvalCard(
  calls: ToolCall[],
  decide: (call: ToolCall, approved: boolean) => Promise<void>,
  decided: () => void,
): HTMLElement {
  let open = calls.length;
  const card = el('div', { class: 'tutor-approval', role: 'group', 'aria-label': 'The tutor asks for your approval' });
  card.dataset['testid'] = 'tutor-approval';
  card.append(el('p', {}, 'The tutor wants to do this. Nothing happens unless you allow it.'));
  for (const call of calls) {
    const buttons = el('div', { class: 'approval-actions' });
    const press = async (approved: boolean) => {
      buttons.querySelectorAll('button').forEach(button => (button.disabled = true));
      try {
        await decide(call, approved);
        buttons.replaceChildren(el('span', { class: 'muted' }, approved ? 'Allowed.' : 'Not allowed.'));
        open -= 1;
        if (open === 0) {
          decided();
        }
      } catch (error) {
        buttons.querySelectorAll('button').forEach(button => (button.disabled = false));
        toastError(error);
      }
    };
    buttons.append(
      el(
        'button',
        {
          class: 'button small primary',
          type: 'button',
          testId: 'approve-call',
          on: { click: () => void press(true) },
        },
        'Allow',
      ),
      el(
        'button',
        { class: 'button small', type: 'button', testId: 'deny-call', on: { click: () => void press(false) } },
        'Don’t allow',
      ),
    );
    // Text, never markup: a model wrote the arguments.
    card.append(el('strong', {}, call.name), el('pre', {}, JSON.stringify(call.arguments, null, 2)), buttons);
  }

  return card;
}
