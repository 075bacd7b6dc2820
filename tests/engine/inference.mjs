// /api/chat, /api/generate and /v1/chat/completions over the engine.
import { ApiError } from "./engine.mjs";
import { capabilities } from "./models.mjs";

const text = content => (Array.isArray(content) ? content.map(part => part.text ?? "").join("") : (content ?? ""));
const now = () => new Date().toISOString();

function renderPrompt(messages, tools) {
  const list = tools?.map(tool => JSON.stringify(tool)).join("\n");
  let prompt = list
    ? `<|im_start|>system\n# Tools\n${list}\nCall a tool as <tool_call>\n{"name": ..., "arguments": ...}\n</tool_call><|im_end|>\n`
    : "";
  // As Ollama does: a last message of the assistant's is the beginning of the answer.
  const begun = messages.at(-1)?.role === "assistant" && !messages.at(-1).tool_calls ? text(messages.at(-1).content) : undefined;
  for (const { role, content, tool_calls } of begun === undefined ? messages : messages.slice(0, -1)) {
    const calls = (tool_calls ?? []).map(call => `<tool_call>\n${JSON.stringify(call.function)}\n</tool_call>`).join("");
    prompt += `<|im_start|>${role}\n${text(content)}${calls}<|im_end|>\n`;
  }
  return prompt + "<|im_start|>assistant\n" + (begun ?? "");
}

/** Writes chunks; cuts the socket after `dieAfter` of them, as a node that dies does. */
function chunkWriter(response, contentType, dieAfter) {
  let chunks = 0;
  return chunk => {
    if (!response.headersSent) response.writeHead(200, { "content-type": contentType });
    if (dieAfter && ++chunks > dieAfter) return response.socket.destroy();
    return response.write(chunk);
  };
}

function abortWithClient(response) {
  const controller = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}

function needCompletion(name, asked, kind) {
  if (!capabilities(name).includes("completion")) throw new ApiError(400, `"${asked}" does not support ${kind}`);
}

/** `kind` is "chat" or "generate". */
export async function ollama({ engine, models, dieAfter }, response, body, kind, json) {
  const name = models.need(body.model);
  const signal = abortWithClient(response);
  needCompletion(name, body.model, kind);
  const said = (content, toolCalls) =>
    kind === "generate" ? { response: content } : { message: { role: "assistant", content, tool_calls: toolCalls } };

  if (kind === "generate" ? !body.prompt : !body.messages?.length) {
    const unload = body.keep_alive === 0 || body.keep_alive === "0";
    if (unload) models.loaded.delete(name);
    else await models.load(name, body.keep_alive);
    const done_reason = unload ? "unload" : "load";
    return json(200, { model: body.model, created_at: now(), ...said(""), done: true, done_reason });
  }

  const loadDuration = await models.load(name, body.keep_alive);
  const stream = body.stream !== false;
  const write = chunkWriter(response, "application/x-ndjson", dieAfter);
  const line = fields => write(JSON.stringify({ model: body.model, created_at: now(), ...fields }) + "\n");
  const onText = piece => stream && piece && line({ ...said(piece), done: false });
  const result = await engine.complete(ollamaPrompt(body, kind), body.options ?? {}, {
    format: body.format,
    tools: kind === "generate" ? undefined : body.tools,
    signal,
    onText,
  });
  if (signal.aborted) return undefined;

  const figures = { ...result.figures, load_duration: loadDuration };
  figures.total_duration += loadDuration;
  const last = { done: true, done_reason: result.reason, ...figures };
  if (!stream) {
    const content = result.toolCalls ? "" : result.text;
    return json(200, { model: body.model, created_at: now(), ...last, ...said(content, result.toolCalls) });
  }
  if (result.toolCalls) line({ ...said("", result.toolCalls), done: false });
  line({ ...last, ...said("") });
  return response.end();
}

function ollamaPrompt(body, kind) {
  if (kind === "chat") return renderPrompt(body.messages, body.tools);
  if (body.raw) return body.prompt;
  const system = body.system ? [{ role: "system", content: body.system }] : [];
  return renderPrompt([...system, { role: "user", content: body.prompt }]);
}

export async function openAi({ engine, models, dieAfter }, response, body, json) {
  const name = models.need(body.model);
  const signal = abortWithClient(response);
  needCompletion(name, body.model, "chat");
  await models.load(name, body.keep_alive);

  const id = "chatcmpl-" + Math.random().toString(36).slice(2);
  const common = { id, created: Math.floor(Date.now() / 1e3), model: body.model, system_fingerprint: "fp_ollama" };
  const write = chunkWriter(response, "text/event-stream", dieAfter);
  const event = (choices, extra) =>
    write(`data: ${JSON.stringify({ ...common, object: "chat.completion.chunk", choices, ...extra })}\n\n`);
  const delta = (fields, finish_reason = null) => event([{ index: 0, delta: fields, finish_reason }]);
  let role = { role: "assistant" };
  const onText = piece => {
    if (!body.stream || !piece) return;
    delta({ ...role, content: piece });
    role = {};
  };

  const options = {
    num_predict: body.max_tokens ?? body.max_completion_tokens,
    temperature: body.temperature,
    top_p: body.top_p,
    seed: body.seed,
    stop: body.stop,
  };
  const result = await engine.complete(renderPrompt(body.messages ?? [], body.tools), options, {
    format: openAiFormat(body.response_format),
    tools: body.tools,
    signal,
    onText,
  });
  if (signal.aborted) return undefined;

  const { prompt_eval_count: prompt_tokens, eval_count: completion_tokens } = result.figures;
  const usage = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
  const tool_calls = result.toolCalls?.map((call, index) => ({
    id: call.id,
    index,
    type: "function",
    function: { name: call.function.name, arguments: JSON.stringify(call.function.arguments) },
  }));
  const finish_reason = tool_calls ? "tool_calls" : result.reason;
  if (!body.stream) {
    const message = { role: "assistant", content: tool_calls ? "" : result.text, tool_calls };
    return json(200, { ...common, object: "chat.completion", choices: [{ index: 0, message, finish_reason }], usage });
  }
  if (tool_calls) delta({ role: "assistant", content: "", tool_calls });
  delta({ content: "" }, finish_reason);
  if (body.stream_options?.include_usage) event([], { usage });
  write("data: [DONE]\n\n");
  return response.end();
}

/** /v1/completions: a prompt as it is. */
export async function openAiPrompt({ engine, models, dieAfter }, response, body, json) {
  const name = models.need(body.model);
  const signal = abortWithClient(response);
  needCompletion(name, body.model, "generate");
  await models.load(name, body.keep_alive);

  const id = "cmpl-" + Math.random().toString(36).slice(2);
  const common = { id, object: "text_completion", created: Math.floor(Date.now() / 1e3), model: body.model };
  const write = chunkWriter(response, "text/event-stream", dieAfter);
  const choice = (text, finish_reason = null) => [{ index: 0, text, finish_reason, logprobs: null }];
  const event = (choices, extra) => write(`data: ${JSON.stringify({ ...common, choices, ...extra })}\n\n`);
  const options = { num_predict: body.max_tokens, temperature: body.temperature, top_p: body.top_p, seed: body.seed, stop: body.stop };
  const onText = piece => body.stream && piece && event(choice(piece));
  const result = await engine.complete(body.prompt, options, { format: openAiFormat(body.response_format), signal, onText });
  if (signal.aborted) return undefined;

  const { prompt_eval_count: prompt_tokens, eval_count: completion_tokens } = result.figures;
  const usage = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
  if (!body.stream) return json(200, { ...common, choices: choice(result.text, result.reason), usage });
  event(choice("", result.reason));
  if (body.stream_options?.include_usage) event([], { usage });
  write("data: [DONE]\n\n");
  return response.end();
}

function openAiFormat(format) {
  if (format?.type === "json_schema") return format.json_schema.schema;
  return format?.type === "json_object" ? "json" : undefined;
}
