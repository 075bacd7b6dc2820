// What VS Code's Jupyter extension asks of an "Existing Jupyter Server", in its order (github.com/microsoft/vscode-jupyter,
// src/standalone/userJupyterServer and src/kernels/jupyter, as of July 2026), with the client that it uses, @jupyterlab/services.
//
//   node vscode.mjs <folder of the packages> <the URL with its token that a user pastes>
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [packages, pasted] = process.argv.slice(2);
const require = createRequire(join(packages, 'package.json'));
const { KernelAPI, KernelManager, KernelSpecManager, ContentsManager, ServerConnection, SessionManager } = require('@jupyterlab/services');
const WebSocket = require('ws');

// The URL is taken apart: the token, and the address without the paths of pages.
const url = new URL(pasted);
const token = url.searchParams.get('token');
const baseUrl = `${url.protocol}//${url.host}${['/lab', '/tree'].includes(url.pathname) ? '' : url.pathname}`;
const withSlash = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
assert.ok(token);

// Is a password needed? JupyterLab's page would redirect to its own or to a log-in, a Jupyter server's /tree to a log-in. With
// a token it goes on whatever comes, as long as it comes: no answer is an error that the user is shown.
const page = await fetch(withSlash, { method: 'get', redirect: 'follow', headers: { Connection: 'keep-alive' } });
if (!(page.status === 200 && page.redirected && /\/(login|lab)\?/.test(page.url.toLowerCase()))) {
  const tree = await fetch(new URL('tree?', withSlash), { method: 'get', redirect: 'manual', headers: { Connection: 'keep-alive' } });
  assert.ok(tree.status < 500, `/tree? answered ${tree.status}`);
}

// The header on every request beside JupyterLab's own, and on the WebSocket, whose URL has the token as well.
const authorization = { Authorization: `token ${token}` };
class AuthorizedRequest extends Request {
  constructor(input, init) {
    super(input, init);
    this.headers.set('Authorization', authorization.Authorization);
    this.headers.set('Content-Type', 'application/json');
    // JupyterLab's client adds its own, which it then must not.
    const append = this.headers.append.bind(this.headers);
    this.headers.append = (name, value) => name.toLowerCase() !== 'authorization' && append(name, value);
  }
}
const sockets = [];
class AuthorizedSocket extends WebSocket {
  constructor(address, protocols) {
    super(address, protocols, { headers: authorization });
    sockets.push(address);
    this.pings = setInterval(() => this.ping(() => {}), 1000);
    this.on('close', () => clearInterval(this.pings));
  }
}
const settings = () =>
  ServerConnection.makeSettings({
    baseUrl, appUrl: '', wsUrl: baseUrl.replace('http', 'ws'), token, appendToken: true,
    init: { cache: 'no-store', credentials: 'same-origin' }, fetch, Request: AuthorizedRequest, Headers, WebSocket: AuthorizedSocket
  });

function connect() {
  const serverSettings = settings();
  const specs = new KernelSpecManager({ serverSettings });
  const kernels = new KernelManager({ serverSettings });
  const sessions = new SessionManager({ serverSettings, kernelManager: kernels });
  const contents = new ContentsManager({ serverSettings });
  return { serverSettings, specs, kernels, sessions, contents, dispose: () => [contents, sessions, kernels, specs].forEach(one => one.dispose()) };
}

async function listed(server) {
  const [running] = await Promise.all([
    KernelAPI.listRunning(server.serverSettings),
    (async () => {
      await server.sessions.ready;
      await server.specs.refreshSpecs();
    })()
  ]);
  return { running, specs: server.specs.specs.kernelspecs };
}

// The connection is checked with managers that are thrown away.
const check = connect();
const first = await listed(check);
assert.ok(Array.isArray(first.running));
assert.equal(first.specs.python3.language, 'python');
check.dispose();

// Kernels to choose from: the specs, and the sessions that run.
const server = connect();
await listed(server);
await server.sessions.refreshRunning();

// A session for a notebook that the server does not have, under a name that nobody else takes.
const session = await server.sessions.startNew(
  { path: `vscode-${Date.now()}.ipynb`, kernel: { name: 'python3' }, name: `vscode-${Date.now()}`, type: 'notebook' },
  { kernelConnectionOptions: { handleComms: true } }
);
await until(() => session.kernel.connectionStatus === 'connected');
const info = await session.kernel.info;
assert.equal(info.language_info.name, 'python');
assert.match(sockets[0], /[?&]token=/);

assert.equal(await run('print(6 * 7)'), '42\n');

// A question of the cell's.
const asking = session.kernel.requestExecute({ code: "print('Hello', input('Who? '))", allow_stdin: true });
asking.onStdin = message => message.header.msg_type === 'input_request' && session.kernel.sendInputReply({ value: 'Ada', status: 'ok' }, message.header);
assert.equal((await asking.done).content.status, 'ok');

// Interrupt and restart by REST.
const looping = session.kernel.requestExecute({ code: "print('go', flush=True)\nwhile True: pass" });
await new Promise(resolve => (looping.onIOPub = message => message.header.msg_type === 'stream' && resolve()));
await session.kernel.interrupt();
assert.equal((await looping.done).content.ename, 'KeyboardInterrupt');
await session.kernel.restart();
await until(() => session.kernel.connectionStatus === 'connected');
assert.equal(await run('print(1)'), '1\n');

// Another window finds the running session and connects to its kernel.
const window = connect();
await window.sessions.ready;
await window.sessions.refreshRunning();
const model = [...window.sessions.running()].find(one => one.id === session.id);
assert.ok(model);
const live = window.sessions.connectTo({ model });
await until(() => live.kernel.connectionStatus === 'connected');
await live.kernel.requestExecute({ code: 'shared = 5' }).done;
assert.equal(await run('print(shared)'), '5\n');
live.dispose();
window.dispose();

await session.shutdown();
assert.ok(!(await KernelAPI.listRunning(server.serverSettings)).some(kernel => kernel.id === model.kernel.id));
server.dispose();
console.log('done');
process.exit(0);

async function run(code) {
  const future = session.kernel.requestExecute({ code });
  let text = '';
  future.onIOPub = message => {
    text += message.header.msg_type === 'stream' ? message.content.text : '';
  };
  assert.equal((await future.done).content.status, 'ok');
  return text;
}

async function until(condition) {
  while (!condition()) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
