import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import { el, icon } from '../dom/element';
import { toastError } from '../dom/toast';
import { messageOf } from '../http/problem';
import { AnswerFollower } from './answerFollower';
import { approvalCard } from './approvalCard';
import { answerRendermime } from './answerRendering';
import { Composer } from './composer';
import { goesOn, showHistory } from './history';
import { MessageList } from './messageList';
import { PersonRequest } from './personRequest';
import { PolicyNote } from './policyNote';
import {
  ask,
  decide,
  deleteConversation,
  history,
  listConversations,
  resume,
  retry,
  sayToPerson,
  waitingCalls,
  type AnswerPart,
  type Conversation,
  type Message,
  type QuestionContext,
  type ToolCall,
} from './tutorClient';

/** What the panel needs of the notebook beside it. */
export interface NotebookAccess {
  path(): string;
  /** The active cell and the kernel's language. */
  context(): QuestionContext;
  /** Puts code of an answer into a new cell; `turn` is the answer's id, once it is known. */
  insertCode(code: string, turn?: string): void;
}

/** The tutor beside a notebook. One conversation at a time; each belongs to the notebook. */
export class TutorPanel extends Widget {
  private readonly messages: MessageList;
  private readonly composer: Composer;
  private readonly answers: AnswerFollower;
  private readonly picker = el('select', {
    class: 'select small',
    'aria-label': 'Conversation',
    testId: 'tutor-conversations',
  });
  private readonly remove: HTMLButtonElement;
  private readonly policy = new PolicyNote();
  private readonly person = new PersonRequest(() => void this.reload());
  private sessionId: string | undefined;
  private opened = 0;
  /** Ends once the conversation that was opened last is shown, or why not. */
  private opening = Promise.resolve();

  constructor(
    private readonly notebook: NotebookAccess,
    rendermime: IRenderMimeRegistry,
    close: () => void,
  ) {
    super();
    this.id = 'tutor-panel';
    this.addClass('tutor');
    this.node.setAttribute('role', 'complementary');
    this.node.setAttribute('aria-label', 'Tutor');
    this.node.dataset['testid'] = 'tutor-panel';
    this.messages = new MessageList(answerRendermime(rendermime), (code, turn) => notebook.insertCode(code, turn));
    this.composer = new Composer({
      send: text =>
        void this.send(text, this.composer.sharesCell ? notebook.context() : { notebook_path: notebook.path() }),
      stop: () => void this.answers.stop(),
    });
    this.answers = new AnswerFollower(this.messages, this.composer, {
      known: sessionId => (this.sessionId = sessionId),
      waits: calls => this.showApproval(calls),
      retry: () => void this.retry(),
      ended: () => this.person.show(this.sessionId),
    });
    this.remove = button('trash', 'Delete this conversation', 'tutor-delete', () => void this.deleteCurrent());
    this.picker.addEventListener('change', () => void this.open(this.picker.value || undefined));
    this.node.append(
      el(
        'div',
        { class: 'tutor-head' },
        el('h2', {}, icon('spark'), 'Tutor'),
        this.picker,
        this.remove,
        button('plus', 'New conversation', 'tutor-new', () => void this.open(undefined)),
        button('close', 'Close the tutor', 'tutor-close', close),
      ),
      this.policy.node,
      this.messages.node,
      this.person.node,
      this.composer.node,
    );
  }

  /** Shows the notebook's latest conversation. */
  resume(): Promise<void> {
    this.messages.showLoading();
    void this.policy.show(this.notebook.path());
    return (this.opening = this.loadLatest());
  }

  focusInput(): void {
    this.composer.focus();
  }

  /** Tells the learner which cell goes along with the next question. */
  showCell(label: string | undefined): void {
    this.composer.showCell(label);
  }

  /** Sends a question about a cell, or lays it ready while another answer is still coming. */
  askAbout(text: string, context: QuestionContext): void {
    void this.ask(text, context);
  }

  override dispose(): void {
    this.answers.abandon();
    this.person.stop();
    this.messages.clear();
    super.dispose();
  }

  private async listConversations(): Promise<Conversation[]> {
    const conversations = await listConversations(this.notebook.path());
    this.picker.replaceChildren(
      el('option', { value: '' }, 'New conversation'),
      ...conversations.map(({ session_id, title }) => el('option', { value: session_id }, title || 'Conversation')),
    );
    this.showCurrent();
    return conversations;
  }

  private showCurrent(): void {
    this.picker.value = this.sessionId ?? '';
    this.picker.hidden = this.picker.options.length < 2;
    this.remove.hidden = !this.sessionId;
    this.person.show(this.sessionId);
  }

  /** Waits until no conversation is being opened: while one is, another may be chosen. */
  private async settled(): Promise<void> {
    for (let opening; opening !== this.opening;) {
      opening = this.opening;
      await opening;
    }
  }

  private open(sessionId: string | undefined): Promise<void> {
    return (this.opening = this.load(sessionId));
  }

  private async loadLatest(): Promise<void> {
    const turn = this.opened;
    try {
      const [latest] = await this.listConversations();
      if (turn === this.opened) {
        await this.load(latest?.session_id);
      }
    } catch (error) {
      if (turn === this.opened) {
        this.messages.clear();
        this.messages.showFailure(messageOf(error), () => void this.resume());
      }
    }
  }

  private async load(sessionId: string | undefined): Promise<void> {
    const turn = ++this.opened;
    this.answers.abandon();
    this.sessionId = sessionId;
    this.showCurrent();
    if (!sessionId) {
      this.messages.showEmpty();
      return;
    }

    this.messages.showLoading();
    try {
      const messages = await history(sessionId);
      if (turn === this.opened) {
        this.messages.clear();
        await this.showHistory(messages);
      }
    } catch (error) {
      if (turn === this.opened) {
        this.messages.clear();
        this.messages.showFailure(messageOf(error), () => void this.open(sessionId));
      }
    }
  }

  /** Shows what was said meanwhile, unless an answer is just coming in. */
  private async reload(): Promise<void> {
    if (!this.answers.isRunning) {
      await this.open(this.sessionId);
    }
  }

  /** To the person who has the conversation, else to the tutor. */
  private async send(text: string, context: QuestionContext): Promise<void> {
    await this.settled();
    if (!this.sessionId || !this.person.taken) {
      return this.ask(text, context);
    }

    try {
      await sayToPerson(this.sessionId, text);
      this.messages.clearFailure();
      this.messages.addQuestion(text);
    } catch (error) {
      this.composer.prefill(text);
      toastError(error);
    }
  }

  private async showHistory(messages: Message[]): Promise<void> {
    const turn = this.opened;
    const last = messages.at(-1);
    const waits = last?.status === 'waiting';
    await showHistory(messages, this.messages);
    const calls = last && waits ? await waitingCalls(last.session_id) : [];
    if (turn !== this.opened) {
      // Another conversation has been opened meanwhile.
      return;
    }

    if (last && goesOn(last)) {
      void this.resumeAnswer();
    } else if (last && waits) {
      this.showApproval(calls);
    } else if (last?.status === 'cancelled') {
      this.messages.showFailure('This answer was stopped.', () => void this.retry());
    } else if (last && !this.person.taken && (last.sender === 'user' || last.status === 'failed')) {
      this.messages.showFailure(last.error ?? 'This question has no answer yet.', () => void this.retry());
    }
  }

  private async ask(text: string, context: QuestionContext): Promise<void> {
    // A question goes on with what was said, and is not swept away by it.
    await this.settled();
    if (this.answers.isRunning) {
      this.composer.prefill(text);
      return;
    }

    if (this.isDisposed) {
      return;
    }

    this.messages.clearFailure();
    this.messages.addQuestion(text);
    const start = this.start(text, context, newKey());
    // A question of which the server said nothing is sent again under its key; one that it has is only answered again.
    const again = (known: boolean) => () => (known ? void this.retry() : void this.follow(start, again));
    await this.follow(start, again);
  }

  /** Follows an answer that was begun before this page was opened. */
  private resumeAnswer(): Promise<void> {
    const sessionId = this.sessionId;
    return sessionId
      ? this.follow(
          signal => resume(sessionId, signal),
          () => () => void this.open(sessionId),
        )
      : Promise.resolve();
  }

  /** The answer goes on where it is followed once all is decided. */
  private showApproval(calls: ToolCall[]): void {
    const sessionId = this.sessionId;
    if (sessionId && calls.length > 0) {
      this.messages.showApproval(
        approvalCard(
          calls,
          (call, approved) => decide(sessionId, call, approved),
          () => {
            this.messages.clearApproval();
            void this.resumeAnswer();
          },
        ),
      );
    }
  }

  private retry(): Promise<void> {
    const sessionId = this.sessionId;
    return sessionId
      ? this.follow(
          signal => retry(sessionId, signal),
          () => () => void this.retry(),
        )
      : Promise.resolve();
  }

  private start(text: string, context: QuestionContext, key: string) {
    return (signal: AbortSignal) => ask(this.sessionId, text, context, key, signal);
  }

  /** Shows an answer as it comes; a conversation that it begins is listed then. */
  private async follow(
    parts: (signal: AbortSignal) => AsyncGenerator<AnswerPart>,
    again: (known: boolean) => () => void,
  ): Promise<void> {
    const isNew = !this.sessionId;
    await this.answers.follow(parts, again);
    if (isNew && this.sessionId) {
      // The conversation is shown either way; the list only lacks its title.
      await this.listConversations().catch(() => this.showCurrent());
    }
  }

  private async deleteCurrent(): Promise<void> {
    if (!this.sessionId) {
      return;
    }

    try {
      await deleteConversation(this.sessionId);
      await this.open(undefined);
      await this.listConversations();
    } catch (error) {
      toastError(error);
    }
  }
}

function button(name: 'plus' | 'close' | 'trash', label: string, testId: string, run: () => void): HTMLButtonElement {
  return el(
    'button',
    { class: 'icon-button', type: 'button', title: label, 'aria-label': label, testId, on: { click: run } },
    icon(name),
  );
}

/** A name for a request; not `randomUUID`, which only exists over HTTPS. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}
