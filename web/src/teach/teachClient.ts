import { getJson, send, sendJson } from '../http/api';

// The fields of ChatService's API for instructors that the page shows.

export interface HelpPolicy {
  max_hint_level: number;
  show_code: boolean;
  lockdown: boolean;
}

export interface Assignment {
  id: string;
  title: string;
  path_pattern: string;
  description: string;
  policy: HelpPolicy | null;
  reference_solution: string | null;
  objectives: string[];
}

export type AssignmentBody = Omit<Assignment, 'id'>;

export interface HelpRequest {
  id: string;
  learner: string;
  title: string;
  notebook_path: string | null;
  note: string;
  status: 'waiting' | 'taken' | 'closed';
  asked_at: string;
  taken_by: string | null;
}

export interface Message {
  id: string;
  sender: 'user' | 'assistant' | 'instructor';
  content: string;
  timestamp: string;
  author?: string;
}

export interface TurnEntry {
  answer_id: string;
  learner: string;
  notebook_path: string | null;
  question: string;
  question_class: string | null;
  objective: string | null;
  hint_level: number | null;
  status: string;
  at: string;
}

export interface Source {
  kind: string;
  from: string;
  budget: number;
  tokens: number;
  cut: boolean;
}

export interface RecordedTurn {
  answer_id: string;
  learner: string;
  question: string;
  answer: string;
  status: string;
  at: string;
  record: {
    model: string;
    prompts: string[];
    policy: HelpPolicy;
    hint_level: number;
    times_asked: number;
    question_class: string;
    objective?: { text: string; by: string; score: number } | null;
    strategy?: string | null;
    experiments?: { name: string; arm: string; stratum: string }[] | null;
    sources: Source[];
    history: { total: number; shown: number; left_out: number };
    messages: { role: string; content: string }[];
    review?: { outcome: string; likeness: number } | null;
    tools?: string[];
  };
}

/** A call that a model had made, or wants to have made, for an answer. */
export interface RecordedCall {
  call_id: string;
  step: number;
  tool: string | null;
  name: string;
  arguments: Record<string, unknown>;
  status: 'waiting' | 'approved' | 'denied' | 'running' | 'done' | 'failed' | 'interrupted';
  result: string | null;
  result_cut: boolean;
  /** When the student allowed or refused it; null where nobody was asked. */
  decided_at: string | null;
  duration_ms: number | null;
}

export interface Experiment {
  id: string;
  name: string;
  description: string;
  layer: string;
  share: number;
  stratify: string;
  arms: Record<string, unknown>[];
  status: 'draft' | 'running' | 'ended';
}

export interface ArmCount {
  arm: string;
  stratum: string;
  learners: number;
  turns: number;
}

export interface PromptVersion {
  version: string;
  name: string;
  status: 'built_in' | 'draft' | 'published';
  in_use: boolean;
  text?: string;
  author_name: string | null;
  created_at: string | null;
  report?: PromptReport;
}

export interface PromptReport {
  passed: boolean;
  model: string;
  cases: { id: string; passed: boolean; answer: string; broken: { rule: string; why: string }[] }[];
}

/** What instructors ask ChatService of one course. */
export class TeachClient {
  private readonly base: string;

  constructor(course: string) {
    this.base = `/tutor/courses/${encodeURIComponent(course)}`;
  }

  get queueStream(): string {
    return `${this.base}/help/stream`;
  }

  policy = (): Promise<HelpPolicy> => getJson(`${this.base}/policy`);

  setPolicy = (policy: HelpPolicy): Promise<HelpPolicy> => sendJson('PUT', `${this.base}/policy`, policy);

  assignments = async (): Promise<Assignment[]> =>
    (await getJson<{ assignments: Assignment[] }>(`${this.base}/assignments`)).assignments;

  saveAssignment = (body: AssignmentBody, id?: string): Promise<Assignment> =>
    id ? sendJson('PUT', `${this.base}/assignments/${id}`, body) : sendJson('POST', `${this.base}/assignments`, body);

  deleteAssignment = (id: string): Promise<Response> => send('DELETE', `${this.base}/assignments/${id}`);

  helpRequests = async (): Promise<HelpRequest[]> =>
    (await getJson<{ requests: HelpRequest[] }>(`${this.base}/help`)).requests;

  helpConversation = (id: string): Promise<{ request: HelpRequest; messages: Message[] }> =>
    getJson(`${this.base}/help/${id}`);

  take = (id: string): Promise<Response> => send('POST', `${this.base}/help/${id}/take`);

  say = (id: string, text: string): Promise<Response> => send('POST', `${this.base}/help/${id}/messages`, { text });

  handBack = (id: string): Promise<Response> => send('POST', `${this.base}/help/${id}/hand-back`);

  turns = (before?: string): Promise<{ turns: TurnEntry[]; next: string | null }> =>
    getJson(`${this.base}/turns?limit=25${before ? `&before=${before}` : ''}`);

  turn = (answer: string): Promise<RecordedTurn> => getJson(`${this.base}/turns/${answer}`);

  calls = async (answer: string): Promise<RecordedCall[]> =>
    (await getJson<{ calls: RecordedCall[] }>(`${this.base}/turns/${answer}/calls`)).calls;

  experiments = async (): Promise<Experiment[]> =>
    (await getJson<{ experiments: Experiment[] }>(`${this.base}/experiments`)).experiments;

  experiment = (id: string): Promise<{ experiment: Experiment; counts: ArmCount[] }> =>
    getJson(`${this.base}/experiments/${id}`);

  createExperiment = (body: unknown): Promise<Experiment> => sendJson('POST', `${this.base}/experiments`, body);

  changeExperiment = (id: string, what: 'start' | 'end'): Promise<Response> =>
    send('POST', `${this.base}/experiments/${id}/${what}`);

  deleteExperiment = (id: string): Promise<Response> => send('DELETE', `${this.base}/experiments/${id}`);

  prompts = async (): Promise<PromptVersion[]> =>
    (await getJson<{ prompts: PromptVersion[] }>(`${this.base}/prompts`)).prompts;

  prompt = (version: string): Promise<PromptVersion> => getJson(this.promptPath(version));

  draft = (text: string): Promise<PromptVersion> => sendJson('POST', `${this.base}/prompts`, { text });

  checkPrompt = (version: string): Promise<PromptReport> => sendJson('POST', `${this.promptPath(version)}/check`);

  publish = (version: string): Promise<PromptVersion> => sendJson('POST', `${this.promptPath(version)}/publish`);

  use = (name: string, version: string): Promise<Response> =>
    send('PUT', `${this.base}/prompts/in-use/${name}`, { version });

  deletePrompt = (version: string): Promise<Response> => send('DELETE', this.promptPath(version));

  private promptPath(version: string): string {
    return `${this.base}/prompts/${encodeURIComponent(version)}`;
  }
}
