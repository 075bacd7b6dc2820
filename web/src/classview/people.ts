import { getJson, send, sendJson } from '../http/api';

export interface Account {
  id: string;
  name: string;
  course: string;
  roles: string[];
  learner: string;
  created_at: string | null;
  /** What the institution's sign-in calls the person. */
  login: string | null;
}

/** Somebody to make an account for. */
export interface Person {
  name: string;
  login: string | null;
}

interface CreatedAccount {
  account: Account;
  token: string;
  sign_in_path: string;
}

/** A link that signs somebody in; it can be had only when it is made. */
export interface Invitation {
  name: string;
  link: string;
}

/** The people of a text with one on each line, as mail programs write them: a name, and a login in angle brackets where there is one. */
export function peopleOf(text: string): Person[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .map(line => {
      const [, name, login] = /^(.*)<([^<>]+)>$/.exec(line) ?? [];
      return login === undefined ? { name: line, login: null } : { name: name?.trim() || login, login };
    });
}

/** Names and links as RFC 4180 has it; a name that a spreadsheet would take for a formula is text. */
export function csvOf(invitations: Invitation[]): string {
  const cell = (text: string) => `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return [['name', 'link'], ...invitations.map(({ name, link }) => [name, link])]
    .map(row => `${row.map(cell).join(',')}\r\n`)
    .join('');
}

const leastBetweenReloads = 3000;
/** Learners whose names come from elsewhere have no account, however often one asks. */
const askAgainAfter = 60_000;

/** The course's accounts, which alone know whose pseudonym is whose. */
export class People {
  private accounts: Account[] = [];
  private whereElse: string | null = null;
  private byLearner = new Map<string, Account>();
  private loadedAt = -Infinity;
  private loading: Promise<void> | undefined;
  private readonly missing = new Map<string, number>();

  all(): Account[] {
    return this.accounts;
  }

  /** What the institution is called at which people sign in, too. */
  institution(): string | null {
    return this.whereElse;
  }

  async load(): Promise<void> {
    this.loadedAt = performance.now();
    const { accounts, institution } = await getJson<{ accounts: Account[]; institution: string | null }>('/accounts');
    this.whereElse = institution;
    this.set(accounts);
  }

  /** Loads again for a pseudonym that nobody here has, as after an invitation from elsewhere; whether it has a name now. */
  async loadFor(learner: string): Promise<boolean> {
    const asked = this.missing.get(learner) ?? -Infinity;
    if (this.byLearner.has(learner) || performance.now() - asked < askAgainAfter) {
      return false;
    }

    await (this.loading ??= this.loadSoon().finally(() => (this.loading = undefined)));
    if (!this.byLearner.has(learner)) {
      this.missing.set(learner, performance.now());
      return false;
    }

    return true;
  }

  /** Once for all who are asked for about the same time. */
  private async loadSoon(): Promise<void> {
    const wait = this.loadedAt + leastBetweenReloads - performance.now();
    if (wait > 0) {
      await new Promise(resolve => setTimeout(resolve, wait));
    }

    await this.load();
  }

  nameOf(learner: string): string {
    return this.byLearner.get(learner)?.name ?? `Learner ${learner.slice(0, 6)}`;
  }

  /** Makes accounts, all or none. */
  async invite(wanted: Person[], role: string, course: string): Promise<Invitation[]> {
    const { accounts } = await sendJson<{ accounts: CreatedAccount[] }>('POST', '/accounts/batch', {
      accounts: wanted.map(({ name, login }) => ({ name, login, roles: [role], course })),
    });
    // Nothing is asked for between the links and whoever is to see them: they can be had only now.
    const listed = this.accounts[0]?.course;
    this.set([...this.accounts, ...accounts.map(made => made.account).filter(account => account.course === listed)]);
    return accounts.map(invitationOf);
  }

  /** Makes a new link; the old one, and sessions that it began, end. */
  async renew(account: Account): Promise<Invitation> {
    return invitationOf(await sendJson<CreatedAccount>('POST', `/accounts/${encodeURIComponent(account.id)}/token`));
  }

  /** Says what the institution's sign-in calls somebody; whoever had come from there by another login is signed out. */
  async changeLogin(account: Account, login: string): Promise<void> {
    const path = `/accounts/${encodeURIComponent(account.id)}/login`;
    const changed = await sendJson<Account>('PUT', path, { login: login.trim() || null });
    this.set(this.accounts.map(other => (other.id === changed.id ? changed : other)));
  }

  async remove(account: Account): Promise<void> {
    await send('DELETE', `/accounts/${encodeURIComponent(account.id)}`);
    this.set(this.accounts.filter(other => other.id !== account.id));
  }

  private set(accounts: Account[]): void {
    this.accounts = accounts.sort((a, b) => a.name.localeCompare(b.name));
    this.byLearner = new Map(accounts.map(account => [account.learner, account]));
  }
}

function invitationOf({ account, sign_in_path }: CreatedAccount): Invitation {
  return { name: account.name, link: new URL(sign_in_path, location.origin).href };
}
