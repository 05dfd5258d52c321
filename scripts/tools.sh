#!/bin/sh
# Installs the tools that build the page into cargo's own bin, unless they are there.
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

# The tools themselves have little to do: unoptimized they are built in a third of the time.
export CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256

# install PACKAGE VERSION COMMAND...: unless every command is there in that version.
install() {
    package=$1 version=$2
    shift 2
    for command; do
        if [ "$("$command" --version 2>/dev/null | cut -d ' ' -f 2)" != "$version" ]; then
            echo "Installing $package $version with cargo: once, for two minutes or so."
            cargo install --locked --force --version "$version" "$package"
            return
        fi
    done
}

install trunk "$trunk" trunk
install wasm-bindgen-cli "$bindgen" wasm-bindgen wasm-bindgen-test-runner

# Trunk builds offline, so that it never fetches tools of its own: the sources have to be here before.
host=$(rustc -vV | sed -n 's/^host: //p')
cargo fetch --locked --quiet --target wasm32-unknown-unknown --target "$host"
