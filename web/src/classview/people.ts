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

const leastBetweenReloads = 3000;
/** Learners whose names come from elsewhere have no account, however often one asks. */
const askAgainAfter = 60_000;

/** The course's accounts, which alone know whose pseudonym is whose. */
export class People {
  private accounts: Account[] = [];
  private byLearner = new Map<string, Account>();
  private loadedAt = -Infinity;
  private loading: Promise<void> | undefined;
  private readonly missing = new Map<string, number>();

  all(): Account[] {
    return this.accounts;
  }

  async load(): Promise<void> {
    this.loadedAt = performance.now();
    this.set((await getJson<{ accounts: Account[] }>('/accounts')).accounts);
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
