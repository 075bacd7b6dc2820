const longestWait = 30_000;

/**
 * Asks again after something has changed: soon, not more often than that, one question at a time. A question that fails is asked
 * again, less and less often.
 */
export class OnChange {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  private changed = false;
  private closed = false;
  private wait: number;

  constructor(
    private readonly ask: () => Promise<void>,
    private readonly atMostEvery: number,
  ) {
    this.wait = atMostEvery;
  }

  notify(): void {
    if (this.asking) {
      this.changed = true;
    } else if (!this.closed) {
      this.timer ??= setTimeout(() => void this.run(), this.wait);
    }
  }

  /** Asks at once. */
  async now(): Promise<void> {
    clearTimeout(this.timer);
    await this.run();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    this.timer = undefined;
    if (this.asking || this.closed) {
      this.changed = true;
      return;
    }

    this.asking = true;
    try {
      await this.ask();
      this.wait = this.atMostEvery;
    } catch {
      // That the connection is lost is said elsewhere.
      this.wait = Math.min(this.wait * 2, longestWait);
      this.changed = true;
    } finally {
      this.asking = false;
    }

    if (this.changed) {
      this.changed = false;
      this.notify();
    }
  }
}
