// Measures the training speed of the contenders, one after another, in rounds.
import { convnetjs } from "./contenders/convnetjs.js";
import { jax } from "./contenders/jax.js";
import { ours } from "./contenders/ours.js";
import { cpu, wasm } from "./contenders/tensorflow.js";
import { PIXELS, images, inked } from "./data.js";
import { peak } from "./peak.js";
import { median, spread } from "./statistics.js";

/** The number of examples that a contender trains on in the first round before it is timed. Its loss after them is reported. */
const LESSON = 12_800;

/** The reported loss is the mean over this many steps. */
const HEARD = 10;

/** The number of examples before the timing in other rounds and of larger networks, enough for compilers to warm up. */
const WARM_UP = 1_920;

/** The duration of the timing and of its segments, in milliseconds. The page can draw between segments. */
const TIMED = 1500;
const SEGMENT = 100;

/** Returns the originals' network, or one with wider layers. */
const wide = (width) => ({ width, layers: [PIXELS, width, width, 2, width, width, PIXELS] });

/** The network of Hinton and Salakhutdinov, 2006. */
const HINTON = { layers: [PIXELS, 1000, 500, 250, 30, 250, 500, 1000, PIXELS] };

const compare = (contenders, size, network) => contenders.map((contender) => ({ contender, size, ...network }));
const everyone = [ours, convnetjs, cpu, wasm, jax];
// TensorFlow.js in JavaScript would take seconds for each step of a larger network.
const fast = [ours, convnetjs, wasm, jax];

const otherWidths = [[50, 128], [50, 512], [128, 128], [128, 256]].flatMap(([size, width]) =>
  compare([ours], size, wide(width)));

/** The groups of a round, in their order. The peak is measured before each group. */
export const GROUPS = [
  { title: "Batches of 50", hasLoss: true, cases: compare(everyone, 50, wide(50)) },
  { title: "Batches of 128", hasLoss: true, cases: compare(everyone, 128, wide(50)) },
  { title: "256 wide, batches of 50", cases: compare(fast, 50, wide(256)) },
  { title: "512 wide, batches of 128", cases: compare(fast, 128, wide(512)) },
  { title: "Hinton’s, batches of 100", cases: compare(fast, 100, HINTON) },
  { title: "Other widths", cases: otherWidths },
];

/** Returns the number of weights of each layer. */
const weights = (layers) => layers.slice(1).map((outputs, i) => layers[i] * outputs);

/**
 * Returns the floating-point operations per example with dense products. The forward pass, the gradients of the weights and, except in
 * the first layer, the gradients of the inputs take one multiplication and one addition per weight each.
 */
function dense(layers) {
  return weights(layers).reduce((sum, count, i) => sum + count * (i === 0 ? 4 : 6), 0);
}

/**
 * Returns the floating-point operations per example that ours performs in a batch of `size`, if a `share` of the pixels is not zero.
 * The output layer may be trained without its outputs: docs/speed.md has the equations.
 */
function real(layers, size, share) {
  const [first, ...inner] = weights(layers);
  const [output, side] = [inner.pop(), layers.at(-2) + 1];
  const without = 2 * side * ((1.5 * PIXELS * side) / size + 2 * share * PIXELS + 1.5 * side);
  const sum = inner.reduce((sum, count) => sum + count, 0);
  return 4 * share * first + 6 * sum + Math.min(6 * output, without);
}

/** Prepares all contenders. Returns `run`, which runs `rounds` and reports every change, and a note on how each contender runs. */
export async function prepare() {
  const [digits, measurePeak] = await Promise.all([images(), peak()]);
  const notes = {};
  for (const { contender } of GROUPS[0].cases) notes[contender.name] = await contender.prepare();
  const share = inked(digits);

  async function run(rounds, report) {
    const results = GROUPS.map(({ cases }) => cases.map(() => ({ rates: [], loss: null })));
    const peaks = [];
    for (let round = 1; round <= rounds; round++) {
      for (const [g, { title, hasLoss, cases }] of GROUPS.entries()) {
        await breath();
        peaks.push(measurePeak());
        for (const [c, of] of cases.entries()) {
          const now = `round ${round} of ${rounds}: ${title.toLowerCase()}, ${of.contender.name}`;
          report({ now, ...summary(results, peaks, share) });
          await breath();
          const { rate, loss } = await measure(of, digits, round === 1 && hasLoss ? LESSON : WARM_UP);
          results[g][c].rates.push(rate);
          results[g][c].loss ??= loss;
        }
      }
    }
    const whole = summary(results, peaks, share);
    report(whole);
    return whole;
  }
  return { run, notes };
}

/** Returns the examples per second of a contender, and its loss after the examples before the timing. */
async function measure({ contender, size, layers }, digits, examples) {
  const run = await contender.open({ layers, images: digits, size });
  const { count } = await segments(run, 1, ({ steps }) => examples / size - HEARD - steps);
  let loss = 0;
  for (let i = 0; i < HEARD; i++) loss += (await run.steps(1)) / HEARD;
  const { paces } = await segments(run, count, ({ spent }) => (spent < TIMED ? Infinity : 0));
  await run.close();
  return { rate: 1000 * size * median(paces), loss };
}

/**
 * Trains in segments of equal duration, the first of `count` steps, until no steps are `left`. Returns the speed of each segment in
 * steps per millisecond: their median is less sensitive to other load on the machine than their mean.
 */
async function segments(run, count, left) {
  const done = { steps: 0, spent: 0, paces: [], count };
  for (let rest; (rest = left(done)) > 0; await breath()) {
    const steps = Math.min(done.count, rest);
    const from = performance.now();
    await run.steps(steps);
    const spent = performance.now() - from;
    done.steps += steps;
    done.spent += spent;
    done.paces.push(steps / spent);
    done.count = Math.max(1, Math.min(10 * steps, Math.round((steps * SEGMENT) / spent)));
  }
  return done;
}

/** Lets the page draw and respond to input. */
const breath = () => new Promise((resolve) => setTimeout(resolve));

function summary(results, peaks, share) {
  const groups = GROUPS.map(({ title, cases }, g) => {
    const first = results[g][0].rates;
    return {
      title,
      cases: cases.map(({ contender: { name, optimizer }, size, width, layers }, c) => {
        const { rates, loss } = results[g][c];
        const of = { name, optimizer, size, width };
        if (!rates.length) return of;
        const rate = spread(rates);
        const gigaflops = (count) => (rate.median * count) / 1e9;
        const cost = { dense: gigaflops(dense(layers)), real: gigaflops(real(layers, size, share)) };
        return { ...of, ...cost, rate, rates, loss, ratio: median(first) / rate.median };
      }),
    };
  });
  const peak = peaks.length ? spread(peaks) : null;
  const { userAgent, hardwareConcurrency: cores } = navigator;
  return { groups, peak, peaks, inked: share, isolated: crossOriginIsolated, cores, userAgent };
}
