//! The loss of a batch and its gradients by backpropagation, whole or in stages.

use ndarray::{ArrayView2, Axis, Slice};

use super::arrays::{contiguous, contiguous_mut, first_rows};
use super::dense::Input;
use super::{BackwardWorkspace, Decay, LossValue, Network, Objective, Workspace, code};

/// The target `x` of a loss.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// The input itself: an autoencoder without corruption.
    Input,
    /// Another array, `[B, O]`.
    Given(ArrayView2<'a, f32>),
}

impl<'a> Target<'a> {
    /// Returns the array.
    pub(super) fn view(self, input: ArrayView2<'a, f32>) -> ArrayView2<'a, f32> {
        match self {
            Self::Input => input,
            Self::Given(target) => target,
        }
    }
}

/// The inputs of a gradient computation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch<'a> {
    /// `[P]`
    pub(crate) parameters: &'a [f32],
    pub(crate) objective: Objective,
    /// Added to the gradients of the objective.
    pub(crate) decay: Decay,
    /// `[B, I]`
    pub(crate) input: ArrayView2<'a, f32>,
    pub(crate) target: Target<'a>,
}

/// A gradient computation in progress. Between its stages the batch, the workspaces and the gradients must not change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backprop {
    stage: Stage,
    value: LossValue,
}

/// The most that the loss of one pixel costs, in multiplications: cross-entropy has exponentials and a logarithm.
const LOSS_COST: usize = 200;

/// The next stage. Each but the loss is about one matrix product, of the layer with the index it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Forward(usize),
    /// The loss and the gradients of the last layer's parameters and input by [`GramOutput`](super::gram::GramOutput), without
    /// the layer's outputs; if that is not profitable, nothing.
    GramOutput,
    Loss,
    /// The gradients of a layer's parameters.
    Parameters(usize),
    /// The gradient of a layer's input.
    Input(usize),
}

impl Backprop {
    /// Creates a computation before its first stage.
    pub(crate) fn new() -> Self {
        Self { stage: Stage::Forward(0), value: LossValue { loss: f32::NAN, mse: f32::NAN, kl: 0.0 } }
    }

    /// Estimates the multiplications of the next stage for a batch of `rows` examples.
    pub(crate) fn cost(&self, network: &Network, rows: usize) -> usize {
        let layers = &network.layers;
        let (index, products) = match self.stage {
            Stage::Forward(index) | Stage::Parameters(index) | Stage::Input(index) => (index, 1),
            Stage::GramOutput => (layers.len() - 1, 2),
            Stage::Loss => return LOSS_COST * rows * network.outputs(),
        };
        products * rows * layers[index].inputs * layers[index].outputs
    }
}

impl Network {
    /// Computes the loss of a batch and its gradients. A Gaussian code is sampled as by [`loss`](Self::loss).
    ///
    /// If `target` is [`Target::Input`], most of its values are zero, the last layer is linear and the loss a squared error,
    /// then the outputs of the last layer may be left out; [`Workspace::output`] is then empty for that layer.
    ///
    /// # Shapes
    /// `input: [B, I]`, `gradients: [P]`
    ///
    /// # Panics
    /// As [`loss`](Self::loss), and if `B` exceeds the capacity of either workspace.
    #[expect(clippy::too_many_arguments, reason = "each is an array of its own")]
    pub fn loss_and_gradients<'a>(
        &self,
        parameters: &'a [f32],
        objective: impl Into<Objective>,
        input: ArrayView2<'a, f32>,
        target: Target<'a>,
        workspace: &mut Workspace,
        backward: &mut BackwardWorkspace,
        gradients: &mut [f32],
    ) -> LossValue {
        let batch = Batch { parameters, objective: objective.into(), decay: Decay::NONE, input, target };
        let mut backprop = Backprop::new();
        loop {
            if let Some(value) = self.run_stage(&mut backprop, &batch, workspace, backward, gradients) {
                return value;
            }
        }
    }

    /// Runs the next stage, and returns the loss after the last one. Results do not depend on what happens between stages.
    ///
    /// # Panics
    /// As [`loss_and_gradients`](Self::loss_and_gradients).
    pub(crate) fn run_stage(
        &self,
        backprop: &mut Backprop,
        batch: &Batch<'_>,
        workspace: &mut Workspace,
        backward: &mut BackwardWorkspace,
        gradients: &mut [f32],
    ) -> Option<LossValue> {
        let &Batch { parameters, objective, input, target, .. } = batch;
        let (rows, last) = (input.nrows(), self.layers.len() - 1);
        backprop.stage = match backprop.stage {
            Stage::Forward(index) => {
                if index == 0 {
                    self.check_loss(objective.loss);
                }
                let x = (index == 0).then_some(input);
                self.run(index..index + 1, parameters, x, workspace, true);
                if index == 0 {
                    backward.transpose(&workspace.input);
                }
                // The Gram shortcut reads the target from the sparse input.
                let is_input = matches!(target, Target::Input);
                match index + 1 {
                    next if next == last && is_input && backward.gram.is_some() => Stage::GramOutput,
                    next if next > last => Stage::Loss,
                    next => Stage::Forward(next),
                }
            }
            Stage::GramOutput => match self.gram_output(batch, workspace, backward, gradients) {
                Some(value) => {
                    backprop.value = value;
                    Stage::Parameters(last - 1)
                }
                None => Stage::Forward(last),
            },
            Stage::Loss => {
                let (output, target) = (workspace.output(last), target.view(input));
                backprop.value =
                    objective.loss.value_and_gradient(output, target, backward.delta(last, rows));
                Stage::Parameters(last)
            }
            Stage::Parameters(index) => {
                self.parameter_gradients(index, batch, workspace, backward, gradients);
                if index == 0 {
                    return Some(self.with_kl(backprop.value, objective, workspace));
                }
                Stage::Input(index)
            }
            Stage::Input(index) => {
                self.input_gradient(index, batch, workspace, backward);
                Stage::Parameters(index - 1)
            }
        };
        None
    }

    /// Computes the loss and the gradients of the last layer's parameters and input without its outputs; returns `None` if that
    /// is not possible or not profitable.
    fn gram_output(
        &self,
        batch: &Batch<'_>,
        workspace: &mut Workspace,
        backward: &mut BackwardWorkspace,
        gradients: &mut [f32],
    ) -> Option<LossValue> {
        let &Batch { parameters, objective, decay, input, .. } = batch;
        let (rows, last) = (input.nrows(), self.layers.len() - 1);
        let (factor, images) = (objective.loss.gradient_factor(rows, self.outputs()), workspace.input.get()?);
        let BackwardWorkspace { deltas, buffers, input_t, gram, .. } = backward;
        let (gram, layer) = (gram.as_mut()?, &self.layers[last]);
        if !gram.is_profitable(layer, rows, images.len()) {
            return None;
        }
        let hidden = workspace.output(last - 1);
        let squared = gram.squared_error(layer, parameters, hidden, input, images, buffers)?;
        let d_hidden = first_rows(&mut deltas[last - 1], rows);
        gram.gradients(layer, parameters, factor, input_t, d_hidden, gradients, buffers);
        decay.add_to(&self.layers[last..], parameters, gradients, rows);
        workspace.layers[last].resize(0);
        Some(objective.loss.value_of_squares(squared, rows, self.outputs()))
    }

    /// Computes the gradients of a layer's parameters from that of its outputs.
    fn parameter_gradients(
        &self,
        index: usize,
        batch: &Batch<'_>,
        workspace: &Workspace,
        backward: &mut BackwardWorkspace,
        gradients: &mut [f32],
    ) {
        let rows = batch.input.nrows();
        let BackwardWorkspace { deltas, buffers, input_t, .. } = backward;
        let layer_input = match index {
            0 if workspace.input.get().is_some() => Input::Sparse(input_t),
            0 => Input::Dense(batch.input),
            _ => Input::Dense(workspace.output(index - 1)),
        };
        let mut delta = first_rows(&mut deltas[index], rows);
        let output = workspace.layers[index].view();
        self.layers[index].backward(layer_input, output, &mut delta, gradients, buffers);
        batch.decay.add_to(&self.layers[index..=index], batch.parameters, gradients, rows);
    }

    /// Computes the gradient of a layer's input, which is that of the outputs of the layer before, after
    /// [`parameter_gradients`](Self::parameter_gradients).
    fn input_gradient(
        &self,
        index: usize,
        batch: &Batch<'_>,
        workspace: &Workspace,
        backward: &mut BackwardWorkspace,
    ) {
        let (layer, rows) = (&self.layers[index], batch.input.nrows());
        let BackwardWorkspace { deltas, buffers, d_z, .. } = backward;
        let (below, from_here) = deltas.split_at_mut(index);
        let mut d_input = first_rows(&mut below[index - 1], rows);
        let delta = from_here[0].slice_axis(Axis(0), Slice::from(..rows));
        match &workspace.gaussian {
            Some(gaussian) if gaussian.layer == index - 1 => {
                let mut d_z = first_rows(d_z, rows);
                layer.backward_to_input(batch.parameters, delta, d_z.view_mut(), buffers);
                code::backward(
                    contiguous(&workspace.layers[index - 1].view()),
                    gaussian.noise(rows),
                    contiguous(&d_z.view()),
                    batch.objective.kl_weight(self.outputs()) / rows as f32,
                    self.latent_dim(),
                    contiguous_mut(&mut d_input),
                );
            }
            _ => layer.backward_to_input(batch.parameters, delta, d_input, buffers),
        }
    }
}
