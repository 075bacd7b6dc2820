// What npm's ollama client offers, against HOST as a student (STUDENT) and as the owner (OWNER), whose identity
// tokens these are; with THROUGH_GATEWAY they are tokens of accounts.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Ollama } from "ollama";

const { HOST, STUDENT, OWNER } = process.env;
const identity = token => (process.env.THROUGH_GATEWAY ? { Authorization: `Bearer ${token}` } : { "X-Lyceum-Identity": token });
const clientOf = (token, headers = {}) => new Ollama({ host: HOST, headers: { ...identity(token), ...headers } });
const student = clientOf(STUDENT);
const owner = clientOf(OWNER);
const messages = [{ role: "user", content: "Hello" }];
const options = { num_predict: 8, seed: 3 };
const all = async stream => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
};

assert.match((await student.version()).version, /^\d+\./);
const listed = (await student.list()).models.map(model => model.name);
assert.deepEqual(listed, process.env.MODELS.split(","), "the union over the nodes");
assert.equal((await student.show({ model: "tiny" })).template, "chatml");

const chat = await all(await student.chat({ model: "tiny", messages, options, stream: true }));
assert.ok(chat.length > 2 && chat.at(-1).done && chat.at(-1).eval_count <= 8);
const whole = await student.chat({ model: "tiny", messages, options });
assert.ok(whole.message.content.length > 0 && whole.done);
const generated = await all(await student.generate({ model: "tiny", prompt: "Hello", options, stream: true }));
assert.ok(generated.at(-1).done && generated.slice(0, -1).every(part => typeof part.response === "string"));
for (const model of ["one", "two"]) assert.ok((await student.generate({ model, prompt: "x", options })).done, "each node is reached");

const format = { type: "object", properties: { works: { type: "boolean" } }, required: ["works"] };
const structured = await student.chat({ model: "tiny", messages, format, options: { ...options, num_predict: 60 } });
assert.equal(typeof JSON.parse(structured.message.content).works, "boolean");
const parameters = { type: "object", properties: { a: { type: "boolean" } }, required: ["a"] };
const tools = [{ type: "function", function: { name: "look", description: "Looks.", parameters } }];
const called = await student.chat({ model: "tiny", messages, tools, options: { ...options, num_predict: 120 } });
assert.equal(called.message.tool_calls[0].function.name, "look");

const embedded = await student.embed({ model: "embed", input: ["a", "b"] });
assert.deepEqual(embedded.embeddings.map(vector => vector.length), [64, 64]);
assert.equal((await student.embeddings({ model: "embed", prompt: "a" })).embedding.length, 64);
assert.ok((await student.ps()).models.some(model => model.name === "tiny:latest"));

// 20 MB, 27 MB on the way.
const image = new Uint8Array(20 << 20);
assert.ok((await student.chat({ model: "tiny", messages: [{ role: "user", content: "See", images: [image] }], options })).done);

// Stopped by the client in the middle of what would take the engine seconds.
const many = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`property number ${i} of many`, { type: "boolean" }]));
const long = await student.chat({ model: "tiny", messages, format: { type: "object", properties: many }, options: { num_predict: 100000 }, stream: true });
await assert.rejects(async () => {
  for await (const part of long) {
    assert.ok(!part.done);
    long.abort();
  }
}, { name: "AbortError" });

// Failures as the client knows them.
await assert.rejects(student.chat({ model: "absent", messages }), { status_code: 404, message: "model 'absent' not found" });
await assert.rejects(student.chat({ model: "embed", messages }), { status_code: 400, message: /does not support chat/ });
for (const refused of [() => student.pull({ model: "x" }), () => student.delete({ model: "tiny" }), () => student.copy({ source: "tiny", destination: "x" })]) {
  await assert.rejects(refused(), { status_code: 403 });
}

// What only the owner may: on all nodes, then on one.
const progress = await all(await owner.pull({ model: "fresh", stream: true }));
assert.equal(progress.at(-1).status, "success");
assert.equal(progress.filter(part => part.status === "pulling manifest").length, 1, "said once for both nodes");
const layers = progress.filter(part => part.digest);
assert.equal(layers.at(-1).completed, layers.at(-1).total);
assert.equal(layers.at(-1).total, 2 * layers[0].total, "the bytes of both nodes");
assert.deepEqual(await owner.pull({ model: "fresh2" }), { status: "success" });
await assert.rejects(owner.pull({ model: "missing" }), { message: /file does not exist/ });
await assert.rejects(all(await owner.pull({ model: "missing", stream: true })), /file does not exist/);
await owner.copy({ source: "fresh", destination: "copied" });
await owner.copy({ source: "one", destination: "only-one" });
assert.ok((await student.list()).models.some(model => model.name === "copied:latest"));
await owner.delete({ model: "copied" });
await assert.rejects(owner.delete({ model: "copied" }), { status_code: 404 });
const [node] = process.env.NODES.split(",");
await clientOf(OWNER, { "X-Lyceum-Node": node }).pull({ model: "here" });
await assert.rejects(clientOf(OWNER, { "X-Lyceum-Node": "169.254.169.254" }).pull({ model: "x" }), { status_code: 400 });
// A model's file, larger than any other body may be.
const file = Buffer.alloc(40 << 20, "weights ");
const digest = "sha256:" + createHash("sha256").update(file).digest("hex");
const blob = (method, token, body) => fetch(`${HOST}/api/blobs/${digest}`, { method, headers: identity(token), body });
assert.equal((await blob("HEAD", OWNER)).status, 404);
assert.equal((await blob("POST", STUDENT, "x")).status, 403);
assert.equal((await blob("POST", OWNER, file)).status, 201);
assert.equal((await blob("HEAD", OWNER)).status, 200);
assert.deepEqual(await owner.create({ model: "made", files: { "made.gguf": digest } }), { status: "success" });
assert.ok((await student.list()).models.some(model => model.name === "made:latest"));
await assert.rejects(owner.push({ model: "tiny" }), { status_code: 403 });
console.log("done");
