import { el, icon } from '../dom/element';
import { toastError } from '../dom/toast';
import { askForPerson, helpRequest, withdrawRequest, type HelpRequest } from './tutorClient';

const pollInterval = 3000;

/** Lets the learner ask for a person, and says how that stands. */
export class PersonRequest {
  readonly node = el('div', { class: 'tutor-person', hidden: true, testId: 'tutor-person' });
  private sessionId: string | undefined;
  private request: HelpRequest | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** @param changed Called when something was said, or a person came or went. */
  constructor(private readonly changed: () => void) {}

  /** Whether a person has the conversation. */
  get taken(): boolean {
    return this.request?.status === 'taken';
  }

  show(sessionId: string | undefined): void {
    if (sessionId === this.sessionId) {
      return;
    }

    this.stop();
    this.sessionId = sessionId;
    this.request = undefined;
    this.render();
    void this.refresh(true);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private async refresh(first = false): Promise<void> {
    const sessionId = this.sessionId;
    if (!sessionId) {
      return;
    }

    clearTimeout(this.timer);
    const before = this.request;
    try {
      const request = await helpRequest(sessionId);
      if (sessionId !== this.sessionId) {
        return;
      }

      this.request = request;
      this.render();
      const came = request?.status === 'taken' && request.updated_at !== before?.updated_at;
      if (came || (!first && before?.status === 'taken' && !request)) {
        this.changed();
      }
    } catch {
      // The next look will tell.
    }

    if (this.request && sessionId === this.sessionId) {
      this.timer = setTimeout(() => void this.refresh(), pollInterval);
    }
  }

  private async act(action: (sessionId: string) => Promise<void>): Promise<void> {
    if (!this.sessionId) {
      return;
    }

    try {
      await action(this.sessionId);
    } catch (error) {
      toastError(error);
    }

    await this.refresh(true);
  }

  private render(): void {
    this.node.hidden = !this.sessionId;
    this.node.dataset['status'] = this.request?.status ?? 'none';
    if (!this.request) {
      this.node.replaceChildren(this.button('Ask a person', 'ask-person', () => this.act(askForPerson), true));
    } else if (this.taken) {
      this.node.replaceChildren(icon('person'), el('span', {}, `${this.request.taken_by ?? 'A person'} is here.`));
    } else {
      this.node.replaceChildren(
        icon('person'),
        el('span', {}, 'You asked for a person. The tutor goes on helping until one comes.'),
        this.button('Withdraw', 'withdraw-person', () => this.act(withdrawRequest)),
      );
    }
  }

  private button(label: string, testId: string, run: () => Promise<void>, withIcon = false): HTMLElement {
    return el(
      'button',
      { class: 'quiet', type: 'button', testId, on: { click: () => void run() } },
      withIcon ? icon('person') : null,
      label,
    );
  }
}
