"""Compares native TensorFlow and ours: `make bench-tensorflow`, which runs this with one thread and with all.

Three rounds of the same step on the same batches. TensorFlow runs in four ways: one call per step or a loop in the graph,
with XLA or without; the best median counts. Its Adam is the fused kernel that its optimizers used before Keras 3. Ours
is examples/pace.rs, given as the argument after the number of threads. Both select their instructions at run time.
"""

import gzip
import os
import statistics
import subprocess
import sys
import time

THREADS = int(sys.argv[1])
OURS = sys.argv[2]

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["RAYON_NUM_THREADS"] = str(THREADS)
if THREADS == 1:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(THREADS)
tf.config.threading.set_inter_op_parallelism_threads(THREADS)

# The layers of a preset, those that are linear, and whether the loss is cross-entropy of logits.
PRESETS = dict(
    blog=([784, 50, 50, 2, 50, 50, 784], {2, 5}, False),
    hinton=([784, 1000, 500, 250, 30, 250, 500, 1000, 784], {3, 7}, True),
)
CASES = [("blog", 50), ("blog", 128), ("hinton", 100)]
DIGITS = 6400
ROUNDS = 3
SECONDS = 2.0


def digits():
    with gzip.open("www/data/mnist/train-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read()[16 : 16 + DIGITS * 784], np.uint8)
    return pixels.reshape(DIGITS, 784).astype(np.float32) / 255


class Step:
    """A network whose call trains one step, or one step on every batch."""

    def __init__(self, images, preset, size, loop, xla):
        self.layers, self.linear, self.has_logits = PRESETS[preset]
        init = tf.keras.initializers.GlorotUniform
        shapes = list(zip(self.layers, self.layers[1:]))
        self.weights = [tf.Variable(init(seed=i)(shape)) for i, shape in enumerate(shapes)]
        self.biases = [tf.Variable(tf.zeros([outputs])) for _, outputs in shapes]
        parameters = self.weights + self.biases
        self.moments = [(p, tf.Variable(tf.zeros_like(p)), tf.Variable(tf.zeros_like(p))) for p in parameters]
        self.powers = [tf.Variable(1.0), tf.Variable(1.0)]
        batches = images[: DIGITS // size * size].reshape(-1, size, 784)
        self.batches = tf.constant(batches)
        self.examples = len(batches) * size if loop else size
        separate = [tf.constant(batch) for batch in batches]
        self.next = 0

        def all_batches():
            loss = tf.zeros([])
            for i in tf.range(len(batches)):
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
                output = output if i in self.linear else tf.tanh(output)
            if self.has_logits:
                loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=batch, logits=output))
            else:
                loss = tf.reduce_mean(tf.math.squared_difference(output, batch))
        gradients = tape.gradient(loss, self.weights + self.biases)
        for power, beta in zip(self.powers, (0.9, 0.999)):
            power.assign(power * beta)
        for (p, m, v), gradient in zip(self.moments, gradients):
            tf.raw_ops.ResourceApplyAdam(
                var=p.handle, m=m.handle, v=v.handle, grad=gradient, lr=1e-3, beta1=0.9, beta2=0.999,
                epsilon=1e-8, beta1_power=self.powers[0], beta2_power=self.powers[1], use_locking=False)
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
    images = digits()
    ways = {
        f"TensorFlow {tf.__version__}, {'a loop in the graph' if loop else 'one call per step'}{', XLA' if xla else ''}": (loop, xla)
        for loop in (False, True) for xla in (False, True)
    }
    steps = {(case, way): Step(images, *case, *of) for case in CASES for way, of in ways.items()}
    ours = "**Bottleneck**"
    paces = {(case, way): [] for case in CASES for way in (ours, *ways)}
    for round in range(ROUNDS):
        print(f"round {round + 1} of {ROUNDS}", flush=True)
        arguments = [f"{preset}:{size}" for preset, size in CASES]
        run = subprocess.run([OURS, *arguments], check=True, capture_output=True, text=True)
        for case, line in zip(CASES, run.stdout.splitlines(), strict=True):
            paces[case, ours].append(float(line.split()[1]))
        for (case, way), step in steps.items():
            pace, loss = step.pace()
            paces[case, way].append(pace)
            assert loss < (0.35 if step.has_logits else 0.065), f"TensorFlow does not learn: {loss}"
    print(f"\nExamples per second, {THREADS} {'threads' if THREADS > 1 else 'thread'}, medians of {ROUNDS} rounds with minimum and maximum in brackets:\n")
    median = {key: statistics.median(of) for key, of in paces.items()}
    print(f"| | {' | '.join(f'`{preset}`, batches of {size}' for preset, size in CASES)} |\n|---|{'---|' * len(CASES)}")
    for way in (ours, *ways):
        cells = [f"{median[case, way]:,.0f} ({min(paces[case, way]):,.0f} - {max(paces[case, way]):,.0f})" for case in CASES]
        print(f"| {way} | {' | '.join(cells)} |")
    ratios = [f"{median[case, ours] / max(median[case, way] for way in ways):.2f}" for case in CASES]
    print(f"| ours relative to TensorFlow's best | {' | '.join(ratios)} |")


main()
