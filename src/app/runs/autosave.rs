//! When the run is stored in the browser.

/// The shortest time between two stores, in milliseconds.
const INTERVAL_MS: f64 = 5_000.0;

/// The share of all time that storing may take: slow stores are made less often.
const MAX_TIME_SHARE: f64 = 0.01;

/// The schedule of storing the run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Autosave {
    /// The time of the next store, in milliseconds.
    due: f64,
    /// The step that was stored last.
    stored_step: Option<u64>,
}

impl Autosave {
    /// Returns whether a run at `step` has to be stored at the time `now`, in milliseconds.
    pub fn is_due(&self, now: f64, step: u64) -> bool {
        now >= self.due && self.stored_step != Some(step)
    }

    /// Makes the next store due as soon as the run has changed, because the page may be closed.
    pub fn make_due(&mut self) {
        self.due = 0.0;
    }

    /// Records that the run was stored at `step`, and the milliseconds that this took until `now`.
    pub fn record(&mut self, now: f64, step: u64, took: f64) {
        self.due = now + INTERVAL_MS.max(took / MAX_TIME_SHARE);
        self.stored_step = Some(step);
    }

    /// Forgets the stored step: another run is to be stored.
    pub fn forget(&mut self) {
        self.stored_step = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changing_run_is_stored_every_few_seconds_and_a_slow_store_is_repeated_later() {
        let mut autosave = Autosave::default();
        assert!(autosave.is_due(0.0, 1));
        autosave.record(2.0, 1, 2.0);
        assert!(!autosave.is_due(5_001.0, 2) && autosave.is_due(5_002.0, 2) && !autosave.is_due(9_999.0, 1));
        autosave.record(5_002.0, 2, 300.0);
        assert!(!autosave.is_due(20_000.0, 3) && autosave.is_due(35_002.0, 3));
        autosave.make_due();
        assert!(autosave.is_due(6_000.0, 3) && !autosave.is_due(6_000.0, 2));
        autosave.forget();
        assert!(autosave.is_due(6_000.0, 2));
    }
}
