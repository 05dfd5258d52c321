//! The trainer: one step after another, whatever clock they run by.

use ndarray::{Array2, ArrayView2};
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use thiserror::Error;

use super::step::StepInProgress;
use super::{ConfigError, Corruption, Schedule, TrainerConfig, config};
use crate::data::{Sampler, SamplerState};
use crate::nn::{
    BackwardWorkspace, Method, Network, Optimizer, OptimizerState, OptimizerStateError, Workspace,
};

/// How many bytes a trainer takes at most for batches of up to `batch_size` examples: their pixels, clean and corrupted, and
/// every array of a forward and a backward pass. At most `usize::MAX`.
#[must_use]
pub fn batch_bytes(network: &Network, batch_size: usize) -> usize {
    let pixels = batch_size.saturating_mul(network.inputs()).saturating_mul(2 * size_of::<f32>());
    pixels
        .saturating_add(Workspace::bytes(network, batch_size))
        .saturating_add(BackwardWorkspace::bytes(network, batch_size))
}

/// Everything that a run needs to go on from where it stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainerState {
    /// The settings of the steps to come.
    pub config: TrainerConfig,
    /// The parameters, `[P]`.
    pub parameters: Vec<f32>,
    /// The optimizer's state.
    pub optimizer: OptimizerState,
    /// Where the sampler is in its sequence.
    pub sampler: SamplerState<Xoshiro256PlusPlus>,
    /// Where the noise of corruption and of a Gaussian code is in its sequence.
    pub noise: Xoshiro256PlusPlus,
    /// How many steps have been made.
    pub steps: u64,
    /// How many examples have been seen.
    pub examples: u64,
}

/// Why a trainer cannot go on from a [`TrainerState`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrainerStateError {
    /// A setting is out of its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The number of parameters is not that of the network.
    #[error("the network has {expected} parameters, got {found}")]
    Parameters {
        /// How many the network has.
        expected: usize,
        /// How many were found.
        found: usize,
    },
    /// The optimizer's state is not that of its method.
    #[error(transparent)]
    Optimizer(#[from] OptimizerStateError),
    /// The sampler's lists contradict each other.
    #[error("the order of the examples contradicts itself")]
    Sampler,
    /// The noise would be the same number for ever.
    #[error("the state of the noise generator is all zeros")]
    Noise,
}

impl TrainerState {
    /// Checks the settings, the number of parameters and the optimizer's state; the order of the examples is checked when
    /// a trainer goes on with it.
    ///
    /// # Errors
    /// [`TrainerStateError`], which says what is wrong.
    pub fn validate(&self) -> Result<(), TrainerStateError> {
        self.config.validate()?;
        let (expected, found) = (self.config.spec.parameter_count(), self.parameters.len());
        if found != expected {
            return Err(TrainerStateError::Parameters { expected, found });
        }
        // From such a state no seed leads, and a normal draw may never end.
        let mut noise = self.noise.clone();
        if (0..8).all(|_| noise.next_u64() == 0) {
            return Err(TrainerStateError::Noise);
        }
        Ok(self.optimizer.validate(self.config.method, found)?)
    }
}

/// A network being trained to reproduce its input.
///
/// The parameters after a step depend on the [`TrainerConfig`], on the data and on what was set between the steps; never on time.
/// A step that was in_progress by [`advance`](Self::advance) is not seen before it is made: until then parameters, counts and
/// [`state`](Self::state) are those of the step before.
#[derive(Clone, Debug)]
pub struct Trainer {
    pub(super) config: TrainerConfig,
    pub(super) network: Network,
    pub(super) parameters: Vec<f32>,
    pub(super) gradients: Vec<f32>,
    pub(super) optimizer: Optimizer,
    pub(super) sampler: Sampler<Xoshiro256PlusPlus>,
    pub(super) noise: Xoshiro256PlusPlus,
    pub(super) input: Array2<f32>,
    /// The same as the network sees it; empty where nothing is corrupted.
    pub(super) corrupted: Array2<f32>,
    pub(super) workspace: Workspace,
    pub(super) backward: BackwardWorkspace,
    pub(super) in_progress: Option<StepInProgress>,
    pub(super) step: u64,
    pub(super) examples: u64,
}

impl Trainer {
    /// A network with fresh parameters.
    ///
    /// # Errors
    /// If a setting is out of its range, see [`TrainerConfig::validate`].
    pub fn new(config: &TrainerConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let network = Network::new(&config.spec, config.loss);
        let [mut rng, order, noise] = streams(config.seed);
        let parameters = network.init(&config.init, &mut rng);
        let optimizer = Optimizer::new(config.method, config.learning_rate, parameters.len());
        let sampler = Sampler::new(order, config.order, config.batch_size);
        Ok(Self::assemble(config.clone(), network, parameters, optimizer, sampler, noise))
    }

    /// A trainer that goes on from `state`: its steps are those that would have followed, bit for bit.
    ///
    /// # Errors
    /// If a setting is out of its range or the parts of `state` contradict each other.
    pub fn from_state(state: TrainerState) -> Result<Self, TrainerStateError> {
        state.validate()?;
        let TrainerState { config, parameters, optimizer, sampler, noise, steps, examples } = state;
        let network = Network::new(&config.spec, config.loss);
        let optimizer = Optimizer::resume(config.method, config.learning_rate, parameters.len(), optimizer)?;
        let sampler =
            Sampler::resume(sampler, config.order, config.batch_size).ok_or(TrainerStateError::Sampler)?;
        let trainer = Self::assemble(config, network, parameters, optimizer, sampler, noise);
        Ok(Self { step: steps, examples, ..trainer })
    }

    /// Takes the memory for the steps to come.
    fn assemble(
        config: TrainerConfig,
        network: Network,
        parameters: Vec<f32>,
        optimizer: Optimizer,
        sampler: Sampler<Xoshiro256PlusPlus>,
        noise: Xoshiro256PlusPlus,
    ) -> Self {
        let mut trainer = Self {
            gradients: vec![0.0; parameters.len()],
            input: Array2::zeros((config.batch_size, network.inputs())),
            corrupted: Array2::zeros((0, 0)),
            workspace: Workspace::new(&network, config.batch_size),
            backward: BackwardWorkspace::new(&network, config.batch_size),
            in_progress: None,
            step: 0,
            examples: 0,
            config,
            network,
            parameters,
            optimizer,
            sampler,
            noise,
        };
        trainer.make_room_to_corrupt();
        trainer
    }

    /// Everything needed to go on from here, by [`Trainer::from_state`].
    #[must_use]
    pub fn state(&self) -> TrainerState {
        let (mut sampler, mut noise) = (self.sampler.state().clone(), self.noise.clone());
        if let Some(in_progress) = &self.in_progress {
            in_progress.rollback(&mut sampler, &mut noise);
        }
        TrainerState {
            config: self.config.clone(),
            parameters: self.parameters.clone(),
            optimizer: self.optimizer.state().clone(),
            sampler,
            noise,
            steps: self.step,
            examples: self.examples,
        }
    }

    /// The same as [`state`](Self::state), without a copy.
    #[must_use]
    pub fn into_state(mut self) -> TrainerState {
        self.cancel_step();
        TrainerState {
            config: self.config,
            parameters: self.parameters,
            optimizer: self.optimizer.into_state(),
            sampler: self.sampler.into_state(),
            noise: self.noise,
            steps: self.step,
            examples: self.examples,
        }
    }

    /// Takes the memory for batches of up to `size` examples.
    pub(super) fn make_room(&mut self, size: usize) {
        // What there was goes first, so that both are never held at once.
        self.input = Array2::zeros((0, 0));
        self.corrupted = Array2::zeros((0, 0));
        self.workspace = Workspace::new(&self.network, 0);
        self.backward = BackwardWorkspace::new(&self.network, 0);
        self.input = Array2::zeros((size, self.network.inputs()));
        self.workspace = Workspace::new(&self.network, size);
        self.backward = BackwardWorkspace::new(&self.network, size);
        self.make_room_to_corrupt();
    }

    /// Takes the memory for corrupted batches, or gives it back.
    pub(super) fn make_room_to_corrupt(&mut self) {
        let rows = if self.config.corruption == Corruption::None { 0 } else { self.input.nrows() };
        if self.corrupted.nrows() != rows {
            self.corrupted = Array2::zeros((rows, self.network.inputs()));
        }
    }

    /// The settings of the steps to come.
    #[must_use]
    pub fn config(&self) -> &TrainerConfig {
        &self.config
    }

    /// The network.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Its parameters at this moment, `[P]`.
    #[must_use]
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// The batch of the last step as the network saw it: corrupted, if it was to be.
    ///
    /// # Shapes
    /// `[B, I]`; after a smaller batch, the rows beyond it are of an earlier one
    #[must_use]
    pub fn seen(&self) -> ArrayView2<'_, f32> {
        if self.config.corruption == Corruption::None { self.input.view() } else { self.corrupted.view() }
    }

    /// The gradients that the last step followed, its decay included: `[P]`. All zero before the first step. While a step is
    /// under way, some layers have already those that it will follow.
    #[must_use]
    pub fn gradients(&self) -> &[f32] {
        &self.gradients
    }

    /// The outputs of every layer for the batch of the last step, before that step; of the last layer, only where the step needed
    /// them, see [`Network::loss_and_gradients`]. While a step is under way, they are those of that step, as far as it has come.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// How many steps have been made.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// How many examples have been seen.
    #[must_use]
    pub fn examples(&self) -> u64 {
        self.examples
    }

    /// Sets the learning rate of the steps to come.
    ///
    /// # Errors
    /// If it is negative or not finite; nothing is changed then.
    pub fn set_learning_rate(&mut self, learning_rate: f32) -> Result<(), ConfigError> {
        config::check_learning_rate(learning_rate)?;
        self.config.learning_rate = learning_rate;
        Ok(())
    }

    /// Sets how the learning rate goes on.
    ///
    /// # Errors
    /// If the schedule has no steps or too many; nothing is changed then.
    pub fn set_schedule(&mut self, schedule: Schedule) -> Result<(), ConfigError> {
        config::check_schedule(schedule)?;
        self.config.schedule = schedule;
        Ok(())
    }

    /// Sets the weight of the KL of a Gaussian code in the steps to come.
    ///
    /// # Errors
    /// If it is negative or not finite; nothing is changed then.
    pub fn set_beta(&mut self, beta: f32) -> Result<(), ConfigError> {
        config::check_beta(beta)?;
        if beta != self.config.beta {
            self.cancel_step();
        }
        self.config.beta = beta;
        Ok(())
    }

    /// Sets what is done to the input in the steps to come.
    ///
    /// # Errors
    /// If the amount is out of its range; nothing is changed then.
    pub fn set_corruption(&mut self, corruption: Corruption) -> Result<(), ConfigError> {
        config::check_corruption(corruption)?;
        self.cancel_step();
        self.config.corruption = corruption;
        self.make_room_to_corrupt();
        Ok(())
    }

    /// Goes on with another method, which remembers nothing yet.
    ///
    /// # Errors
    /// If a constant of the method is out of its range; nothing is changed then.
    pub fn set_method(&mut self, method: Method) -> Result<(), ConfigError> {
        config::check_method(method)?;
        self.config.method = method;
        self.forget();
        Ok(())
    }

    /// Sets the size of the batches to come.
    ///
    /// # Errors
    /// If it is zero or a batch would take too much memory; nothing is changed then.
    pub fn set_batch_size(&mut self, batch_size: usize) -> Result<(), ConfigError> {
        config::check_batch_size(&self.network, batch_size)?;
        self.cancel_step();
        self.config.batch_size = batch_size;
        self.sampler.set_batch_size(batch_size);
        self.make_room(batch_size);
        Ok(())
    }

    /// Goes on with other parameters, `[P]`, and an optimizer that remembers nothing of these.
    ///
    /// # Panics
    /// If there are not as many as the network has.
    pub fn set_parameters(&mut self, parameters: &[f32]) {
        self.cancel_step();
        self.parameters.copy_from_slice(parameters);
        self.forget();
    }

    /// Makes the optimizer forget all steps so far.
    fn forget(&mut self) {
        self.optimizer = Optimizer::new(self.config.method, self.config.learning_rate, self.parameters.len());
    }
}

/// The random numbers of a run: those of the first parameters, of the order of the examples and of the noise. Each has a
/// stream of its own, so that the order does not depend on the network's size, nor either on whether there is noise.
fn streams(seed: u64) -> [Xoshiro256PlusPlus; 3] {
    let first = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut order = first.clone();
    order.jump();
    let mut noise = order.clone();
    noise.jump();
    [first, order, noise]
}

/// Where the noise of a run begins: for files from before there was any.
pub(crate) fn initial_noise(seed: u64) -> Xoshiro256PlusPlus {
    let [_, _, noise] = streams(seed);
    noise
}
