// The models that this node says it has: names for one and the same GGUF, loaded and unloaded in pretence.
import { ApiError } from "./engine.mjs";

const FOREVER = 3e11;
const UNITS = { ms: 1, s: 1e3, m: 6e4, h: 36e5 };

export const details = {
  parent_model: "",
  format: "gguf",
  family: "llama",
  families: ["llama"],
  parameter_size: "237.89K",
  quantization_level: "F32",
  context_length: 2048,
  embedding_length: 64,
};

export const capabilities = name => (name.startsWith("embed") ? ["embedding"] : ["completion", "tools"]);

export const fullName = name => name && (name.includes(":") ? name : name + ":latest");

export class Models {
  loaded = new Map(); // name -> when it expires, in milliseconds

  constructor(names, loadMilliseconds) {
    this.names = new Set(names);
    this.loadMilliseconds = loadMilliseconds;
  }

  /** The full name of a model that is here. */
  need(name) {
    if (!name) throw new ApiError(400, "model is required");
    const full = fullName(name);
    if (!this.names.has(full)) throw new ApiError(404, `model '${name}' not found`);
    return full;
  }

  /** Loads a model if it is not loaded, and answers how long that took, in nanoseconds. */
  async load(name, keepAlive) {
    const asked = Date.now();
    let took = 0;
    if (!(this.loaded.get(name) > asked)) {
      await new Promise(resolve => setTimeout(resolve, this.loadMilliseconds));
      took = Date.now() - asked;
    }
    this.loaded.set(name, Date.now() + milliseconds(keepAlive));
    return took * 1e6;
  }

  running(now) {
    return [...this.loaded].filter(([, expires]) => expires > now);
  }

  remove(name) {
    this.names.delete(name);
    this.loaded.delete(name);
  }
}

function milliseconds(keepAlive) {
  if (keepAlive === undefined) return 300e3;
  if (typeof keepAlive === "number") return keepAlive < 0 ? FOREVER : keepAlive * 1e3;
  let total = 0;
  for (const [, count, unit] of String(keepAlive).matchAll(/(-?\d+(?:\.\d+)?)(ms|s|m|h)?/g)) {
    total += +count * UNITS[unit ?? "s"];
  }
  return total < 0 ? FOREVER : total;
}
