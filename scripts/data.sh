#!/bin/sh
# Puts MNIST next to the page, and Fashion-MNIST and KMNIST where $FASHION_MNIST_DIR and $KMNIST_DIR name their folders, and writes a
# manifest that tells the page what is there.
#
#   scripts/data.sh [--offline] [DIRECTORY]      default: www/data
#
# The files come from $MNIST_DIR if it is set, otherwise from one of $MNIST_MIRRORS; --offline downloads nothing.
# Without them the page uses its built-in digits: the script says so and succeeds.
set -eu
cd "$(dirname "$0")/.."

fetch=yes
if [ "${1-}" = --offline ]; then fetch=; shift; fi
data=${1:-www/data}
mirrors=${MNIST_MIRRORS-https://storage.googleapis.com/cvdf-datasets/mnist https://ossci-datasets.s3.amazonaws.com/mnist}
digests=scripts/mnist.sha256

mkdir -p "$data/mnist"
part=$data/part.$$
trap 'rm -f "$part"' EXIT
trap 'exit 1' HUP INT TERM

# good FILE.gz NAME: succeeds if the file unpacks to NAME with its known digest.
good() {
    [ -s "$1" ] || return 1
    if command -v sha256sum >/dev/null; then sha="sha256sum"; else sha="shasum -a 256"; fi
    found=$(gzip -dc <"$1" 2>/dev/null | $sha | cut -d ' ' -f 1)
    grep -q "^$found  $2\$" "$digests"
}

# download URL FILE
download() {
    if command -v curl >/dev/null; then
        curl -fsSL --connect-timeout 5 --speed-limit 1000 --speed-time 10 -o "$2" "$1" 2>/dev/null
    elif command -v wget >/dev/null; then
        wget -q -t 1 -T 10 -O "$2" "$1" 2>/dev/null
    else
        return 1
    fi
}

# obtain NAME: puts the file in $data/mnist, or sets $why and fails.
obtain() {
    target=$data/mnist/$1.gz
    if good "$target" "$1"; then return; fi
    rm -f "$target"
    if [ -z "$fetch" ]; then
        why="$1.gz is not in $data/mnist (\`make data\` downloads it)"
        return 1
    elif [ -n "${MNIST_DIR-}" ]; then
        if ! cp "$MNIST_DIR/$1.gz" "$part" 2>/dev/null; then
            why="$MNIST_DIR has no $1.gz"
        elif ! good "$part" "$1"; then
            why="$1.gz in $MNIST_DIR is not the known file (its SHA-256 differs)"
        else
            mv "$part" "$target"
            return
        fi
        return 1
    fi
    why="no mirror could be reached for $1.gz"
    for mirror in $mirrors; do
        download "${mirror%/}/$1.gz" "$part" || continue
        if good "$part" "$1"; then
            mv "$part" "$target"
            return
        fi
        why="what the mirrors sent for $1.gz is not the known file (its SHA-256 differs)"
    done
    return 1
}

mnist=true
for name in $(cut -c 67- "$digests"); do
    obtain "$name" && continue
    mnist=false
    echo "MNIST is not available, so the page uses its built-in digits: $why." >&2
    break
done

# beside NAME FOLDER: puts the files of another dataset in $data/NAME, if FOLDER is not empty, and adds what is there to the manifest.
beside() {
    if [ -n "$2" ] && [ -n "$fetch" ]; then
        mkdir -p "$data/$1"
        for name in train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte; do
            if ! gzip -t "$2/$name.gz" 2>/dev/null || ! cp "$2/$name.gz" "$data/$1/$name.gz"; then
                echo "$1 is not offered: $2 has no whole $name.gz." >&2
                rm -rf "${data:?}/$1"
                return
            fi
        done
    fi
    if [ -s "$data/$1/t10k-labels-idx1-ubyte.gz" ]; then manifest="$manifest, \"$1\": true"; fi
}

manifest="\"mnist\": $mnist"
beside fashion-mnist "${FASHION_MNIST_DIR-}"
beside kmnist "${KMNIST_DIR-}"
manifest="{$manifest}"

# Written only if it changes: `trunk serve` watches this folder and would build again.
if [ "$(cat "$data/manifest.json" 2>/dev/null)" != "$manifest" ]; then
    echo "$manifest" >"$data/manifest.json"
fi
