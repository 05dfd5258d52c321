#!/bin/sh
# Installs the tools that build the page into cargo's bin folder, unless they are there: from their projects' releases,
# or from source if there is no release for this machine or it cannot be downloaded.
set -eu
cd "$(dirname "$0")/.."

trunk=0.21.14
# The tool must have the same version as the library that the page is built with.
bindgen=$(sed -n 's/^wasm-bindgen = "=\(.*\)"$/\1/p' Cargo.toml)
[ -n "$bindgen" ] || { echo "Cargo.toml pins no version of wasm-bindgen (wasm-bindgen = \"=...\")." >&2; exit 1; }

command -v cargo >/dev/null || { echo "Bottleneck needs Rust: see https://rustup.rs." >&2; exit 1; }

# A toolchain without rustup may include the target, so this asks the compiler.
if ! [ -d "$(rustc --print target-libdir --target wasm32-unknown-unknown)" ]; then
    echo "Installing the Rust target wasm32-unknown-unknown."
    rustup target add wasm32-unknown-unknown
fi

# The SHA-256 of each release; other machines and versions build from source.
digest() {
    case $1 in
        trunk-0.21.14-Linux-x86_64) echo f2b4680cd239693a646a2795e4633c625328d7b2a044fbe749fa3a2fe9e7036b ;;
        trunk-0.21.14-Linux-aarch64) echo b1d8e60e454f7fc182d9a4d95d1506ffbae947d8ba90f8f6f02da93b60f980f9 ;;
        trunk-0.21.14-Darwin-x86_64) echo f1ba0e3bbe24e0ae219c6d22c33e24e2825c1608dd27c2556e323495110f1a95 ;;
        trunk-0.21.14-Darwin-arm64) echo 764e299dd50d89442a4e96a236349f57961984b701e74d3dbdb39cd1c9f5101e ;;
        wasm-bindgen-0.2.129-Linux-x86_64) echo 82d12bb940e2d4e72e0d5605387fc1b8ca179044e012b620f0ce4e7440e8320e ;;
        wasm-bindgen-0.2.129-Linux-aarch64) echo 2ed4351c35dd9440308bbb02767d47ea278efe851a52465300f3c94f5b6c2a87 ;;
        wasm-bindgen-0.2.129-Darwin-x86_64) echo 7e028879a68ec53dae14048b55cc5215f6df75b17a9c1426fac8fa086d3202fd ;;
        wasm-bindgen-0.2.129-Darwin-arm64) echo 81d4a23d56b3c3eb8187658329116d50e0b228a93b343825fb71f70179051cd1 ;;
    esac
}

# The machine's name in a release; $1 is the C library on Linux.
triple() {
    case $machine in
        Linux-*) echo "$(uname -m)-unknown-linux-$1" ;;
        Darwin-arm64) echo aarch64-apple-darwin ;;
        Darwin-*) echo x86_64-apple-darwin ;;
    esac
}

machine=$(uname -s)-$(uname -m)
bin=${CARGO_HOME:-$HOME/.cargo}/bin
releases=${RELEASES:-https://github.com}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# download PACKAGE VERSION PATH COMMAND...: installs the commands of a release; fails if it cannot be downloaded.
download() {
    name=$1 version=$2 path=$3 expected=$(digest "$1-$2-$machine")
    shift 3
    [ -n "$expected" ] && command -v curl >/dev/null || return 1
    echo "Downloading $name $version."
    curl -fsSL --connect-timeout 10 -o "$scratch/release.tar.gz" "$releases/$path" || return 1
    if command -v sha256sum >/dev/null; then sum=sha256sum; else sum="shasum -a 256"; fi
    found=$($sum "$scratch/release.tar.gz" | cut -d ' ' -f 1)
    if [ "$found" != "$expected" ]; then
        echo "$releases/$path is not the known file: its SHA-256 is $found, not $expected. Nothing was installed." >&2
        exit 1
    fi
    tar -xzf "$scratch/release.tar.gz" -C "$scratch"
    mkdir -p "$bin"
    for command; do
        # In some archives the files are in a folder.
        find "$scratch" -type f -name "$command" -exec cp {} "$bin/$command" \;
        chmod 755 "$bin/$command"
        # A release may need a newer C library than this machine has.
        "$bin/$command" --version >/dev/null 2>&1 || return 1
    done
}

# build PACKAGE VERSION OPTION...: installs from source. Without optimization this takes a third of the time, and the tools
# have little to do.
build() {
    name=$1 version=$2
    shift 2
    echo "Building $name $version from source, once; it takes about two minutes."
    CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off cargo install --locked --force --version "$version" "$@" "$name"
}

# are_here VERSION COMMAND...: succeeds if the commands have this version.
are_here() {
    version=$1
    shift
    for command; do
        [ "$("$command" --version 2>/dev/null | cut -d ' ' -f 2)" = "$version" ] || return 1
    done
}

are_here "$trunk" trunk ||
    download trunk "$trunk" "trunk-rs/trunk/releases/download/v$trunk/trunk-$(triple gnu).tar.gz" trunk ||
    build trunk "$trunk" --no-default-features # without TLS: it downloads nothing here
are_here "$bindgen" wasm-bindgen wasm-bindgen-test-runner ||
    download wasm-bindgen "$bindgen" \
        "wasm-bindgen/wasm-bindgen/releases/download/$bindgen/wasm-bindgen-$bindgen-$(triple musl).tar.gz" \
        wasm-bindgen wasm-bindgen-test-runner ||
    build wasm-bindgen-cli "$bindgen"

# Trunk builds offline, because it must not download tools. So cargo downloads the sources first.
host=$(rustc -vV | sed -n 's/^host: //p')
cargo fetch --locked --quiet --target wasm32-unknown-unknown --target "$host"
