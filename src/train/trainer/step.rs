//! Training steps, whole or in pieces. A step is atomic: its pieces change neither parameters nor counts.

use std::convert::Infallible;

use ndarray::{Axis, Slice};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::Trainer;
use crate::data::{Dataset, SamplerState};
use crate::nn::{
    Backprop, Batch, Dense, LossValue, Objective, Target, UPDATE_COST, in_pool, standard_normal,
};
use crate::train::Corruption;

/// The interval in steps at which negligible moments are set to zero. Step numbers decide, so that a resumed run does it at
/// the same steps.
const FLUSH_INTERVAL: u64 = 64;

/// The multiplications of a piece, about: a few milliseconds. A step of a small network is one piece.
const PIECE_COST: usize = 60_000_000;

/// The result of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepStats {
    /// The number of the step, counted from one.
    pub step: u64,
    /// The loss of the batch before the step. With a Gaussian code, it includes the KL.
    pub loss: f32,
    /// The mean squared error per pixel of the batch before the step.
    pub mse: f32,
    /// The KL divergence of a Gaussian code from `N(0, I)`, in nats per example of the batch; zero for a deterministic code.
    pub kl: f32,
}

/// The progress of a step after a piece of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
    /// The step needs images that have not arrived yet.
    NeedsData,
    /// The step is in progress.
    InProgress,
    /// The step is done.
    Done(StepStats),
}

/// A step in progress.
#[derive(Clone, Debug)]
pub(super) struct StepInProgress {
    /// The number of examples in its batch.
    size: usize,
    /// Whether the sampler drew them.
    is_drawn: bool,
    /// The noise generator before the step.
    noise: Xoshiro256PlusPlus,
    backprop: Backprop,
    /// The loss, once the gradients are complete.
    value: Option<LossValue>,
}

impl StepInProgress {
    /// Restores the sampler and the noise generator to before the step.
    pub(super) fn rollback(
        &self,
        sampler: &mut SamplerState<Xoshiro256PlusPlus>,
        noise: &mut Xoshiro256PlusPlus,
    ) {
        noise.clone_from(&self.noise);
        if self.is_drawn {
            sampler.rollback();
        }
    }
}

impl Trainer {
    /// Trains on the next batch, or finishes the step in progress. Returns `None` if the batch needs an image that has not
    /// arrived yet.
    ///
    /// # Panics
    /// If the network's input does not have the size of an image.
    pub fn step(&mut self, dataset: &Dataset) -> Option<StepStats> {
        match self.advance_by(usize::MAX, dataset) {
            Progress::NeedsData => None,
            Progress::InProgress => unreachable!("the whole step is one piece"),
            Progress::Done(stats) => Some(stats),
        }
    }

    /// Works on a step for a few milliseconds or until it is done: a whole step of a small network, one matrix product of the
    /// largest.
    ///
    /// The result of the step does not depend on what happens between its pieces.
    ///
    /// # Panics
    /// As [`step`](Self::step).
    pub fn advance(&mut self, dataset: &Dataset) -> Progress {
        self.advance_by(PIECE_COST, dataset)
    }

    /// Works on a step for about `cost` multiplications, see [`advance`](Self::advance).
    pub(in crate::train) fn advance_by(&mut self, cost: usize, dataset: &Dataset) -> Progress {
        if self.in_progress.is_none() {
            let train_len = |images| self.config.train_len(images);
            let lens = (train_len(dataset.len()), train_len(dataset.expected_len()));
            let batch = match self.config.leave_out {
                None => self.sampler.next_batch(lens.0, lens.1),
                // The labels come last.
                Some(_) if dataset.awaits_labels() => None,
                Some(class) => self
                    .sampler
                    .next_batch_of(lens.0, lens.1, |index| dataset.label(index as usize) != Some(class)),
            };
            let Some(batch) = batch else {
                return Progress::NeedsData;
            };
            let size = batch.len();
            dataset.fill(&mut self.input, batch.iter().map(|&index| index as usize));
            self.begin(size, true);
        }
        self.work(cost).map_or(Progress::InProgress, Progress::Done)
    }

    /// Works on a step as [`advance`](Self::advance) does, with the given `examples` of the dataset instead of the next of its
    /// order, which is not affected. A step in progress keeps its batch.
    ///
    /// Allocates only if the batch is larger than any before.
    ///
    /// # Panics
    /// If there are no examples, one of them is not in the dataset, or they do not have the width of the network.
    pub fn advance_with(&mut self, dataset: &Dataset, examples: &[u32]) -> Progress {
        if self.in_progress.is_none() {
            self.reserve(examples.len());
            dataset.fill(&mut self.input, examples.iter().map(|&index| index as usize));
            self.begin(examples.len(), false);
        }
        self.work(PIECE_COST).map_or(Progress::InProgress, Progress::Done)
    }

    /// Cancels the step in progress; the next one has the same batch and noise.
    pub fn cancel_step(&mut self) {
        if let Some(step) = self.in_progress.take() {
            step.rollback(self.sampler.state_mut(), &mut self.noise);
        }
    }

    /// Trains on a batch of the caller's: `fill` writes its `size` examples.
    ///
    /// Allocates only if the batch is larger than any before. The order of [`step`](Self::step) is not affected.
    ///
    /// # Shapes
    /// `fill` is given `[B, I]`, row-major, with the values of an earlier batch.
    ///
    /// # Panics
    /// If the batch is empty.
    pub fn step_with_batch(&mut self, size: usize, fill: impl FnOnce(&mut [f32])) -> StepStats {
        let filled: Result<_, Infallible> = self.try_step_with_batch(size, |input| {
            fill(input);
            Ok(())
        });
        match filled {
            Ok(stats) => stats,
        }
    }

    /// Trains on a batch of the caller's, see [`step_with_batch`](Self::step_with_batch), with a `fill` that may fail.
    ///
    /// # Errors
    /// The error of `fill`; there is no step then.
    ///
    /// # Panics
    /// If the batch is empty.
    pub fn try_step_with_batch<E>(
        &mut self,
        size: usize,
        fill: impl FnOnce(&mut [f32]) -> Result<(), E>,
    ) -> Result<StepStats, E> {
        self.cancel_step();
        self.reserve(size);
        let inputs = self.network.inputs();
        let input = self.input.as_slice_mut().expect("a standard array is contiguous");
        fill(&mut input[..size * inputs])?;
        self.begin(size, false);
        Ok(self.work(usize::MAX).expect("the whole step is one piece"))
    }

    /// Allocates for a batch of `size` examples, if it is larger than any before.
    fn reserve(&mut self, size: usize) {
        assert!(size > 0, "a batch has examples");
        if size > self.input.nrows() {
            self.allocate(size);
        }
    }

    /// Starts a step on the first `size` rows of the input.
    fn begin(&mut self, size: usize, is_drawn: bool) {
        let noise = self.noise.clone();
        if self.config.corruption != Corruption::None {
            let rows = Slice::from(..size);
            let mut corrupted = self.corrupted.slice_axis_mut(Axis(0), rows);
            corrupted.assign(&self.input.slice_axis(Axis(0), rows));
            let values = corrupted.as_slice_mut().expect("rows of a standard array are contiguous");
            self.config.corruption.apply(values, &mut self.noise);
        }
        for noise in self.workspace.noise_mut(size) {
            *noise = standard_normal(&mut self.noise);
        }
        self.in_progress =
            Some(StepInProgress { size, is_drawn, noise, backprop: Backprop::new(), value: None });
    }

    /// Works on the step in progress for at least one stage and up to `cost` multiplications. Returns its result once it is
    /// done.
    fn work(&mut self, cost: usize) -> Option<StepStats> {
        let layers = self.network.layers().iter();
        let weights = layers.map(|layer| layer.inputs * layer.outputs).max().unwrap_or(0);
        let size = self.in_progress.as_ref().map_or(0, |step| step.size);
        in_pool(weights * size, || self.work_here(cost))
    }

    /// Works as [`work`](Self::work) does, on this thread.
    fn work_here(&mut self, cost: usize) -> Option<StepStats> {
        let Self { network, parameters, gradients, workspace, backward, config, .. } = self;
        let StepInProgress { size, backprop, value, .. } = self.in_progress.as_mut()?;
        let size = *size;
        let [clean, corrupted] = [&self.input, &self.corrupted]
            .map(|all| all.slice_axis(Axis(0), Slice::from(..all.nrows().min(size))));
        let (input, target) = match config.corruption {
            Corruption::None => (clean, Target::Input),
            _ => (corrupted, Target::Given(clean)),
        };
        let objective = Objective { loss: config.loss, beta: config.beta };
        let batch = Batch { parameters, objective, decay: config.decay, input, target };
        let mut spent = 0;
        let mut fits = |stage: usize| {
            let is_first = spent == 0;
            spent = stage.saturating_add(spent);
            is_first || spent <= cost
        };
        while value.is_none() {
            if !fits(backprop.cost(network, size)) {
                return None;
            }
            *value = network.run_stage(backprop, &batch, workspace, backward, gradients);
        }
        if !fits(UPDATE_COST * parameters.len()) {
            return None;
        }
        let LossValue { loss, mse, kl } = self.in_progress.take()?.value?;
        self.apply_update(size);
        Some(StepStats { step: self.step, loss, mse, kl })
    }

    /// Updates the parameters by the gradients of a batch of `size` examples.
    fn apply_update(&mut self, size: usize) {
        let weights = self.network.layers().iter().map(Dense::weight_range);
        self.optimizer.learning_rate = self.config.learning_rate * self.config.schedule.factor(self.step);
        self.optimizer.step(&mut self.parameters, &self.gradients, weights);
        self.step += 1;
        self.examples += size as u64;
        if self.step.is_multiple_of(FLUSH_INTERVAL) {
            self.optimizer.flush(&self.parameters);
        }
    }
}
