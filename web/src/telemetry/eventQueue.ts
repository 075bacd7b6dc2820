/** An event as jupyterlab-pioneer's remote exporter sends it. */
export interface PioneerEvent {
  data: {
    eventDetail: { eventName: string; eventTime: number; eventInfo: unknown };
    notebookState: { sessionID: string | null; notebookPath: string; notebookContent: null };
  };
  params: null;
  env: [];
}

/** Refused is what a repetition would not change. */
type Outcome = 'taken' | 'refused' | 'failed';

type Send = (events: PioneerEvent[]) => Promise<Outcome>;

const maxWaiting = 2000;
const maxAtOnce = 200;
const maxTries = 3;
const firstDelayMilliseconds = 1000;
/** Browsers let 64 KiB out after the page has gone, all requests together. */
const maxKeptAlive = 48_000;

/**
 * Sends events in order, those that wait together in one request. What cannot be sent after a few tries is dropped,
 * and so is the oldest when too many wait: a page that the learner works in does not stall for its analytics.
 */
export class EventQueue {
  private readonly waiting: PioneerEvent[] = [];
  private sending: Promise<void> | undefined;
  private dropped = 0;

  constructor(
    private readonly send: Send = post,
    private readonly pause = (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds)),
  ) {}

  /** How many were dropped so far: whoever counts on all of them having come sends the whole again. */
  get lost(): number {
    return this.dropped;
  }

  add(event: PioneerEvent): void {
    if (this.waiting.length >= maxWaiting) {
      this.waiting.shift();
      this.dropped++;
    }

    this.waiting.push(event);
    this.sending ??= this.drain().finally(() => (this.sending = undefined));
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.sending;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, maxAtOnce);
      let outcome: Outcome = 'failed';
      for (let attempt = 1; attempt <= maxTries && (outcome = await this.send(batch)) === 'failed'; attempt++) {
        if (attempt < maxTries) {
          await this.pause(firstDelayMilliseconds * 2 ** (attempt - 1));
        }
      }

      this.dropped += outcome === 'taken' ? 0 : batch.length;
    }
  }
}

async function post(events: PioneerEvent[]): Promise<Outcome> {
  try {
    const body = JSON.stringify(events);
    const response = await fetch('/telemetry/events', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
      // Lets the last events out while the page is being left.
      keepalive: body.length < maxKeptAlive,
    });
    return response.ok ? 'taken' : response.status < 500 && response.status !== 429 ? 'refused' : 'failed';
  } catch {
    return 'failed';
  }
}
