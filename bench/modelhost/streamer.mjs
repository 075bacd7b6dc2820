// A model node that computes nothing: it writes "num_predict" lines, one write each, and says in each when it was written
// (CLOCK_MONOTONIC, in nanoseconds). "rate" is lines a second; without it they are written as fast as they are taken.
// GET /gone answers when it saw that a stream's taker had gone, and forgets it.
import http from "node:http";

let gone = "0";

const json = (response, value) => response.setHeader("content-type", "application/json").end(JSON.stringify(value));
const line = done => `{"model":"paced","created_at":"2026-01-01T00:00:00.000000Z","message":{"role":"assistant","content":" token"},"done":${done},"t":${process.hrtime.bigint()}}\n`;

async function stream(request, response) {
  let body = "";
  for await (const piece of request) body += piece;
  const { num_predict: count, rate } = JSON.parse(body).options;
  let goOn = () => {};
  response.on("drain", () => goOn()).on("close", () => {
    if (!response.writableFinished) gone = `${process.hrtime.bigint()}`;
    goOn();
  });
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  const begun = performance.now();
  for (let i = 1; i <= count && !response.destroyed; i++) {
    const wait = rate ? begun + (i * 1000) / rate - performance.now() : 0;
    if (wait > 0 && i > 1) await new Promise(resolve => setTimeout(resolve, wait));
    if (!response.write(line(i === count)) && !rate) await new Promise(resolve => (goOn = resolve));
  }
  response.end();
}

const server = http.createServer((request, response) => {
  if (request.url === "/api/version") return json(response, { version: "0.0.0-paced" });
  if (request.url === "/api/tags") return json(response, { models: [{ name: "paced:latest" }] });
  if (request.url === "/api/ps") return json(response, { models: [] });
  if (request.url === "/gone") {
    response.end(gone);
    gone = "0";
    return;
  }
  return stream(request, response);
});
server.keepAliveTimeout = 60_000;
server.on("connection", socket => socket.setNoDelay(true));
server.listen(+process.env.PORT, "127.0.0.1", 4096);
