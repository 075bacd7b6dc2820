import { getJson } from '../http/api';
import type { Activity, Learner, Summary } from './activity';

interface FeedListener {
  activity(activity: Activity): void;
  learner(learner: Learner): void;
  summary(summary: Summary): void;
  /** What is derived of the events, such as progress, is up to date and may be asked for. */
  derived(): void;
  /** `error` is there when the feed is down; it tries again by itself. */
  connection(live: boolean, error?: unknown): void;
}

const firstRetryMilliseconds = 1000;
const longestRetryMilliseconds = 30_000;

/** The class view's live stream. Begins anew with a snapshot whenever the connection was lost. */
export class ActivityFeed {
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private closed = false;

  constructor(
    private readonly course: string,
    private readonly window: string,
    private readonly listener: FeedListener,
  ) {
    this.open();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.source?.close();
  }

  private address(stream: boolean): string {
    return `/telemetry/courses/${encodeURIComponent(this.course)}/activity${stream ? '/stream' : ''}?window=${this.window}`;
  }

  private open(): void {
    const source = (this.source = new EventSource(this.address(true)));
    const on = <T>(name: string, take: (data: T) => void) =>
      source.addEventListener(name, event => take(JSON.parse((event as MessageEvent<string>).data) as T));
    on<Activity>('activity', activity => {
      this.failures = 0;
      this.listener.activity(activity);
      this.listener.connection(true);
    });
    on<Learner>('learner', learner => this.listener.learner(learner));
    on<Summary>('summary', summary => this.listener.summary(summary));
    on('derived', () => this.listener.derived());
    source.onerror = () => void this.lost(source);
  }

  /** An EventSource does not say what went wrong, so the same question is asked once without a stream. */
  private async lost(source: EventSource): Promise<void> {
    source.close();
    let reason: unknown = new Error('The live connection is lost.');
    try {
      const activity = await getJson<Activity>(this.address(false));
      if (!this.closed) {
        this.listener.activity(activity);
      }
    } catch (error) {
      reason = error;
    }

    if (!this.closed) {
      this.listener.connection(false, reason);
      const delay = Math.min(firstRetryMilliseconds * 2 ** this.failures++, longestRetryMilliseconds);
      this.timer = setTimeout(() => this.open(), delay);
    }
  }
}
