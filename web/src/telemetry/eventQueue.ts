/** An event as jupyterlab-pioneer's remote exporter sends it. */
export interface PioneerEvent {
  data: {
    eventDetail: { eventName: string; eventTime: number; eventInfo: unknown };
    notebookState: { sessionID: string | null; notebookPath: string; notebookContent: null };
  };
  params: null;
  env: [];
}

type Send = (event: PioneerEvent) => Promise<boolean>;

const maxWaiting = 200;
const maxTries = 3;
const firstDelayMilliseconds = 1000;

/**
 * Sends events one after the other. What cannot be sent after a few tries is dropped, and so is the oldest
 * when too many wait: a page that the learner works in does not stall for its analytics.
 */
export class EventQueue {
  private readonly waiting: PioneerEvent[] = [];
  private sending: Promise<void> | undefined;

  constructor(
    private readonly send: Send = post,
    private readonly pause = (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds)),
  ) {}

  add(event: PioneerEvent): void {
    if (this.waiting.length >= maxWaiting) {
      this.waiting.shift();
    }

    this.waiting.push(event);
    this.sending ??= this.drain().finally(() => (this.sending = undefined));
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.sending;
  }

  private async drain(): Promise<void> {
    for (let event = this.waiting.shift(); event; event = this.waiting.shift()) {
      for (let attempt = 1; attempt <= maxTries && !(await this.send(event)); attempt++) {
        if (attempt < maxTries) {
          await this.pause(firstDelayMilliseconds * 2 ** (attempt - 1));
        }
      }
    }
  }
}

/** Whether the event is done with: taken, or refused in a way that a repetition would not change. */
async function post(event: PioneerEvent): Promise<boolean> {
  try {
    const response = await fetch('/telemetry/events', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(event),
      // Lets the last events out while the page is being left.
      keepalive: true,
    });
    return response.ok || (response.status < 500 && response.status !== 429);
  } catch {
    return false;
  }
}
