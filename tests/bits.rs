//! The same bits everywhere: the hash of each run of `support/runs.rs` is the recorded one.
//!
//! Checked here as built, in a program built for AVX2 and FMA, and in Chromium; `tests/engines/bits.rs` checks in the other engines.
//! After a change that is meant to alter results, replace `reference/bits.txt` by what the failing test prints.

#[path = "support/runs.rs"]
mod runs;

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn every_run_has_its_recorded_hash() {
    runs::assert_recorded(&runs::lines().collect::<String>());
}

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test::wasm_bindgen_test]
async fn every_run_has_its_recorded_hash() {
    runs::assert_recorded(&runs::lines_in_turns().await);
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_program_built_for_fma_gives_the_same_bits_on_any_number_of_threads() {
    use std::process::Command;
    if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
        println!("Left out: this processor has no AVX2 and FMA.");
        return;
    }
    for threads in ["1", "2", "4"] {
        let output = Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--locked", "--bin", "bits", "--features", "bits"])
            .args(["--target-dir", concat!(env!("CARGO_TARGET_TMPDIR"), "/fma")])
            .env("RUSTFLAGS", "-Ctarget-feature=+avx2,+fma")
            .env("RAYON_NUM_THREADS", threads)
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        runs::assert_recorded(&String::from_utf8_lossy(&output.stdout));
    }
}
