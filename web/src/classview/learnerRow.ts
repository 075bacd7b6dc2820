import { learnerAddress } from '../app/router';
import { el, icon } from '../dom/element';
import { ago } from '../dom/time';
import type { LastError, Learner } from './activity';

/** One learner's line; a click opens the last error below it. */
export class LearnerRow {
  readonly node: HTMLElement;
  private readonly name = el('span', { class: 'learner-name' });
  private readonly badge = el('span', { class: 'badge' });
  private readonly seen = cell('seen', 'Last seen');
  private readonly runs = cell('count', 'Runs');
  private readonly failures = cell('failures', 'Failures');
  private readonly questions = cell('count', 'Questions');
  private readonly error = cell('last-error', 'Last error');
  private readonly details = el('div', { class: 'learner-details', hidden: true, testId: 'learner-details' });
  private readonly toggle: HTMLButtonElement;
  private learner: Learner | undefined;

  constructor() {
    this.toggle = el(
      'button',
      {
        class: 'learner-toggle',
        type: 'button',
        'aria-expanded': 'false',
        on: { click: () => this.open(this.details.hidden) },
      },
      icon('chevron'),
      this.name,
      this.badge,
    );
    const line = el(
      'div',
      { class: 'learner-line', role: 'row' },
      el('span', { role: 'cell', class: 'who' }, this.toggle),
      this.seen,
      this.runs,
      this.failures,
      this.questions,
      this.error,
    );
    this.node = el('div', { class: 'learner', testId: 'learner-row' }, line, this.details);
  }

  show(learner: Learner, name: string): void {
    // Most rows do not change from one refresh to the next; what changes comes as a new object.
    if (learner === this.learner && name === this.name.textContent) {
      return;
    }

    this.learner = learner;
    const [kind, text] = stateOf(learner);
    this.node.dataset['learner'] = learner.learner;
    this.node.dataset['state'] = kind;
    this.name.textContent = name;
    this.badge.textContent = text;
    this.badge.className = `badge ${{ stuck: 'danger', active: 'good', idle: '' }[kind]}`;
    this.badge.title = learner.stuck_reason ?? '';
    this.runs.textContent = String(learner.executions);
    this.failures.replaceChildren(failureBar(learner));
    this.questions.textContent = String(learner.questions);
    this.refreshTimes();
    if (!this.details.hidden) {
      this.fillDetails();
    }
  }

  refreshTimes(): void {
    const { last_seen, last_error, stuck_reason } = this.learner ?? {};
    const error = last_error ? `${last_error.name}: ${last_error.value}` : '';
    this.seen.textContent = last_seen ? ago(last_seen) : '';
    this.error.textContent = stuck_reason ?? (last_error ? `${error} · ${ago(last_error.time)}` : '—');
    this.error.title = error;
  }

  private open(open: boolean): void {
    this.details.hidden = !open;
    this.toggle.setAttribute('aria-expanded', String(open));
    if (open) {
      this.fillDetails();
    }
  }

  private fillDetails(): void {
    const { learner, stuck_reason, notebook, last_error } = this.learner ?? {};
    this.details.replaceChildren(
      stuck_reason ? el('p', { class: 'stuck-reason' }, stuck_reason) : '',
      notebook ? el('p', { class: 'muted' }, `Works in ${notebook}`) : '',
      learner
        ? el(
            'p',
            {},
            el(
              'a',
              { href: learnerAddress(learner, notebook), 'data-route': true, testId: 'learner-history' },
              'Work and conversation, step by step',
            ),
          )
        : '',
      last_error ? errorDetails(last_error) : el('p', { class: 'muted' }, 'No failed cell in this time.'),
    );
  }
}

function cell(kind: string, label: string): HTMLElement {
  return el('span', { role: 'cell', class: kind, 'data-label': label });
}

function stateOf({ stuck, active }: Learner): ['stuck' | 'active' | 'idle', string] {
  return stuck ? ['stuck', 'Stuck'] : active ? ['active', 'Active'] : ['idle', 'Idle'];
}

function failureBar({ executions, failures }: Learner): HTMLElement {
  const share = executions > 0 ? Math.round((failures / executions) * 100) : 0;
  return el(
    'span',
    { class: 'failure-share' },
    el('span', {}, String(failures)),
    el('meter', { min: 0, max: 100, value: share, 'aria-label': `${share} % of the runs failed` }),
    el('span', { class: 'muted' }, `${share} %`),
  );
}

function errorDetails(error: LastError): HTMLElement {
  return el(
    'div',
    { class: 'error-details' },
    el('p', {}, el('strong', {}, `${error.name}: ${error.value}`)),
    el(
      'p',
      { class: 'muted' },
      `${new Date(error.time).toLocaleString()}${error.notebook ? ` in ${error.notebook}` : ''}`,
    ),
    error.code ? el('pre', { 'aria-label': 'The cell' }, error.code) : null,
    error.traceback.length > 0
      ? el('details', {}, el('summary', {}, 'Traceback'), el('pre', {}, plain(error.traceback.join('\n'))))
      : null,
  );
}

/** Without the colours that kernels put into tracebacks for terminals. */
function plain(text: string): string {
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '');
}
