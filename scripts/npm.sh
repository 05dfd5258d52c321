#!/bin/sh
# Builds the npm package with the class Autoencoder in pkg/: wasm, types, and an entry for each environment.
set -eu
cd "$(dirname "$0")/.."

field() { sed -n "s/^$1 = //p" Cargo.toml | head -n 1; }

target=wasm32-unknown-unknown
cargo rustc --locked --release --target "$target" --lib --crate-type cdylib --features js
rm -rf pkg
wasm-bindgen --target web --omit-default-module-path --out-name autoencoder --out-dir pkg \
    "${CARGO_TARGET_DIR:-target}/$target/release/bottleneck.wasm"

# The types without those of `init`, which need the DOM library.
sed '/^export type InitInput/,$d' pkg/autoencoder.d.ts > pkg/bottleneck.d.ts
cat >> pkg/bottleneck.d.ts <<'END'
/**
 * Compiles the WebAssembly, which has to be done before anything else.
 *
 * `source` is where it comes from, if not from the package: an address, a `Response`, or bytes.
 */
export default function init(source?: unknown): Promise<unknown>;
END
rm pkg/*_bg.wasm.d.ts pkg/autoencoder.d.ts

# For a page without a bundler: the browser compiles while it downloads.
cat > pkg/bottleneck.js <<'END'
import init from "./autoencoder.js";

export * from "./autoencoder.js";
export default (source = new URL("autoencoder_bg.wasm", import.meta.url)) => init({ module_or_path: source });
END

# For bundlers and Node: a file beside the program is lost by some bundlers, so the program contains it.
{
    printf 'const packed = "'
    gzip -9nc pkg/autoencoder_bg.wasm | base64 | tr -d '\n'
    cat <<'END'
";

import init from "./autoencoder.js";

const unpacked = () => {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream, { headers: { "Content-Type": "application/wasm" } });
};

export * from "./autoencoder.js";
export default (source = unpacked()) => init({ module_or_path: source });
END
} > pkg/inline.js

# In a worker. Messages may arrive before it is ready to answer.
cat > pkg/worker.js <<'END'
import init, { serveWorker } from "./inline.js";

const early = [];
self.onmessage = (event) => early.push(event);
init().then(serveWorker).then(() => early.forEach((event) => self.onmessage(event)));
END
echo 'export {};' > pkg/worker.d.ts

# The page's side of it, with the types of the class.
cat > pkg/client.js <<'END'
export const connect = (worker) => new Proxy({}, {
  get: (_, method) => method === "then" ? undefined : (...args) => new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    const { onProgress, signal, ...options } = (method === "fit" && args[1]) || {};
    if (method === "fit") args[1] = options;
    const stop = () => port1.postMessage("stop");
    port1.onmessage = ({ data }) => {
      if ("progress" in data) return onProgress?.(data.progress);
      signal?.removeEventListener("abort", stop);
      port1.close();
      "error" in data ? reject(data.error) : resolve(data.result);
    };
    worker.postMessage({ method, args }, [port2]);
    signal?.aborted ? stop() : signal?.addEventListener("abort", stop);
  }),
});
END
cat > pkg/client.d.ts <<'END'
import type { Autoencoder } from "./bottleneck.js";

type Static<Name extends "load" | "fromJSON" | "fromSafetensors"> =
  (...args: Parameters<(typeof Autoencoder)[Name]>) => Promise<void>;

/** An autoencoder in a worker. Methods return promises; properties are functions that get, or set with an argument. */
export type RemoteAutoencoder = {
  [Name in Exclude<keyof Autoencoder, "free" | symbol>]: Autoencoder[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : (value?: Autoencoder[Name]) => Promise<Autoencoder[Name]>;
} & {
  new: (...args: ConstructorParameters<typeof Autoencoder>) => Promise<void>;
  load: Static<"load">;
  fromJSON: Static<"fromJSON">;
  fromSafetensors: Static<"fromSafetensors">;
};

/** Returns the autoencoder of a worker that imports the entry `worker`. */
export function connect(worker: { postMessage(message: unknown, transfer: never[]): void }): RemoteAutoencoder;
END

cat > pkg/package.json <<END
{
  "name": $(field name),
  "version": $(field version),
  "description": $(field description),
  "keywords": $(field keywords),
  "license": "($(field license | tr -d '"'))",
  "type": "module",
  "engines": { "node": ">=20" },
  "main": "./inline.js",
  "types": "./bottleneck.d.ts",
  "exports": {
    ".": {
      "types": "./bottleneck.d.ts",
      "node": "./inline.js",
      "module": "./inline.js",
      "default": "./bottleneck.js"
    },
    "./inline": { "types": "./bottleneck.d.ts", "default": "./inline.js" },
    "./fetch": { "types": "./bottleneck.d.ts", "default": "./bottleneck.js" },
    "./client": { "types": "./client.d.ts", "default": "./client.js" },
    "./worker": { "types": "./worker.d.ts", "default": "./worker.js" },
    "./autoencoder_bg.wasm": "./autoencoder_bg.wasm"
  },
  "sideEffects": ["./worker.js"],
  "files": ["*.js", "*.d.ts", "*.wasm", "LICENSE-*"]
}
END
cp LICENSE-* pkg/
cp docs/javascript.md pkg/README.md
