#!/bin/sh
# Assembles the benchmark page in target/bench/site: the page, MNIST, our package, and the other libraries from npm.
set -eu
cd "$(dirname "$0")/.."

page=benches/page
site=target/bench/site
images=mnist/train-images-idx3-ubyte.gz

if ! [ -f "www/data/$images" ]; then
    echo "The benchmark trains on MNIST: \`make data\` downloads it, or copies it from \$MNIST_DIR." >&2
    exit 1
fi

mkdir -p "$site/mnist"
cp "www/data/$images" "$site/$images"
ln -sfn "$PWD/$page" "$site/page"
ln -sfn "$PWD/pkg" "$site/pkg"

# Exactly the lock file's versions, unless they are installed already.
installed=$site/node_modules/installed.json
if ! cmp -s "$page/package-lock.json" "$installed"; then
    if ! command -v npm >/dev/null; then
        echo "The benchmark gets the other libraries from npm: install Node.js, on Debian with \`sudo apt-get install nodejs npm\`." >&2
        exit 1
    fi
    cp "$page/package.json" "$page/package-lock.json" "$site"
    (cd "$site" && npm ci --ignore-scripts --no-audit --no-fund)
    cp "$page/package-lock.json" "$installed"
fi
