//! When the run is kept in the browser.

/// The time from one keeping to the next, in milliseconds.
const INTERVAL: f64 = 5_000.0;

/// Keeping may take this part of all time: what takes longer is done more rarely.
const SHARE: f64 = 0.01;

/// Tells when the run has to be kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct Autosave {
    /// When the next one is due, in milliseconds.
    due: f64,
    /// The step that was kept last.
    kept: Option<u64>,
}

impl Autosave {
    /// Whether a run at `step` has to be kept at a time, in milliseconds.
    #[must_use]
    pub fn is_due(&self, now: f64, step: u64) -> bool {
        now >= self.due && self.kept != Some(step)
    }

    /// Has the run kept as soon as there is something new, because the page may be closed.
    pub fn make_due(&mut self) {
        self.due = 0.0;
    }

    /// Takes note that the run was kept at `step`, which took `milliseconds` until `now`.
    pub fn kept(&mut self, now: f64, step: u64, took: f64) {
        self.due = now + INTERVAL.max(took / SHARE);
        self.kept = Some(step);
    }

    /// Takes note that another run is to be kept.
    pub fn forget(&mut self) {
        self.kept = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_kept_every_few_seconds_while_it_changes_and_a_dear_one_more_rarely() {
        let mut autosave = Autosave::default();
        assert!(autosave.is_due(0.0, 1));
        autosave.kept(2.0, 1, 2.0);
        assert!(!autosave.is_due(5_001.0, 2) && autosave.is_due(5_002.0, 2) && !autosave.is_due(9_999.0, 1));
        autosave.kept(5_002.0, 2, 300.0);
        assert!(!autosave.is_due(20_000.0, 3) && autosave.is_due(35_002.0, 3));
        autosave.make_due();
        assert!(autosave.is_due(6_000.0, 3) && !autosave.is_due(6_000.0, 2));
        autosave.forget();
        assert!(autosave.is_due(6_000.0, 2));
    }
}
