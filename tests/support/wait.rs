//! The one place where tests wait.

use std::thread;
use std::time::{Duration, Instant};

/// How much longer everything may take on a busy machine: only a test that fails waits so long.
const SLACK: f64 = 3.0;

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Calls `check` until it returns a value, and returns that.
///
/// # Panics
/// If there is none after [`SLACK`] times `seconds`. `describe` says what was waited for.
pub(crate) fn wait_for<T>(
    seconds: f64,
    describe: impl Fn() -> String,
    mut check: impl FnMut() -> Option<T>,
) -> T {
    let end = Instant::now() + Duration::from_secs_f64(SLACK * seconds);
    loop {
        if let Some(value) = check() {
            return value;
        }
        assert!(Instant::now() < end, "not within {} s: {}", SLACK * seconds, describe());
        thread::sleep(POLL_INTERVAL);
    }
}
