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
  status: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
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

/** Asks, in a new conversation when there is none yet. Asking again with the same key asks once. */
export function ask(
  sessionId: string | undefined,
  text: string,
  context: QuestionContext,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<AnswerPart> {
  return sessionId
    ? answer(
        () => post(`/llm/chat/${encodeURIComponent(sessionId)}/message/`, { user_message: text, context }, signal, key),
        signal,
      )
    : answer(() => post('/llm/chat/', { initial_message: text, context }, signal, key), signal);
}

/** Has the last question answered that has no answer. */
export function retry(sessionId: string, signal: AbortSignal): AsyncGenerator<AnswerPart> {
  return answer(() => post(`/llm/chat/${encodeURIComponent(sessionId)}/retry/`, {}, signal), signal);
}

/** Follows the answer that is being written, from its beginning. */
export function resume(sessionId: string, signal: AbortSignal): AsyncGenerator<AnswerPart> {
  return answer(() => stream(sessionId, '', signal), signal);
}

/** Stops the answer that is being written. */
export async function stop(sessionId: string): Promise<void> {
  await send('POST', `/llm/chat/${encodeURIComponent(sessionId)}/cancel/`);
}

// The server goes on writing when the connection breaks; more than this in a row is an outage.
const maxResumptions = 5;
const resumeDelay = 500;

async function* answer(open: () => Promise<Response>, signal: AbortSignal): AsyncGenerator<AnswerPart> {
  let response = await open();
  let sessionId = '';
  let last = '';
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const { event, data, id } of serverEvents(response.body ?? new ReadableStream())) {
        const content = JSON.parse(data) as { session_id?: string; text?: string; message?: Message };
        last = id || last;
        if (event === 'session' && content.session_id) {
          sessionId = content.session_id;
          yield { kind: 'session', sessionId };
        } else if (event === 'delta' && content.text) {
          attempt = 0;
          yield { kind: 'delta', text: content.text };
        } else if (event === 'done' && content.message) {
          yield { kind: 'done', message: content.message };
          return;
        } else if (event === 'error') {
          throw problemOf(content, 502);
        }
      }
    } catch (error) {
      if (error instanceof Problem || signal.aborted || !sessionId) {
        throw error;
      }
    }

    if (!sessionId || attempt > maxResumptions) {
      throw new Problem(502, 'The answer broke off.', 'The tutor stopped in the middle of its answer.');
    }

    response = await again(sessionId, last, attempt, signal);
  }
}

/** Waits a little longer each time; a server that cannot be reached yet is asked again. */
async function again(sessionId: string, last: string, attempt: number, signal: AbortSignal): Promise<Response> {
  for (let tries = attempt; ; tries++) {
    await new Promise(resolve => setTimeout(resolve, resumeDelay * tries));
    try {
      return await stream(sessionId, last, signal);
    } catch (error) {
      if (tries > maxResumptions || signal.aborted) {
        throw error;
      }
    }
  }
}

function post(path: string, body: unknown, signal: AbortSignal, key?: string): Promise<Response> {
  return send('POST', path, body, {
    signal,
    headers: { Accept: 'text/event-stream', ...(key ? { 'Idempotency-Key': key } : {}) },
  });
}

function stream(sessionId: string, last: string, signal: AbortSignal): Promise<Response> {
  return send('GET', `/llm/chat/${encodeURIComponent(sessionId)}/stream/`, undefined, {
    signal,
    headers: { Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) },
  });
}
