// What one core of this processor can do at most: multiplications and additions of four numbers at once.
import { median } from "./statistics.js";

/** How many sums are kept at a time. Too few wait for one another, too many no longer fit the registers. */
const CANDIDATES = [6, 8, 10, 11, 12, 13, 14, 16];

/** Turns of the loop and calls to compare a candidate with the others: some milliseconds each. */
const TRIAL = { turns: 1_000_000, calls: 15 };

/** And to measure the best of them: as long as the segments that contenders are timed in, so that a disturbance meets all alike. */
const MEASUREMENT = { turns: 40_000_000, calls: 5 };

/** Additions and multiplications of a vector of four numbers. */
const FLOPS = 8;

/** A function whose loop turns each sum `s` into `s * a + b`, by two instructions as WebAssembly has no fused one. */
function source(sums) {
  const each = (line) => Array.from({ length: sums }, (_, i) => line(`$s${i}`)).join("\n");
  return `(module
    (func (export "run") (param $turns i32) (result f32)
      (local $a v128) (local $b v128)
      ${each((s) => `(local ${s} v128)`)}
      (local.set $a (f32x4.splat (f32.const 0.5)))
      (local.set $b (f32x4.splat (f32.const 1)))
      (loop $again
        ${each((s) => `(local.set ${s} (f32x4.add (f32x4.mul (local.get ${s}) (local.get $a)) (local.get $b)))`)}
        (local.set $turns (i32.sub (local.get $turns) (i32.const 1)))
        (br_if $again (local.get $turns)))
      ${each((s) => `(f32x4.extract_lane 0 (local.get ${s}))`)}
      ${"f32.add\n".repeat(sums - 1)}))`;
}

/** Assembles the candidates and takes the fastest. Returns what measures its GFLOP/s. */
export async function peak() {
  const wabt = await globalThis.WabtModule();
  const candidates = CANDIDATES.map((sums) => {
    const module = wabt.parseWat("peak.wat", source(sums));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBinary({}).buffer));
    const gigaflops = ({ turns, calls }) => (sums * FLOPS * turns) / time(() => exports.run(turns), calls) / 1e6;
    return { gigaflops, found: gigaflops(TRIAL) };
  });
  const best = candidates.reduce((best, candidate) => (candidate.found > best.found ? candidate : best));
  return () => best.gigaflops(MEASUREMENT);
}

/** The median of the milliseconds that calls take. */
function time(run, calls) {
  return median(Array.from({ length: calls }, () => {
    const from = performance.now();
    run();
    return performance.now() - from;
  }));
}
