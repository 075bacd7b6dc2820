import { openDialog } from '../dom/dialog';
import { el, icon, type Child } from '../dom/element';
import { toast, toastError } from '../dom/toast';
import { assignmentDialog } from './assignmentDialog';
import { PolicyFields, policyText } from './policyFields';
import { LoadedSection, nothing } from './section';
import type { Assignment, HelpPolicy } from './teachClient';

/** The course's policy and its assignments. */
export class AssignmentsSection extends LoadedSection {
  protected async load(): Promise<Child[]> {
    const [policy, assignments] = await Promise.all([this.context.client.policy(), this.context.client.assignments()]);
    return [
      this.coursePolicy(policy),
      el(
        'div',
        { class: 'row teach-list-head' },
        el('h2', {}, 'Assignments'),
        el('span', { class: 'spacer' }),
        el(
          'button',
          {
            class: 'button primary',
            type: 'button',
            testId: 'add-assignment',
            on: { click: () => void this.edit(undefined, policy) },
          },
          icon('plus'),
          'Add assignment',
        ),
      ),
      assignments.length === 0
        ? nothing('There is none yet. An assignment tells the tutor what is to be done in a notebook.')
        : el('ul', { class: 'teach-list' }, ...assignments.map(one => this.row(one, policy))),
    ];
  }

  private coursePolicy(policy: HelpPolicy): HTMLElement {
    const fields = new PolicyFields(policy);
    const form = el(
      'form',
      { class: 'card teach-card', testId: 'course-policy' },
      el('h2', {}, 'For the whole course'),
      el('p', { class: 'muted' }, 'It holds where an assignment says nothing else. Before an exam lock the course.'),
      fields.node,
      el('div', {}, el('button', { class: 'button primary', type: 'submit' }, 'Save')),
    );
    form.addEventListener('submit', event => {
      event.preventDefault();
      this.context.client.setPolicy(fields.value).then(() => toast('The policy is saved.'), toastError);
    });
    return form;
  }

  private row(assignment: Assignment, policy: HelpPolicy): HTMLElement {
    return el(
      'li',
      { class: 'card teach-row', testId: 'assignment' },
      el(
        'div',
        { class: 'teach-row-main' },
        el('strong', {}, assignment.title),
        el('p', { class: 'muted mono' }, assignment.path_pattern),
        el(
          'p',
          { class: 'muted' },
          [
            assignment.policy ? policyText(assignment.policy) : 'as the course',
            assignment.reference_solution ? 'solution guarded' : null,
            assignment.objectives.length > 0 ? `${assignment.objectives.length} objectives` : null,
          ]
            .filter(Boolean)
            .join(' · '),
        ),
      ),
      el(
        'div',
        { class: 'row' },
        el(
          'button',
          { class: 'button small', type: 'button', on: { click: () => void this.edit(assignment, policy) } },
          'Edit',
        ),
        el(
          'button',
          {
            class: 'icon-button',
            type: 'button',
            'aria-label': `Delete ${assignment.title}`,
            on: { click: () => void this.remove(assignment) },
          },
          icon('trash'),
        ),
      ),
    );
  }

  private async edit(assignment: Assignment | undefined, course: HelpPolicy): Promise<void> {
    await assignmentDialog(this.context.client, course, assignment);
    await this.refresh();
  }

  private async remove(assignment: Assignment): Promise<void> {
    await openDialog({
      title: `Delete “${assignment.title}”?`,
      body: [el('p', {}, 'Its policy no longer holds, and its solution is no longer guarded.')],
      accept: 'Delete',
      danger: true,
      onAccept: async () => void (await this.context.client.deleteAssignment(assignment.id)),
    });
    await this.refresh();
  }
}
