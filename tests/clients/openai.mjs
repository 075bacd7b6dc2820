// What npm's openai client offers of what a node offers, against HOST as a student, whose identity token STUDENT is; with
// THROUGH_GATEWAY it is the token of an account. MODELS are those that there are.
import assert from "node:assert/strict";
import OpenAI from "openai";

const { HOST, STUDENT } = process.env;
const identity = token => (process.env.THROUGH_GATEWAY ? {} : { "X-Lyceum-Identity": token });
const openai = new OpenAI({ baseURL: `${HOST}/v1`, apiKey: process.env.THROUGH_GATEWAY ? STUDENT : "none", maxRetries: 0, defaultHeaders: identity(STUDENT) });
const messages = [{ role: "user", content: "Hello" }];
const chat = { model: "tiny", messages, max_tokens: 8, seed: 3 };

const ids = [];
for await (const model of openai.models.list()) ids.push(model.id);
assert.deepEqual(ids, process.env.MODELS.split(","));
assert.equal((await openai.models.retrieve("tiny:latest")).id, "tiny:latest");
await assert.rejects(openai.models.retrieve("absent"), { status: 404, type: "not_found_error" });

const whole = await openai.chat.completions.create(chat);
assert.ok(whole.choices[0].message.content.length > 0 && whole.usage.completion_tokens <= 8);
let text = "";
let usage;
for await (const chunk of await openai.chat.completions.create({ ...chat, stream: true, stream_options: { include_usage: true } })) {
  text += chunk.choices[0]?.delta?.content ?? "";
  usage = chunk.usage ?? usage;
}
assert.ok(text.length > 0 && usage.total_tokens > usage.completion_tokens);

const streamed = openai.chat.completions.stream(chat);
assert.ok((await streamed.finalChatCompletion()).choices[0].message.content.length > 0);
const schema = { type: "object", properties: { works: { type: "boolean" } }, required: ["works"] };
const structured = await openai.chat.completions.create({
  ...chat, max_tokens: 60, response_format: { type: "json_schema", json_schema: { name: "answer", schema } },
});
assert.equal(typeof JSON.parse(structured.choices[0].message.content).works, "boolean");
const parameters = { type: "object", properties: { a: { type: "boolean" } }, required: ["a"] };
const called = await openai.chat.completions.create({
  ...chat, max_tokens: 120, tools: [{ type: "function", function: { name: "look", parameters } }],
});
assert.equal(called.choices[0].message.tool_calls[0].function.name, "look");

const embedded = await openai.embeddings.create({ model: "embed", input: ["a", "b"] });
assert.deepEqual(embedded.data.map(entry => entry.embedding.length), [64, 64]);

const controller = new AbortController();
const long = await openai.chat.completions.create(
  { ...chat, max_tokens: 100000, response_format: { type: "json_object" }, stream: true }, { signal: controller.signal });
for await (const chunk of long) {
  assert.ok(chunk.choices);
  controller.abort();
}

await assert.rejects(openai.chat.completions.create({ ...chat, model: "absent" }), { status: 404, type: "not_found_error" });
await assert.rejects(openai.chat.completions.create({ ...chat, model: "embed" }), { status: 400, type: "invalid_request_error" });
const completed = await openai.completions.create({ model: "tiny", prompt: "Once", max_tokens: 8 });
assert.ok(completed.choices[0].text.length > 0 && completed.usage.completion_tokens <= 8);
let raw = "";
for await (const chunk of await openai.completions.create({ model: "tiny", prompt: "Once", max_tokens: 8, stream: true })) raw += chunk.choices[0]?.text ?? "";
assert.ok(raw.length > 0);
// This node does not have it: said in the protocol's shape, not as a failure of the node.
await assert.rejects(openai.responses.create({ model: "tiny", input: "x" }), { status: 404, type: "not_found_error" });
await assert.rejects(openai.files.list(), { status: 404, type: "not_found_error" });
console.log("done");
