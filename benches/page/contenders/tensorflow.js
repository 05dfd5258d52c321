// TensorFlow.js on its cpu or wasm backend, with the core API, which has less overhead than the layers API.
// A layer is a product and a sum, because the fused kernel was slower in training.
import { PIXELS, batches, floats, isLinear } from "../data.js";

const contender = (backend) => ({
  name: `TensorFlow.js 4.22 ${backend}`,
  optimizer: "Adam",

  async prepare() {
    const { tf } = globalThis;
    tf.enableProdMode();
    if (backend === "cpu") return "JavaScript, one thread";
    tf.wasm.setWasmPaths("../node_modules/@tensorflow/tfjs-backend-wasm/dist/");
    // Version 4.22 ignores this; the note below has the number of threads in use.
    tf.wasm.setThreadsCount(navigator.hardwareConcurrency);
    await tf.setBackend(backend);
    const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
    const threads = await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT");
    const found = [simd && "SIMD", threads && `its build with threads, of which it uses ${tf.wasm.getThreadsCount()}`];
    return found.filter(Boolean).join(", ") || "one thread without SIMD";
  },

  async open({ layers, images, size }) {
    const { tf } = globalThis;
    await tf.setBackend(backend);
    const parameters = layers.slice(1).map((outputs, i) => {
      const bound = Math.sqrt(6 / (layers[i] + outputs));
      const weight = tf.variable(tf.randomUniform([layers[i], outputs], -bound, bound, "float32", i + 1));
      return { weight, bias: tf.variable(tf.zeros([outputs])), linear: isLinear(layers.length - 1, i) };
    });
    const variables = parameters.flatMap(({ weight, bias }) => [weight, bias]);
    const forward = (input) => parameters.reduce((a, { weight, bias, linear }) => {
      const sum = tf.add(tf.matMul(a, weight), bias);
      return linear ? sum : tf.tanh(sum);
    }, input);
    const optimizer = tf.train.adam(1e-3);
    const data = batches(images, size, (bytes) => tf.tensor2d(floats(bytes), [size, PIXELS]));
    let next = 0;
    return {
      async steps(count) {
        let loss;
        for (let i = 0; i < count; i++) {
          loss?.dispose();
          const input = data[next++ % data.length];
          loss = tf.tidy(() => optimizer.minimize(
            () => tf.mean(tf.squaredDifference(forward(input), input)), true, variables));
        }
        const [value] = await loss.data();
        loss.dispose();
        return value;
      },
      close() {
        tf.dispose([...variables, ...data]);
        optimizer.dispose();
      },
    };
  },
});

export const wasm = contender("wasm");
export const cpu = contender("cpu");
