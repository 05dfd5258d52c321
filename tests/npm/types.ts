// Compiles without the DOM library.
import init, { Autoencoder, type AutoencoderConfig, type FitProgress } from "bottleneck-autoencoder";
import { connect } from "bottleneck-autoencoder/client";
import "bottleneck-autoencoder/worker";

await init();
const config: AutoencoderConfig = { layers: "6 5t 2 5t 6", readOut: "tanh" };
const ae = new Autoencoder(config);
const history: FitProgress[] = await ae.fit([0, 1, 0, 1, 0, 1], { epochs: 2, onProgress: ({ loss }) => loss.toFixed(3) });
const codes: Float32Array = ae.encode(new Uint8ClampedArray(6));
ae.decode(codes);
ae.train(new Float64Array(6).buffer);
Autoencoder.load(ae.save().buffer);
Autoencoder.fromSafetensors(ae.toSafetensors(), { learningRate: 0.1 });
new Autoencoder(ae.settings).learningRate = history[0]!.step;
const remote = connect({ postMessage: () => {} });
await remote.new(config);
const remoteHistory: FitProgress[] = await remote.fit([0, 1, 0, 1, 0, 1], { onProgress: ({ loss }) => loss.toFixed(3) });
const remoteCodes: Float32Array = await remote.encode(new Uint8Array(6));
const remoteRate: number = await remote.learningRate();
await remote.load(ae.save());
// @ts-expect-error It is no rate.
await remote.learningRate("fast");
// @ts-expect-error It is no array of numbers.
ae.train("pixels");
// @ts-expect-error It has no such activation.
new Autoencoder({ layers: "6 2 6", readOut: "softmax" });
// @ts-expect-error It has neither layers nor a preset.
new Autoencoder({ learningRate: 1 });
