// Trains on the page and in a worker, in whatever way this was built.
import init, { Autoencoder, toMnistImage } from "bottleneck-autoencoder";

const config = { layers: "784 20t 2 20t 784", learningRate: 0.01, seed: 1 };
const images = Uint8Array.from({ length: 784 * 200 }, (_, i) => i % 28 < 8 + (i / 784) % 12 ? 0 : 255);

/** Returns a function that calls a method of the autoencoder of a worker, and `onProgress` with what comes before the result. */
const connect = (worker, onProgress = () => {}) => (method, ...args) => new Promise((resolve, reject) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    if ("error" in data) reject(data.error);
    else if ("result" in data) resolve(data.result);
    else onProgress(data.progress, port1);
  };
  worker.postMessage({ method, args }, [port2]);
});

/** Returns what was computed, or throws if it is wrong; `worker` is a worker with the entry `worker`, if there is one. */
export async function run(worker) {
  await init();
  const here = new Autoencoder(config);
  const history = await here.fit(images, { epochs: 3 });
  if (!(history[2].loss < history[0].loss)) throw new Error("the loss does not fall");
  const digit = toMnistImage({ width: 28, height: 28, data: new Uint8ClampedArray(4 * 784) });
  if (here.encode(digit).length !== 2) throw new Error("a picture is no example");
  if (worker) {
    const call = connect(worker);
    const refused = await call("steps").catch((error) => error.message);
    await call("new", config);
    await call("fit", images, { epochs: 3 });
    const parameters = await call("parameters");
    if (`${parameters}` !== `${here.parameters}`) throw new Error("the worker has other parameters");
    const unknown = await call("learn").catch((error) => error.message);
    const steps = await call("steps");
    const stop = connect(worker, ({ epoch }, port) => epoch > 1 && port.postMessage("stop"));
    const aborted = await stop("fit", images, { epochs: 1e6 }).catch((error) => error.name);
    await call("learningRate", 0.5);
    return [refused, unknown, steps, aborted, await call("learningRate")].join();
  }
  return here;
}
