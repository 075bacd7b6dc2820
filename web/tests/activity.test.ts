import { expect, test } from 'vitest';
import { ClassActivity, type Activity, type Learner } from '../src/classview/activity';

function learner(name: string, facts: Partial<Learner> = {}): Learner {
  return {
    learner: name,
    last_seen: '2026-01-01T10:00:00Z',
    active: true,
    stuck: false,
    stuck_reason: null,
    executions: 0,
    failures: 0,
    consecutive_failures: 0,
    questions: 0,
    notebook: null,
    last_error: null,
    ...facts,
  };
}

function snapshot(...learners: Learner[]): Activity {
  return { course: 'ds1', as_of: '2026-01-01T10:00:00Z', window: 'PT2H', learners, errors: [], timeline: [] };
}

test('Those who need help come first', () => {
  const activity = new ClassActivity();
  activity.replace(
    snapshot(
      learner('away', { active: false }),
      learner('early', { last_seen: '2026-01-01T09:00:00Z' }),
      learner('late'),
      learner('failing', { consecutive_failures: 2 }),
      learner('stuck', { stuck: true, active: false }),
    ),
  );
  expect(activity.sorted().map(row => row.learner)).toEqual(['stuck', 'failing', 'late', 'early', 'away']);
});

test('A row that comes alone replaces that learner only and counts in the totals', () => {
  const activity = new ClassActivity();
  activity.replace(snapshot(learner('a', { executions: 3, failures: 1 }), learner('b', { executions: 2 })));
  activity.update(learner('a', { executions: 4, failures: 2, stuck: true }));
  expect(activity.totals()).toEqual({ active: 2, idle: 0, stuck: 1, executions: 6, failures: 2, questions: 0 });
});

test('A new snapshot forgets who is no longer in it', () => {
  const activity = new ClassActivity();
  activity.replace(snapshot(learner('a'), learner('b')));
  activity.replace(snapshot(learner('b')));
  expect(activity.has('a')).toBe(false);
  expect(activity.sorted()).toHaveLength(1);
});
