// The client of JupyterLab and Notebook 7, @jupyterlab/services, against a running service. Runs the scenarios that are
// named and prints a line of JSON for each. The kernel is of python3.
//
//   node services.mjs <folder of the packages> <address> <identity> <workspace> <v1|legacy> <scenario>...
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [packages, address, identity, workspace, framing, ...wanted] = process.argv.slice(2);
const require = createRequire(join(packages, 'package.json'));
const { ContentsManager, KernelManager, KernelSpecManager, ServerConnection, SessionManager } = require('@jupyterlab/services');
const WebSocket = require('ws');

const header = { 'X-Lyceum-Identity': identity };
const sockets = [];
let isOffline = false;

class Socket extends WebSocket {
  constructor(url, protocols) {
    // Nobody listens on port 1, as when the network is gone.
    super(isOffline ? 'ws://127.0.0.1:1/' : url, framing === 'v1' ? protocols : [], { headers: header });
    sockets.push(this);
  }
}

const serverSettings = ServerConnection.makeSettings({
  baseUrl: address,
  wsUrl: address.replace('http', 'ws'),
  appendToken: false,
  WebSocket: Socket,
  fetch: request => {
    request.headers.set('X-Lyceum-Identity', identity);
    return fetch(request);
  }
});

const kernels = new KernelManager({ serverSettings });
const sessions = new SessionManager({ kernelManager: kernels, serverSettings });
const contents = new ContentsManager({ serverSettings });
const session = await sessions.startNew({ path: `client-${framing}.ipynb`, name: 'client', type: 'notebook', kernel: { name: 'python3' } });
const kernel = session.kernel;

/** Runs code; returns the reply, and all that came on iopub until idle. */
async function run(code, onOutput = () => {}) {
  const future = kernel.requestExecute({ code });
  const outputs = [];
  future.onIOPub = message => {
    outputs.push(message);
    onOutput(message, future);
  };
  return { reply: await future.done, outputs };
}

const textOf = (outputs, name = 'stdout') =>
  outputs.filter(message => message.header.msg_type === 'stream' && message.content.name === name).map(message => message.content.text).join('');

async function until(condition) {
  while (!(await condition())) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

const model = () => fetch(`${address}/api/kernels/${kernel.id}`, { headers: header }).then(response => response.json());

const scenarios = {
  async execute() {
    const { reply, outputs } = await run("import sys\nprint('out', flush=True)\nprint('err', file=sys.stderr, flush=True)\n6 * 7");
    assert.equal(sockets[0].protocol, framing === 'v1' ? 'v1.kernel.websocket.jupyter.org' : '');
    assert.equal(reply.content.status, 'ok');
    assert.equal(textOf(outputs), 'out\n');
    assert.equal(textOf(outputs, 'stderr'), 'err\n');
    const result = outputs.find(message => message.header.msg_type === 'execute_result');
    assert.equal(result.content.data['text/plain'], '42');
    const failed = await run('1/0');
    assert.equal(failed.reply.content.ename, 'ZeroDivisionError');
  },

  async complete() {
    const reply = await kernel.requestComplete({ code: 'pri', cursor_pos: 3 });
    assert.ok(reply.content.matches.some(match => match.includes('print')), JSON.stringify(reply.content));
  },

  async inspect() {
    const reply = await kernel.requestInspect({ code: 'print', cursor_pos: 5, detail_level: 0 });
    assert.ok(reply.content.found);
    assert.match(reply.content.data['text/plain'], /print/);
  },

  async input() {
    const future = kernel.requestExecute({ code: "print('hello', input('name? '))", allow_stdin: true });
    const outputs = [];
    future.onIOPub = message => outputs.push(message);
    future.onStdin = message => {
      assert.equal(message.content.prompt, 'name? ');
      future.sendInputReply({ value: 'Ada', status: 'ok' }, message.header);
    };
    await future.done;
    assert.match(textOf(outputs), /hello Ada/);
  },

  async interrupt() {
    let asked = false;
    const { reply } = await run("print('busy', flush=True)\nwhile True: pass", message => {
      if (!asked && message.header.msg_type === 'stream') {
        asked = true;
        void kernel.interrupt();
      }
    });
    assert.equal(reply.content.ename, 'KeyboardInterrupt');
  },

  async comm() {
    await run(
      "def opened(comm, message):\n    comm.on_msg(lambda m: comm.send({'n': m['content']['data']['n'] + 1}, buffers=m['buffers']))\n" +
        "get_ipython().kernel.comm_manager.register_target('echo', opened)"
    );
    const comm = kernel.createComm('echo');
    const answered = new Promise(resolve => (comm.onMsg = resolve));
    await comm.open({}).done;
    const large = new Uint8Array(300_000).map((_, i) => i);
    await comm.send({ n: 1 }, {}, [new Uint8Array([1, 2, 3]).buffer, large.buffer]).done;
    const answer = await answered;
    assert.equal(answer.content.data.n, 2);
    const bytes = answer.buffers.map(buffer => Buffer.from(buffer.buffer ?? buffer, buffer.byteOffset ?? 0, buffer.byteLength));
    assert.deepEqual([...bytes[0]], [1, 2, 3]);
    assert.ok(bytes[1].equals(Buffer.from(large)));
  },

  async second() {
    const other = sessions.connectTo({ model: session.model });
    await other.kernel.info;
    const seen = [];
    other.kernel.iopubMessage.connect((_, message) => seen.push(message));
    const idle = new Promise(resolve => other.kernel.iopubMessage.connect((_, message) => {
      if (message.header.msg_type === 'status' && message.content.execution_state === 'idle' && textOf(seen)) {
        resolve();
      }
    }));
    await run("print('to both', flush=True)");
    await idle;
    assert.equal(textOf(seen), 'to both\n');
    other.dispose();
  },

  async reconnect() {
    const gate = join(workspace, `gate-${framing}`);
    let started;
    const isStarted = new Promise(resolve => (started = resolve));
    const done = run(
      `import os, time\nprint('before', flush=True)\nwhile not os.path.exists(${JSON.stringify(gate)}): time.sleep(0.01)\nfor i in range(100): print(i, flush=True)`,
      message => message.header.msg_type === 'stream' && started()
    );
    await isStarted;
    isOffline = true;
    sockets.filter(socket => socket.readyState === WebSocket.OPEN).forEach(socket => socket.terminate());
    await until(async () => (await model()).connections === 0);
    await writeFile(gate, '');
    await until(async () => (await model()).execution_state === 'idle');
    isOffline = false;
    const { reply, outputs } = await done;
    assert.equal(reply.content.status, 'ok');
    assert.deepEqual(textOf(outputs).trim().split('\n'), ['before', ...Array.from({ length: 100 }, (_, i) => `${i}`)]);
  },

  async restart() {
    await run('x = 1');
    await kernel.restart();
    const { reply } = await run('x');
    assert.equal(reply.content.ename, 'NameError');
    assert.equal(kernel.connectionStatus, 'connected');
  },

  async contents() {
    const made = await contents.newUntitled({ type: 'notebook' });
    const notebook = await contents.get(made.path);
    notebook.content.cells.push({ cell_type: 'markdown', id: 'one', metadata: {}, source: 'text' });
    const saved = await contents.save(made.path, { type: 'notebook', format: 'json', content: notebook.content });
    assert.equal(saved.hash, (await contents.get(made.path, { content: false, hash: true })).hash);
    const checkpoint = await contents.createCheckpoint(made.path);
    await contents.save(made.path, { type: 'notebook', format: 'json', content: { ...notebook.content, cells: [] } });
    await contents.restoreCheckpoint(made.path, checkpoint.id);
    assert.equal((await contents.get(made.path)).content.cells.length, 1);
    const copy = await contents.copy(made.path, '');
    const renamed = await contents.rename(copy.path, `renamed-${framing}.ipynb`);
    assert.equal(renamed.name, `renamed-${framing}.ipynb`);
    await contents.delete(renamed.path);
    await assert.rejects(contents.get(renamed.path), /No such file/);
    for (const [chunk, text] of [[1, 'one '], [-1, 'two']]) {
      await contents.save(`upload-${framing}.txt`, { type: 'file', format: 'text', content: text, chunk });
    }
    assert.equal((await contents.get(`upload-${framing}.txt`)).content, 'one two');
  },

  async server() {
    const specs = new KernelSpecManager({ serverSettings });
    await specs.ready;
    assert.equal(specs.specs.kernelspecs.python3.language, 'python');
    const me = await ServerConnection.makeRequest(`${address}/api/me`, {}, serverSettings);
    assert.equal((await me.json()).identity.name, 'sam');
    specs.dispose();
  },

  async shutdown() {
    await session.shutdown();
    await sessions.refreshRunning();
    assert.ok(![...sessions.running()].some(running => running.id === session.id));
  }
};

for (const name of wanted) {
  let error = null;
  try {
    const limit = new Promise((_, reject) => setTimeout(() => reject(new Error('It takes longer than 40 seconds.')), 40_000));
    await Promise.race([scenarios[name](), limit]);
  } catch (exception) {
    error = exception.stack;
  }
  console.log(JSON.stringify({ name, error }));
}
process.exit(0);
