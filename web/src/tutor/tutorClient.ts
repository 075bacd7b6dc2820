import { getJson, send } from '../http/api';
import { serverEvents } from '../http/eventStream';
import { Problem, problemOf } from '../http/problem';

/** What the tutor is told beside the question. */
export interface QuestionContext {
  notebook_path: string;
  cell_id?: string;
  code?: string;
  language?: string;
  error?: { name: string; value: string; traceback: string[] };
}

export interface Message {
  id: string;
  session_id: string;
  sender: 'user' | 'assistant';
  content: string;
  timestamp: string;
  model: string | null;
  status: 'running' | 'done' | 'failed' | 'cancelled';
  /** Of an answer that failed, why. */
  error?: string;
}

export interface Conversation {
  session_id: string;
  title: string;
  notebook_path: string | null;
  created_at: string;
  updated_at: string;
}

/** What becomes known while an answer is made. */
export type AnswerPart =
  { kind: 'session'; sessionId: string } | { kind: 'delta'; text: string } | { kind: 'done'; message: Message };

export async function listConversations(notebookPath: string): Promise<Conversation[]> {
  const found = await getJson<{ sessions: Conversation[] }>(
    `/llm/chat/sessions/?notebook_path=${encodeURIComponent(notebookPath)}`,
  );
  return found.sessions.sort((a, b) => Date.parse(b.updated_at) - Date.parse(a.updated_at));
}

export async function history(sessionId: string): Promise<Message[]> {
  return (await getJson<{ messages: Message[] }>(`/llm/chat/${encodeURIComponent(sessionId)}/history/`)).messages;
}

export async function deleteConversation(sessionId: string): Promise<void> {
  await send('DELETE', `/llm/chat/${encodeURIComponent(sessionId)}/`);
}

/** Asks, in a new conversation when there is none yet. */
export function ask(
  sessionId: string | undefined,
  text: string,
  context: QuestionContext,
  signal: AbortSignal,
): AsyncGenerator<AnswerPart> {
  return sessionId
    ? answer(`/llm/chat/${encodeURIComponent(sessionId)}/message/`, { user_message: text, context }, signal)
    : answer('/llm/chat/', { initial_message: text, context }, signal);
}

/** Has the last question answered that has no answer. */
export function retry(sessionId: string, signal: AbortSignal): AsyncGenerator<AnswerPart> {
  return answer(`/llm/chat/${encodeURIComponent(sessionId)}/retry/`, {}, signal);
}

async function* answer(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<AnswerPart> {
  const response = await send('POST', path, body, { signal, headers: { Accept: 'text/event-stream' } });
  if (!response.body) {
    throw new Problem(502, 'The tutor sent no answer.');
  }

  for await (const { event, data } of serverEvents(response.body)) {
    const content = JSON.parse(data) as { session_id?: string; text?: string; message?: Message };
    if (event === 'session' && content.session_id) {
      yield { kind: 'session', sessionId: content.session_id };
    } else if (event === 'delta' && content.text) {
      yield { kind: 'delta', text: content.text };
    } else if (event === 'done' && content.message) {
      yield { kind: 'done', message: content.message };
      return;
    } else if (event === 'error') {
      throw problemOf(content, 502);
    }
  }

  throw new Problem(502, 'The answer broke off.', 'The tutor stopped in the middle of its answer.');
}
