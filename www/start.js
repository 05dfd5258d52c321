// Starts the program. The build writes its file names on this script's element.
const { program, wasm } = document.querySelector("script[data-program]").dataset;
try {
  // After the first paint, or after a second: a background tab is not painted.
  await new Promise(painted => {
    new PerformanceObserver(painted).observe({ type: "paint", buffered: true });
    setTimeout(painted, 1000);
  });
  const { default: init } = await import(program);
  await init({ module_or_path: wasm });
} catch (error) {
  // A page in a cache may name files of another version, which are gone: it is loaded once more, past the cache.
  const statuses = await Promise.all([program, wasm].map(file => fetch(file).then(answer => answer.status, () => 0)));
  const isGone = statuses.includes(404);
  let again = false;
  try {
    again = isGone && sessionStorage.getItem("bottleneck-reloaded") !== program;
    if (again) sessionStorage.setItem("bottleneck-reloaded", program);
  } catch (_) {
    // Storage is forbidden: it might be loaded again and again.
  }
  if (again) {
    await fetch(location.href, { cache: "reload" });
    location.reload();
  } else {
    const detail = isGone ? "the server does not have the program’s files, or not of this version" : error;
    dispatchEvent(new CustomEvent("bottleneck-failed", { detail }));
    throw error;
  }
}
