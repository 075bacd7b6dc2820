import { toastError } from '../dom/toast';
import { messageOf } from '../http/problem';
import type { Composer } from './composer';
import type { MessageList } from './messageList';
import { ToolActivity } from './toolActivity';
import { stop, type AnswerPart, type Message, type ToolCall } from './tutorClient';

/** What the panel does about an answer. */
export interface AnswerEvents {
  /** The server has the question, in this conversation. */
  known(sessionId: string): void;
  /** The answer waits for the learner to decide about its calls. */
  waits(calls: ToolCall[]): void;
  /** Asks for another answer to the same question. */
  retry(): void;
  /** Nothing is being written any more. */
  ended(): void;
}

/** Shows answers as they come, one at a time. */
export class AnswerFollower {
  private running: AbortController | undefined;
  /** The conversation whose answer is being written, once the server has said it. */
  private followed: string | undefined;

  constructor(
    private readonly messages: MessageList,
    private readonly composer: Composer,
    private readonly events: AnswerEvents,
  ) {}

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /** Looks away: the answer is written on where it is kept. */
  abandon(): void {
    this.running?.abort();
  }

  /** Has the answer end; its stream then ends with what there is of it. */
  async stop(): Promise<void> {
    const running = this.running;
    try {
      if (!this.followed) {
        running?.abort();
      } else {
        await stop(this.followed);
      }
    } catch (error) {
      running?.abort();
      toastError(error);
    }
  }

  /** Shows an answer as it comes. `again` says how to retry, given whether the server has the question. */
  async follow(
    parts: (signal: AbortSignal) => AsyncGenerator<AnswerPart>,
    again: (known: boolean) => () => void,
  ): Promise<void> {
    const running = (this.running = new AbortController());
    let known = false;
    let stored: Message | undefined;
    let waiting: ToolCall[] = [];
    this.followed = undefined;
    this.messages.clearFailure();
    this.messages.dropFailedAnswers();
    this.composer.showRunning(true);
    const answer = this.messages.addAnswer();
    const activity = new ToolActivity();
    this.messages.showActivity(activity.node);
    try {
      for await (const part of parts(running.signal)) {
        if (running.signal.aborted) {
          break;
        }

        if (part.kind === 'session') {
          known = true;
          this.followed = part.sessionId;
          this.events.known(part.sessionId);
          // A stream that is resumed tells of its calls anew, or of none where another replica answers.
          activity.reset();
        } else if (part.kind === 'delta') {
          answer.append(part.text);
        } else if (part.kind === 'tool') {
          activity.update(part.call);
          this.messages.follow();
        } else if (part.kind === 'approval') {
          await answer.show(part.message.content);
          waiting = part.calls;
        } else {
          await answer.show(part.message.content);
          stored = part.message;
        }
      }

      const stopped = stored?.status === 'cancelled';
      // What there is of an answer that waits is shown again, whole, when it goes on.
      this.messages.finishAnswer(answer, stored, stopped || waiting.length > 0);
      this.events.waits(waiting);
      if (stopped) {
        this.messages.showFailure('You stopped this answer.', () => this.events.retry());
      }
    } catch (error) {
      this.messages.finishAnswer(answer, undefined, true);
      if (this.running === running) {
        this.messages.showFailure(running.signal.aborted ? 'You stopped this answer.' : messageOf(error), again(known));
      }
    } finally {
      activity.clear();
      if (this.running === running) {
        this.running = this.followed = undefined;
        this.composer.showRunning(false);
        this.events.ended();
      }
    }
  }
}
