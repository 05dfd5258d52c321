#!/bin/sh
# Runs benches/beside_tensorflow.py in an environment of its own, which it makes once in target/bench/python.
set -eu
cd "$(dirname "$0")/.."

version=2.21.0
python=target/bench/python/bin/python

if ! [ -f www/data/mnist/train-images-idx3-ubyte.gz ]; then
    echo "This trains on MNIST: \`make data\` fetches it, or takes it from \$MNIST_DIR." >&2
    exit 1
fi
if ! "$python" -c "import tensorflow" 2>/dev/null; then
    if ! command -v python3 >/dev/null; then
        echo "TensorFlow needs Python: on Debian \`sudo apt-get install python3-venv\`." >&2
        exit 1
    fi
    echo "Installing TensorFlow $version with pip: once, for some minutes."
    python3 -m venv target/bench/python
    "$python" -m pip install --quiet "tensorflow-cpu==$version"
fi

cargo build --locked --release --example pace
RUSTFLAGS="-C target-cpu=native" cargo build --locked --release --example pace --target-dir target/native
"$python" benches/beside_tensorflow.py "${CARGO_TARGET_DIR:-target}/release/examples/pace" target/native/release/examples/pace
