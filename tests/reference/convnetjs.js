// Writes convnetjs_optimizers.json: the updates of ConvNetJS's Trainer for the gradients in optimizer_inputs.json.
// See README.md for how to run it.
"use strict";
const fs = require("fs");
const path = require("path");
const convnetjs = require("convnetjs");

const BATCH_SIZE = 4;
const WEIGHTS = 4;
const inputs = JSON.parse(fs.readFileSync(path.join(__dirname, "optimizer_inputs.json")));

const adaptive = { ro: 0.95, eps: 1e-8 };
const constants = { rho: 0.95, epsilon: 1e-8 };
const plain = { method: "sgd", momentum: 0 };
const cases = [
  { method: "sgd", constants: {}, learning_rate: 0.1, options: plain },
  { method: "momentum", constants: { momentum: 0.9 }, learning_rate: 0.05, options: { method: "sgd", momentum: 0.9 } },
  { method: "adagrad", constants: { epsilon: 1e-8 }, learning_rate: 0.1, options: { method: "adagrad", eps: 1e-8 } },
  { method: "rmsprop", constants, learning_rate: 0.01, options: { method: "windowgrad", ...adaptive } },
  // The rate is always one: this Trainer's Adadelta ignores it.
  { method: "adadelta", constants, learning_rate: 1, constant: true, options: { method: "adadelta", ...adaptive } },
  { method: "sgd", constants: {}, learning_rate: 0.1, l1: 0, l2: 0.8, options: plain },
  { method: "sgd", constants: {}, learning_rate: 0.1, l1: 0.3, l2: 0.8, options: plain },
  {
    method: "adadelta", constants, learning_rate: 1, constant: true, l1: 0, l2: 0.5,
    options: { method: "adadelta", ...adaptive },
  },
];

// Returns an object with the methods of a network that the Trainer calls. Its batch has the same gradient BATCH_SIZE times, so
// the mean is that gradient. Decay has the multipliers of a fully-connected layer, but L1 is enabled.
function networkOf(parameters, gradientOf) {
  const part = (from, to, mul) => ({
    params: parameters.slice(from, to), grads: new Array(to - from).fill(0), from, l1_decay_mul: mul, l2_decay_mul: mul,
  });
  const parts = [part(0, WEIGHTS, 1), part(WEIGHTS, parameters.length, 0)];
  return {
    forward() {},
    backward() {
      for (const { grads, from } of parts) {
        for (let i = 0; i < grads.length; i++) grads[i] += gradientOf()[from + i];
      }
      return 0;
    },
    getParamsAndGrads: () => parts,
    parameters: () => parts.flatMap((p) => p.params),
  };
}

function run({ method, constants, learning_rate, constant = false, l1 = 0, l2 = 0, options }) {
  const all = { ...options, learning_rate, batch_size: BATCH_SIZE, l1_decay: l1, l2_decay: l2 };
  let gradient;
  const net = networkOf(inputs.initial, () => gradient);
  const trainer = new convnetjs.Trainer(net, all);
  const learning_rates = inputs.gradients.map((_, i) => (i < 5 || constant ? 1 : 0.5) * learning_rate);
  const parameters = inputs.gradients.map((row, i) => {
    gradient = row;
    trainer.learning_rate = learning_rates[i];
    for (let example = 0; example < BATCH_SIZE; example++) trainer.train();
    return net.parameters().map((p) => Number(p.toPrecision(12)));
  });
  const call = `new convnetjs.Trainer(net, ${JSON.stringify(all)})`;
  const decay = { l1, l2, scale: "sum" };
  return { call, method, constants, decay, batch_size: BATCH_SIZE, learning_rates, parameters };
}

// Formats JSON with one line per innermost array.
const text = JSON.stringify(cases.map(run), null, 1)
  .replace(/\[[^[\]{}]*\]/g, (row) => row.replace(/\s+/g, " "));
fs.writeFileSync(path.join(__dirname, "convnetjs_optimizers.json"), text + "\n");
