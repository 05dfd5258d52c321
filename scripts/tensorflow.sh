#!/bin/sh
# Runs benches/beside_tensorflow.py in a virtual environment in target/bench/python, which it creates once.
set -eu
cd "$(dirname "$0")/.."

version=2.21.0
python=target/bench/python/bin/python

if ! [ -f www/data/mnist/train-images-idx3-ubyte.gz ]; then
    echo "This trains on MNIST: \`make data\` downloads it, or copies it from \$MNIST_DIR." >&2
    exit 1
fi
if ! "$python" -c "import tensorflow" 2>/dev/null; then
    if ! command -v python3 >/dev/null; then
        echo "TensorFlow needs Python: on Debian, install it with \`sudo apt-get install python3-venv\`." >&2
        exit 1
    fi
    echo "Installing TensorFlow $version with pip, once; it takes a few minutes."
    python3 -m venv target/bench/python
    "$python" -m pip install --quiet "tensorflow-cpu==$version"
fi

cargo build --locked --release --example pace
for threads in 1 $(nproc | grep -vx 1); do
    "$python" benches/beside_tensorflow.py "$threads" "${CARGO_TARGET_DIR:-target}/release/examples/pace"
done
