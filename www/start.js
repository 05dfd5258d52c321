// Starts the program that the build has put beside the page; its names are on this script's own element.
const { program, wasm } = document.querySelector("script[data-program]").dataset;
const { default: init } = await import(program);
await init({ module_or_path: wasm });
