import { el } from '../dom/element';
import { ago } from '../dom/time';
import type { RecordedCall } from './teachClient';

const states: Record<RecordedCall['status'], [label: string, tone: string]> = {
  waiting: ['waits for the student', 'warn'],
  approved: ['about to run', ''],
  denied: ['not made', 'warn'],
  running: ['running', ''],
  done: ['done', 'good'],
  failed: ['failed', 'warn'],
  interrupted: ['interrupted', 'warn'],
};

/** Who let a call be made: only the student whose answer it is for may, and only where the tool asks. */
function decided({ status, decided_at }: RecordedCall, student: string): string {
  if (decided_at === null) {
    const made = status === 'running' || status === 'done';
    return status === 'waiting'
      ? 'not decided yet'
      : made
        ? 'without approval: the tool asks for none'
        : 'nobody was asked, or nobody decided';
  }

  return `${status === 'denied' ? 'refused' : 'allowed'} by ${student}, ${ago(decided_at)}`;
}

/** What a model called for an answer: with what, what came of it, and who allowed it. */
export function callDetails(calls: RecordedCall[], student: string): HTMLElement[] {
  return calls.map(call => {
    const [label, tone] = states[call.status];
    const took = call.duration_ms === null ? '' : `, ${call.duration_ms} ms`;
    return el(
      'details',
      { testId: 'turn-call' },
      el(
        'summary',
        {},
        `Step ${call.step}: `,
        el('code', {}, call.tool ?? call.name),
        ' ',
        el('span', { class: `badge ${tone}` }, `${label}${took}`),
      ),
      // Text, never markup: a model wrote the arguments, and a tool the result.
      el('p', { class: 'muted' }, `${call.tool === null ? 'There is no such tool' : decided(call, student)}.`),
      el('h4', {}, 'Arguments'),
      el('pre', { class: 'teach-pre', tabindex: 0 }, JSON.stringify(call.arguments, null, 2)),
      call.result !== null && el('h4', {}, call.result_cut ? 'Result, its beginning' : 'Result'),
      call.result !== null && el('pre', { class: 'teach-pre', tabindex: 0 }, call.result),
    );
  });
}
