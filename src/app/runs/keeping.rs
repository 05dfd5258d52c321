//! A run that is being encoded for the browser's storage, a part in each frame.

use super::sitting::Sitting;
use crate::files::{BottleneckWriter, FileError};
use crate::train::TrainerState;

/// A snapshot of a run, and the bytes written so far.
#[derive(Debug)]
pub struct Keeping {
    state: TrainerState,
    writer: BottleneckWriter,
    took: f64,
}

impl Keeping {
    /// The values that are written in a frame: about a millisecond's work.
    pub const PIECE: usize = 1 << 17;

    /// Starts to encode `state`, after the header in `sitting`, whose file is still empty.
    ///
    /// # Errors
    /// If the run cannot be resumed.
    pub fn begin(sitting: &Sitting, state: TrainerState) -> Result<Self, FileError> {
        Ok(Self { writer: BottleneckWriter::new(&state, sitting.to_bytes())?, state, took: 0.0 })
    }

    /// Returns the step of the snapshot.
    pub fn step(&self) -> u64 {
        self.state.steps
    }

    /// Writes up to `words` values. Returns whether those were the last.
    pub fn advance(&mut self, words: usize) -> bool {
        self.writer.advance(&self.state, words)
    }

    /// Adds the milliseconds of a part, and returns their sum.
    pub fn took(&mut self, milliseconds: f64) -> f64 {
        self.took += milliseconds.max(0.0);
        self.took
    }

    /// Returns the bytes to be stored.
    pub fn finish(self) -> Vec<u8> {
        self.writer.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::save_state;
    use crate::train::Preset;
    use crate::train::Trainer;

    #[test]
    fn the_parts_make_the_same_file_as_one_write() {
        let state = Trainer::new(&Preset::Deep.config()).unwrap().state();
        let sitting = Sitting {
            step: 3,
            fragment: "preset=deep".to_owned(),
            had_own_images: false,
            train: vec![(1, 0.5), (2, 0.25)],
            test: vec![(2, 0.3)],
            file: Vec::new(),
        };
        let mut keeping = Keeping::begin(&sitting, state.clone()).unwrap();
        let mut pieces = 1;
        while !keeping.advance(10_001) {
            pieces += 1;
        }
        assert!(pieces > 5, "{pieces} pieces");
        assert_eq!((keeping.step(), keeping.took(2.0), keeping.took(3.0)), (0, 2.0, 5.0));
        let kept = Sitting::read(&keeping.finish()).unwrap();
        assert_eq!(kept, Sitting { file: save_state(&state).unwrap(), ..sitting });
    }
}
