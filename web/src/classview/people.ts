import { getJson, send, sendJson } from '../http/api';

export interface Account {
  id: string;
  name: string;
  course: string;
  roles: string[];
  learner: string;
  created_at: string | null;
}

interface CreatedAccount {
  account: Account;
  token: string;
  sign_in_path: string;
}

const leastSecondsBetweenReloads = 30;

/** The course's accounts, which alone know whose pseudonym is whose. */
export class People {
  private accounts: Account[] = [];
  private byLearner = new Map<string, Account>();
  private loadedAt = -Infinity;

  all(): Account[] {
    return this.accounts;
  }

  async load(): Promise<void> {
    this.loadedAt = performance.now();
    this.set((await getJson<{ accounts: Account[] }>('/accounts')).accounts);
  }

  /** Loads again for a pseudonym that nobody here has, as after an invitation from elsewhere. */
  async loadFor(learner: string): Promise<boolean> {
    if (this.byLearner.has(learner) || performance.now() - this.loadedAt < leastSecondsBetweenReloads * 1000) {
      return false;
    }

    await this.load();
    return true;
  }

  nameOf(learner: string): string {
    return this.byLearner.get(learner)?.name ?? `Learner ${learner.slice(0, 6)}`;
  }

  /** Makes an account and answers the link that signs its holder in; it can be had only now. */
  async invite(name: string): Promise<string> {
    const created = await sendJson<CreatedAccount>('POST', '/accounts', { name, roles: ['student'] });
    this.set([...this.accounts, created.account]);
    return new URL(created.sign_in_path, location.origin).href;
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
