"""Trains with the blog post's settings in TensorFlow, for comparison with the preset `blog` in docs/presets.md.

`make bench-tensorflow` installs a Python for it: target/bench/python/bin/python benches/blog_in_tensorflow.py 0 16
trains with seeds 0 to 15, first with the linear output layer and then with a ReLU, and prints the test MSE of each run.
"""

import gzip
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

LAYERS = [784, 50, 50, 2, 50, 50, 784]
STEPS, BATCH = 10_000, 50
ADAM = dict(lr=1e-4, beta1=0.9, beta2=0.999, epsilon=1e-8)


def images(name):
    with gzip.open(f"www/data/mnist/{name}-images-idx3-ubyte.gz") as file:
        return np.frombuffer(file.read()[16:], np.uint8).reshape(-1, 784).astype(np.float32) / 255


def test_mse(train, test, seed, relu):
    tf.random.set_seed(seed)
    weights = [tf.Variable(tf.random.truncated_normal(shape, stddev=0.1)) for shape in zip(LAYERS, LAYERS[1:])]
    biases = [tf.Variable(tf.fill([outputs], 0.1)) for outputs in LAYERS[1:]]
    parameters = weights + biases
    moments = [(tf.Variable(tf.zeros_like(p)), tf.Variable(tf.zeros_like(p))) for p in parameters]
    powers = [tf.Variable(1.0), tf.Variable(1.0)]

    def output(x):
        for weight, bias, outputs in zip(weights, biases, LAYERS[1:]):
            x = tf.matmul(x, weight) + bias
            if outputs == 784:
                x = tf.nn.relu(x) if relu else x
            elif outputs != 2:
                x = tf.tanh(x)
        return x

    def error(x):
        return tf.reduce_mean(tf.math.squared_difference(output(x), x))

    @tf.function
    def learn(batches):
        for batch in batches:
            with tf.GradientTape() as tape:
                loss = error(tf.gather(train, batch))
            gradients = tape.gradient(loss, parameters)
            for power, beta in zip(powers, (ADAM["beta1"], ADAM["beta2"])):
                power.assign(power * beta)
            for p, (m, v), gradient in zip(parameters, moments, gradients):
                tf.raw_ops.ResourceApplyAdam(
                    var=p.handle, m=m.handle, v=v.handle, grad=gradient,
                    beta1_power=powers[0], beta2_power=powers[1], use_locking=False, **ADAM)

    rng = np.random.default_rng(seed)
    passes = -(-STEPS * BATCH // len(train))
    order = np.concatenate([rng.permutation(len(train)) for _ in range(passes)])
    learn(tf.constant(order[: STEPS * BATCH].reshape(STEPS, BATCH)))
    return float(error(test))


def main():
    first, end = map(int, sys.argv[1:])
    train, test = tf.constant(images("train")), tf.constant(images("t10k"))
    for relu in (False, True):
        errors = [test_mse(train, test, seed, relu) for seed in range(first, end)]
        listed = " ".join(f"{error:.4f}" for error in errors)
        print(f"{'ReLU' if relu else 'linear'}: {listed}, mean {np.mean(errors):.4f}", flush=True)


main()
