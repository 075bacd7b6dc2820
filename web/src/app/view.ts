import type { Identity } from './identity';

/** One screen of the page, below its header. */
export interface View {
  readonly node: HTMLElement;
  readonly title: string;
  /** Called once the node is in the document. */
  attached?(): void;
  /** Saves what would be lost; false keeps the view. */
  mayLeave?(): Promise<boolean>;
  dispose(): void;
}

/** What every screen is given. */
export interface AppContext {
  identity: Identity;
  go(address: string): Promise<void>;
  replaceAddress(address: string, title: string): void;
}
