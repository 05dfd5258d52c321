// Starts the program. The build writes its file names on this script's element.
try {
  const { program, wasm } = document.querySelector("script[data-program]").dataset;
  // After the first paint, or after a second: a background tab is not painted.
  await new Promise(painted => {
    new PerformanceObserver(painted).observe({ type: "paint", buffered: true });
    setTimeout(painted, 1000);
  });
  const { default: init } = await import(program);
  await init({ module_or_path: wasm });
} catch (error) {
  dispatchEvent(new CustomEvent("bottleneck-failed", { detail: error }));
  throw error;
}
