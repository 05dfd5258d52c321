import { run } from "./run.js";

const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
run(worker).catch((error) => `${error}`).then((body) => fetch(location.hash.slice(1), { method: "POST", mode: "no-cors", body }));
