// The benchmark page: buttons, bars that grow as results arrive, and the report for a script that drives the page.
import { prepare } from "./bench.js";
import { count, times } from "./format.js";
import { allOfOurs, comparisons, markdown } from "./markdown.js";

const body = document.body;
const status = document.querySelector("#status");
const buttons = [...document.querySelectorAll("button[data-rounds]")];
const copy = document.querySelector("#copy");

function enter(state, sentence) {
  body.dataset.state = state;
  status.textContent = sentence;
  for (const button of buttons) button.disabled = state === "loading" || state === "running";
}

/** Returns the HTML of a bar: its name, its share of the track, and its figure. Marks are drawn on the same track. */
const bar = ({ name, detail = "", share = 0, marks = [], figure = "", aside = "", main = false }) => `
  <li class="bar${main ? " main" : ""}">
    <span class="name">${name}<small>${detail}</small></span>
    <span class="track" style="--share: ${share}">${marks.join("")}</span>
    <span class="figure">${figure}<small>${aside}</small></span>
  </li>`;

const whisker = (low, high) => `<i class="whisker" style="--low: ${low}; --high: ${high}"></i>`;

function peers({ title, cases }) {
  const top = Math.max(1, ...cases.map(({ rate }) => rate?.high ?? 0));
  const bars = cases.map(({ name, optimizer, rate, ratio }, i) => bar({
    name, main: i === 0,
    detail: optimizer,
    share: rate && rate.median / top,
    marks: rate && rate.high > rate.low ? [whisker(rate.low / top, rate.high / top)] : [],
    figure: rate ? count(rate.median) : "",
    aside: rate && i && ratio ? `ours ${times(ratio)}` : "",
  }));
  return group(title, "Examples per second: longer is faster.", bars);
}

/** Returns the HTML of our speed compared with the peak, for all widths. */
function widths(groups, peak) {
  const bars = allOfOurs(groups).map(({ width, size, rate, dense, real }) => bar({
    name: `${width} wide`, main: true,
    detail: `batches of ${size}`,
    share: rate && peak && Math.min(1, real / peak.median),
    marks: rate && peak ? [`<i class="dense" style="--share: ${Math.min(1, dense / peak.median)}"></i>`] : [],
    figure: rate ? `${real.toFixed(1)}` : "",
    aside: rate ? `dense ${dense.toFixed(1)}` : "",
  }));
  const caption = `GFLOP/s: real operations filled, dense ones outlined. The full width is the peak${
    peak ? `, ${peak.median.toFixed(1)}` : ""}.`;
  return group("Bottleneck compared with the processor’s peak", caption, bars);
}

const group = (title, caption, bars) =>
  `<section><h2>${title}</h2><p class="caption">${caption}</p><ul class="bars">${bars.join("")}</ul></section>`;

function draw({ now, groups, peak }) {
  document.querySelector("#groups").innerHTML = comparisons(groups).map(peers).join("") + widths(groups, peak);
  if (now) status.textContent = `Now ${now}`;
}

async function start(run, rounds) {
  enter("running", "Running");
  copy.hidden = true;
  const report = await run(rounds, draw);
  window.report = report;
  window.markdown = markdown(report);
  enter("done", rounds > 1 ? `Medians of ${rounds} rounds` : "One round");
  copy.hidden = false;
}

/** Shows on the page why `work` failed. */
const guard = (work) => work.catch((error) => enter("failed", `The benchmark failed: ${error.message ?? error}`));

copy.addEventListener("click", () => guard(navigator.clipboard.writeText(window.markdown)));

guard((async () => {
  const { run, notes } = await prepare();
  const items = Object.entries(notes).map(([name, note]) => `<li><b>${name}</b> ${note}</li>`);
  if (!crossOriginIsolated) items.push("<li>This page is not cross-origin isolated, so no contender has threads.</li>");
  document.querySelector("#notes").innerHTML = items.join("");
  await run(0, draw);
  enter("ready", "Ready");
  for (const button of buttons) {
    button.addEventListener("click", () => guard(start(run, Number(button.dataset.rounds))));
  }
  const asked = /^#rounds=(\d+)$/.exec(location.hash);
  if (asked) await start(run, Number(asked[1]));
})());
