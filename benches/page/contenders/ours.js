// Bottleneck, as built by `make npm`. It gets bytes, and their conversion to floats is timed.
import init, { Autoencoder } from "../../pkg/bottleneck.js";
import { batches, isLinear } from "../data.js";

export const ours = {
  name: "Bottleneck",
  optimizer: "Adam",

  async prepare() {
    await init();
    return "SIMD, one thread";
  },

  open({ layers, images, size }) {
    const [inputs, ...widths] = layers;
    const autoencoder = new Autoencoder({
      layers: [inputs, ...widths.map((width, i) => (isLinear(widths.length, i) ? width : `${width}t`))].join(" "),
      loss: "mse", optimizer: "adam", learningRate: 1e-3, seed: 1,
    });
    const data = batches(images, size, (bytes) => bytes);
    let next = 0;
    return {
      steps(count) {
        let loss;
        for (let i = 0; i < count; i++) loss = autoencoder.train(data[next++ % data.length]);
        return loss;
      },
      close: () => autoencoder.free(),
    };
  },
};
