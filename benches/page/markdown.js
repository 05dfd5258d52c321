// The results as Markdown tables.
import { count, times } from "./format.js";

/** Returns our cases of all groups, sorted by batch size and width. */
export function allOfOurs(groups) {
  const [{ name }] = groups[0].cases;
  const ours = groups.flatMap(({ cases }) => cases.filter((of) => of.name === name && of.width));
  return ours.toSorted((a, b) => a.size - b.size || a.width - b.width);
}

/** Returns the groups with several contenders. */
export const comparisons = (groups) =>
  groups.filter(({ cases }) => cases.some(({ name }) => name !== cases[0].name));

export function markdown({ peak, peaks, inked, cores, groups }) {
  const [fifty, larger] = groups.map(({ cases }) => cases);
  const networks = comparisons(groups).slice(2);
  const rounds = fifty[0].rates.length;
  const cells = ({ rate, ratio, loss }, i) =>
    `${range(rate)} | ${i ? times(ratio) : ""} | ${loss.toFixed(4)}`;
  const peers = fifty.map((of, i) =>
    `| ${i ? of.name : `**${of.name}**`} | ${of.optimizer} | ${cells(of, i)} | ${cells(larger[i], i)} |`);
  const others = networks[0].cases.map(({ name }, i) => `| ${i ? name : `**${name}**`} | ${
    networks.map(({ cases }) => `${range(cases[i].rate)} | ${i ? times(cases[i].ratio) : ""}`).join(" | ")} |`);
  const share = (gigaflops) => `${gigaflops.toFixed(1)} | ${percent(gigaflops / peak.median)}`;
  const widths = allOfOurs(groups).map(({ width, size, rate, dense, real }) =>
    `| ${width} | ${size} | ${range(rate)} | ${share(dense)} | ${share(real)} |`);
  const of = rounds > 1 ? `medians of ${rounds} rounds` : "of one round";
  const best = `${peak.median.toFixed(1)} GFLOP/s (${peak.low.toFixed(1)} - ${peak.high.toFixed(1)})`;
  return `Examples per second, ${of} with minimum and maximum in brackets; how many times as fast ours is;
and the mean squared error per pixel after 12,800 examples:

| | optimizer | batches of 50 | ours | error | batches of 128 | ours | error |
|---|---|---|---|---|---|---|---|
${peers.join("\n")}

Larger networks, examples per second:

| | ${networks.map(({ title }) => `${title} | ours`).join(" | ")} |
|---|${"---|---|".repeat(networks.length)}
${others.join("\n")}

The peak of one of the ${cores} cores, in multiplications and additions of vectors of four floats, in ${peaks.length}
measurements between the others: ${best}. Ours compared with it: dense operations count every weight; real ones are
those performed, without the ${percent(1 - inked)} of the pixels that are zero and, where that takes fewer, without computing the outputs of the last layer.

| hidden width | batch | examples/s | GFLOP/s, dense | of the peak | GFLOP/s, real | of the peak |
|---|---|---|---|---|---|---|
${widths.join("\n")}
`;
}

const range = ({ median, low, high }) => `${count(median)} (${count(low)} - ${count(high)})`;

const percent = (share) => `${Math.round(100 * share)} %`;
