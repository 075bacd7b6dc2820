import type { ISessionContext } from '@jupyterlab/apputils';
import { el } from '../dom/element';

const words: Record<string, string> = {
  idle: 'Idle',
  busy: 'Busy',
  starting: 'Starting',
  restarting: 'Restarting',
  autorestarting: 'Restarting',
  terminating: 'Stopping',
  dead: 'Dead',
  unknown: 'Connecting',
};

/** The kernel's name and state; a click chooses another kernel. */
export class KernelPill {
  readonly node: HTMLButtonElement;
  private readonly name = el('span', { class: 'kernel-name' });
  private readonly status = el('span', { class: 'kernel-state', role: 'status' });

  constructor(
    private readonly session: ISessionContext,
    choose: () => void,
  ) {
    this.node = el(
      'button',
      {
        class: 'kernel-pill',
        type: 'button',
        title: 'Choose a kernel',
        testId: 'kernel-status',
        on: { click: choose },
      },
      el('span', { class: 'dot', 'aria-hidden': 'true' }),
      this.name,
      this.status,
    );
    session.statusChanged.connect(this.refresh, this);
    session.connectionStatusChanged.connect(this.refresh, this);
    session.kernelChanged.connect(this.refresh, this);
    this.refresh();
  }

  dispose(): void {
    this.session.statusChanged.disconnect(this.refresh, this);
    this.session.connectionStatusChanged.disconnect(this.refresh, this);
    this.session.kernelChanged.disconnect(this.refresh, this);
  }

  private refresh(): void {
    const kernel = this.session.session?.kernel;
    const state = kernel
      ? stateOf(kernel.status, kernel.connectionStatus)
      : this.session.hasNoKernel && this.session.isReady
        ? 'none'
        : 'starting';
    this.node.dataset['status'] = state;
    this.name.textContent = this.session.kernelDisplayName;
    this.status.textContent = state === 'none' ? '' : (words[state] ?? state);
  }
}

function stateOf(status: string, connection: string): string {
  if (status === 'dead') {
    return status;
  }

  return connection === 'connected' ? status : 'unknown';
}
