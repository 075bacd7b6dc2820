import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { el, icon } from '../dom/element';
import { answerFooter } from './answerFooter';
import { AnswerView } from './answerRendering';
import type { Message } from './tutorClient';

/** The conversation on the screen. Follows its end as long as the reader is there. */
export class MessageList {
  readonly node = el('div', {
    class: 'tutor-messages',
    role: 'log',
    'aria-label': 'Conversation',
    testId: 'tutor-messages',
  });
  private answers: AnswerView[] = [];
  private failure: HTMLElement | undefined;

  constructor(
    private readonly rendermime: IRenderMimeRegistry,
    private readonly insert: (code: string, turn?: string) => void,
  ) {}

  clear(): void {
    this.answers.forEach(answer => answer.dispose());
    this.answers = [];
    this.node.replaceChildren();
  }

  showEmpty(): void {
    this.clear();
    this.node.append(
      el(
        'div',
        { class: 'tutor-empty', testId: 'tutor-empty' },
        icon('spark'),
        el('h3', {}, 'Stuck, or curious?'),
        el(
          'p',
          {},
          'Ask about your code, an error or an idea. The tutor sees the cell you are in, and gives hints rather than the finished answer.',
        ),
      ),
    );
  }

  showLoading(): void {
    this.clear();
    this.node.append(
      el(
        'div',
        { class: 'tutor-empty', role: 'status' },
        el('span', { class: 'spinner' }),
        'Loading the conversation…',
      ),
    );
  }

  addQuestion(text: string): void {
    this.node.querySelector('.tutor-empty')?.remove();
    this.node.append(el('div', { class: 'message user', testId: 'tutor-message', 'data-sender': 'user' }, text));
    this.toEnd();
  }

  /** What a person wrote: text as it is. */
  addPerson(message: Message): void {
    this.node.append(
      el(
        'div',
        { class: 'message person', testId: 'tutor-message', 'data-sender': 'instructor' },
        el('p', { class: 'message-author' }, message.author ?? 'Instructor'),
        message.content,
      ),
    );
    this.toEnd();
  }

  addAnswer(): AnswerView {
    const answer = new AnswerView(this.rendermime, this.insert, () => this.follow());
    this.answers.push(answer);
    this.node.append(
      el(
        'div',
        {
          class: 'message assistant waiting',
          testId: 'tutor-message',
          'data-sender': 'assistant',
          'aria-busy': 'true',
        },
        answer.node,
      ),
    );
    this.toEnd();
    return answer;
  }

  /** Closes the answer that was last added; an empty one leaves no trace. */
  finishAnswer(answer: AnswerView, stored?: Message, failed = false): void {
    const message = answer.node.parentElement;
    if (answer.content === '') {
      message?.remove();
    } else if (message) {
      message.classList.remove('waiting');
      message.removeAttribute('aria-busy');
      message.dataset[failed ? 'failed' : 'done'] = 'true';
      answer.turn = stored?.id;
      if (stored && !failed) {
        message.append(answerFooter(stored));
      }
    }

    this.follow();
  }

  showFailure(text: string, retry: () => void): void {
    this.clearFailure();
    this.failure = el(
      'div',
      { class: 'tutor-failure', role: 'alert', testId: 'tutor-error' },
      el('p', {}, text),
      el(
        'button',
        { class: 'button small', type: 'button', testId: 'tutor-retry', on: { click: retry } },
        icon('retry'),
        'Retry',
      ),
    );
    this.node.append(this.failure);
    this.toEnd();
  }

  /** Shows what waits for the learner below the answer that it is for. */
  showApproval(card: HTMLElement): void {
    this.clearApproval();
    this.node.append(card);
    this.toEnd();
  }

  /** Shows below the last answer what is being done for it. */
  showActivity(activity: HTMLElement): void {
    this.node.append(activity);
  }

  clearApproval(): void {
    this.node.querySelector('.tutor-approval')?.remove();
  }

  clearFailure(): void {
    this.failure?.remove();
    this.failure = undefined;
  }

  /** Takes away the beginnings of answers that broke off, for the whole one to come. */
  dropFailedAnswers(): void {
    this.node.querySelectorAll('[data-failed]').forEach(message => message.remove());
  }

  /** Keeps the end in view for a reader who is there. */
  follow(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    if (scrollHeight - scrollTop - clientHeight < 160) {
      this.toEnd();
    }
  }

  private toEnd(): void {
    this.node.scrollTop = this.node.scrollHeight;
  }
}
