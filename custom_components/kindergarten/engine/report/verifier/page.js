"use strict";
// Checks a pack in the browser as verify.py does on a PC; script/verifier puts both files together.
const TEXTS = /* texts */ {};
const LIMITS = ["source", "lens", "owner", "absent", "footage", "law"];
const MORE_LIMITS = ["elsewhere"];
const HOUR_US = 3600000000;
const JUNK = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);
const PIECE = 4 << 20;

// -- bytes ------------------------------------------------------------------------------------

const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => {
  const digits = String(text ?? "").trim();
  if (digits.length % 2 || !/^[0-9a-fA-F]*$/.test(digits)) return new Uint8Array(0);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
};
const join = (...parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

// SHA-256 by itself: files may be larger than what WebCrypto takes at once.
const primes = (count) => {
  const found = [];
  for (let n = 2; found.length < count; n++) if (found.every((p) => n % p)) found.push(n);
  return found;
};
const root = (value, degree, bits) => {
  // The first `bits` bits of the fraction of a root of a prime, exactly.
  const target = BigInt(value) << BigInt(bits * degree);
  let low = 0n;
  for (let bit = BigInt(bits + 5); bit >= 0n; bit--) {
    const next = low | (1n << bit);
    if (next ** BigInt(degree) <= target) low = next;
  }
  return low & ((1n << BigInt(bits)) - 1n);
};
const K256 = Int32Array.from(primes(64), (p) => Number(BigInt.asIntN(32, root(p, 3, 32))));
const START256 = Int32Array.from(primes(8), (p) => Number(BigInt.asIntN(32, root(p, 2, 32))));

class Sha256 {
  constructor() {
    this.state = START256.slice();
    this.rest = new Uint8Array(64);
    this.kept = 0;
    this.size = 0;
    this.words = new Int32Array(64);
  }

  add(data) {
    this.size += data.length;
    let at = 0;
    if (this.kept) {
      at = Math.min(64 - this.kept, data.length);
      this.rest.set(data.subarray(0, at), this.kept);
      this.kept += at;
      if (this.kept < 64) return this;
      this.block(this.rest, 0);
      this.kept = 0;
    }
    for (; at + 64 <= data.length; at += 64) this.block(data, at);
    this.rest.set(data.subarray(at));
    this.kept = data.length - at;
    return this;
  }

  block(data, at) {
    const w = this.words;
    for (let i = 0; i < 16; i++, at += 4) {
      w[i] = (data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3];
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15], y = w[i - 2];
      const s = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const t = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (w[i - 16] + s + w[i - 7] + t) | 0;
    }
    let [a, b, c, d, e, f, g, h] = this.state;
    for (let i = 0; i < 64; i++) {
      const s = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + s + ((e & f) ^ (~e & g)) + K256[i] + w[i]) | 0;
      const t = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (t + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => { this.state[i] = (this.state[i] + value) | 0; });
  }

  end() {
    const bits = this.size * 8;
    const tail = new Uint8Array((this.kept < 56 ? 64 : 128) - this.kept);
    const view = new DataView(tail.buffer);
    tail[0] = 0x80;
    view.setUint32(tail.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(tail.length - 4, bits >>> 0);
    this.add(tail);
    const out = new DataView(new ArrayBuffer(32));
    this.state.forEach((value, i) => out.setInt32(i * 4, value));
    return new Uint8Array(out.buffer);
  }
}
const sha256 = (...parts) => parts.reduce((hash, part) => hash.add(part), new Sha256()).end();
const sha = (...parts) => hex(sha256(...parts));
// A piece of footage: some MB, by the browser's own code where it lets a page use it.
const shaOf = async (bytes) =>
  globalThis.crypto?.subtle ? hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))) : sha(bytes);

// -- Ed25519: WebCrypto where there is one, else by itself (RFC 8032 section 5.1.7) ---------------

const K512 = primes(80).map((p) => root(p, 3, 64));
const START512 = primes(8).map((p) => root(p, 2, 64));
const M64 = (1n << 64n) - 1n;
function sha512(data) {
  const padded = new Uint8Array(Math.ceil((data.length + 17) / 128) * 128);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(data.length * 8));
  const turn = (x, n) => ((x >> n) | (x << (64n - n))) & M64;
  const state = START512.slice();
  for (let at = 0; at < padded.length; at += 128) {
    const w = Array.from({ length: 16 }, (_, i) => view.getBigUint64(at + i * 8));
    for (let i = 16; i < 80; i++) {
      const s = turn(w[i - 15], 1n) ^ turn(w[i - 15], 8n) ^ (w[i - 15] >> 7n);
      const t = turn(w[i - 2], 19n) ^ turn(w[i - 2], 61n) ^ (w[i - 2] >> 6n);
      w.push((w[i - 16] + s + w[i - 7] + t) & M64);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 80; i++) {
      const s = turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n);
      const one = h + s + ((e & f) ^ (~e & M64 & g)) + K512[i] + w[i];
      const t = turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n);
      const two = t + ((a & b) ^ (a & c) ^ (b & c));
      h = g; g = f; f = e; e = (d + one) & M64; d = c; c = b; b = a; a = (one + two) & M64;
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] = (state[i] + value) & M64; });
  }
  const out = new DataView(new ArrayBuffer(64));
  state.forEach((value, i) => out.setBigUint64(i * 8, value));
  return new Uint8Array(out.buffer);
}

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (x) => ((x % P) + P) % P;
const power = (base, exponent) => {
  let total = 1n;
  for (base = mod(base); exponent; exponent >>= 1n, base = (base * base) % P) if (exponent & 1n) total = (total * base) % P;
  return total;
};
const D = mod(-121665n * power(121666n, P - 2n));
const little = (bytes) => BigInt("0x" + (hex(Uint8Array.from(bytes).reverse()) || "0"));
function plus(a, b) {
  const m = mod((a[1] - a[0]) * (b[1] - b[0])), n = mod((a[1] + a[0]) * (b[1] + b[0]));
  const s = mod(2n * a[3] * b[3] * D), t = mod(2n * a[2] * b[2]);
  const e = n - m, f = t - s, g = t + s, h = n + m;
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}
function times(scalar, point) {
  let total = [0n, 1n, 1n, 0n];
  for (; scalar; scalar >>= 1n, point = plus(point, point)) if (scalar & 1n) total = plus(total, point);
  return total;
}
function pointOf(bytes) {
  const all = little(bytes), sign = all >> 255n, y = all & (2n ** 255n - 1n);
  if (y >= P) return null;
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x - square)) x = mod(x * power(2n, (P - 1n) / 4n));
  if (mod(x * x - square) || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}
function signedHere(key, message, signature) {
  const a = pointOf(key), r = pointOf(signature.subarray(0, 32)), s = little(signature.subarray(32));
  if (!a || !r || s >= ORDER) return false;
  const k = little(sha512(join(signature.subarray(0, 32), key, message))) % ORDER;
  const y = mod(4n * power(5n, P - 2n));
  const base = pointOf(Uint8Array.from(y.toString(16).padStart(64, "0").match(/../g), (p) => parseInt(p, 16)).reverse());
  const left = times(s, base), right = plus(r, times(k, a));
  return !mod(left[0] * right[2] - right[0] * left[2]) && !mod(left[1] * right[2] - right[1] * left[2]);
}
async function signed(key, message, signature) {
  if (!key || key.length !== 32 || signature.length !== 64) return false;
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return signedHere(key, message, signature);
  }
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
}

// -- the formats --------------------------------------------------------------------------------

function byCodePoint(a, b) {
  const x = Array.from(a, (c) => c.codePointAt(0)), y = Array.from(b, (c) => c.codePointAt(0));
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i] - y[i];
  return x.length - y.length;
}
function written(value) {
  if (Array.isArray(value)) return "[" + value.map(written).join(",") + "]";
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort(byCodePoint);
    return "{" + names.map((name) => JSON.stringify(name) + ":" + written(value[name])).join(",") + "}";
  }
  return JSON.stringify(value);
}
const canonical = (value) => utf8(written(value).normalize("NFC"));
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
const textOf = (bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
const parse = (bytes) => JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
const code = (digest) => (BigInt("0x" + digest) % 10n ** 20n).toString().padStart(20, "0");
const dayText = (day) => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`;
const clean = (text) => text.replace(/\s+/g, "");

function paper(manifest) {
  const files = Object.fromEntries(Object.entries(manifest.files).filter(([name]) => !name.startsWith("report-")));
  return sha(utf8("kindergarten-pack-1\n"), canonical({ ...manifest, files }));
}
function merkle(hashes) {
  let nodes = hashes.map((value) => sha256(Uint8Array.of(0), unhex(value)));
  while (nodes.length > 1) {
    const above = [];
    for (let i = 0; i < nodes.length; i += 2) {
      above.push(i + 1 < nodes.length ? sha256(Uint8Array.of(1), nodes[i], nodes[i + 1]) : nodes[i]);
    }
    nodes = above;
  }
  return nodes.length ? hex(nodes[0]) : "0".repeat(64);
}
function linesOf(bytes) {
  const lines = [];
  let from = 0;
  for (let at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && bytes[at] !== 10) continue;
    if (at < bytes.length || at > from) lines.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return lines;
}
function readRecord(line) {
  try {
    const record = parse(line);
    const { h, ...body } = record;
    const good = same(canonical(record), line) && sha(utf8("kindergarten-ledger-1\n"), canonical(body)) === h;
    const whole = record.d !== null && typeof record.d === "object" && !Array.isArray(record.d) && Number.isInteger(record.n);
    return good && whole ? record : null;
  } catch {
    return null;
  }
}
function sealLines(bytes) {
  const lines = [];
  for (const line of linesOf(bytes)) {
    try {
      const entry = parse(line);
      if (same(canonical(entry), line) && Number.isInteger(entry.t0) && unhex(entry.sha256).length === 32) lines.push(entry);
    } catch {
      continue;
    }
  }
  return lines;
}
function hoursOf(lines) {
  const parts = new Map();
  for (const line of lines) {
    const hour = String(Math.floor(line.t0 / HOUR_US));
    if (!parts.has(line.camera)) parts.set(line.camera, new Map());
    const blocks = parts.get(line.camera);
    if (!blocks.has(hour)) blocks.set(hour, []);
    blocks.get(hour).push(written(line).normalize("NFC"));
  }
  return Object.fromEntries([...parts].map(([uid, blocks]) => [
    uid,
    Object.fromEntries([...blocks].map(([hour, block]) => [hour, sha(utf8(block.join("\n"))).slice(0, 16)])),
  ]));
}

// -- the pack: files that were dropped, or what is inside a zip ------------------------------------

async function readZip(blob) {
  const tail = new DataView(await blob.slice(Math.max(0, blob.size - 65557)).arrayBuffer());
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Error("zip");
  const count = tail.getUint16(end + 10, true), size = tail.getUint32(end + 12, true), start = tail.getUint32(end + 16, true);
  if (count === 0xffff || start === 0xffffffff) throw new Error("zip64");
  const table = new DataView(await blob.slice(start, start + size).arrayBuffer());
  const files = [];
  for (let i = 0, at = 0; i < count; i++) {
    if (table.getUint32(at, true) !== 0x02014b50) throw new Error("zip");
    const method = table.getUint16(at + 10, true), packed = table.getUint32(at + 20, true);
    const length = table.getUint16(at + 28, true), local = table.getUint32(at + 42, true);
    const name = textOf(new Uint8Array(table.buffer, at + 46, length));
    at += 46 + length + table.getUint16(at + 30, true) + table.getUint16(at + 32, true);
    if (name.endsWith("/")) continue;
    files.push([name, async () => {
      const head = new DataView(await blob.slice(local, local + 30).arrayBuffer());
      const from = local + 30 + head.getUint16(26, true) + head.getUint16(28, true);
      const data = blob.slice(from, from + packed);
      if (method === 0) return data;
      if (method !== 8) throw new Error("zip method " + method);
      return new Response(data.stream().pipeThrough(new DecompressionStream("deflate-raw"))).blob();
    }]);
  }
  return files;
}

class Pack {
  constructor(files) {
    const tops = new Set(files.map(([name]) => name.split("/")[0]));
    const skip = tops.size === 1 && !files.some(([name]) => name === "manifest.json") ? [...tops][0].length + 1 : 0;
    this.files = new Map();
    this.doubles = [];
    for (const [name, open] of files) {
      const own = name.slice(skip);
      if (this.files.has(own)) this.doubles.push(own);
      this.files.set(own, open);
    }
  }

  names() {
    return [...this.files.keys()].filter((name) => !JUNK.has(name.split("/").pop())).sort(byCodePoint);
  }

  async read(name, from = 0, to = undefined) {
    if (!this.files.has(name)) return new Uint8Array(0);
    const blob = await this.files.get(name)();
    return new Uint8Array(await blob.slice(from, to ?? blob.size).arrayBuffer());
  }

  part(folder) {
    const inside = [...this.files].filter(([name]) => name.startsWith(folder));
    return Object.assign(Object.create(Pack.prototype), {
      doubles: [], files: new Map(inside.map(([name, open]) => [name.slice(folder.length), open])),
    });
  }

  async digest(name) {
    const blob = await this.files.get(name)();
    const hash = new Sha256();
    for (let at = 0; at < blob.size; at += PIECE) hash.add(new Uint8Array(await blob.slice(at, at + PIECE).arrayBuffer()));
    return [blob.size, hex(hash.end())];
  }
}

// -- the checks -----------------------------------------------------------------------------------

class Check {
  constructor(pack) {
    this.pack = pack;
    this.found = [];
    this.manifest = null;
    this.records = [];
    this.earlier = [];
    this.keys = new Map();
    this.leaves = 0;
    this.days = 0;
  }

  say(level, what, values = {}) {
    this.found.push({ level, what, values });
  }

  get verdict() {
    if (!this.manifest || this.found.some(({ level }) => level === "bad")) return "red";
    return this.found.some(({ level }) => level === "open") ? "amber" : "green";
  }

  async run(key, head) {
    try {
      this.manifest = parse(await this.pack.read("manifest.json"));
      if (!this.manifest.files || typeof this.manifest.files !== "object") throw new TypeError("files");
    } catch {
      this.manifest = null;
      this.say("bad", "no_manifest");
      return;
    }
    for (const step of ["files", "signature", "ledger", "heads", "seals", "older", "outside"]) await this.safely(step, key, head);
  }

  async safely(step, ...given) {
    try {
      await this[step](...given);
    } catch (error) {
      this.say("bad", "malformed", { detail: `${step}: ${error}` });
    }
  }

  local(time) {
    const moment = new Date(Math.floor(time / 1e6) * 1000 + (this.manifest.offset_s ?? 0) * 1000);
    return moment.toISOString().slice(0, 16).replace("T", " ");
  }

  camera(uid) {
    return (this.manifest.cameras ?? []).find((camera) => camera.uid === uid)?.label ?? uid;
  }

  at(record) {
    return record ? this.local(record.t) : "?";
  }

  place(name) {
    if (name.startsWith("seals/")) return ["place_day", { time: dayText(name.slice(6, 14)) }];
    const run = (this.manifest.runs ?? []).find(({ file }) => file === name);
    return run ? ["place", { camera: this.camera(run.camera), time: this.local(run.t0) }] : null;
  }

  async files() {
    const wanted = this.manifest.files, there = new Set(this.pack.names()), bad = this.found.length;
    let total = 0;
    for (const name of Object.keys(wanted).sort(byCodePoint)) {
      if (!there.has(name)) {
        this.say("bad", "missing", { file: name, place: this.place(name) });
        continue;
      }
      total += wanted[name].bytes;
      let good;
      if ("root" in wanted[name]) good = await this.tree(name, wanted[name]);
      else {
        const [size, digest] = await this.pack.digest(name);
        good = size === wanted[name].bytes && digest === wanted[name].sha256;
      }
      if (!good) this.say("bad", "changed", { file: name, place: this.place(name) });
    }
    for (const name of [...there, ...this.pack.doubles]) {
      const own = Object.hasOwn(wanted, name) || name === "manifest.json" || name === "manifest.sig";
      if (!own || this.pack.doubles.includes(name)) this.say("bad", "added", { file: name });
    }
    if (this.found.length !== bad) return;
    this.say("ok", "ok_files", { count: Object.keys(wanted).length, bytes: total });
    if (this.leaves) this.say("ok", "ok_leaves", { count: this.leaves });
  }

  // Whether footage is what its leaves say: they cover every byte, and their root is the file's.
  async tree(name, wanted) {
    const run = this.manifest.runs.find(({ file }) => file === name);
    if (!run) return false;
    const leaves = [{ at: 0, ...run.init }, ...run.fragments], bad = new Set();
    const blob = await this.pack.files.get(name)();
    let end = 0, good = blob.size === wanted.bytes;
    for (const [index, leaf] of leaves.entries()) {
      good &&= leaf.at === end && leaf.size >= 0;
      end = leaf.at + leaf.size;
      const found = await shaOf(new Uint8Array(await blob.slice(leaf.at, end).arrayBuffer()));
      if (found !== leaf.sha256) bad.add(Math.max(0, index - 1));
    }
    this.leaves += leaves.length;
    const count = Math.max(1, run.fragments.length);
    const hours = [...bad].map((index) => Math.floor((run.t0 + Math.floor(((run.t1 - run.t0) * index) / count)) / HOUR_US));
    for (const hour of [...new Set(hours)].sort((a, b) => a - b)) {
      this.say("bad", "leaf", { camera: this.camera(run.camera), time: this.local(hour * HOUR_US), file: name });
    }
    return good && !bad.size && end === wanted.bytes && merkle(leaves.map(({ sha256 }) => sha256)) === wanted.root;
  }

  async knownKeys() {
    for (const entry of this.manifest.keys ?? []) {
      const key = unhex(entry.public);
      let good = key.length === 32 && sha(key) === entry.fingerprint;
      if (good && entry.by) {
        const body = { archive: this.manifest.archive, public: entry.public };
        const message = join(utf8("kindergarten-key-1\n"), canonical(body));
        good = await signed(this.keys.get(entry.by), message, unhex(entry.sig));
      }
      if (good) this.keys.set(entry.fingerprint, key);
      else this.say("bad", "key_rotation", { key: entry.fingerprint });
    }
  }

  async signature() {
    await this.knownKeys();
    const signer = this.manifest.signer, signature = await this.pack.read("manifest.sig");
    if (!signer && !signature.length) {
      this.say("open", "open_unsigned", { n: this.manifest.signed_to ?? 0 });
      return;
    }
    const stored = await this.pack.read("key.json");
    const key = stored.length ? parse(stored) : {};
    const bytes = unhex(key.public);
    if (sha(bytes) !== key.fingerprint || key.fingerprint !== signer) this.say("bad", "key_wrong");
    else if (!signature.length) this.say("bad", "sig_missing");
    else {
      const message = join(utf8("kindergarten-manifest-1\n"), sha256(await this.pack.read("manifest.json")));
      const good = await signed(bytes, message, unhex(textOf(signature)));
      this.say(good ? "ok" : "bad", good ? "ok_sig" : "sig_wrong", { key: signer });
      if (!this.keys.has(signer)) this.keys.set(signer, bytes);
    }
  }

  async ledger() {
    const bad = this.found.length;
    let last = null;
    for (const line of linesOf(await this.pack.read("ledger.jsonl"))) {
      const record = readRecord(line);
      if (!record) {
        const text = textOf(line);
        const named = (this.manifest.cameras ?? []).filter(({ uid }) => text.includes(uid)).map(({ label }) => label);
        const cameras = named.length ? ` [${named.join(", ")}]` : "";
        this.say("bad", "ledger_line", { n: last?.n ?? 0, time: this.at(last), cameras });
        last = null;
        continue;
      }
      const follows = !last || (record.n === last.n + 1 && record.p === last.h);
      if (!follows || (record.n === 1 && record.p !== "0".repeat(64))) {
        this.say("bad", "ledger_link", { n: record.n, time: this.at(record) });
      }
      this.records.push(record);
      last = record;
    }
    const head = this.manifest.head, first = this.records[0], end = this.records.at(-1);
    if (!end || end.n !== head.n || end.h !== head.h) this.say("bad", "ledger_head", { n: head.n });
    else if (this.found.length === bad) {
      this.say("ok", "ok_ledger", { first: first.n, last: end.n, from: this.at(first), to: this.at(end) });
    }
  }

  async heads() {
    const bad = this.found.length;
    const firstKey = this.manifest.keys?.[0]?.fingerprint;
    let count = 0, covered = null, before = null;
    for (const [index, record] of this.records.entries()) {
      const data = record.d, names = { n: record.n, time: this.at(record) };
      if (record.k === "key" && !data.by && data.fingerprint !== firstKey) this.say("open", "open_key_new", names);
      if (record.k === "head") {
        count++;
        if (data.n !== record.n - 1 || data.h !== record.p || (index && !before)) this.say("bad", "head_link", names);
        const body = { archive: this.manifest.archive, day: data.day, h: data.h, n: data.n };
        const message = join(utf8("kindergarten-head-1\n"), canonical(body));
        if (!this.keys.has(data.key)) this.say("bad", "head_key", names);
        else if (!await signed(this.keys.get(data.key), message, unhex(data.sig))) this.say("bad", "head_sig", names);
        covered = before ?? record;
      }
      before = record;
    }
    if (count && this.found.length === bad) {
      this.say("ok", "ok_heads", { count, n: covered.n, time: this.at(covered) });
    }
  }

  async seals() {
    const recorded = new Map(this.records.filter(({ k }) => k === "seal").map(({ d }) => [d.sha256, d]));
    const bad = this.found.length, days = new Set();
    let files = 0, size = 0;
    for (const name of this.pack.names().filter((name) => name.startsWith("seals/"))) {
      const data = await this.pack.read(name), lines = sealLines(data), day = dayText(name.slice(6, 14));
      const digest = sha(data), seal = recorded.get(digest);
      recorded.delete(digest);
      this.hours(name, lines);
      if (!seal) {
        this.say("bad", "seal_unknown", { day });
        continue;
      }
      days.add(day);
      for (const [uid, entry] of Object.entries(seal.cameras)) {
        const mine = lines.filter((line) => line.camera === uid);
        const total = mine.reduce((sum, line) => sum + line.bytes, 0);
        const tree = merkle(mine.map((line) => line.sha256));
        if (tree !== entry.root || mine.length !== entry.files || total !== entry.bytes) {
          this.say("bad", "seal_camera", { camera: this.camera(uid), day });
        }
        files += mine.length;
        size += total;
      }
    }
    for (const seal of recorded.values()) {
      const start = (Date.parse(dayText(seal.day)) / 1000 - seal.offset_s) * 1e6;
      const inside = start >= this.manifest.from && start + 24 * HOUR_US <= this.manifest.to;
      const name = `seals/${seal.day}${(seal.part ?? 1) === 1 ? "" : `-${seal.part}`}.jsonl`;
      const told = this.pack.files.has(name) || this.manifest.kind !== "pack";
      if (inside && !told) this.say("bad", "seal_missing", { day: dayText(seal.day) });
    }
    this.days = days.size;
    if (this.found.length === bad && days.size) this.say("ok", "ok_seals", { days: days.size, files, bytes: size });
  }

  async older() {
    for (const [archive, told] of Object.entries(this.manifest.older ?? {}).sort(([a], [b]) => byCodePoint(a, b))) {
      const part = new Check(this.pack.part(`older/${archive}/`));
      part.manifest = { ...this.manifest, ...told, archive };
      for (const step of ["knownKeys", "ledger", "heads", "seals"]) await part.safely(step);
      this.earlier.push(...part.records);
      const wrong = part.found.filter(({ level }) => level !== "ok");
      this.found.push(...wrong);
      if (wrong.some(({ level }) => level === "bad")) continue;
      this.say("ok", "ok_older", { archive, first: part.records[0].n, last: part.records.at(-1).n, days: part.days });
    }
  }

  hours(name, lines) {
    const wanted = this.manifest.hours?.[name];
    if (!wanted) return;
    const found = hoursOf(lines);
    for (const uid of [...new Set([...Object.keys(wanted), ...Object.keys(found)])].sort(byCodePoint)) {
      const mine = found[uid] ?? {}, theirs = wanted[uid] ?? {};
      for (const hour of [...new Set([...Object.keys(mine), ...Object.keys(theirs)])].sort((a, b) => a - b)) {
        if (mine[hour] === theirs[hour]) continue;
        this.say("bad", "seal_hour", { camera: this.camera(uid), time: this.local(Number(hour) * HOUR_US) });
      }
    }
  }

  async outside(key, head) {
    // A pack made without the recorder's key rests on whose key signed the last head.
    const signer = this.manifest.signer || (this.records.findLast(({ k }) => k === "head")?.d.key ?? "");
    if (key) {
      const good = this.vouching(signer).includes(clean(key).toLowerCase());
      this.say(good ? "ok" : "bad", good ? "ok_outside_key" : "outside_key");
    } else if (signer) this.say("open", "open_key", { key: signer });
    if (!head) {
      this.say("open", "open_head");
      return;
    }
    const text = clean(head), cut = text.lastIndexOf(":");
    const number = cut < 0 ? null : Number(text.slice(0, cut)), value = text.slice(cut + 1).toLowerCase();
    const fits = ({ n, h }) => (value === h || value === code(h)) && (number === null || n === number);
    const match = this.records.find(fits), older = this.earlier.find(fits);
    const first = this.records[0]?.n ?? 0, last = this.records.at(-1)?.n ?? 0;
    if (Number.isNaN(number)) this.say("bad", "outside_head");
    else if (match) this.say("ok", "ok_outside_head", { n: match.n, time: this.at(match) });
    else if (older) this.say("open", "open_head_older", { time: this.at(older) });
    else if (number !== null && !(number >= first && number <= last)) {
      this.say("open", "open_head_range", { n: number, first, last });
    } else this.say("bad", "outside_head");
  }

  vouching(signer) {
    const by = new Map((this.manifest.keys ?? []).map((entry) => [entry.fingerprint, entry.by]));
    const chain = [];
    while (signer && this.keys.has(signer) && !chain.includes(signer)) {
      chain.push(signer);
      signer = by.get(signer) ?? "";
    }
    return chain;
  }
}

// -- the page ---------------------------------------------------------------------------------------

const element = (id) => document.getElementById(id);
const wanted = (navigator.language || "en").slice(0, 2).toLowerCase();
let language = TEXTS[wanted] ? wanted : "en";
let pack = null;
let check = null;

function say(what, values = {}) {
  return TEXTS[language][what].replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return Array.isArray(value) ? say(...value) : String(value ?? "");
  });
}
function add(parent, tag, text, name = "") {
  const child = document.createElement(tag);
  child.textContent = text;
  if (name) child.className = name;
  parent.append(child);
  return child;
}
function showAnswer() {
  showLimits();
  const place = element("answer");
  place.replaceChildren();
  if (!check) return;
  const { manifest, verdict } = check;
  add(place, "p", say(verdict), `verdict ${verdict}`).id = "verdict";
  if (verdict === "amber") add(place, "p", say("amber_why"));
  try {
    const offset = manifest.offset_s ?? 0, minutes = Math.floor(Math.abs(offset) / 60);
    const two = (number) => String(number).padStart(2, "0");
    const zone = `UTC${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    const times = Object.fromEntries(["from", "to", "made"].map((name) => [name, check.local(manifest[name])]));
    const about = [
      say("about", { archive: manifest.archive, zone, ...times }),
      say("paper", { print: paper(manifest) }),
      say("head_code", { n: manifest.head.n, code: code(manifest.head.h).match(/.{5}/g).join(" ") }),
    ];
    for (const line of about) add(place, "p", line);
  } catch {
    // A manifest that is not built as it should be is already among what is wrong.
  }
  for (const [level, title, sign] of [["bad", "found", "✗"], ["open", "open", "?"], ["ok", "right", "✓"]]) {
    const lines = check.found.filter((entry) => entry.level === level);
    if (!lines.length) continue;
    add(place, "h3", say(title));
    const list = add(place, "ul", "", level);
    for (const { what, values } of lines.slice(0, 50)) add(list, "li", `${sign} ${say(what, values)}`);
    if (lines.length > 50) add(list, "li", say("more", { count: lines.length - 50 }));
  }
}
function showLimits() {
  const told = check?.manifest?.limits, more = MORE_LIMITS.filter((name) => Array.isArray(told) && told.includes(name));
  element("limits").replaceChildren();
  for (const name of [...LIMITS, ...more]) add(element("limits"), "li", say("limit_" + name));
}
function showPage() {
  document.documentElement.lang = language;
  document.title = say("title");
  const names = {
    title: "title", intro: "intro", "drop-text": "drop", "choose-zip": "choose_zip", "choose-folder": "choose_folder",
    outside: "outside", "outside-why": "outside_why", "key-label": "key_label", "head-label": "head_label",
    again: "again", "limits-title": "limits_title",
  };
  for (const [id, what] of Object.entries(names)) element(id).textContent = say(what);
  for (const button of element("languages").children) button.setAttribute("aria-pressed", String(button.lang === language));
  showAnswer();
}
async function start() {
  element("answer").replaceChildren();
  add(element("answer"), "p", say("working"));
  const mine = new Check(pack);
  await mine.run(element("key").value, element("head").value);
  check = mine;
  element("again").disabled = false;
  showAnswer();
}
async function take(files) {
  try {
    const zip = files.length === 1 && files[0][0].toLowerCase().endsWith(".zip");
    pack = new Pack(zip ? await readZip(await files[0][1]()) : files);
  } catch {
    pack = new Pack([]);
  }
  await start();
}
const chosen = (list) => Array.from(list, (file) => [file.webkitRelativePath || file.name, async () => file]);
async function walk(entry, path = "") {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    return [[path + entry.name, async () => file]];
  }
  const reader = entry.createReader(), found = [];
  for (;;) {
    const part = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!part.length) return found;
    for (const child of part) found.push(...await walk(child, `${path}${entry.name}/`));
  }
}

for (const [tag, name] of [["kk", "Қазақша"], ["ru", "Русский"], ["en", "English"]]) {
  const button = add(element("languages"), "button", name);
  button.type = "button";
  button.lang = tag;
  button.addEventListener("click", () => {
    language = tag;
    showPage();
  });
}
for (const id of ["zip", "folder"]) element(id).addEventListener("change", (event) => take(chosen(event.target.files)));
element("again").addEventListener("click", start);
addEventListener("dragover", (event) => {
  event.preventDefault();
  element("drop").classList.add("over");
});
addEventListener("dragleave", () => element("drop").classList.remove("over"));
addEventListener("drop", async (event) => {
  event.preventDefault();
  element("drop").classList.remove("over");
  const entries = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry()).filter(Boolean);
  take((await Promise.all(entries.map((entry) => walk(entry)))).flat());
});
showPage();
