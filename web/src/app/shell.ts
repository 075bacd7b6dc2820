import { el, icon } from '../dom/element';
import { messageOf } from '../http/problem';
import { Header } from './header';
import { teaches, type Identity } from './identity';
import { Router, type Route } from './router';
import type { AppContext, View } from './view';

/** Shows one view at a time under the header and loads each view's code when it is first needed. */
export class Shell {
  private readonly header: Header;
  private readonly main = el('main', { class: 'app-main', id: 'main' });
  private readonly router: Router;
  private readonly context: AppContext;
  private view: View | undefined;
  private shown = 0;

  constructor(private readonly identity: Identity) {
    this.header = new Header(identity);
    this.router = new Router(
      route => this.show(route),
      async () => (await this.view?.mayLeave?.()) ?? true,
    );
    this.context = {
      identity,
      go: address => this.router.go(address),
      replaceAddress: (address, title) => {
        this.router.replace(address);
        document.title = `${title} · Lyceum`;
      },
    };
  }

  start(host: HTMLElement): void {
    host.replaceChildren(this.header.node, this.main);
    this.router.start();
  }

  private async show(route: Route): Promise<void> {
    const turn = ++this.shown;
    this.view?.dispose();
    this.view = undefined;
    this.header.showRoute(route);
    this.main.replaceChildren(loading());
    try {
      const view = await this.load(route);
      if (turn !== this.shown) {
        view.dispose();
        return;
      }

      this.view = view;
      document.title = `${view.title} · Lyceum`;
      this.main.replaceChildren(view.node);
      view.attached?.();
    } catch (error) {
      if (turn === this.shown) {
        this.main.replaceChildren(failure(error, () => void this.show(route)));
      }
    }
  }

  private async load(route: Route): Promise<View> {
    switch (route.view) {
      case 'workspace':
        return new (await import('../workspace/workspaceView')).WorkspaceView(this.context, route.folder);
      case 'notebook':
        return await (await import('../notebook/notebookView')).NotebookView.open(this.context, route.path);
      case 'learner':
        this.requireTeacher();
        return new (await import('../history/learnerView')).LearnerView(this.context, route.learner, route.notebook);
      case 'class':
        this.requireTeacher();
        return new (await import('../classview/classView')).ClassView(this.context);
      case 'teach':
        if (!teaches(this.identity)) {
          throw new Error('This page is for instructors.');
        }

        return new (await import('../teach/teachView')).TeachView(this.context, route.part);
      case 'unknown':
        throw new Error(`There is nothing at ${route.path}.`);
    }
  }

  private requireTeacher(): void {
    if (!teaches(this.identity)) {
      throw new Error('The class view is for instructors.');
    }
  }
}

function loading(): HTMLElement {
  return el('div', { class: 'page-state', role: 'status' }, el('span', { class: 'spinner' }), 'Loading…');
}

function failure(error: unknown, retry: () => void): HTMLElement {
  return el(
    'div',
    { class: 'page-state', role: 'alert', testId: 'page-error' },
    el('h1', {}, 'That did not work'),
    el('p', { class: 'muted' }, messageOf(error)),
    el(
      'div',
      { class: 'row' },
      el('button', { class: 'button primary', type: 'button', on: { click: retry } }, icon('retry'), 'Try again'),
      el('a', { class: 'button', href: '/', 'data-route': true }, 'Back to the notebooks'),
    ),
  );
}
