// Compiles with the DOM library and that of `using`.
import init, { Autoencoder, toMnistImage } from "bottleneck-autoencoder";

await init(fetch("autoencoder_bg.wasm"));
using ae = new Autoencoder({ preset: "blog" });
new Blob([ae.save(), ae.toSafetensors(), ae.parameters]);
await ae.fit(new Uint8Array(784), { signal: AbortSignal.timeout(1000) });
const canvas = document.createElement("canvas");
ae.encode(toMnistImage(canvas));
toMnistImage(canvas.getContext("2d")!.getImageData(0, 0, 28, 28));
toMnistImage(await createImageBitmap(canvas));
