/** The parts of the page for instructors. */
export type TeachPart = 'queue' | 'assignments' | 'turns' | 'experiments' | 'prompts';

const teachParts: readonly string[] = ['assignments', 'turns', 'experiments', 'prompts'];

/** What the address bar asks for. */
export type Route =
  | { view: 'workspace'; folder: string }
  | { view: 'notebook'; path: string }
  | { view: 'class' }
  | { view: 'teach'; part: TeachPart }
  | { view: 'learner'; learner: string; notebook: string }
  | { view: 'unknown'; path: string };

export function routeOf(url: URL): Route {
  const path = decodeURI(url.pathname);
  if (path === '/' || path === '/notebooks' || path === '/notebooks/') {
    return { view: 'workspace', folder: url.searchParams.get('folder') ?? '' };
  }

  if (path === '/class') {
    return { view: 'class' };
  }

  if (path === '/teach' || path.startsWith('/teach/')) {
    const part = path.slice('/teach/'.length);
    return part === '' || teachParts.includes(part)
      ? { view: 'teach', part: (part || 'queue') as TeachPart }
      : { view: 'unknown', path };
  }

  if (path.startsWith('/class/learners/')) {
    const learner = decodeURIComponent(url.pathname.slice('/class/learners/'.length));
    return { view: 'learner', learner, notebook: url.searchParams.get('notebook') ?? '' };
  }

  return path.startsWith('/notebooks/')
    ? { view: 'notebook', path: decodeURIComponent(url.pathname.slice('/notebooks/'.length)) }
    : { view: 'unknown', path };
}

export function notebookAddress(path: string): string {
  return `/notebooks/${path.split('/').map(encodeURIComponent).join('/')}`;
}

export function learnerAddress(learner: string, notebook?: string | null): string {
  const address = `/class/learners/${encodeURIComponent(learner)}`;
  return notebook ? `${address}?notebook=${encodeURIComponent(notebook)}` : address;
}

export function folderAddress(folder: string): string {
  return folder ? `/?folder=${encodeURIComponent(folder)}` : '/';
}

type Show = (route: Route) => Promise<void>;

/** Follows links of our own without loading the page anew. */
export class Router {
  private address = location.href;

  constructor(
    private readonly show: Show,
    /** Asked before the view is left; false stays. */
    private readonly mayLeave: () => Promise<boolean>,
  ) {}

  start(): void {
    addEventListener('popstate', () => void this.follow(location.href, 'popped'));
    document.addEventListener('click', event => {
      const link = (event.target as Element | null)?.closest?.('a[data-route]');
      const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
      if (link instanceof HTMLAnchorElement && !modified) {
        event.preventDefault();
        void this.go(link.href);
      }
    });
    void this.show(routeOf(new URL(location.href)));
  }

  go(address: string): Promise<void> {
    return this.follow(new URL(address, location.href).href, 'pushed');
  }

  /** Changes the address of what is already shown, as when a file is renamed. */
  replace(address: string): void {
    history.replaceState(null, '', address);
    this.address = location.href;
  }

  private async follow(address: string, how: 'pushed' | 'popped'): Promise<void> {
    if (address === this.address) {
      return;
    }

    if (!(await this.mayLeave())) {
      if (how === 'popped') {
        history.pushState(null, '', this.address);
      }

      return;
    }

    this.address = address;
    if (how === 'pushed') {
      history.pushState(null, '', address);
    }

    await this.show(routeOf(new URL(address)));
  }
}
