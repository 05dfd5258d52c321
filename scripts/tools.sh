#!/bin/sh
# Installs what building the page takes, into cargo's own bin; does nothing when it is there.
set -eu
cd "$(dirname "$0")/.."

trunk=0.21.14
# The tool must be the very version of the library that the page is built with.
bindgen=$(sed -n 's/^wasm-bindgen = "=\(.*\)"$/\1/p' Cargo.toml)
[ -n "$bindgen" ] || { echo "Cargo.toml pins no version of wasm-bindgen (wasm-bindgen = \"=...\")." >&2; exit 1; }

command -v cargo >/dev/null || { echo "Bottleneck needs Rust: see https://rustup.rs." >&2; exit 1; }

# A toolchain without rustup may bring the target along, so the compiler is asked and not rustup.
if ! [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ]; then
    echo "Installing the Rust target wasm32-unknown-unknown."
    rustup target add wasm32-unknown-unknown
fi

# install PACKAGE VERSION COMMAND...: unless every command is there in that version.
install() {
    package=$1 version=$2
    shift 2
    for command; do
        if [ "$("$command" --version 2>/dev/null | cut -d ' ' -f 2)" != "$version" ]; then
            echo "Installing $package $version with cargo: once, for some minutes."
            cargo install --locked --force --version "$version" "$package"
            return
        fi
    done
}

install trunk "$trunk" trunk
install wasm-bindgen-cli "$bindgen" wasm-bindgen wasm-bindgen-test-runner

# Trunk builds offline, so that it never brings tools of its own: the sources have to be there before.
host=$(rustc -vV | sed -n 's/^host: //p')
cargo fetch --locked --quiet --target wasm32-unknown-unknown --target "$host"
