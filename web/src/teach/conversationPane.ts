import { el } from '../dom/element';
import { ago } from '../dom/time';
import { toastError } from '../dom/toast';
import type { SectionContext } from './section';
import type { HelpRequest, Message } from './teachClient';

const refreshMilliseconds = 3000;

/** A conversation that its student wants a person for: read, taken over, answered, handed back. */
export class ConversationPane {
  readonly node: HTMLElement;
  private readonly messages = el('ol', { class: 'teach-messages', 'aria-live': 'polite' });
  private readonly actions = el('div', { class: 'row' });
  private readonly words = el('textarea', { rows: 3, maxlength: 8000, 'aria-label': 'Your answer' });
  private readonly form: HTMLFormElement;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private shown = '';

  constructor(
    private readonly context: SectionContext,
    private request: HelpRequest,
    private readonly closed: () => void,
  ) {
    this.form = el(
      'form',
      { class: 'teach-answer', hidden: true },
      this.words,
      el('button', { class: 'button primary', type: 'submit', testId: 'help-send' }, 'Send'),
    );
    this.form.addEventListener('submit', event => {
      event.preventDefault();
      void this.say();
    });
    this.node = el(
      'article',
      { class: 'card teach-pane', tabindex: -1, 'aria-label': 'Conversation', testId: 'help-conversation' },
      el('h2', {}, context.people.nameOf(request.learner)),
      this.messages,
      this.form,
      this.actions,
    );
    this.draw();
  }

  get id(): string {
    return this.request.id;
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  /** Takes what the queue says of the request; nothing when it is closed. */
  update(request: HelpRequest | undefined): void {
    if (request && request.status !== this.request.status) {
      this.request = request;
      this.draw();
    }
  }

  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    const { request, messages } = await this.context.client.helpConversation(this.request.id);
    this.request = request;
    this.draw();
    const drawn = JSON.stringify(messages);
    if (drawn !== this.shown) {
      this.shown = drawn;
      this.messages.replaceChildren(...messages.map(message => this.message(message)));
      this.messages.scrollTop = this.messages.scrollHeight;
    }

    this.timer = setTimeout(() => void this.refresh().catch(() => undefined), refreshMilliseconds);
  }

  private message({ sender, content, timestamp, author }: Message): HTMLElement {
    const who = sender === 'user' ? 'Student' : sender === 'assistant' ? 'Tutor' : (author ?? 'Instructor');
    return el(
      'li',
      { 'data-sender': sender },
      el('span', { class: 'muted' }, `${who}, ${ago(timestamp)}`),
      el('p', { class: 'teach-text' }, content),
    );
  }

  private draw(): void {
    const taken = this.request.status === 'taken';
    this.form.hidden = !taken;
    this.actions.replaceChildren(
      taken
        ? el(
            'button',
            { class: 'button', type: 'button', testId: 'help-back', on: { click: () => void this.handBack() } },
            'Hand back to the tutor',
          )
        : el(
            'button',
            { class: 'button primary', type: 'button', testId: 'help-take', on: { click: () => void this.take() } },
            'Take over',
          ),
    );
  }

  private take = (): Promise<void> =>
    this.act(async () => {
      await this.context.client.take(this.request.id);
      await this.refresh();
      this.words.focus();
    });

  private say = (): Promise<void> =>
    this.act(async () => {
      const text = this.words.value.trim();
      if (text !== '') {
        await this.context.client.say(this.request.id, text);
        this.words.value = '';
        await this.refresh();
      }
    });

  private handBack = (): Promise<void> =>
    this.act(async () => {
      await this.context.client.handBack(this.request.id);
      this.closed();
    });

  private async act(what: () => Promise<void>): Promise<void> {
    try {
      await what();
    } catch (error) {
      toastError(error);
    }
  }
}
