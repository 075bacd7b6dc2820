import { el } from '../dom/element';
import type { Learner } from './activity';
import { LearnerRow } from './learnerRow';

/** A student with an account who has not done anything within the window. */
export interface Absent {
  learner: string;
  name: string;
}

const refreshTimesEvery = 15_000;

/** Everybody, those who need help first. Rows are kept and moved, so that hundreds stay smooth. */
export class LearnerTable {
  readonly node: HTMLElement;
  private readonly body = el('div', { role: 'rowgroup', class: 'learner-rows' });
  private readonly rows = new Map<string, LearnerRow>();
  private readonly absentRows = new Map<string, HTMLElement>();
  private readonly timer = setInterval(() => this.rows.forEach(row => row.refreshTimes()), refreshTimesEvery);

  constructor() {
    const head = ['Learner', 'Last seen', 'Runs', 'Failures', 'Questions', 'Last error'];
    this.node = el(
      'div',
      {
        role: 'table',
        class: 'card learners',
        'aria-label': 'Learners, those who need help first',
        testId: 'learner-table',
      },
      el(
        'div',
        { role: 'rowgroup' },
        el(
          'div',
          { role: 'row', class: 'learner-head' },
          ...head.map(name => el('span', { role: 'columnheader' }, name)),
        ),
      ),
      this.body,
    );
  }

  dispose(): void {
    clearInterval(this.timer);
  }

  show(learners: Learner[], absent: Absent[], nameOf: (learner: string) => string): void {
    const order: HTMLElement[] = [];
    for (const learner of learners) {
      let row = this.rows.get(learner.learner);
      if (!row) {
        row = new LearnerRow();
        this.rows.set(learner.learner, row);
      }

      row.show(learner, nameOf(learner.learner));
      order.push(row.node);
    }

    for (const { learner, name } of absent) {
      let row = this.absentRows.get(learner);
      if (!row) {
        row = absentRow(name);
        this.absentRows.set(learner, row);
      }

      order.push(row);
    }

    this.keepOnly(new Set(learners.map(({ learner }) => learner)), new Set(absent.map(({ learner }) => learner)));
    this.arrange(order);
  }

  private keepOnly(present: Set<string>, absent: Set<string>): void {
    for (const learner of this.rows.keys()) {
      if (!present.has(learner)) {
        this.rows.delete(learner);
      }
    }

    for (const learner of this.absentRows.keys()) {
      if (!absent.has(learner)) {
        this.absentRows.delete(learner);
      }
    }
  }

  /** Moves only the rows that are not where they belong. */
  private arrange(order: HTMLElement[]): void {
    let at = this.body.firstElementChild;
    for (const row of order) {
      if (row === at) {
        at = at.nextElementSibling;
      } else {
        this.body.insertBefore(row, at);
      }
    }

    while (at) {
      const next = at.nextElementSibling;
      at.remove();
      at = next;
    }
  }
}

function absentRow(name: string): HTMLElement {
  return el(
    'div',
    { class: 'learner absent', role: 'row', testId: 'absent-row' },
    el(
      'div',
      { class: 'learner-line' },
      el('span', { role: 'cell', class: 'learner-name' }, name),
      el('span', { role: 'cell', class: 'muted' }, 'Not seen yet'),
    ),
  );
}
