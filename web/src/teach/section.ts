import type { People } from '../classview/people';
import { el, type Child } from '../dom/element';
import { messageOf } from '../http/problem';
import type { TeachClient } from './teachClient';

/** One part of the page for instructors. */
export interface Section {
  readonly node: HTMLElement;
  dispose?(): void;
}

/** What every part is given. */
export interface SectionContext {
  client: TeachClient;
  people: People;
}

/** A part of the page that shows what `load` brings, or why it does not. */
export abstract class LoadedSection implements Section {
  readonly node = el('section', { class: 'teach-section' });
  private disposed = false;

  constructor(protected readonly context: SectionContext) {
    this.node.replaceChildren(
      el('p', { class: 'row muted', role: 'status' }, el('span', { class: 'spinner' }), 'Loading…'),
    );
    // Once the section that this is a part of has its own fields.
    queueMicrotask(() => void this.refresh());
  }

  protected abstract load(): Promise<Child[]>;

  dispose(): void {
    this.disposed = true;
  }

  async refresh(): Promise<void> {
    let children: Child[];
    try {
      children = await this.load();
    } catch (error) {
      children = [
        el('p', { class: 'form-error', role: 'alert' }, messageOf(error)),
        el('button', { class: 'button', type: 'button', on: { click: () => void this.refresh() } }, 'Try again'),
      ];
    }

    if (!this.disposed) {
      this.node.replaceChildren(...children.filter(child => child !== null && child !== undefined && child !== false));
    }
  }
}

/** A quiet sentence where there is nothing to show. */
export function nothing(text: string): HTMLElement {
  return el('p', { class: 'muted teach-nothing card' }, text);
}

/** A term and what it is, in a list of facts. */
export function fact(term: string, ...value: Child[]): HTMLElement {
  return el('div', {}, el('dt', {}, term), el('dd', {}, ...value));
}
