#!/bin/sh
# Builds the npm package with the class Autoencoder in pkg/: one wasm file, an entry for pages and bundlers, one for Node.
set -eu
cd "$(dirname "$0")/.."

field() { sed -n "s/^$1 = \"\(.*\)\"\$/\1/p" Cargo.toml | head -n 1; }

target=wasm32-unknown-unknown
cargo rustc --locked --release --target "$target" --lib --crate-type cdylib --features js
rm -rf pkg
wasm-bindgen --target web --out-dir pkg "${CARGO_TARGET_DIR:-target}/$target/release/bottleneck.wasm"

# Node's fetch cannot read files, so its entry reads the wasm file itself; `await init()` then does nothing.
cat > pkg/node.js <<'END'
import { readFileSync } from "node:fs";
import { initSync } from "./bottleneck.js";

initSync({ module: readFileSync(new URL("bottleneck_bg.wasm", import.meta.url)) });

export { default } from "./bottleneck.js";
export * from "./bottleneck.js";
END

cat > pkg/package.json <<END
{
  "name": "$(field name)",
  "version": "$(field version)",
  "description": "$(field description)",
  "license": "($(field license))",
  "type": "module",
  "main": "./bottleneck.js",
  "types": "./bottleneck.d.ts",
  "exports": {
    ".": {
      "types": "./bottleneck.d.ts",
      "node": "./node.js",
      "default": "./bottleneck.js"
    },
    "./bottleneck_bg.wasm": "./bottleneck_bg.wasm"
  },
  "sideEffects": ["./node.js"],
  "files": ["bottleneck.js", "bottleneck.d.ts", "bottleneck_bg.wasm", "node.js", "LICENSE-*"]
}
END
cp LICENSE-* pkg/
[ ! -f README.md ] || cp README.md pkg/
