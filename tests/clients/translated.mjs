// What npm's ollama client offers where the node speaks OpenAI's API alone; HOST and STUDENT as in ollama.mjs.
import assert from "node:assert/strict";
import { Ollama } from "ollama";

const { HOST, STUDENT, OWNER } = process.env;
const clientOf = token => new Ollama({ host: HOST, headers: { "X-Lyceum-Identity": token } });
const student = clientOf(STUDENT);
const messages = [{ role: "user", content: "Hello" }];
const options = { num_predict: 8, seed: 3, temperature: 0.5, top_k: 20, num_ctx: 1024 };
const all = async stream => {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
};

assert.deepEqual((await student.list()).models.map(model => model.name), ["embed:latest", "tiny:latest"]);
assert.deepEqual((await student.ps()).models.map(model => model.name).sort(), ["embed:latest", "tiny:latest"]);
assert.deepEqual((await student.show({ model: "tiny" })).capabilities, ["completion", "tools"]);
await assert.rejects(student.show({ model: "absent" }), { status_code: 404 });

const chat = await all(await student.chat({ model: "tiny", messages, options, stream: true }));
assert.ok(chat.length > 2 && chat.slice(0, -1).every(part => part.message.content.length > 0 && !part.done));
const last = chat.at(-1);
assert.ok(last.done && last.done_reason === "length" && last.eval_count <= 8 && last.prompt_eval_count > 0 && last.total_duration > 0);
const whole = await student.chat({ model: "tiny", messages, options });
assert.ok(whole.message.content.length > 0 && whole.done && whole.eval_count > 0 && whole.model === "tiny");
const greedy = { ...options, temperature: 0 };
const twice = await Promise.all([0, 1].map(() => student.chat({ model: "tiny", messages, options: greedy })));
assert.equal(twice[0].message.content, twice[1].message.content, "the temperature arrives");

for (const raw of [false, true]) {
  const generated = await all(await student.generate({ model: "tiny", prompt: "Once upon", raw, options, stream: true }));
  assert.ok(generated.at(-1).done && generated.slice(0, -1).every(part => part.response.length > 0));
  assert.ok((await student.generate({ model: "tiny", prompt: "Once upon", raw, system: "Be brief.", options })).response.length > 0);
}
const stopped = await student.generate({ model: "tiny", prompt: "Once", raw: true, options: { ...greedy, num_predict: 60, stop: ["e"] } });
assert.ok(!stopped.response.includes("e"));
assert.equal((await student.generate({ model: "tiny", prompt: "" })).done_reason, "load");

const schema = { type: "object", properties: { works: { type: "boolean" } }, required: ["works"] };
const structured = await student.chat({ model: "tiny", messages, format: schema, options: { ...options, num_predict: 60 } });
assert.equal(typeof JSON.parse(structured.message.content).works, "boolean");

const parameters = { type: "object", properties: { a: { type: "boolean" } }, required: ["a"] };
const tools = [{ type: "function", function: { name: "look", description: "Looks.", parameters } }];
const limits = { ...options, num_predict: 120 };
const called = await student.chat({ model: "tiny", messages, tools, options: limits });
const call = called.message.tool_calls[0];
assert.equal(call.function.name, "look");
assert.equal(typeof call.function.arguments.a, "boolean", "arguments are an object, as with Ollama");
const streamed = await all(await student.chat({ model: "tiny", messages, tools, options: limits, stream: true }));
assert.equal(streamed.find(part => part.message.tool_calls).message.tool_calls[0].function.name, "look");
assert.equal(streamed.at(-1).done_reason, "stop");
const answered = await student.chat({
  model: "tiny", options, messages: [...messages, called.message, { role: "tool", tool_name: "look", content: "seen" }],
});
assert.ok(answered.message.content.length > 0);
const image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
assert.ok((await student.chat({ model: "tiny", options, messages: [{ role: "user", content: "See", images: [image] }] })).done);

const embedded = await student.embed({ model: "embed", input: ["a", "b"] });
assert.deepEqual(embedded.embeddings.map(vector => vector.length), [64, 64]);
for (const vector of embedded.embeddings) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-3, "length 1");
assert.equal((await student.embeddings({ model: "embed", prompt: "a" })).embedding.length, 64);

const long = await student.chat({ model: "tiny", messages, format: "json", options: { num_predict: 100000 }, stream: true });
await assert.rejects(async () => {
  for await (const part of long) {
    assert.ok(!part.done);
    long.abort();
  }
}, { name: "AbortError" });

await assert.rejects(student.chat({ model: "absent", messages }), { status_code: 404, message: "model 'absent' not found" });
await assert.rejects(student.chat({ model: "embed", messages }), { status_code: 400, message: /does not support chat/ });
await assert.rejects(clientOf(OWNER).pull({ model: "x" }), { status_code: 400, message: /runs Ollama/ });
console.log("done");
