// Starts the program that the build has put beside the page; its names are on this script's own element.
const { program, wasm } = document.querySelector("script[data-program]").dataset;
// The page's own text comes first. A tab in the background paints nothing.
await new Promise(painted => {
  new PerformanceObserver(painted).observe({ type: "paint", buffered: true });
  setTimeout(painted, 1000);
});
const { default: init } = await import(program);
await init({ module_or_path: wasm });
