// The peak speed of one core, in multiplications and additions of vectors of four floats.
import { median } from "./statistics.js";

/** The candidates for the number of sums. Too few wait for each other, too many do not fit the registers. */
const CANDIDATES = [6, 8, 10, 11, 12, 13, 14, 16];

/** Loop iterations and calls to compare the candidates: a few milliseconds each. */
const TRIAL = { turns: 1_000_000, calls: 15 };

/** The same to measure the fastest: as long as a contender's segment, so that other load affects both alike. */
const MEASUREMENT = { turns: 40_000_000, calls: 5 };

/** The additions and multiplications per vector of four floats. */
const FLOPS = 8;

/** Returns a function whose loop replaces each sum `s` by `s * a + b`, in two instructions: WebAssembly has no fused one. */
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

/** Assembles the candidates and selects the fastest. Returns a function that measures its GFLOP/s. */
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

/** Returns the median duration of a call in milliseconds. */
function time(run, calls) {
  return median(Array.from({ length: calls }, () => {
    const from = performance.now();
    run();
    return performance.now() - from;
  }));
}
