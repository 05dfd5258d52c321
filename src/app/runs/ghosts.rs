//! Curves that are kept for comparison after their runs have ended.

use crate::app::settings::Settings;
use crate::app::tracked::Version;
use crate::view::series::{History, Series};

/// The largest number of kept curves.
pub const MAX_GHOSTS: usize = 6;

/// The largest number of points of each series.
const POINTS: usize = 200;

/// The curve of a run when it was kept.
#[derive(Clone, Debug)]
pub struct Ghost {
    /// Identifies the curve, also among removed ones.
    pub number: u64,
    /// The settings of the run.
    pub settings: Settings,
    /// Training and test error against the step.
    pub history: History,
}

/// The kept curves, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Ghosts {
    kept: Vec<Ghost>,
    count: u64,
    version: Version,
}

impl Ghosts {
    /// Iterates over the curves.
    pub fn iter(&self) -> impl Iterator<Item = &Ghost> {
        self.kept.iter()
    }

    /// Returns whether another can be kept.
    pub fn has_room(&self) -> bool {
        self.kept.len() < MAX_GHOSTS
    }

    /// Returns the version of the last change.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Keeps a curve if it has at least two points and there is room. Returns whether it was kept.
    pub fn keep(&mut self, settings: &Settings, history: &History) -> bool {
        let is_line = history.train.len().max(history.test.len()) > 1;
        if !is_line || !self.has_room() {
            return false;
        }
        self.count += 1;
        self.version.bump();
        let history = History { train: thinned(&history.train), test: thinned(&history.test) };
        self.kept.push(Ghost { number: self.count, settings: settings.clone(), history });
        true
    }

    /// Removes a curve.
    pub fn remove(&mut self, number: u64) {
        self.kept.retain(|ghost| ghost.number != number);
        self.version.bump();
    }
}

impl Ghost {
    /// Returns the series to draw: the test error, or the training error of a run that was never measured.
    pub fn line(&self) -> &Series {
        if self.history.test.len() > 1 { &self.history.test } else { &self.history.train }
    }
}

fn thinned(series: &Series) -> Series {
    let mut thin = Series::new(POINTS);
    series.iter().for_each(|(step, value)| thin.push(step, value));
    thin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(points: u64) -> History {
        let mut history = History::new(1_000);
        (0..points).for_each(|step| history.train.push(step, 0.05));
        history
    }

    #[test]
    fn up_to_six_curves_are_kept_and_can_be_removed() {
        let (mut ghosts, settings) = (Ghosts::default(), Settings::default());
        assert!(!ghosts.keep(&settings, &history(1)), "a point is not a curve");
        assert!((0..6).all(|_| ghosts.keep(&settings, &history(900))));
        assert!(!ghosts.keep(&settings, &history(900)) && !ghosts.has_room());
        assert!(ghosts.iter().all(|ghost| (50..=200).contains(&ghost.line().len())));
        assert_eq!(ghosts.iter().next().unwrap().line().last().map(|(step, _)| step / 10), Some(89));
        ghosts.remove(2);
        assert!(ghosts.keep(&settings, &history(5)));
        assert_eq!(ghosts.iter().map(|ghost| ghost.number).collect::<Vec<_>>(), [1, 3, 4, 5, 6, 7]);
    }
}
