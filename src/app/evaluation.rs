//! The test error, measured over all held-out images without holding up a frame.

use std::ops::Range;

use ndarray::{Array2, Axis, Slice};

use crate::data::{Dataset, PIXELS};
use crate::nn::{Loss, Network, Workspace};

/// Images that one call of [`Evaluation::advance`] looks at.
pub const CHUNK: usize = 250;

/// A measurement under way: the parameters of one moment against every held-out image, a chunk a frame.
///
/// Since the parameters are a copy, what comes out is the exact test error of one step, although training goes on
/// meanwhile; and the copy is at hand when a way back is needed.
#[derive(Debug)]
pub struct Evaluation {
    parameters: Vec<f32>,
    step: u64,
    next: Option<usize>,
    squared: f64,
    input: Array2<f32>,
    workspace: Workspace,
}

/// A measurement that is complete.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The step after which the parameters were copied.
    pub step: u64,
    /// Mean squared error per pixel over all held-out images.
    pub mse: f32,
}

impl Evaluation {
    /// Takes the memory for measurements of `network`.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        Self {
            parameters: vec![0.0; network.parameter_count()],
            step: 0,
            next: None,
            squared: 0.0,
            input: Array2::zeros((CHUNK, PIXELS)),
            workspace: Workspace::new(network, CHUNK),
        }
    }

    /// Whether a measurement is under way.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.next.is_some()
    }

    /// The parameters that are, or were last, measured: `[P]`.
    #[must_use]
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// Begins to measure `parameters`, those after `step`.
    ///
    /// # Panics
    /// If there are not as many as the network has.
    pub fn begin(&mut self, parameters: &[f32], step: u64) {
        self.parameters.copy_from_slice(parameters);
        self.step = step;
        self.next = Some(0);
        self.squared = 0.0;
    }

    /// Gives up the measurement under way.
    pub fn cancel(&mut self) {
        self.next = None;
    }

    /// Goes on by one chunk; returns the result with the last.
    ///
    /// # Panics
    /// If the images are not those of the network.
    pub fn advance(&mut self, network: &Network, loss: Loss, test: &Dataset) -> Option<Measured> {
        let chunk = chunk(self.next?, test.len());
        test.fill(&mut self.input, chunk.clone());
        let input = self.input.slice_axis(Axis(0), Slice::from(..chunk.len()));
        let value = network.loss(&self.parameters, loss, input, input, &mut self.workspace);
        self.squared += f64::from(value.mse) * chunk.len() as f64;
        self.next = (chunk.end < test.len()).then_some(chunk.end);
        if self.is_running() {
            return None;
        }
        Some(Measured { step: self.step, mse: (self.squared / test.len() as f64) as f32 })
    }
}

fn chunk(start: usize, length: usize) -> Range<usize> {
    start..(start + CHUNK).min(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;
    use crate::trainer::Trainer;

    #[test]
    fn chunks_add_up_to_the_error_of_the_whole() {
        let trainer = Trainer::new(&Preset::Fast.config()).unwrap();
        let images: Vec<u8> = (0..600 * PIXELS).map(|i| (i * i % 251) as u8).collect();
        let test = Dataset::new(images, Vec::new());
        let (network, loss) = (trainer.network(), trainer.loss());

        let mut evaluation = Evaluation::new(network);
        evaluation.begin(trainer.parameters(), 12);
        let mut results: Vec<_> = (0..3).map(|_| evaluation.advance(network, loss, &test)).collect();
        let measured = results.pop().flatten().expect("600 images are three chunks");
        assert_eq!(results, [None, None]);
        assert_eq!(evaluation.advance(network, loss, &test), None);

        let mut whole = Array2::zeros((600, PIXELS));
        test.fill(&mut whole, 0..600);
        let mut workspace = Workspace::new(network, 600);
        let expected =
            network.loss(trainer.parameters(), loss, whole.view(), whole.view(), &mut workspace).mse;
        assert_eq!(measured.step, 12);
        assert!((measured.mse / expected - 1.0).abs() < 1e-5, "{}, not {expected}", measured.mse);
    }
}
