// Serves JupyterLab's page and hands on what it asks of its Jupyter server: one origin, as where a Jupyter server serves both.
// JupyterLite's build has JupyterLab's own services in it, turned off for ones inside the browser; here it is the other way round.
//
//   node server.mjs <the Jupyter server> <the token>     writes the page's address and serves until its input ends
import { readFile, stat } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const [upstream, token] = process.argv.slice(2);
const target = new URL(upstream);
const root = fileURLToPath(new URL('node_modules/@galaxyproject/jupyterlite/static/dist/_output', import.meta.url));
const types = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };
const switches = '"@jupyterlab/services-extension:kernel-manager","@jupyterlab/services-extension:kernel-spec-manager"';

const isForServer = path => /^\/(api|files|kernelspecs)\//.test(path);
const forwarded = headers => ({ ...headers, host: target.host, origin: target.origin });

async function page(path) {
  let file = join(root, normalize(path));
  if ((await stat(file)).isDirectory()) {
    file = join(file, 'index.html');
  }
  let body = await readFile(file);
  if (extname(file) === '.js' && body.includes(switches)) {
    body = body.toString().replaceAll('"@jupyterlab/services-extension:', '"@jupyterlite/services-extension:');
  } else if (path === '/jupyter-lite.json') {
    const config = JSON.parse(body);
    Object.assign(config['jupyter-config-data'], { baseUrl: '/', token, federated_extensions: [] });
    body = JSON.stringify(config);
  }
  return { body, type: types[extname(file)] ?? 'application/octet-stream' };
}

const server = http.createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, upstream).pathname);
  if (isForServer(path)) {
    const onward = http.request(
      { host: target.hostname, port: target.port, path: request.url, method: request.method, headers: forwarded(request.headers) },
      answer => answer.pipe(response.writeHead(answer.statusCode, answer.headers)));
    onward.on('error', () => response.destroy());
    request.pipe(onward);
    return;
  }
  try {
    const { body, type } = await page(path);
    response.writeHead(200, { 'Content-Type': type }).end(body);
  } catch {
    // Settings, workspaces and translations are the page's own affair, and it gets on without.
    response.writeHead(404).end();
  }
});

server.on('upgrade', (request, socket, head) => {
  const onward = net.connect(Number(target.port), target.hostname, () => {
    const headers = Object.entries(forwarded(request.headers)).map(([name, value]) => `${name}: ${value}\r\n`).join('');
    onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers}\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  for (const one of [onward, socket]) {
    one.on('error', () => [onward, socket].forEach(end => end.destroy()));
  }
});

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/lab/index.html`));
process.stdin.on('end', () => process.exit(0)).resume();
