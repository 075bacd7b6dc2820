import { getJson, sendJson } from '../http/api';

/** A study that asks for the learner's consent. */
export interface OfferedStudy {
  id: string;
  version: number;
  title: string;
  information: string;
  from: string;
  to: string;
  event_types: string[];
  keep_until: string;
  consent: Consent | null;
}

/** What the learner decided last. */
export interface Consent {
  version: number;
  given: boolean;
  at: string;
}

export type Decision = 'open' | 'changed' | 'given' | 'refused';

/** How the learner stands to a study; a consent holds for the version that was read. */
export function decisionOf(study: OfferedStudy): Decision {
  if (!study.consent) {
    return 'open';
  }

  return !study.consent.given ? 'refused' : study.consent.version === study.version ? 'given' : 'changed';
}

const recorded: [types: RegExp, words: string][] = [
  [/^CellExecute/, 'code that you run, with its errors'],
  [/^CellOutputEvent$/, 'what your code shows'],
  [/^CellEditEvent$/, 'what you write in cells'],
  [/^Clipboard/, 'what you copy and paste'],
  [/^(Notebook|Cell|ActiveCell)/, 'which notebooks and cells you are in'],
  [/^Tutor/, 'when you ask the tutor, and what kind of help you ask for'],
  [/^Sign/, 'when you sign in and out'],
  [/^PolicyDecision$/, 'when a rule of the course turned something down'],
];

/** What a study's types of events mean to the person whom they are about. */
export function recordedBy(types: readonly string[]): string {
  const words = types.map(type => recorded.find(([known]) => known.test(type))?.[1] ?? type);
  return [...new Set(words)].join('; ');
}

/** Whether a study waits for the learner's decision. */
export function isAsked(studies: readonly OfferedStudy[]): boolean {
  return studies.some(study => decisionOf(study) === 'open' || decisionOf(study) === 'changed');
}

export async function offeredStudies(): Promise<OfferedStudy[]> {
  return (await getJson<{ studies: OfferedStudy[] }>('/telemetry/studies')).studies;
}

export function decide(study: OfferedStudy, given: boolean): Promise<Consent> {
  return sendJson<Consent>('PUT', `/telemetry/studies/${study.id}/consent`, { version: study.version, given });
}

/** Has everything that is recorded about the learner erased. */
export function eraseMe(): Promise<{ id: string }> {
  return sendJson<{ id: string }>('POST', '/accounts/me/erasure');
}
