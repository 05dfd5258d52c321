// Trains on the page and in a worker, in whatever way this was built.
import init, { Autoencoder, toMnistImage } from "bottleneck-autoencoder";
import { connect } from "bottleneck-autoencoder/client";

const config = { layers: "784 20t 2 20t 784", learningRate: 0.01, seed: 1 };
const images = Uint8Array.from({ length: 784 * 200 }, (_, i) => i % 28 < 8 + (i / 784) % 12 ? 0 : 255);

/** Returns what was computed, or throws if it is wrong; `worker` is a worker with the entry `worker`, if there is one. */
export async function run(worker) {
  await init();
  const here = new Autoencoder(config);
  const history = await here.fit(images, { epochs: 3 });
  if (!(history[2].loss < history[0].loss)) throw new Error("the loss does not fall");
  const digit = toMnistImage({ width: 28, height: 28, data: new Uint8ClampedArray(4 * 784) });
  if (here.encode(digit).length !== 2) throw new Error("a picture is no example");
  if (worker) {
    const remote = connect(worker);
    const refused = await remote.steps().catch((error) => error.message);
    await remote.new(config);
    await remote.fit(images, { epochs: 3 });
    const parameters = await remote.parameters();
    if (`${parameters}` !== `${here.parameters}`) throw new Error("the worker has other parameters");
    const unknown = await remote.learn().catch((error) => error.message);
    const steps = await remote.steps();
    const controller = new AbortController();
    const onProgress = ({ epoch }) => epoch > 1 && controller.abort();
    const options = { epochs: 1e6, onProgress, signal: controller.signal };
    const aborted = await remote.fit(images, options).catch((error) => error.name);
    await remote.learningRate(0.5);
    return [refused, unknown, steps, aborted, await remote.learningRate()].join();
  }
  return here;
}
