// The engine itself: one GGUF model, a fixed number of slots, a bounded queue in front of them.
import { createHash } from "node:crypto";
import fs from "node:fs";
import { getLlama, LlamaCompletion } from "node-llama-cpp";

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Loads the model and answers what the API needs of it. */
export async function startEngine({ modelPath, parallel, maxQueue }) {
  const llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ sequences: parallel, contextSize: 2048, threads: 1 });
  const embedding = await model.createEmbeddingContext();
  const slots = new Slots(
    Array.from({ length: parallel }, () => new LlamaCompletion({ contextSequence: context.getSequence() })),
    maxQueue,
  );

  async function grammarFor(format, tools) {
    if (tools?.length) {
      const call = tool => ({
        type: "object",
        properties: { name: { const: tool.function.name }, arguments: tool.function.parameters },
      });
      return llama.createGrammarForJsonSchema({ oneOf: tools.map(call) });
    }
    if (format === "json") return llama.getGrammarFor("json");
    return format && typeof format === "object" ? llama.createGrammarForJsonSchema(format) : undefined;
  }

  /** Completes a prompt; `onText` gets the text as it comes. Times are in nanoseconds. */
  async function complete(prompt, options, { format, tools, signal, onText }) {
    const asked = process.hrtime.bigint();
    const slot = await slots.take(signal);
    let count = 0;
    let first;
    try {
      const tokens = model.tokenize(prompt, true).slice(-1800);
      const { response, metadata } = await slot.generateCompletionWithMeta(tokens, {
        maxTokens: options.num_predict > 0 ? options.num_predict : 512,
        temperature: options.temperature ?? 0.8,
        topK: options.top_k ?? 40,
        topP: options.top_p ?? 0.9,
        seed: options.seed > 0 ? options.seed : undefined,
        customStopTriggers: options.stop?.length ? [].concat(options.stop) : undefined,
        grammar: await grammarFor(format, tools),
        signal,
        stopOnAbortSignal: true,
        onToken: generated => {
          count += generated.length;
          first ??= process.hrtime.bigint();
        },
        onTextChunk: tools?.length ? undefined : onText,
      });
      const ended = process.hrtime.bigint();
      first ??= ended;
      return {
        text: response,
        toolCalls: tools?.length ? readToolCall(response, onText) : undefined,
        reason: metadata.stopReason === "maxTokens" ? "length" : "stop",
        figures: {
          total_duration: Number(ended - asked),
          load_duration: 0,
          prompt_eval_count: tokens.length,
          prompt_eval_duration: Number(first - asked),
          eval_count: count,
          eval_duration: Number(ended - first),
        },
      };
    } finally {
      slots.give(slot);
    }
  }

  return {
    complete,
    embed: async text => [...(await embedding.getEmbeddingFor(text)).vector],
    countTokens: text => model.tokenize(text).length,
    busy: () => parallel - slots.free.length,
    digest: createHash("sha256").update(fs.readFileSync(modelPath)).digest("hex"),
    size: fs.statSync(modelPath).size,
  };
}

function readToolCall(response, onText) {
  try {
    const call = JSON.parse(response);
    const id = "call_" + Math.random().toString(36).slice(2, 10);
    return [{ id, function: { index: 0, name: call.name, arguments: call.arguments } }];
  } catch {
    onText(response);
    return undefined;
  }
}

class Slots {
  waiting = [];

  constructor(free, maxQueue) {
    this.free = free;
    this.maxQueue = maxQueue;
  }

  take(signal) {
    if (this.free.length) return Promise.resolve(this.free.pop());
    if (this.waiting.length >= this.maxQueue) {
      return Promise.reject(new ApiError(503, "server busy, please try again.  maximum pending requests exceeded"));
    }
    return new Promise((resolve, reject) => {
      const waiter = { resolve };
      this.waiting.push(waiter);
      signal.addEventListener("abort", () => {
        const place = this.waiting.indexOf(waiter);
        if (place < 0) return;
        this.waiting.splice(place, 1);
        reject(new ApiError(499, "request canceled"));
      });
    });
  }

  give(slot) {
    const waiter = this.waiting.shift();
    if (waiter) waiter.resolve(slot);
    else this.free.push(slot);
  }
}
