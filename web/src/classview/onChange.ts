/** Asks again after something has changed: soon, not more often than that, one question at a time. */
export class OnChange {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking = false;
  private changed = false;
  private closed = false;

  constructor(
    private readonly ask: () => Promise<void>,
    private readonly atMostEvery: number,
  ) {}

  notify(): void {
    if (this.asking) {
      this.changed = true;
    } else if (!this.closed) {
      this.timer ??= setTimeout(() => void this.run(), this.atMostEvery);
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
    } catch {
      // The next change asks again; that the connection is lost is said elsewhere.
    } finally {
      this.asking = false;
    }

    if (this.changed) {
      this.changed = false;
      this.notify();
    }
  }
}
