import { el } from '../dom/element';
import { policyFor } from './tutorClient';

/** Says in a line how much the tutor may help in this notebook; nothing where it may help in every way. */
export class PolicyNote {
  readonly node = el('p', { class: 'tutor-policy', hidden: true, testId: 'tutor-policy' });

  async show(notebookPath: string): Promise<void> {
    try {
      const { assignment, policy } = await policyFor(notebookPath);
      const rules = policy.lockdown
        ? ['closed for the exam']
        : [
            ...(policy.max_hint_level < 4 ? [`hints up to level ${policy.max_hint_level} of 4`] : []),
            ...(policy.show_code ? [] : ['no code in answers']),
          ];
      this.node.textContent = [assignment, ...rules].filter(Boolean).join(' · ');
      this.node.hidden = !assignment && rules.length === 0;
      this.node.classList.toggle('locked', policy.lockdown);
    } catch {
      // The server keeps to the policy, shown or not.
      this.node.hidden = true;
    }
  }
}
