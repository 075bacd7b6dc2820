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
  cells_before?: string[];
  cells_after?: string[];
  /** Its variables are shown to the tutor. */
  kernel_id?: string;
}

/** A piece of what the tutor was shown. */
export interface Source {
  kind:
    | 'assignment'
    | 'code'
    | 'cells_around'
    | 'error'
    | 'activity'
    | 'history'
    | 'earlier_questions'
    | 'expert'
    | 'summary'
    | 'cells_ran'
    | 'variables'
    | 'about'
    | 'objective'
    | 'profile';
  from: string;
  tokens: number;
  cut: boolean;
}

export type Rating = 'up' | 'down';

/** How much the tutor may help in a notebook. */
export interface PolicyInForce {
  assignment: string | null;
  policy: { max_hint_level: number; show_code: boolean; lockdown: boolean };
}

/** A request for a person. */
export interface HelpRequest {
  status: 'waiting' | 'taken' | 'closed';
  taken_by: string | null;
  updated_at: string;
}

export interface Message {
  id: string;
  session_id: string;
  sender: 'user' | 'assistant' | 'instructor';
  content: string;
  timestamp: string;
  model: string | null;
  status: 'queued' | 'running' | 'waiting' | 'done' | 'failed' | 'cancelled';
  /** Of an answer that failed, why. */
  error?: string;
  hint_level?: number;
  sources?: Source[];
  /** Of an instructor's message, the name. */
  author?: string;
  feedback?: Rating;
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
  | { kind: 'session'; sessionId: string }
  | { kind: 'delta'; text: string }
  | { kind: 'tool'; call: ToolNews }
  | { kind: 'approval'; message: Message; calls: ToolCall[] }
  | { kind: 'done'; message: Message };

/** Something that the tutor had done for an answer, or wants to have done. */
export interface ToolCall {
  call_id: string;
  answer_id: string;
  name: string;
  arguments: Record<string, unknown>;
  status: 'waiting' | 'approved' | 'denied' | 'running' | 'done' | 'failed' | 'interrupted';
}

/** A call that began or ended while an answer is made. */
export interface ToolNews {
  call_id: string;
  /** What policies call the tool, such as `kernel/run_code`. */
  tool: string;
  name: string;
  status: 'running' | 'done' | 'failed';
}

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

export function policyFor(notebookPath: string): Promise<PolicyInForce> {
  return getJson<PolicyInForce>(`/tutor/policy?notebook_path=${encodeURIComponent(notebookPath)}`);
}

/** Says what the learner thinks of an answer; null takes it back. */
export async function rate(message: Message, rating: Rating | null): Promise<void> {
  await send('PUT', `/llm/chat/${message.session_id}/messages/${message.id}/feedback`, { rating });
}

/** The open request for a person; undefined when there is none. */
export async function helpRequest(sessionId: string): Promise<HelpRequest | undefined> {
  const response = await send('GET', `/llm/chat/${encodeURIComponent(sessionId)}/help/`);
  return response.status === 204 ? undefined : ((await response.json()) as HelpRequest);
}

export async function askForPerson(sessionId: string): Promise<void> {
  await send('POST', `/llm/chat/${encodeURIComponent(sessionId)}/help/`, {});
}

export async function withdrawRequest(sessionId: string): Promise<void> {
  await send('DELETE', `/llm/chat/${encodeURIComponent(sessionId)}/help/`);
}

export async function sayToPerson(sessionId: string, text: string): Promise<void> {
  await send('POST', `/llm/chat/${encodeURIComponent(sessionId)}/help/messages`, { text });
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

/** What waits for the learner's approval in a conversation. */
export async function waitingCalls(sessionId: string): Promise<ToolCall[]> {
  const { calls } = await getJson<{ calls: ToolCall[] }>(`/llm/chat/${encodeURIComponent(sessionId)}/calls`);
  return calls.filter(call => call.status === 'waiting');
}

/** Decides on a call; once all of an answer are decided, it goes on. */
export async function decide(sessionId: string, call: ToolCall, approved: boolean): Promise<void> {
  const path = `/llm/chat/${encodeURIComponent(sessionId)}/calls/${encodeURIComponent(call.call_id)}`;
  await send('POST', `${path}/${approved ? 'approve' : 'deny'}`);
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
        const content = JSON.parse(data) as {
          session_id?: string;
          text?: string;
          message?: Message;
          calls?: ToolCall[];
        };
        last = id || last;
        if (event === 'session' && content.session_id) {
          sessionId = content.session_id;
          yield { kind: 'session', sessionId };
        } else if (event === 'delta' && content.text) {
          attempt = 0;
          yield { kind: 'delta', text: content.text };
        } else if (event === 'tool') {
          yield { kind: 'tool', call: JSON.parse(data) as ToolNews };
        } else if (event === 'done' && content.message) {
          yield { kind: 'done', message: content.message };
          return;
        } else if (event === 'approval' && content.message) {
          yield { kind: 'approval', message: content.message, calls: content.calls ?? [] };
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
