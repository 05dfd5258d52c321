//! A step: at once, or in pieces between which nobody sees that it has begun.

use std::convert::Infallible;

use ndarray::{Axis, Slice};
use rand::RngExt;
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{Corruption, Trainer};
use crate::data::{Dataset, SamplerState};
use crate::nn::{Backprop, Batch, Dense, LossValue, Objective};

/// After how many steps negligible moments are made zero: by the number of the step, so that a run that is resumed does it
/// when it would have done it anyway.
const FLUSH_EVERY: u64 = 64;

/// A piece has about this many multiplications, if that ends one: a few milliseconds. The steps of small networks are one piece.
const PIECE: usize = 60_000_000;

/// What an optimizer takes for a parameter, in multiplications: it waits for memory.
const UPDATE_COST: usize = 16;

/// The result of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepStats {
    /// The number of the step, counted from one.
    pub step: u64,
    /// What is minimised, of its batch before the step, in the units of the loss. With a Gaussian code, the KL is part of it.
    pub loss: f32,
    /// Mean squared error per pixel of its batch before the step.
    pub mse: f32,
    /// The KL of a Gaussian code from `N(0, I)`, in nats per example of its batch; zero for a code that is a point.
    pub kl: f32,
}

/// What has come of a piece of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
    /// Nothing: the step needs images that have not arrived yet.
    NeedsData,
    /// The step is under way.
    InProgress,
    /// It is made.
    Done(StepStats),
}

/// A step under way.
#[derive(Clone, Debug)]
pub(super) struct StepInProgress {
    /// The examples of its batch.
    size: usize,
    /// Whether the sampler has drawn them.
    is_drawn: bool,
    /// The noise as it was before.
    noise: Xoshiro256PlusPlus,
    backprop: Backprop,
    /// The loss, once there are gradients to follow.
    value: Option<LossValue>,
}

impl StepInProgress {
    /// Brings what the step has drawn to where it was before.
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
    /// Trains on the next batch, or does nothing if it needs an image that has not arrived yet. A step that was begun is made.
    ///
    /// # Panics
    /// If the images are not as large as the network's input.
    pub fn step(&mut self, dataset: &Dataset) -> Option<StepStats> {
        loop {
            match self.advance(dataset) {
                Progress::NeedsData => return None,
                Progress::InProgress => {}
                Progress::Done(stats) => return Some(stats),
            }
        }
    }

    /// Goes on with the step under way, or begins one, for a few milliseconds or until it is made. Of small networks that is a
    /// whole step; of the largest it is one product of a layer.
    ///
    /// What comes of the step does not depend on what happens between its pieces: a setting that it would have had to know from
    /// its beginning has it begin anew.
    ///
    /// # Panics
    /// As [`step`](Self::step).
    pub fn advance(&mut self, dataset: &Dataset) -> Progress {
        self.advance_by(PIECE, dataset)
    }

    /// Goes on by about so many multiplications, see [`advance`](Self::advance).
    pub(super) fn advance_by(&mut self, piece: usize, dataset: &Dataset) -> Progress {
        if self.in_progress.is_none() {
            let of = |images| self.config.train_len(images);
            let Some(batch) = self.sampler.next_batch(of(dataset.len()), of(dataset.expected_len())) else {
                return Progress::NeedsData;
            };
            let size = batch.len();
            dataset.fill(&mut self.input, batch.iter().map(|&index| index as usize));
            self.begin(size, true);
        }
        self.piece(piece).map_or(Progress::InProgress, Progress::Done)
    }

    /// Gives up a step that was begun; the next one is the same from its beginning.
    pub fn cancel_step(&mut self) {
        if let Some(begun) = self.in_progress.take() {
            begun.rollback(self.sampler.state_mut(), &mut self.noise);
        }
    }

    /// Trains on a batch that the caller provides: `fill` writes its `size` examples.
    ///
    /// OptimizerState is taken only when a batch is larger than any before. The order of [`step`](Self::step) is not affected.
    ///
    /// # Shapes
    /// `fill` is given `[B, I]`, row-major, which still holds numbers of an earlier batch.
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

    /// The same as [`step_with_batch`](Self::step_with_batch) with a `fill` that may fail.
    ///
    /// # Errors
    /// What `fill` returns; no step is made then.
    ///
    /// # Panics
    /// If the batch is empty.
    pub fn try_step_with_batch<E>(
        &mut self,
        size: usize,
        fill: impl FnOnce(&mut [f32]) -> Result<(), E>,
    ) -> Result<StepStats, E> {
        assert!(size > 0, "a batch has examples");
        self.cancel_step();
        if size > self.input.nrows() {
            self.make_room(size);
        }
        let inputs = self.network.inputs();
        let input = self.input.as_slice_mut().expect("a standard array is contiguous");
        fill(&mut input[..size * inputs])?;
        self.begin(size, false);
        Ok(self.piece(usize::MAX).expect("a step that was begun is made in one piece"))
    }

    /// Begins a step on the first `size` rows of the input.
    fn begin(&mut self, size: usize, is_drawn: bool) {
        let noise = self.noise.clone();
        if self.config.corruption != Corruption::None {
            let rows = Slice::from(..size);
            let mut corrupted = self.corrupted.slice_axis_mut(Axis(0), rows);
            corrupted.assign(&self.input.slice_axis(Axis(0), rows));
            let numbers = corrupted.as_slice_mut().expect("rows of a standard array are contiguous");
            self.config.corruption.apply(numbers, &mut self.noise);
        }
        for noise in self.workspace.noise_mut(size) {
            *noise = self.noise.sample(StandardNormal);
        }
        self.in_progress =
            Some(StepInProgress { size, is_drawn, noise, backprop: Backprop::new(), value: None });
    }

    /// Goes on with the step that was begun, by one stage at least and up to `piece` multiplications; its result, once it is made.
    fn piece(&mut self, piece: usize) -> Option<StepStats> {
        let Self { network, parameters, gradients, workspace, backward, config, .. } = self;
        let StepInProgress { size, backprop, value, .. } = self.in_progress.as_mut()?;
        let size = *size;
        let [target, input] = [false, config.corruption != Corruption::None].map(|is_corrupted| {
            let all = if is_corrupted { &self.corrupted } else { &self.input };
            all.slice_axis(Axis(0), Slice::from(..size))
        });
        let objective = Objective { loss: config.loss, beta: config.beta };
        let batch = Batch { parameters, objective, decay: config.decay, input, target };
        let mut done = 0;
        let mut fits = |cost: usize| {
            let is_first = done == 0;
            done = cost.saturating_add(done);
            is_first || done <= piece
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

    /// Moves the parameters along the gradients of a batch.
    fn apply_update(&mut self, size: usize) {
        let weights = self.network.layers().iter().map(Dense::weight_range);
        self.optimizer.learning_rate = self.config.learning_rate * self.config.schedule.factor(self.step);
        self.optimizer.step(&mut self.parameters, &self.gradients, weights);
        self.step += 1;
        self.examples += size as u64;
        if self.step.is_multiple_of(FLUSH_EVERY) {
            self.optimizer.flush();
        }
    }
}
