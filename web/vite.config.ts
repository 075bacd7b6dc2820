import { readFile } from 'node:fs/promises';
import { defineConfig, type Plugin } from 'vite';

/** JupyterLab's packages import their icons as SVG text. */
function svgAsText(): Plugin {
  return {
    name: 'svg-as-text',
    enforce: 'pre',
    async load(id) {
      return id.endsWith('.svg') ? `export default ${JSON.stringify(await readFile(id, 'utf8'))};` : null;
    },
  };
}

// A running Gateway for `npm run dev`. The page's own host stays in the Host header,
// because Gateway compares it with Origin before it lets a request change something.
const gateway = process.env['LYCEUM_GATEWAY'] ?? 'http://localhost:8080';
const services = ['/api', '/files', '/llm', '/tutor', '/telemetry', '/accounts', '/identity', '/signin', '/signout'];

export default defineConfig({
  plugins: [svgAsText()],
  resolve: {
    // JupyterLab's stylesheets name packages with webpack's tilde.
    alias: [{ find: /^~/, replacement: '' }],
  },
  // MathJax asks where it is installed, for extensions that it would load from there; none are.
  define: { __dirname: '""' },
  build: {
    outDir: '../Gateway/wwwroot',
    emptyOutDir: true,
    target: 'es2022',
    // Fonts stay files, so that the page's policy needs no data: for them.
    assetsInlineLimit: file => (/\.(woff2?|ttf|eot)$/.test(file) ? false : undefined),
    modulePreload: { polyfill: false },
    // The notebook's chunk is JupyterLab and is loaded only when a notebook is opened.
    chunkSizeWarningLimit: 3000,
  },
  server: {
    proxy: Object.fromEntries(services.map(path => [path, { target: gateway, ws: true }])),
  },
});
