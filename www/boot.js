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
  const fail = reason => whenParsed(() => {
    const app = document.getElementById("app");
    if (app.dataset.state === "failed") return;
    const started = app.dataset.state !== "loading";
    const wasm = typeof WebAssembly === "object";
    const able = wasm && WebAssembly.validate(new Uint8Array(simd));
    app.dataset.state = "failed";
    document.getElementById("notice-text").textContent = (
      started ? "The program has stopped because of a bug. Reload the page to start again."
      : able ? "The page could not start. Reload it; if you opened it as a file, it has to come from a web server."
      : wasm ? "This browser cannot run the page: it needs WebAssembly with SIMD, which all major browsers have had since 2023. Edge’s enhanced security switches it off."
      : "This browser has no WebAssembly, which the page needs. Lockdown mode, Edge’s enhanced security or a policy switches it off."
    ) + " Reason: " + reason;
    document.getElementById("notice").hidden = false;
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
