// The packed npm package in Node, in TypeScript, and in a browser as each bundler builds it; `make test-npm` runs it.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import * as esbuild from "esbuild";
import * as vite from "vite";
import { run } from "./run.js";

const root = import.meta.dirname;
const chromium = process.env.CHROMIUM || [
  "chromium", "google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
].find((name) => spawnSync(name, ["--version"]).status === 0);

/** Opens a page in Chromium and returns what it reports. `page` is an address, or a file in a folder to be served. */
async function report(page, folder) {
  const types = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
  let answer;
  const answered = new Promise((resolve) => { answer = resolve; });
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      answer((await request.toArray()).join(""));
      return response.end();
    }
    const path = new URL(request.url, "http://localhost").pathname;
    try {
      const body = readFileSync(join(folder, path));
      response.setHeader("Content-Type", types[extname(path)] ?? "text/plain").end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = `http://127.0.0.1:${server.address().port}/`;
  const profile = mkdtempSync(join(tmpdir(), "bottleneck-"));
  const options = ["--headless=new", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`];
  const browser = spawn(chromium, [...options, `${new URL(page, own)}#${own}`], { stdio: "ignore" });
  const late = setTimeout(() => answer("the page did not report within a minute"), 60_000);
  const body = await answered;
  clearTimeout(late);
  const ended = new Promise((resolve) => browser.once("exit", resolve));
  browser.kill();
  await ended;
  server.close();
  server.closeAllConnections();
  try {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  } catch {
    // A process of the browser may still write; the system clears its temporary files.
  }
  return body;
}

const expected = "there is no autoencoder yet: send new, load, fromJSON or fromSafetensors first,"
  + "an autoencoder has no “learn”,12,AbortError,0.5";

test("Node", async () => {
  const autoencoder = await run();
  assert.equal(inspect(autoencoder), "Autoencoder(784 20t 2 20t 784: 32266 parameters, 12 steps)");
  autoencoder.free();
  assert.equal(inspect(autoencoder), "Autoencoder(freed)");
});

test("what the README shows", async () => {
  const readme = readFileSync(join(root, "node_modules/bottleneck-autoencoder/README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, code]) => code);
  const code = [blocks[0], blocks[1], "export { autoencoder, codes, image, resumed, again, third };"];
  writeFileSync(join(root, "readme.js"), `const images = new Uint8Array(784 * 60).fill(99);\n${code.join("")}`);
  const shown = await import("./readme.js");
  assert.equal(shown.autoencoder.steps, 10);
  assert.deepEqual([shown.codes.length, shown.image.length], [120, 784]);
  for (const copy of [shown.resumed, shown.again, shown.third]) {
    assert.deepEqual(copy.parameters, shown.autoencoder.parameters);
  }
});

for (const [file, lib] of [["types.ts", "es2022"], ["dom.ts", "esnext,dom"]]) {
  test(`TypeScript, ${lib}`, () => {
    const options = ["--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--lib", lib];
    execFileSync("node_modules/.bin/tsc", [...options, file], { cwd: root, stdio: "inherit" });
  });
}

test("a page without a bundler", async () => assert.equal(await report("plain.html", root), expected));

test("esbuild", async () => {
  const outdir = join(root, "esbuild");
  await esbuild.build({ entryPoints: ["page.js", "worker.js", "index.html"], loader: { ".html": "copy" },
    bundle: true, format: "esm", minify: true, outdir, absWorkingDir: root });
  assert.equal(await report("index.html", outdir), expected);
});

test("Vite, built", async () => {
  await vite.build({ root, base: "./", logLevel: "warn", worker: { format: "es" } });
  assert.equal(await report("index.html", join(root, "dist")), expected);
});

test("Vite, in development", async () => {
  const server = await vite.createServer({ root, logLevel: "warn", server: { port: 0, host: "127.0.0.1" } });
  await server.listen();
  const { port } = server.httpServer.address();
  try {
    assert.equal(await report(`http://127.0.0.1:${port}/`), expected);
  } finally {
    await server.close();
  }
});
