// Writes updates.json and outputs_of_ours.json: ConvNetJS's results for a small network, and for one saved by this crate.
// See README.md for how to run it.
"use strict";
const fs = require("fs");
const path = require("path");
const convnetjs = require("convnetjs");

const WIDTH = 6;
const BATCH_SIZE = 3;
const EXAMPLES = 12;
const KEPT = [1, 2, 10];

// ConvNetJS draws its weights with Math.random. This generator makes them and the examples the same in every run.
let state = 1;
Math.random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

const net = new convnetjs.Net();
net.makeLayers([
  { type: "input", out_sx: 1, out_sy: 2, out_depth: WIDTH / 2 },
  { type: "fc", num_neurons: 5, activation: "tanh" },
  { type: "fc", num_neurons: 4, activation: "sigmoid" },
  { type: "fc", num_neurons: 2 },
  { type: "fc", num_neurons: 5, activation: "relu" },
  { type: "regression", num_neurons: WIDTH },
]);
const initial = JSON.stringify(net);
// In single precision, like the examples of this crate.
const examples = Array.from({ length: EXAMPLES }, () => Array.from({ length: WIDTH }, () => Math.fround(Math.random())));

function load(json) {
  const net = new convnetjs.Net();
  net.fromJSON(JSON.parse(json));
  return net;
}

function vol(example) {
  const vol = new convnetjs.Vol(1, 1, example.length);
  example.forEach((x, i) => (vol.w[i] = x));
  return vol;
}

const outputs = (json) => {
  const net = load(json);
  return examples.map((example) => Array.from(net.forward(vol(example)).w));
};

// The options of ConvNetJS's Trainer, and the same settings in this crate. The published Trainer has no "nesterov": it would
// silently use plain momentum.
const adaptive = { ro: 0.95, eps: 1e-6 };
const cases = [
  {
    options: { method: "adadelta", l2_decay: 0.01, ...adaptive },
    method: { Adadelta: { rho: 0.95, epsilon: 1e-6 } }, learning_rate: 1, l2: 0.01,
  },
  {
    options: { method: "sgd", learning_rate: 0.05, momentum: 0.9 },
    method: { Momentum: { momentum: 0.9 } }, learning_rate: 0.05, l2: 0,
  },
  {
    options: { method: "adagrad", learning_rate: 0.02, eps: 1e-6 },
    method: { Adagrad: { epsilon: 1e-6 } }, learning_rate: 0.02, l2: 0,
  },
  {
    options: { method: "windowgrad", learning_rate: 0.005, ...adaptive },
    method: { RmsProp: { rho: 0.95, epsilon: 1e-6 } }, learning_rate: 0.005, l2: 0,
  },
];

function train({ options, ...ours }) {
  const net = load(initial);
  const trainer = new convnetjs.Trainer(net, { batch_size: BATCH_SIZE, ...options });
  const after = {};
  for (let update = 1, next = 0; update <= Math.max(...KEPT); update++) {
    for (let i = 0; i < BATCH_SIZE; i++, next++) {
      const example = examples[next % EXAMPLES];
      trainer.train(vol(example), example);
    }
    if (KEPT.includes(update)) after[update] = JSON.parse(JSON.stringify(net));
  }
  return { options, ours, after };
}

const write = (name, table) => fs.writeFileSync(path.join(__dirname, name), JSON.stringify(table) + "\n");
fs.writeFileSync(path.join(__dirname, "initial.json"), initial);
write("updates.json", {
  batch_size: BATCH_SIZE,
  examples,
  outputs: outputs(initial),
  cases: cases.map(train),
});
write("outputs_of_ours.json", outputs(fs.readFileSync(path.join(__dirname, "ours.json"), "utf8")));
