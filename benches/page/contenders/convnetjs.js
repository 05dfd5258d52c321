// ConvNetJS, which trains on one example at a time. Its demo of this network uses Adadelta.
import { PIXELS, batches, isLinear } from "../data.js";

export const convnetjs = {
  name: "ConvNetJS 0.3.0",
  optimizer: "Adadelta",

  prepare: () => "JavaScript, one thread",

  open({ layers, images, size }) {
    const { Net, Trainer, Vol } = globalThis.convnetjs;
    const hidden = layers.slice(1, -1).map((num_neurons, i) =>
      isLinear(layers.length - 1, i) ? { type: "fc", num_neurons } : { type: "fc", num_neurons, activation: "tanh" });
    const net = new Net();
    net.makeLayers([
      { type: "input", out_sx: 1, out_sy: 1, out_depth: layers[0] },
      ...hidden,
      { type: "regression", num_neurons: layers.at(-1) },
    ]);
    const trainer = new Trainer(net, { method: "adadelta", batch_size: size, l2_decay: 0 });
    const example = (pixels) => {
      const vol = new Vol(1, 1, PIXELS, 0);
      pixels.forEach((byte, i) => (vol.w[i] = byte / 255));
      return vol;
    };
    const data = batches(images, size, (bytes) => batches(bytes, 1, example));
    let next = 0;
    return {
      steps(count) {
        let loss;
        for (let i = 0; i < count; i++) {
          let sum = 0;
          for (const vol of data[next++ % data.length]) sum += trainer.train(vol, vol.w).cost_loss;
          // The cost of an example is twice the sum of the squares.
          loss = sum / (2 * PIXELS * size);
        }
        return loss;
      },
      close() {},
    };
  },
};
