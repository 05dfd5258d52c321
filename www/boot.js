// Runs before the page is painted: applies the stored theme, and shows a message if the program cannot start or stops. In syntax
// that browsers too old for the program understand.
"use strict";
try {
  // src/web/theme.rs stores the choice under this key.
  const theme = localStorage.getItem("bottleneck-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (_) {
  // Storage is forbidden, and empty.
}
{
  const simd = [0,97,115,109,1,0,0,0,1,5,1,96,0,1,123,3,2,1,0,10,10,1,8,0,65,0,253,15,253,98,11];
  const because = (reason, started) => {
    const wasm = typeof WebAssembly === "object";
    if (started) return "The program has stopped because of a bug. Reload the page to start again.";
    if (!wasm) return "This browser has no WebAssembly, which the page needs. Lockdown mode, Edge’s enhanced security or a policy switches it off.";
    if (!WebAssembly.validate(new Uint8Array(simd))) return "This browser cannot run the page: it needs WebAssembly with SIMD, which all major browsers have had since 2023. Edge’s enhanced security switches it off.";
    if (/unsafe-eval|CSP|Content Security Policy/.test(reason)) return "A security policy of the server, or of the page around this one, forbids WebAssembly. It has to allow 'wasm-unsafe-eval' in script-src.";
    if (location.protocol === "file:") return "Browsers do not load the program of a page that is opened as a file. It has to come from a web server.";
    if (origin === "null") return "The page around this one gives it no origin, so it may not load its program. The frame’s sandbox needs allow-same-origin.";
    return "The page could not start. Reload it.";
  };
  const fail = reason => whenParsed(() => {
    const app = document.getElementById("app");
    if (app.dataset.state === "failed") return;
    document.getElementById("notice-text").textContent = because(reason, app.dataset.state !== "loading") + " Reason: " + reason;
    app.dataset.state = "failed";
    document.getElementById("notice").hidden = false;
    // Nothing loads any longer, and nothing answers.
    for (const id of ["progress", "progress-label"]) document.getElementById(id).hidden = true;
    for (const box of document.querySelectorAll("fieldset[data-boot]")) box.disabled = true;
  });
  const whenParsed = run =>
    document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", run) : run();
  // Browser extensions run scripts in the page, too, and their errors do not stop the program.
  const boot = document.currentScript.src;
  const isOwn = text => {
    const start = document.querySelector("script[data-program]");
    const files = [start.dataset.program, start.dataset.wasm].map(path => path.split("/").pop());
    return [boot, start.src, ...files].some(name => text.includes(name));
  };
  const failIfOwn = (error, where) => whenParsed(() => {
    if (isOwn([where, error && error.stack].join(" "))) fail(error && error.message || error || "unknown");
  });
  addEventListener("error", event => {
    // Without an error object it is a warning of the browser (ResizeObserver's), or a missing script.
    if (event.error) failIfOwn(event.error, event.filename);
    else if (event.target instanceof HTMLScriptElement) {
      const { src } = event.target;
      fetch(src).then(answer => answer.headers.get("content-type") || "nothing", () => "").then(type => failIfOwn(
        !type || type.includes("javascript") ? "a part of the program could not be loaded"
        : `the server sends ${src.split("/").pop()} as ${type}, not as JavaScript`, src));
    }
  }, true);
  addEventListener("unhandledrejection", event => failIfOwn(event.reason));
  // www/start.js says so if it fails: the browser's errors of loading do not name a script.
  addEventListener("bottleneck-failed", event => fail(event.detail && event.detail.message || event.detail));
}
