// jax-js on its WebAssembly backend. The whole step, with gradients and Adam, is compiled as one function.
import {
  blockUntilReady, defaultDevice, init, jit, numpy as np, tree, valueAndGrad,
} from "../../node_modules/@jax-js/jax/dist/index.js";
import { PIXELS, batches, floats, isLinear } from "../data.js";

const RATE = 1e-3, BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-8;

const forward = (parameters, input) => parameters.reduce((a, { weight, bias }, i) => {
  const sum = np.dot(a, weight).add(bias);
  return isLinear(parameters.length, i) ? sum : np.tanh(sum);
}, input);

const loss = (parameters, input) => np.square(forward(parameters, input.ref).sub(input)).mean();

/** Performs a step of Adam. `scale` is the learning rate with the bias corrections of both moments. */
function step({ parameters, first, second }, input, scale) {
  const [value, gradients] = valueAndGrad(loss)(tree.ref(parameters), input);
  const m = tree.map((m, g) => m.mul(BETA1).add(g.mul(1 - BETA1)), first, tree.ref(gradients));
  const v = tree.map((v, g) => v.mul(BETA2).add(np.square(g).mul(1 - BETA2)), second, gradients);
  const moved = tree.map((p, m, v) => p.sub(m.mul(scale.ref).div(np.sqrt(v).add(EPSILON))),
    parameters, tree.ref(m), tree.ref(v));
  scale.dispose();
  return [{ parameters: moved, first: m, second: v }, value];
}

export const jax = {
  name: "jax-js 0.1.25 wasm",
  optimizer: "Adam",

  async prepare() {
    await init("wasm");
    defaultDevice("wasm");
    return `SIMD, ${crossOriginIsolated ? "workers or " : ""}the page's own thread${crossOriginIsolated ? ", whichever is faster" : ""}`;
  },

  async open({ layers, images, size }) {
    const parameters = layers.slice(1).map((outputs, i) => {
      const bound = Math.sqrt(6 / (layers[i] + outputs));
      const weight = Float32Array.from({ length: layers[i] * outputs }, () => bound * (2 * Math.random() - 1));
      return { weight: np.array(weight).reshape([layers[i], outputs]), bias: np.zeros([outputs]) };
    });
    const zeros = () => tree.map((p) => np.zerosLike(p), tree.ref(parameters));
    let state = { parameters, first: zeros(), second: zeros() };
    const compiled = jit(step);
    const data = batches(images, size, (bytes) => np.array(floats(bytes)).reshape([size, PIXELS]));
    let next = 0;
    /** Trains, and waits for each step with `wait`, as the documentation recommends. */
    async function run(count, wait) {
      let value;
      for (let i = 0; i < count; i++) {
        value?.dispose();
        const t = ++next;
        const scale = (RATE * Math.sqrt(1 - BETA2 ** t)) / (1 - BETA1 ** t);
        [state, value] = compiled(state, data[(t - 1) % data.length].ref, np.array(scale));
        await wait(value);
      }
      await blockUntilReady(state);
      return (await value.data())[0];
    }
    // If the value is read immediately, the page's own thread computes it; otherwise workers do, which is faster for large batches.
    const bySelf = (value) => void value.ref.dataSync();
    const byWorkers = () => blockUntilReady(state);
    const probe = async (wait) => {
      await run(5, wait);
      const from = performance.now();
      await run(10, wait);
      return performance.now() - from;
    };
    const wait = (await probe(bySelf)) < (await probe(byWorkers)) ? bySelf : byWorkers;
    return {
      steps: (count) => run(count, wait),
      close() {
        tree.dispose(state);
        tree.dispose(data);
        compiled.dispose();
      },
    };
  },
};
