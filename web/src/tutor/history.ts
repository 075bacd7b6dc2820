import type { MessageList } from './messageList';
import type { Message } from './tutorClient';

/** Whether the answer is still being written. */
export function goesOn(message: Message): boolean {
  return message.status === 'queued' || message.status === 'running';
}

/** Shows what was said, but for a last answer that is still being written. */
export async function showHistory(messages: Message[], list: MessageList): Promise<void> {
  const last = messages.at(-1);
  // Of a question's tries, those that were followed by another are history that nobody needs.
  const shown = messages.filter(message =>
    message === last ? !goesOn(message) : message.sender !== 'assistant' || message.status === 'done',
  );
  await Promise.all(shown.map(message => showMessage(message, list)));
}

async function showMessage(message: Message, list: MessageList): Promise<void> {
  if (message.sender === 'user') {
    list.addQuestion(message.content);
  } else if (message.sender === 'instructor') {
    list.addPerson(message);
  } else {
    const answer = list.addAnswer();
    await answer.show(message.content);
    list.finishAnswer(answer, message.status === 'waiting' ? undefined : message, message.status !== 'done');
  }
}
