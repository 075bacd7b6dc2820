import { el } from '../dom/element';
import type { ToolNews } from './tutorClient';

const doing: Record<string, string> = {
  'kernel/run_code': 'Running code in the kernel…',
  'kernel/run_in_notebook': 'Running code in your notebook…',
  'kernel/test_code': 'Testing code in the kernel…',
  'kernel/inspect_variables': 'Looking at your variables…',
  'kernel/show_variable': 'Looking at a variable…',
  'kernel/show_columns': 'Looking at a table’s columns…',
  'kernel/propose_cell': 'Proposing a cell…',
};

/** What the tutor is doing, in words; a tool of the course's goes by its name. */
export function describeCall({ tool, name }: Pick<ToolNews, 'tool' | 'name'>): string {
  return doing[tool] ?? `Using ${name.replaceAll('_', ' ')}…`;
}

/** Says below an answer what its tutor is doing, for as long as it does. */
export class ToolActivity {
  readonly node = el('p', { class: 'tutor-activity', role: 'status', testId: 'tutor-activity', hidden: true });
  private readonly running = new Map<string, ToolNews>();

  update(call: ToolNews): void {
    if (call.status === 'running') {
      this.running.set(call.call_id, call);
    } else {
      this.running.delete(call.call_id);
    }

    this.show();
  }

  /** Forgets what was being done. */
  reset(): void {
    this.running.clear();
    this.show();
  }

  clear(): void {
    this.node.remove();
  }

  private show(): void {
    const texts = [...new Set([...this.running.values()].map(describeCall))];
    this.node.hidden = texts.length === 0;
    this.node.replaceChildren(el('span', { class: 'spinner' }), texts.join(' '));
  }
}
