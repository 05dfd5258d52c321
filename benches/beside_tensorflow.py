"""Compares native TensorFlow and ours, both on the same thread: `make bench-tensorflow`.

Three rounds of the same step on the same batches. TensorFlow runs in four ways: one call per step or a loop in the graph,
with XLA or without; the best median counts. Its Adam is the fused kernel that its optimizers used before Keras 3. Ours
is examples/pace.rs, given twice as arguments: built for any x86-64, and for this processor. TensorFlow selects its
instructions at run time.
"""

import gzip
import os
import statistics
import subprocess
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)

LAYERS = [784, 50, 50, 2, 50, 50, 784]
DIGITS = 6400
ROUNDS = 3
SECONDS = 2.0
OURS = ["**Bottleneck**, built for any x86-64", "**Bottleneck**, built for this processor"]
ADAM = dict(lr=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8)


def digits():
    with gzip.open("www/data/mnist/train-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read()[16 : 16 + DIGITS * 784], np.uint8)
    return pixels.reshape(DIGITS, 784).astype(np.float32) / 255


class Step:
    """A network whose call trains one step, or one step on every batch."""

    def __init__(self, images, size, loop, xla):
        init = tf.keras.initializers.GlorotUniform
        shapes = list(zip(LAYERS, LAYERS[1:]))
        self.weights = [tf.Variable(init(seed=i)(shape)) for i, shape in enumerate(shapes)]
        self.biases = [tf.Variable(tf.zeros([outputs])) for _, outputs in shapes]
        parameters = self.weights + self.biases
        self.moments = [(p, tf.Variable(tf.zeros_like(p)), tf.Variable(tf.zeros_like(p))) for p in parameters]
        self.powers = [tf.Variable(1.0), tf.Variable(1.0)]
        self.batches = tf.constant(images.reshape(-1, size, 784))
        self.examples = DIGITS if loop else size
        separate = [tf.constant(batch) for batch in images.reshape(-1, size, 784)]
        self.next = 0

        def all_batches():
            loss = tf.zeros([])
            for i in tf.range(DIGITS // size):
                loss = self.step(self.batches[i])
            return loss

        def one_batch():
            self.next += 1
            return step(separate[self.next % len(separate)])

        step = tf.function(self.step, jit_compile=xla)
        self.run = tf.function(all_batches, jit_compile=xla) if loop else one_batch

    def step(self, batch):
        with tf.GradientTape() as tape:
            output = batch
            for i, (weight, bias) in enumerate(zip(self.weights, self.biases)):
                output = tf.matmul(output, weight) + bias
                output = output if LAYERS[i + 1] in (2, 784) else tf.tanh(output)
            loss = tf.reduce_mean(tf.math.squared_difference(output, batch))
        gradients = tape.gradient(loss, self.weights + self.biases)
        for power, beta in zip(self.powers, (ADAM["beta1"], ADAM["beta2"])):
            power.assign(power * beta)
        for (p, m, v), gradient in zip(self.moments, gradients):
            tf.raw_ops.ResourceApplyAdam(
                var=p.handle, m=m.handle, v=v.handle, grad=gradient,
                beta1_power=self.powers[0], beta2_power=self.powers[1], use_locking=False, **ADAM)
        return loss

    def pace(self):
        """Returns the examples per second, and the loss at the end."""
        for _ in range(3):
            self.run()
        examples, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            loss = self.run()
            examples += self.examples
        loss = float(loss)
        return examples / (time.perf_counter() - start), loss


def main():
    images, sizes = digits(), (50, 128)
    ways = {
        f"{'a loop in the graph' if loop else 'one call per step'}{', XLA' if xla else ''}": (loop, xla)
        for loop in (False, True) for xla in (False, True)
    }
    steps = {(size, way): Step(images, size, *of) for size in sizes for way, of in ways.items()}
    paces = {key: [] for key in steps} | {(size, ours): [] for size in sizes for ours in OURS}
    for round in range(ROUNDS):
        print(f"round {round + 1} of {ROUNDS}", flush=True)
        for ours, program in zip(OURS, sys.argv[1:], strict=True):
            run = subprocess.run([program, *map(str, sizes)], check=True, capture_output=True, text=True)
            for line in run.stdout.splitlines():
                size, pace = line.split()
                paces[int(size), ours].append(float(pace))
        for key, step in steps.items():
            pace, loss = step.pace()
            paces[key].append(pace)
            assert loss < 0.065, f"TensorFlow does not learn: {loss}"
    print(f"\nExamples per second on one thread, medians of {ROUNDS} rounds with minimum and maximum in brackets:\n")
    print("| | batches of 50 | batches of 128 |\n|---|---|---|")
    name = {ours: ours for ours in OURS} | {way: f"TensorFlow {tf.__version__}, {way}" for way in ways}
    for way in name:
        cells = [paces[size, way] for size in sizes]
        text = [f"{statistics.median(of):,.0f} ({min(of):,.0f} - {max(of):,.0f})" for of in cells]
        print(f"| {name[way]} | {' | '.join(text)} |")
    median = {key: statistics.median(of) for key, of in paces.items()}
    best = {size: max(median[size, way] for way in ways) for size in sizes}
    ratios = [" and ".join(f"{median[size, ours] / best[size]:.2f}" for size in sizes) for ours in OURS]
    print(f"\nSpeed of ours relative to TensorFlow's best: {ratios[0]}; built for this processor, {ratios[1]}.")


main()
