import { getJson } from '../http/api';

/** Who is signed in, as Gateway says it. */
export interface Identity {
  subject: string;
  name: string;
  course: string;
  roles: string[];
}

export function fetchIdentity(): Promise<Identity> {
  return getJson<Identity>('/identity');
}

export function learns(identity: Identity): boolean {
  return identity.roles.includes('student');
}

export function teaches(identity: Identity): boolean {
  return identity.roles.includes('instructor') || identity.roles.includes('owner');
}
