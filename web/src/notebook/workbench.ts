import type { NotebookPanel } from '@jupyterlab/notebook';
import { MessageLoop } from '@lumino/messaging';
import { SplitPanel, Widget } from '@lumino/widgets';
import { el } from '../dom/element';

const narrow = matchMedia('(max-width: 860px)');
const storageKey = 'lyceum.tutor';

/**
 * The document and what stands beside it: side by side where there is room, else the side slides in as a drawer.
 * This is the place that a JupyterLab shell takes: it holds widgets and knows nothing of what they do.
 */
export class Workbench {
  readonly node = el('div', { class: 'workbench' });
  private readonly split = new SplitPanel({ orientation: 'horizontal', spacing: 1 });
  private readonly drawer = el('div', { class: 'drawer', hidden: true });
  private readonly backdrop = el('div', {
    class: 'drawer-backdrop',
    hidden: true,
    on: { click: () => this.showSide(false) },
  });
  private readonly resized = new ResizeObserver(() =>
    MessageLoop.postMessage(this.split, Widget.ResizeMessage.UnknownSize),
  );
  private readonly layoutChanged = () => this.arrange();
  private readonly escaped = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && narrow.matches && this.open) {
      this.showSide(false);
    }
  };
  private listener: (open: boolean) => void = () => undefined;
  private open = !narrow.matches && localStorage.getItem(storageKey) !== 'closed';

  constructor(
    main: NotebookPanel,
    private readonly side: Widget,
  ) {
    this.split.addClass('workbench-split');
    this.split.addWidget(main);
    SplitPanel.setStretch(main, 1);
    SplitPanel.setStretch(side, 0);
  }

  attach(): void {
    Widget.attach(this.split, this.node);
    this.node.append(this.backdrop, this.drawer);
    this.arrange();
    this.resized.observe(this.node);
    narrow.addEventListener('change', this.layoutChanged);
    document.addEventListener('keydown', this.escaped);
  }

  dispose(): void {
    this.resized.disconnect();
    narrow.removeEventListener('change', this.layoutChanged);
    document.removeEventListener('keydown', this.escaped);
    this.split.dispose();
  }

  /** Calls back now and whenever the side opens or closes. */
  onSide(listener: (open: boolean) => void): void {
    this.listener = listener;
    listener(this.open);
  }

  toggleSide(): void {
    this.showSide(!this.open);
  }

  showSide(open: boolean): void {
    this.open = open;
    if (!narrow.matches) {
      localStorage.setItem(storageKey, open ? 'open' : 'closed');
    }

    this.arrange();
    this.listener(open);
  }

  /** Uncovers the document where the side lies over it. */
  closeDrawer(): void {
    if (narrow.matches) {
      this.showSide(false);
    }
  }

  private arrange(): void {
    if (!this.split.isAttached) {
      return;
    }

    const asDrawer = narrow.matches;
    if (asDrawer && (this.side.parent || !this.side.isAttached)) {
      this.side.parent = null;
      this.side.show();
      Widget.attach(this.side, this.drawer);
    } else if (!asDrawer && this.side.parent !== this.split) {
      if (this.side.isAttached) {
        Widget.detach(this.side);
      }

      this.split.addWidget(this.side);
      this.split.setRelativeSizes([0.7, 0.3]);
    }

    this.drawer.hidden = this.backdrop.hidden = !(asDrawer && this.open);
    if (!asDrawer) {
      this.side.setHidden(!this.open);
    }
  }
}
