import { ServerConnection, ServiceManager, type Event } from '@jupyterlab/services';
import { Stream } from '@lumino/signaling';
import { watchedFetch } from '../http/api';

/**
 * JupyterLab's services against this page's own address. The session cookie says who calls,
 * so there is no token here that a script could read.
 */
export function createServices(): ServiceManager {
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: `${location.origin}/`,
    wsUrl: `${location.origin.replace(/^http/, 'ws')}/`,
    appUrl: '',
    token: '',
    appendToken: false,
    fetch: watchedFetch,
  });
  return new ServiceManager({ serverSettings, events: new NoEvents(serverSettings) });
}

/** Jupyter Server's event bus is not served here, and the stock client would try to reach it for ever. */
class NoEvents implements Event.IManager {
  readonly stream: Stream<Event.IManager, Event.Emission> = new Stream<Event.IManager, Event.Emission>(this);
  isDisposed = false;

  constructor(readonly serverSettings: ServerConnection.ISettings) {}

  emit(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): void {
    this.isDisposed = true;
    this.stream.stop();
  }
}
