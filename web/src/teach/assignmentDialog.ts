import { openDialog, textField } from '../dom/dialog';
import { el } from '../dom/element';
import { PolicyFields } from './policyFields';
import type { Assignment, HelpPolicy, TeachClient } from './teachClient';

/** Writes an assignment, or changes one. */
export function assignmentDialog(client: TeachClient, course: HelpPolicy, assignment?: Assignment): Promise<void> {
  const [titleField, title] = textField('Title', assignment?.title ?? '', {
    maxlength: 200,
    'data-testid': 'assignment-title',
  });
  const [pathField, path] = textField('Notebooks', assignment?.path_pattern ?? '', {
    maxlength: 300,
    autofocus: false,
    placeholder: 'week-1/*.ipynb',
    'data-testid': 'assignment-path',
  });
  const [descriptionField, description] = area(
    'What is to be done',
    assignment?.description ?? '',
    4,
    'Students can make the tutor repeat it.',
  );
  const [objectivesField, objectives] = area(
    'Learning objectives, one a line',
    assignment?.objectives.join('\n') ?? '',
    3,
    'The tutor serves the one that a question is about.',
  );
  const [solutionField, solution] = area(
    'Reference solution',
    assignment?.reference_solution ?? '',
    4,
    'Never shown to a model or a student: answers that come too near to it are held back.',
  );
  const own = el('input', { type: 'checkbox' });
  own.checked = assignment?.policy != null;
  const policy = new PolicyFields(assignment?.policy ?? course);
  policy.node.hidden = !own.checked;
  own.addEventListener('change', () => (policy.node.hidden = !own.checked));
  return openDialog({
    title: assignment ? 'Edit assignment' : 'Add assignment',
    body: [
      titleField,
      pathField,
      descriptionField,
      objectivesField,
      el('label', { class: 'row' }, own, 'A policy of its own'),
      policy.node,
      solutionField,
    ],
    accept: 'Save',
    onAccept: async () => {
      const lines = objectives.value.split('\n').map(line => line.trim());
      await client.saveAssignment(
        {
          title: title.value,
          path_pattern: path.value,
          description: description.value,
          policy: own.checked ? policy.value : null,
          reference_solution: solution.value.trim() === '' ? null : solution.value,
          objectives: lines.filter(line => line !== ''),
        },
        assignment?.id,
      );
    },
  });
}

function area(label: string, value: string, rows: number, hint: string): [HTMLElement, HTMLTextAreaElement] {
  const input = el('textarea', { rows });
  input.value = value;
  return [
    el('label', { class: 'field' }, el('span', {}, label), el('span', { class: 'muted teach-hint' }, hint), input),
    input,
  ];
}
