/** What went wrong last for a learner. */
export interface LastError {
  time: string;
  notebook: string | null;
  cell: string | null;
  code: string | null;
  name: string;
  value: string;
  traceback: string[];
}

/** One learner within the window. `learner` is the pseudonym; only accounts know the name. */
export interface Learner {
  learner: string;
  last_seen: string;
  active: boolean;
  stuck: boolean;
  stuck_reason: string | null;
  executions: number;
  failures: number;
  consecutive_failures: number;
  questions: number;
  notebook: string | null;
  last_error: LastError | null;
}

export interface FrequentError {
  name: string;
  count: number;
  learners: number;
  /** The last time. */
  example: { value: string; code: string | null } | null;
}

export interface TimelinePoint {
  time: string;
  executions: number;
  failures: number;
  questions: number;
}

export interface Summary {
  as_of: string;
  errors: FrequentError[];
  timeline: TimelinePoint[];
}

export interface Activity extends Summary {
  course: string;
  window: string;
  learners: Learner[];
}

export interface Totals {
  active: number;
  /** Seen in this time, but not just now. */
  idle: number;
  stuck: number;
  executions: number;
  failures: number;
  questions: number;
}

/** The class as the stream has told it so far. */
export class ClassActivity {
  errors: FrequentError[] = [];
  timeline: TimelinePoint[] = [];
  private readonly learners = new Map<string, Learner>();

  replace(activity: Activity): void {
    this.learners.clear();
    activity.learners.forEach(learner => this.learners.set(learner.learner, learner));
    this.summarize(activity);
  }

  update(learner: Learner): void {
    this.learners.set(learner.learner, learner);
  }

  summarize({ errors, timeline }: Summary): void {
    this.errors = errors;
    this.timeline = timeline;
  }

  has(learner: string): boolean {
    return this.learners.has(learner);
  }

  /** Who needs help first: the stuck, the longest runs of failures, the active, the latest seen. */
  sorted(): Learner[] {
    return [...this.learners.values()].sort(
      (a, b) =>
        Number(b.stuck) - Number(a.stuck) ||
        b.consecutive_failures - a.consecutive_failures ||
        Number(b.active) - Number(a.active) ||
        b.last_seen.localeCompare(a.last_seen) ||
        a.learner.localeCompare(b.learner),
    );
  }

  totals(): Totals {
    const totals: Totals = { active: 0, idle: 0, stuck: 0, executions: 0, failures: 0, questions: 0 };
    for (const learner of this.learners.values()) {
      totals.active += Number(learner.active);
      totals.idle += Number(!learner.active);
      totals.stuck += Number(learner.stuck);
      totals.executions += learner.executions;
      totals.failures += learner.failures;
      totals.questions += learner.questions;
    }

    return totals;
  }
}
