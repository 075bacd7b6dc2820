// Writes a tiny llama with seeded random weights as a GGUF v3 file: nonsense for text, but a true model for an engine.
// usage: node make-model.mjs OUT.gguf
import fs from "node:fs";
import path from "node:path";

const [out] = process.argv.slice(2);
if (!out) throw new Error("usage: node make-model.mjs OUT.gguf");

const DIM = 64, LAYERS = 2, HEADS = 4, FEED_FORWARD = 192, CONTEXT = 2048, ALIGNMENT = 32;
const UINT32 = 4, INT32 = 5, FLOAT32 = 6, BOOL = 7, STRING = 8, ARRAY = 9; // value types of GGUF
const CONTROL = 3, NORMAL = 1, BYTE = 6, UNKNOWN = 2; // token types of GGUF

// Vocabulary: the control tokens, every byte as a fallback, and the printable characters with "▁" for the space.
const special = ["<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>"];
const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, "0")}>`);
const characters = [...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)), "▁"];
const tokens = [...special, ...bytes, ...characters];
const types = [UNKNOWN, CONTROL, CONTROL, CONTROL, CONTROL, ...bytes.map(() => BYTE), ...characters.map(() => NORMAL)];
const scores = [...special.map(() => 0), ...bytes.map(() => 0), ...characters.map((_, i) => -i)];

const uint32 = value => { const b = Buffer.alloc(4); b.writeUInt32LE(value); return b; };
const int32 = value => { const b = Buffer.alloc(4); b.writeInt32LE(value); return b; };
const float32 = value => { const b = Buffer.alloc(4); b.writeFloatLE(value); return b; };
const uint64 = value => { const b = Buffer.alloc(8); b.writeBigUInt64LE(BigInt(value)); return b; };
const string = value => { const b = Buffer.from(value); return Buffer.concat([uint64(b.length), b]); };
const encode = { [UINT32]: uint32, [INT32]: int32, [FLOAT32]: float32, [STRING]: string, [BOOL]: value => Buffer.from([+value]) };
const single = (key, type, value) => Buffer.concat([string(key), uint32(type), encode[type](value)]);
const array = (key, type, values) =>
  Buffer.concat([string(key), uint32(ARRAY), uint32(type), uint64(values.length), ...values.map(encode[type])]);

const metadata = [
  single("general.architecture", STRING, "llama"),
  single("general.name", STRING, "random"),
  single("general.file_type", UINT32, 0),
  single("general.alignment", UINT32, ALIGNMENT),
  single("llama.context_length", UINT32, CONTEXT),
  single("llama.embedding_length", UINT32, DIM),
  single("llama.block_count", UINT32, LAYERS),
  single("llama.feed_forward_length", UINT32, FEED_FORWARD),
  single("llama.attention.head_count", UINT32, HEADS),
  single("llama.attention.head_count_kv", UINT32, HEADS),
  single("llama.rope.dimension_count", UINT32, DIM / HEADS),
  single("llama.vocab_size", UINT32, tokens.length),
  single("llama.attention.layer_norm_rms_epsilon", FLOAT32, 1e-5),
  single("llama.rope.freq_base", FLOAT32, 10000),
  single("tokenizer.ggml.model", STRING, "llama"),
  array("tokenizer.ggml.tokens", STRING, tokens),
  array("tokenizer.ggml.scores", FLOAT32, scores),
  array("tokenizer.ggml.token_type", INT32, types),
  single("tokenizer.ggml.bos_token_id", UINT32, 1),
  single("tokenizer.ggml.eos_token_id", UINT32, 4),
  single("tokenizer.ggml.unknown_token_id", UINT32, 0),
  single("tokenizer.ggml.add_bos_token", BOOL, true),
  single("tokenizer.ggml.add_space_prefix", BOOL, false),
];

// Shapes are in GGUF's order: the fastest-running dimension first.
const tensors = [["token_embd", DIM, tokens.length], ["output_norm", DIM], ["output", DIM, tokens.length]];
for (let layer = 0; layer < LAYERS; layer++) {
  const block = [["attn_norm", DIM], ["ffn_norm", DIM], ["attn_q", DIM, DIM], ["attn_k", DIM, DIM], ["attn_v", DIM, DIM],
    ["attn_output", DIM, DIM], ["ffn_gate", DIM, FEED_FORWARD], ["ffn_up", DIM, FEED_FORWARD], ["ffn_down", FEED_FORWARD, DIM]];
  tensors.push(...block.map(([name, ...shape]) => [`blk.${layer}.${name}`, ...shape]));
}

// A linear congruential generator (the constants of Numerical Recipes): the same file every time.
let state = 1;
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const weights = ([name, ...shape]) => {
  const values = new Float32Array(shape.reduce((a, b) => a * b));
  const norm = name.endsWith("norm");
  for (let i = 0; i < values.length; i++) values[i] = norm ? 1 : (random() - 0.5) * 0.4;
  return Buffer.from(values.buffer);
};

const padding = length => Buffer.alloc((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT);
const infos = [];
const data = [];
let offset = 0;
for (const tensor of tensors) {
  const [name, ...shape] = tensor;
  const values = weights(tensor);
  const padded = Buffer.concat([values, padding(values.length)]);
  infos.push(string(`${name}.weight`), uint32(shape.length), ...shape.map(uint64), uint32(0), uint64(offset));
  data.push(padded);
  offset += padded.length;
}

const head = Buffer.concat([
  Buffer.from("GGUF"), uint32(3), uint64(tensors.length), uint64(metadata.length), ...metadata, ...infos,
]);
fs.mkdirSync(path.dirname(path.resolve(out)), { recursive: true });
// Written aside and renamed: another test process may be waiting for the same file.
fs.writeFileSync(`${out}.${process.pid}`, Buffer.concat([head, padding(head.length), ...data]));
fs.renameSync(`${out}.${process.pid}`, out);
