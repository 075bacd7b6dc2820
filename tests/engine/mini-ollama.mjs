// A small server of the Ollama and OpenAI APIs whose tokens a real llama.cpp engine (node-llama-cpp) computes.
// Settings, by environment:
//   PORT=11500 (0 takes a free one; the line "mini-ollama <port>" on stdout says which)
//   MODEL=tiny.gguf beside this file   MODELS=tiny:latest,embed:latest   LOAD_MS=300 (delay of a cold load)
//   EXIT_WITH_STDIN=1 ends the server when its input closes, so that it does not outlive who started it
//   HOST=127.0.0.1   API=openai (only /v1, as vLLM has it)   KEY=... (asked of every request as a bearer token)
//   PARALLEL=4   MAX_QUEUE=512 (then 503)   DIE_AFTER=0 (cuts the socket after n chunks: a node that dies mid-stream)
import { createHash } from "node:crypto";
import http from "node:http";
import { ApiError, startEngine } from "./engine.mjs";
import { ollama, openAi, openAiPrompt } from "./inference.mjs";
import { capabilities, details, fullName, Models } from "./models.mjs";

const env = process.env;
const engine = await startEngine({
  modelPath: env.MODEL ?? new URL("tiny.gguf", import.meta.url).pathname,
  parallel: +(env.PARALLEL ?? 4),
  maxQueue: +(env.MAX_QUEUE ?? 512),
});
const models = new Models((env.MODELS ?? "tiny:latest,embed:latest").split(","), +(env.LOAD_MS ?? 300));
const node = { engine, models, dieAfter: +(env.DIE_AFTER ?? 0) };
const { digest, size } = engine;
const epoch = new Date(0).toISOString();

const listed = name => ({ name, model: name, modified_at: epoch, size, digest, details, capabilities: capabilities(name) });
const openAiModel = id => ({ id, object: "model", created: 0, owned_by: "library" });
const ask = body => models.need(body.model ?? body.name);

/** Routes by method and path; each gets `{ body, json, response }`. */
const routes = {
  "GET /api/version": ({ json }) => json(200, { version: "0.0.0-mini" }),
  "GET /api/tags": ({ json }) => json(200, { models: [...models.names].map(listed) }),
  "GET /api/ps": ({ json }) => json(200, { models: models.running(Date.now()).map(running) }),
  "POST /api/show": ({ body, json }) => json(200, shown(ask(body))),
  "POST /api/pull": pull,
  "POST /api/create": create,
  "DELETE /api/delete": ({ body, response }) => {
    models.remove(ask(body));
    response.writeHead(200).end();
  },
  "POST /api/copy": ({ body, response }) => {
    models.need(body.source);
    models.names.add(fullName(body.destination));
    response.writeHead(200).end();
  },
  "POST /api/embed": embed,
  "POST /api/embeddings": async ({ body, json }) => {
    models.need(body.model);
    json(200, { embedding: await engine.embed(body.prompt) });
  },
  "POST /api/chat": ({ body, json, response }) => ollama(node, response, body, "chat", json),
  "POST /api/generate": ({ body, json, response }) => ollama(node, response, body, "generate", json),
  "POST /v1/chat/completions": ({ body, json, response }) => openAi(node, response, body, json),
  "POST /v1/completions": ({ body, json, response }) => openAiPrompt(node, response, body, json),
  "POST /v1/embeddings": openAiEmbed,
  "GET /v1/models": ({ json }) => json(200, { object: "list", data: [...models.names].map(openAiModel) }),
  // Not Ollama's: how many slots are taken, so that a test can see a cancelled request leave.
  "GET /debug/busy": ({ json }) => json(200, { busy: engine.busy() }),
};
routes["HEAD /api/version"] = routes["GET /api/version"];
routes["HEAD /api/tags"] = routes["GET /api/tags"];

function running([name, expires]) {
  const expires_at = new Date(expires).toISOString();
  return { name, model: name, size, digest, details, expires_at, size_vram: 0, context_length: 2048 };
}

function shown(name) {
  return {
    modelfile: "# mini",
    parameters: "",
    template: "chatml",
    details,
    model_info: {
      "general.architecture": "llama",
      "general.parameter_count": 237888,
      "llama.context_length": 2048,
      "llama.embedding_length": 64,
    },
    capabilities: capabilities(name),
    modified_at: epoch,
  };
}

async function pull({ body, json, response }) {
  const name = fullName(body.model ?? body.name);
  const missing = "pull model manifest: file does not exist";
  const layer = { status: "pulling " + digest.slice(0, 12), digest: "sha256:" + digest, total: size };
  const steps = [
    { status: "pulling manifest" },
    ...[0.25, 0.5, 1].map(part => ({ ...layer, completed: Math.floor(size * part) })),
    { status: "verifying sha256 digest" },
    { status: "writing manifest" },
    { status: "success" },
  ];
  if (body.stream === false) {
    if (name.startsWith("missing")) return json(500, { error: missing });
    models.names.add(name);
    return json(200, { status: "success" });
  }
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  if (name.startsWith("missing")) {
    return response.end(`${JSON.stringify(steps[0])}\n${JSON.stringify({ error: missing })}\n`);
  }
  for (const step of steps) {
    response.write(JSON.stringify(step) + "\n");
    await new Promise(resolve => setTimeout(resolve, 30));
  }
  models.names.add(name);
  return response.end();
}

/** Files that models are created from, by digest; only their sizes are kept. */
const blobs = new Map();

async function blob(request, response, digest) {
  if (request.method === "HEAD") return response.writeHead(blobs.has(digest) ? 200 : 404).end();
  const hash = createHash("sha256");
  let length = 0;
  for await (const piece of request) {
    hash.update(piece);
    length += piece.length;
  }
  if ("sha256:" + hash.digest("hex") !== digest) throw new ApiError(400, "digest mismatch");
  blobs.set(digest, length);
  return response.writeHead(201).end();
}

function create({ body, json, response }) {
  const missing = Object.values(body.files ?? {}).find(digest => !blobs.has(digest));
  if (missing) throw new ApiError(400, `blob ${missing} not found`);
  models.names.add(fullName(body.model));
  if (body.stream === false) return json(200, { status: "success" });
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  return response.end('{"status":"creating new layer"}\n{"status":"success"}\n');
}

const unit = vector => {
  const length = Math.hypot(...vector) || 1;
  return vector.map(value => value / length);
};

async function embed({ body, json }) {
  const name = models.need(body.model);
  const asked = process.hrtime.bigint();
  const load_duration = await models.load(name, body.keep_alive);
  const embeddings = [];
  let prompt_eval_count = 0;
  for (const input of [].concat(body.input)) {
    prompt_eval_count += engine.countTokens(input);
    embeddings.push(unit(await engine.embed(input)));
  }
  const total_duration = Number(process.hrtime.bigint() - asked);
  json(200, { model: body.model, embeddings, total_duration, load_duration, prompt_eval_count });
}

async function openAiEmbed({ body, json }) {
  models.need(body.model);
  const data = [];
  let tokens = 0;
  for (const input of [].concat(body.input)) {
    tokens += engine.countTokens(input);
    const vector = unit(await engine.embed(input));
    const base64 = () => Buffer.from(new Float32Array(vector).buffer).toString("base64");
    data.push({ object: "embedding", index: data.length, embedding: body.encoding_format === "base64" ? base64() : vector });
  }
  json(200, { object: "list", data, model: body.model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

async function readBody(request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const body = Buffer.concat(pieces).toString();
  if (!body) throw new ApiError(400, "missing request body");
  try {
    return JSON.parse(body);
  } catch (failure) {
    throw new ApiError(400, failure.message);
  }
}

function fail(response, path, json, failure) {
  const status = failure.status ?? 500;
  const openAiPath = path.startsWith("/v1");
  if (response.headersSent) return response.end(openAiPath ? "" : JSON.stringify({ error: failure.message }) + "\n");
  if (!openAiPath) return json(status, { error: failure.message });
  const type = status === 404 ? "not_found_error" : status < 500 ? "invalid_request_error" : "api_error";
  return json(status, { error: { message: failure.message, type, param: null, code: null } });
}

async function handle(request, response) {
  const path = new URL(request.url, "http://node").pathname;
  const json = (status, value) => {
    const bytes = Buffer.from(JSON.stringify(value));
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", "content-length": bytes.length });
    response.end(bytes);
  };
  try {
    if (env.API === "openai" && !path.startsWith("/v1/") && !path.startsWith("/debug/")) throw new ApiError(404, "Not Found");
    if (env.KEY && !path.startsWith("/debug/") && request.headers.authorization !== `Bearer ${env.KEY}`) {
      throw new ApiError(401, `Incorrect API key provided: ${request.headers.authorization}`);
    }
    if (path === "/") {
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
      return response.end(request.method === "HEAD" ? "" : "Ollama is running");
    }
    if (path.startsWith("/api/blobs/")) return await blob(request, response, path.slice("/api/blobs/".length));
    const body = request.method === "POST" || request.method === "DELETE" ? await readBody(request) : undefined;
    const route = routes[`${request.method} ${path}`];
    if (route) return await route({ body, json, response });
    if (request.method === "GET" && path.startsWith("/v1/models/")) {
      const name = decodeURIComponent(path.slice("/v1/models/".length));
      models.need(name);
      return json(200, openAiModel(name));
    }
    response.writeHead(404, { "content-type": "text/plain" });
    return response.end("404 page not found");
  } catch (failure) {
    return fail(response, path, json, failure);
  }
}

if (env.EXIT_WITH_STDIN) process.stdin.on("end", () => process.exit()).resume();

const server = http.createServer(handle);
server.listen(+(env.PORT ?? 11500), env.HOST ?? "127.0.0.1", () => console.log("mini-ollama", server.address().port));
