//! The trainer and its state.

mod inference;
mod step;

use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use thiserror::Error;

use super::{ConfigError, Corruption, TrainerConfig};
use crate::data::{Sampler, SamplerState};
use crate::nn::{BackwardWorkspace, Network, Optimizer, OptimizerState, OptimizerStateError, Workspace};

use step::StepInProgress;
pub use step::{Progress, StepStats};

/// The state from which a training run can be resumed, bit for bit.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainerState {
    /// The settings.
    pub config: TrainerConfig,
    /// The parameters, `[P]`.
    pub parameters: Vec<f32>,
    /// The optimizer's state.
    pub optimizer: OptimizerState,
    /// The position of the sampler in its sequence.
    pub sampler: SamplerState<Xoshiro256PlusPlus>,
    /// The generator of the noise of corruption and of a Gaussian code.
    pub noise: Xoshiro256PlusPlus,
    /// The number of steps.
    pub steps: u64,
    /// The number of examples trained on.
    pub examples: u64,
}

/// A [`TrainerState`] that cannot be resumed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TrainerStateError {
    /// A setting is out of its range.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The number of parameters is not that of the network.
    #[error("the network has {expected} parameters, got {found}")]
    Parameters {
        /// The number of the network.
        expected: usize,
        /// The number found.
        found: usize,
    },
    /// The optimizer's state is not that of its method.
    #[error(transparent)]
    Optimizer(#[from] OptimizerStateError),
    /// The state of the sampler is inconsistent.
    #[error("the order of the examples contradicts itself")]
    Sampler,
    /// The noise generator would repeat one number forever.
    #[error("the state of the noise generator is all zeros")]
    Noise,
}

impl TrainerState {
    /// Checks the settings, the number of parameters and the optimizer's state. [`Trainer::from_state`] checks the sampler.
    ///
    /// # Errors
    /// [`TrainerStateError`], which says what is wrong.
    pub fn validate(&self) -> Result<(), TrainerStateError> {
        self.config.validate()?;
        let (expected, found) = (self.config.spec.parameter_count(), self.parameters.len());
        if found != expected {
            return Err(TrainerStateError::Parameters { expected, found });
        }
        // No seed leads to such a state, and a normal draw may never end.
        let mut noise = self.noise.clone();
        if (0..8).all(|_| noise.next_u64() == 0) {
            return Err(TrainerStateError::Noise);
        }
        Ok(self.optimizer.validate(self.config.method, found)?)
    }
}

/// A network in training to reproduce its input.
///
/// The parameters after a step depend on the [`TrainerConfig`], the data and the settings changed between steps; never on
/// time. A step is atomic: while [`advance`](Self::advance) works on it, parameters, counts and [`state`](Self::state) are
/// those after the previous step.
#[derive(Clone, Debug)]
pub struct Trainer {
    config: TrainerConfig,
    network: Network,
    parameters: Vec<f32>,
    gradients: Vec<f32>,
    optimizer: Optimizer,
    sampler: Sampler<Xoshiro256PlusPlus>,
    noise: Xoshiro256PlusPlus,
    input: Array2<f32>,
    /// The input with corruption; empty without.
    corrupted: Array2<f32>,
    workspace: Workspace,
    backward: BackwardWorkspace,
    in_progress: Option<StepInProgress>,
    step: u64,
    examples: u64,
}

impl Trainer {
    /// Creates a trainer of a network with initial parameters.
    ///
    /// # Errors
    /// [`ConfigError`] if the settings are invalid, see [`TrainerConfig::validate`].
    pub fn new(config: &TrainerConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let network = Network::new(&config.spec, config.loss).map_err(ConfigError::from)?;
        let [mut rng, order, noise] = streams(config.seed);
        let parameters = network.init(&config.init, &mut rng);
        let optimizer = Optimizer::new(config.method, config.learning_rate, parameters.len());
        let sampler = Sampler::new(order, config.order, config.batch_size);
        Ok(Self::assemble(config.clone(), network, parameters, optimizer, sampler, noise))
    }

    /// Creates a trainer that continues from `state`: its steps are those that would have followed, bit for bit.
    ///
    /// # Errors
    /// [`TrainerStateError`] if the settings are invalid or parts of `state` contradict each other.
    pub fn from_state(state: TrainerState) -> Result<Self, TrainerStateError> {
        state.validate()?;
        let TrainerState { config, parameters, optimizer, sampler, noise, steps, examples } = state;
        let network = Network::new(&config.spec, config.loss).map_err(ConfigError::from)?;
        let optimizer = Optimizer::resume(config.method, config.learning_rate, parameters.len(), optimizer)?;
        let sampler =
            Sampler::resume(sampler, config.order, config.batch_size).ok_or(TrainerStateError::Sampler)?;
        let trainer = Self::assemble(config, network, parameters, optimizer, sampler, noise);
        Ok(Self { step: steps, examples, ..trainer })
    }

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
        trainer.allocate_corrupted();
        trainer
    }

    /// Returns the state, from which [`Trainer::from_state`] continues.
    pub fn state(&self) -> TrainerState {
        let (mut sampler, mut noise) = (self.sampler.state().clone(), self.noise.clone());
        if let Some(step) = &self.in_progress {
            step.rollback(&mut sampler, &mut noise);
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

    /// Returns the state, without a copy.
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

    /// Allocates the arrays for batches of up to `size` examples.
    fn allocate(&mut self, size: usize) {
        // The old arrays are freed first, so that both are never held at once.
        self.input = Array2::zeros((0, 0));
        self.corrupted = Array2::zeros((0, 0));
        self.workspace = Workspace::new(&self.network, 0);
        self.backward = BackwardWorkspace::new(&self.network, 0);
        self.input = Array2::zeros((size, self.network.inputs()));
        self.workspace = Workspace::new(&self.network, size);
        self.backward = BackwardWorkspace::new(&self.network, size);
        self.allocate_corrupted();
    }

    /// Allocates the array for corrupted batches, or frees it.
    fn allocate_corrupted(&mut self) {
        let rows = if self.config.corruption == Corruption::None { 0 } else { self.input.nrows() };
        if self.corrupted.nrows() != rows {
            self.corrupted = Array2::zeros((rows, self.network.inputs()));
        }
    }

    /// Returns the settings.
    pub fn config(&self) -> &TrainerConfig {
        &self.config
    }

    /// Returns the network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Returns the parameters, `[P]`.
    pub fn parameters(&self) -> &[f32] {
        &self.parameters
    }

    /// Returns the gradients of the last step, decay included: `[P]`. All are zero before the first step. During a step, some
    /// layers already have its gradients.
    pub fn gradients(&self) -> &[f32] {
        &self.gradients
    }

    /// Returns the number of steps.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Returns the number of examples trained on.
    pub fn examples(&self) -> u64 {
        self.examples
    }

    /// Changes the settings that can change between steps: the learning rate and its schedule, the batch size, the
    /// corruption, beta, and the method, which starts with a fresh state. Changes of other settings are ignored.
    ///
    /// A step in progress starts over if it depends on the change.
    ///
    /// # Errors
    /// [`ConfigError`] if the settings are invalid; nothing is changed then.
    pub fn reconfigure(&mut self, change: impl FnOnce(&mut TrainerConfig)) -> Result<(), ConfigError> {
        let mut changed = self.config.clone();
        change(&mut changed);
        self.apply(changed)
    }

    /// Applies the settings of `changed` that can change between steps. Not generic, which keeps the program small.
    fn apply(&mut self, changed: TrainerConfig) -> Result<(), ConfigError> {
        let TrainerConfig { learning_rate, schedule, batch_size, corruption, beta, method, .. } = changed;
        let new = TrainerConfig {
            learning_rate,
            schedule,
            batch_size,
            corruption,
            beta,
            method,
            ..self.config.clone()
        };
        new.validate()?;
        let old = std::mem::replace(&mut self.config, new);
        if batch_size != old.batch_size || corruption != old.corruption || beta != old.beta {
            self.cancel_step();
        }
        if batch_size != old.batch_size {
            self.sampler.set_batch_size(batch_size);
            self.allocate(batch_size);
        }
        self.allocate_corrupted();
        if method != old.method {
            self.reset_optimizer();
        }
        Ok(())
    }

    /// Continues with other parameters, `[P]`, and a fresh state of the optimizer.
    ///
    /// # Panics
    /// If their number is not that of the network.
    pub fn set_parameters(&mut self, parameters: &[f32]) {
        self.cancel_step();
        self.parameters.copy_from_slice(parameters);
        self.reset_optimizer();
    }

    fn reset_optimizer(&mut self) {
        self.optimizer = Optimizer::new(self.config.method, self.config.learning_rate, self.parameters.len());
    }
}

/// Returns the random number generators of the initial parameters, the order of the examples and the noise. They are
/// independent: the order does not depend on the network's size, nor do the others depend on noise.
fn streams(seed: u64) -> [Xoshiro256PlusPlus; 3] {
    let first = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut order = first.clone();
    order.jump();
    let mut noise = order.clone();
    noise.jump();
    [first, order, noise]
}

/// Returns the initial noise generator of a seed, for files from before there was noise.
pub(crate) fn initial_noise(seed: u64) -> Xoshiro256PlusPlus {
    let [_, _, noise] = streams(seed);
    noise
}

#[cfg(test)]
mod tests;
