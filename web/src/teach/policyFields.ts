import { el } from '../dom/element';
import type { HelpPolicy } from './teachClient';

const levels = ['1: where to look', '2: what is wrong', '3: how to go on', '4: an example on other data'];

/** How much the tutor may help, as fields of a form. */
export class PolicyFields {
  readonly node: HTMLElement;
  private readonly level = el(
    'select',
    { class: 'select' },
    ...levels.map((label, i) => el('option', { value: i + 1 }, label)),
  );
  private readonly code = el('input', { type: 'checkbox' });
  private readonly lock = el('input', { type: 'checkbox' });

  constructor(private readonly policy: HelpPolicy) {
    this.level.value = String(policy.max_hint_level);
    this.code.checked = policy.show_code;
    this.lock.checked = policy.lockdown;
    this.node = el(
      'div',
      { class: 'teach-policy' },
      el('label', { class: 'field' }, el('span', {}, 'Highest hint level'), this.level),
      el('label', { class: 'row' }, this.code, 'Answers may show code'),
      el('label', { class: 'row' }, this.lock, 'Locked, as in an exam: the tutor answers nothing'),
    );
  }

  get value(): HelpPolicy {
    // What else the policy says, such as which tools there are, stays.
    return {
      ...this.policy,
      max_hint_level: Number(this.level.value),
      show_code: this.code.checked,
      lockdown: this.lock.checked,
    };
  }
}

/** A policy in a few words. */
export function policyText(policy: HelpPolicy): string {
  return policy.lockdown
    ? 'locked'
    : `hints up to level ${policy.max_hint_level}, ${policy.show_code ? 'code may be shown' : 'no code'}`;
}
