//! Optimizers: each is one pass over the flat slices of parameters, gradients and moments.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::impl_names;
use super::isa::dispatch;
use super::parallel;

/// An optimization method and its constants.
///
/// In the update formulas, `p` is a parameter, `g` its gradient, `η` the learning rate and `t` the step, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Method {
    /// Stochastic gradient descent: `p ← p - η g`
    Sgd,
    /// Momentum, as in ConvNetJS and Keras: `v ← μ v - η g`, `p ← p + v`
    Momentum {
        /// `μ`
        momentum: f32,
    },
    /// Nesterov's momentum, as in ConvNetJS and Keras: `v' ← μ v - η g`, `p ← p + (1 + μ) v' - μ v`
    Nesterov {
        /// `μ`
        momentum: f32,
    },
    /// Adagrad (Duchi, Hazan & Singer 2011), as in ConvNetJS: `s ← s + g²`, `p ← p - η g / sqrt(s + ε)`
    Adagrad {
        /// `ε`
        epsilon: f32,
    },
    /// `RMSProp` (Tieleman & Hinton 2012), ConvNetJS's "windowgrad":
    /// `s ← ρ s + (1 - ρ) g²`, `p ← p - η g / sqrt(s + ε)`
    RmsProp {
        /// `ρ`
        rho: f32,
        /// `ε`
        epsilon: f32,
    },
    /// Adadelta (Zeiler 2012): `s ← ρ s + (1 - ρ) g²`, `Δ = g sqrt((u + ε) / (s + ε))`, `u ← ρ u + (1 - ρ) Δ²`,
    /// `p ← p - η Δ`. ConvNetJS has a fixed `η = 1`.
    Adadelta {
        /// `ρ`
        rho: f32,
        /// `ε`
        epsilon: f32,
    },
    /// Adam (Kingma & Ba 2015, algorithm 1): `m ← β₁ m + (1 - β₁) g`, `v ← β₂ v + (1 - β₂) g²`,
    /// `p ← p - η m / (1 - β₁ᵗ) / (sqrt(v / (1 - β₂ᵗ)) + ε)`
    Adam {
        /// `β₁`
        beta1: f32,
        /// `β₂`
        beta2: f32,
        /// `ε`
        epsilon: f32,
    },
    /// AdamW (Loshchilov & Hutter 2019): weights, not biases, first shrink to `(1 - η λ) p`; then Adam.
    AdamW {
        /// `β₁`
        beta1: f32,
        /// `β₂`
        beta2: f32,
        /// `ε`
        epsilon: f32,
        /// `λ`
        weight_decay: f32,
    },
}

impl Method {
    /// Every method, with its default constants.
    pub const ALL: [Self; 8] = [
        Self::Sgd,
        Self::Momentum { momentum: 0.9 },
        Self::Nesterov { momentum: 0.9 },
        Self::Adagrad { epsilon: 1e-8 },
        Self::RmsProp { rho: 0.95, epsilon: 1e-8 },
        Self::Adadelta { rho: 0.95, epsilon: 1e-8 },
        Self::ADAM,
        Self::AdamW { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 },
    ];

    /// Adam with the constants of its paper.
    pub const ADAM: Self = Self::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

    /// Returns the method's default learning rate.
    pub fn default_learning_rate(self) -> f32 {
        match self {
            Self::Sgd => 1.0,
            Self::Momentum { .. } | Self::Nesterov { .. } => 0.1,
            Self::Adagrad { .. } => 0.01,
            Self::RmsProp { .. } => 1e-3,
            Self::Adadelta { .. } => 1.0,
            Self::Adam { .. } | Self::AdamW { .. } => 3e-3,
        }
    }

    /// Returns a constant, to be changed, if the method has it.
    pub fn constant_mut(&mut self, constant: Constant) -> Option<&mut f32> {
        match (self, constant) {
            (Self::Momentum { momentum } | Self::Nesterov { momentum }, Constant::Momentum) => Some(momentum),
            (Self::RmsProp { rho, .. } | Self::Adadelta { rho, .. }, Constant::Rho) => Some(rho),
            (Self::Adam { beta1, .. } | Self::AdamW { beta1, .. }, Constant::Beta1) => Some(beta1),
            (Self::Adam { beta2, .. } | Self::AdamW { beta2, .. }, Constant::Beta2) => Some(beta2),
            (
                Self::Adagrad { epsilon }
                | Self::RmsProp { epsilon, .. }
                | Self::Adadelta { epsilon, .. }
                | Self::Adam { epsilon, .. }
                | Self::AdamW { epsilon, .. },
                Constant::Epsilon,
            ) => Some(epsilon),
            (Self::AdamW { weight_decay, .. }, Constant::WeightDecay) => Some(weight_decay),
            _ => None,
        }
    }

    /// Returns a constant, if the method has it.
    pub fn constant(mut self, constant: Constant) -> Option<f32> {
        self.constant_mut(constant).copied()
    }

    /// Returns for each moment that the method keeps whether it is a mean or a sum of squares.
    fn moments(self) -> &'static [bool] {
        match self {
            Self::Sgd => &[],
            Self::Momentum { .. } | Self::Nesterov { .. } => &[false],
            Self::Adagrad { .. } | Self::RmsProp { .. } => &[true],
            Self::Adadelta { .. } => &[true, true],
            Self::Adam { .. } | Self::AdamW { .. } => &[false, true],
        }
    }
}

impl_names!(Method {
    Self::Sgd => "sgd", "SGD";
    Self::Momentum { .. } => "momentum", "Momentum";
    Self::Nesterov { .. } => "nesterov", "Nesterov";
    Self::Adagrad { .. } => "adagrad", "Adagrad";
    Self::RmsProp { .. } => "rmsprop", "RMSProp";
    Self::Adadelta { .. } => "adadelta", "Adadelta";
    Self::Adam { .. } => "adam", "Adam";
    Self::AdamW { .. } => "adamw", "AdamW";
});

/// A constant of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constant {
    /// `μ`
    Momentum,
    /// `ρ`
    Rho,
    /// `β₁`
    Beta1,
    /// `β₂`
    Beta2,
    /// `ε`
    Epsilon,
    /// `λ`
    WeightDecay,
}

impl Constant {
    /// Every constant.
    pub const ALL: [Self; 6] =
        [Self::Momentum, Self::Rho, Self::Beta1, Self::Beta2, Self::Epsilon, Self::WeightDecay];
}

/// An optimization method with its learning rate and state.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimizer {
    /// The learning rate `η`, which may change from step to step.
    pub learning_rate: f32,
    method: Method,
    state: OptimizerState,
}

/// The state that a method keeps between steps.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerState {
    /// The first moment of each parameter, `[P]`: `v`, `s` or `m` in the formulas of [`Method`]; empty if it keeps none.
    pub moment1: Vec<f32>,
    /// The second moment, `[P]`: `u` or `v`; empty if the method keeps none.
    pub moment2: Vec<f32>,
    /// `β₁ᵗ` and `β₂ᵗ`. In double precision, since `1 - β₂ᵗ` is 0.001 after the first step.
    pub beta_powers: [f64; 2],
}

/// An [`OptimizerState`] that its method cannot reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OptimizerStateError {
    /// The number of moments is not that of the method and the network.
    #[error("the optimizer's state does not fit its method and network")]
    Length,
    /// A moment is infinite or NaN.
    #[error("the optimizer's moments contain NaN or infinity")]
    NotFinite,
    /// A mean or sum of squares is negative.
    #[error("the optimizer's mean squares contain a negative number")]
    Negative,
    /// A power of a beta is not between 0 and 1.
    #[error("the optimizer's powers of beta must be between 0 and 1")]
    BetaPowers,
}

/// The magnitude below which [`Optimizer::flush`] may zero a moment: far enough above the subnormal numbers, which begin at
/// 1.2e-38, that no moment gets there before the next flush.
const NEGLIGIBLE: f32 = 1e-30;

/// A share of a value that is lost when added to it in single precision.
const LOST: f32 = 1.0 / (1 << 25) as f32;

impl OptimizerState {
    /// Checks that `method` can reach this state for `parameter_count` parameters.
    ///
    /// # Errors
    /// If a moment has the wrong length, a value is not finite, a square is negative, or a power of a beta is outside \[0, 1\].
    pub fn validate(&self, method: Method, parameter_count: usize) -> Result<(), OptimizerStateError> {
        let moments = [&self.moment1, &self.moment2];
        if lengths(method, parameter_count) != moments.map(Vec::len) {
            return Err(OptimizerStateError::Length);
        }
        if !moments.into_iter().flatten().all(|moment| moment.is_finite()) {
            return Err(OptimizerStateError::NotFinite);
        }
        for (moment, &is_square) in moments.into_iter().zip(method.moments()) {
            if is_square && moment.iter().any(|&square| square < 0.0) {
                return Err(OptimizerStateError::Negative);
            }
        }
        if !self.beta_powers.iter().all(|power| (0.0..=1.0).contains(power)) {
            return Err(OptimizerStateError::BetaPowers);
        }
        Ok(())
    }
}

impl Optimizer {
    /// Creates an optimizer for `parameter_count` parameters before its first step.
    pub fn new(method: Method, learning_rate: f32, parameter_count: usize) -> Self {
        let [moment1, moment2] = lengths(method, parameter_count).map(|length| vec![0.0; length]);
        let state = OptimizerState { moment1, moment2, beta_powers: [1.0; 2] };
        Self { learning_rate, method, state }
    }

    /// Creates an optimizer for `parameter_count` parameters that continues from `state`.
    ///
    /// # Errors
    /// If `method` cannot reach this state, see [`OptimizerState::validate`].
    pub fn resume(
        method: Method,
        learning_rate: f32,
        parameter_count: usize,
        state: OptimizerState,
    ) -> Result<Self, OptimizerStateError> {
        state.validate(method, parameter_count)?;
        Ok(Self { learning_rate, method, state })
    }

    /// Returns the state between steps.
    pub fn state(&self) -> &OptimizerState {
        &self.state
    }

    /// Returns the state between steps, without a copy.
    pub fn into_state(self) -> OptimizerState {
        self.state
    }

    /// Updates the parameters by one step.
    ///
    /// `weights` are the ranges that AdamW's weight decay applies to.
    ///
    /// # Shapes
    /// `parameters`, `gradients: [P]`
    ///
    /// # Panics
    /// If the lengths differ from each other or from that given to [`Optimizer::new`].
    pub fn step(
        &mut self,
        parameters: &mut [f32],
        gradients: &[f32],
        weights: impl Iterator<Item = Range<usize>>,
    ) {
        assert_eq!(parameters.len(), gradients.len(), "one gradient for each parameter");
        let rate = self.learning_rate;
        let OptimizerState { moment1, moment2, .. } = &mut self.state;
        match self.method {
            Method::Sgd => {
                for (p, &g) in parameters.iter_mut().zip(gradients) {
                    *p -= rate * g;
                }
            }
            Method::Momentum { momentum } => update1(
                parameters,
                gradients,
                moment1,
                #[inline(always)]
                |p, g, v| {
                    *v = momentum * *v - rate * g;
                    *p += *v;
                },
            ),
            Method::Nesterov { momentum } => update1(
                parameters,
                gradients,
                moment1,
                #[inline(always)]
                |p, g, v| {
                    let before = *v;
                    *v = momentum * before - rate * g;
                    *p += (1.0 + momentum) * *v - momentum * before;
                },
            ),
            Method::Adagrad { epsilon } => update1(
                parameters,
                gradients,
                moment1,
                #[inline(always)]
                |p, g, s| {
                    *s += g * g;
                    *p -= rate * g / (*s + epsilon).sqrt();
                },
            ),
            Method::RmsProp { rho, epsilon } => update1(
                parameters,
                gradients,
                moment1,
                #[inline(always)]
                |p, g, s| {
                    *s = rho * *s + (1.0 - rho) * g * g;
                    *p -= rate * g / (*s + epsilon).sqrt();
                },
            ),
            Method::Adadelta { rho, epsilon } => {
                update2(
                    parameters,
                    gradients,
                    moment1,
                    moment2,
                    #[inline(always)]
                    |p, g, s, u| {
                        *s = rho * *s + (1.0 - rho) * g * g;
                        let delta = g * ((*u + epsilon) / (*s + epsilon)).sqrt();
                        *u = rho * *u + (1.0 - rho) * delta * delta;
                        *p -= rate * delta;
                    },
                );
            }
            Method::Adam { beta1, beta2, epsilon } => {
                self.adam(parameters, gradients, beta1, beta2, epsilon);
            }
            Method::AdamW { beta1, beta2, epsilon, weight_decay } => {
                for range in weights {
                    parameters[range].iter_mut().for_each(|p| *p *= 1.0 - rate * weight_decay);
                }
                self.adam(parameters, gradients, beta1, beta2, epsilon);
            }
        }
    }

    /// Zeroes moments below 1e-30 that are lost in the rounding of the next step: squares beside `ε`, means and velocities
    /// beside their parameter.
    ///
    /// The moments of a parameter whose gradients are zero decay to subnormal numbers, which many processors multiply a hundred
    /// times more slowly.
    ///
    /// # Shapes
    /// `parameters: [P]`
    pub fn flush(&mut self, parameters: &[f32]) {
        let OptimizerState { moment1, moment2, beta_powers } = &mut self.state;
        match self.method {
            Method::Sgd => {}
            Method::Momentum { .. } | Method::Nesterov { .. } => flush_signed(moment1, parameters, 2.0),
            Method::Adagrad { epsilon }
            | Method::RmsProp { epsilon, .. }
            | Method::Adadelta { epsilon, .. } => {
                flush_squares(moment1, LOST * epsilon);
                flush_squares(moment2, LOST * epsilon);
            }
            Method::Adam { epsilon, .. } | Method::AdamW { epsilon, .. } => {
                let [correction, square_correction] = beta_powers.map(|power| (1.0 - power) as f32);
                flush_signed(moment1, parameters, self.learning_rate.max(1.0) / correction / epsilon);
                let root = LOST * epsilon * square_correction.sqrt();
                flush_squares(moment2, root * root);
            }
        }
    }

    fn adam(&mut self, parameters: &mut [f32], gradients: &[f32], beta1: f32, beta2: f32, epsilon: f32) {
        let OptimizerState { moment1, moment2, beta_powers } = &mut self.state;
        beta_powers[0] *= f64::from(beta1);
        beta_powers[1] *= f64::from(beta2);
        let rate = (f64::from(self.learning_rate) / (1.0 - beta_powers[0])) as f32;
        let root_correction = (1.0 - beta_powers[1]).sqrt().recip() as f32;
        update2(
            parameters,
            gradients,
            moment1,
            moment2,
            #[inline(always)]
            |p, g, m, v| {
                *m = beta1 * *m + (1.0 - beta1) * g;
                *v = beta2 * *v + (1.0 - beta2) * g * g;
                *p -= rate * *m / (v.sqrt() * root_correction + epsilon);
            },
        );
    }
}

/// Zeroes moments of which `scale` times the magnitude is lost beside the parameter.
fn flush_signed(moments: &mut [f32], parameters: &[f32], scale: f32) {
    for (moment, p) in moments.iter_mut().zip(parameters) {
        let is_lost = moment.abs() < NEGLIGIBLE && scale * moment.abs() < LOST * p.abs();
        *moment = if is_lost { 0.0 } else { *moment };
    }
}

/// Zeroes means or sums of squares below `limit`.
fn flush_squares(moments: &mut [f32], limit: f32) {
    let limit = limit.min(NEGLIGIBLE);
    moments.iter_mut().for_each(|square| *square = if *square < limit { 0.0 } else { *square });
}

/// Returns the lengths of the two moments.
fn lengths(method: Method, parameter_count: usize) -> [usize; 2] {
    [0, 1].map(|index| if index < method.moments().len() { parameter_count } else { 0 })
}

/// The cost of an update of a parameter, in multiplications: it waits for memory.
pub(crate) const UPDATE_COST: usize = 16;

/// Calls `f` with each parameter, its gradient and its moment.
#[inline(always)]
fn update1(
    parameters: &mut [f32],
    gradients: &[f32],
    moment: &mut [f32],
    f: impl Fn(&mut f32, f32, &mut f32) + Sync,
) {
    assert_eq!(parameters.len(), moment.len(), "one moment for each parameter");
    let run = |((p, g), m): ((&mut [f32], &[f32]), &mut [f32])| {
        dispatch!(_isa, WIDTH => for ((p, &g), m) in p.iter_mut().zip(g).zip(m) {
            f(p, g, m);
        });
    };
    match parallel::parts(UPDATE_COST * parameters.len()) {
        1 => run(((parameters, gradients), moment)),
        parts => {
            let len = parameters.len().div_ceil(parts);
            parallel::for_each(
                parameters.chunks_mut(len).zip(gradients.chunks(len)).zip(moment.chunks_mut(len)),
                run,
            );
        }
    }
}

/// Calls `f` with each parameter, its gradient and its two moments.
#[inline(always)]
fn update2(
    parameters: &mut [f32],
    gradients: &[f32],
    moment1: &mut [f32],
    moment2: &mut [f32],
    f: impl Fn(&mut f32, f32, &mut f32, &mut f32) + Sync,
) {
    assert_eq!(parameters.len(), moment1.len(), "one moment for each parameter");
    type Moments<'a> = (&'a mut [f32], &'a mut [f32]);
    let run = |((p, g), (m, v)): ((&mut [f32], &[f32]), Moments<'_>)| {
        dispatch!(_isa, WIDTH => for (((p, &g), m), v) in p.iter_mut().zip(g).zip(m).zip(v) {
            f(p, g, m, v);
        });
    };
    match parallel::parts(UPDATE_COST * parameters.len()) {
        1 => run(((parameters, gradients), (moment1, moment2))),
        parts => {
            let len = parameters.len().div_ceil(parts);
            let moments = moment1.chunks_mut(len).zip(moment2.chunks_mut(len));
            parallel::for_each(parameters.chunks_mut(len).zip(gradients.chunks(len)).zip(moments), run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negligible_moments_are_flushed_to_zero() {
        let state = OptimizerState {
            moment1: vec![1e-29, -1e-29, 1e-31, -1e-40, 1e-31],
            moment2: vec![1e-34, 1e-45, 0.0, f32::MAX, 1e-31],
            beta_powers: [0.5; 2],
        };
        let mut optimizer = Optimizer::resume(Method::ADAM, 0.1, 5, state).unwrap();
        optimizer.flush(&[0.1, 0.1, 0.1, 0.1, 1e-20]);
        assert_eq!(optimizer.state().moment1, [1e-29, -1e-29, 0.0, 0.0, 1e-31]);
        assert_eq!(optimizer.state().moment2, [0.0, 0.0, 0.0, f32::MAX, 1e-31]);
    }

    #[test]
    fn a_flush_does_not_change_the_steps_whatever_epsilon() {
        for epsilon in [1e-8, 1e-12, 1e-16, 1e-20, 1e-30] {
            for mut method in Method::ALL {
                if let Some(constant) = method.constant_mut(Constant::Epsilon) {
                    *constant = epsilon;
                }
                let gradients = [1e-2, 1e-10, 1e-16, 3e-17, 1e-18, 1e-19];
                let mut parameters = [[0.5, -1e-3, 0.0, 2.0, 1e-6, -1e-9]; 2];
                let mut optimizers = [0, 1].map(|_| Optimizer::new(method, 1e-3, gradients.len()));
                for step in 0..400 {
                    // Gradients of some size, then none, then some again.
                    let gradients = gradients.map(|g| if (100..300).contains(&step) { 0.0 } else { g });
                    for (optimizer, parameters) in optimizers.iter_mut().zip(&mut parameters) {
                        optimizer.step(parameters, &gradients, std::iter::empty());
                    }
                    if step % 16 == 0 {
                        optimizers[0].flush(&parameters[0]);
                    }
                    assert_eq!(parameters[0], parameters[1], "{method:?}, step {step}");
                }
            }
        }
    }

    #[test]
    fn a_state_that_the_method_cannot_reach_is_refused() {
        let state = |moment1: &[f32], moment2: &[f32], beta_powers| OptimizerState {
            moment1: moment1.to_vec(),
            moment2: moment2.to_vec(),
            beta_powers,
        };
        let adam = |state: OptimizerState| state.validate(Method::ADAM, 2);
        assert_eq!(adam(state(&[-1.0, 0.0], &[0.0, 1.0], [0.9, 0.0])), Ok(()));
        assert_eq!(adam(state(&[0.0; 2], &[0.0; 3], [1.0; 2])), Err(OptimizerStateError::Length));
        assert_eq!(adam(state(&[0.0; 2], &[0.0, -1e-9], [1.0; 2])), Err(OptimizerStateError::Negative));
        for bad in [f32::NAN, f32::INFINITY] {
            assert_eq!(adam(state(&[bad, 0.0], &[0.0; 2], [1.0; 2])), Err(OptimizerStateError::NotFinite));
            assert_eq!(adam(state(&[0.0; 2], &[0.0, bad], [1.0; 2])), Err(OptimizerStateError::NotFinite));
        }
        for bad in [-0.1, 1.1, f64::NAN] {
            assert_eq!(adam(state(&[0.0; 2], &[0.0; 2], [0.5, bad])), Err(OptimizerStateError::BetaPowers));
        }
        let adagrad = state(&[-1.0], &[], [1.0; 2]).validate(Method::Adagrad { epsilon: 1e-8 }, 1);
        assert_eq!(adagrad, Err(OptimizerStateError::Negative));
    }
}
