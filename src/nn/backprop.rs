//! The loss of a batch and its gradients: a pass forward and back, at once or in stages.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};

use super::dense::Input;
use super::forward::contiguous;
use super::{BackwardWorkspace, Decay, LossValue, Network, Objective, Workspace, code};

/// What gradients are computed of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch<'a> {
    /// `[P]`
    pub(crate) parameters: &'a [f32],
    /// What is minimised.
    pub(crate) objective: Objective,
    /// What is added to the gradients of its loss.
    pub(crate) decay: Decay,
    /// `[B, I]`
    pub(crate) input: ArrayView2<'a, f32>,
    /// `[B, O]`
    pub(crate) target: ArrayView2<'a, f32>,
}

/// A pass for gradients that is under way. Between its stages nothing may be changed of what it is given: neither the batch
/// nor the workspaces, nor the gradients that it has written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backprop {
    stage: Stage,
    value: LossValue,
}

/// What the loss of a pixel takes at most, in multiplications: cross-entropy has exponentials and a logarithm.
const LOSS_COST: usize = 200;

/// What comes next. Each but the loss is a matrix product of one layer, whose index it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Forward(usize),
    /// The loss without the outputs of the last layer, with the gradients of that layer and of its input; nothing where it pays
    /// more to compute them.
    WithoutOutputs,
    Loss,
    Parameters(usize),
    Input(usize),
}

impl Backprop {
    /// Nothing of it is done yet.
    pub(crate) fn new() -> Self {
        Self { stage: Stage::Forward(0), value: LossValue { loss: f32::NAN, mse: f32::NAN, kl: 0.0 } }
    }

    /// About how many multiplications of numbers the next stage takes, for a batch of `rows`.
    pub(crate) fn cost(&self, network: &Network, rows: usize) -> usize {
        let layers = &network.layers;
        let (index, products) = match self.stage {
            Stage::Forward(index) | Stage::Parameters(index) | Stage::Input(index) => (index, 1),
            Stage::WithoutOutputs => (layers.len() - 1, 2),
            Stage::Loss => return LOSS_COST * rows * network.outputs(),
        };
        products * rows * layers[index].inputs * layers[index].outputs
    }
}

impl Network {
    /// Computes the loss of a batch and its gradients. A Gaussian code is drawn as by [`loss`](Self::loss).
    ///
    /// If `target` is `input` itself, mostly zeros, and a linear read-out is learnt by a squared error, the outputs of the last layer
    /// may not be needed. Then they are not computed, and [`Workspace::output`] has none of that layer: a forward pass does.
    ///
    /// # Shapes
    /// `input: [B, I]`, `target: [B, O]`, `gradients: [P]`
    ///
    /// # Panics
    /// As [`loss`](Self::loss), and if `B` exceeds the capacity of either workspace.
    #[expect(clippy::too_many_arguments, reason = "each is an array of its own")]
    pub fn loss_and_gradients(
        &self,
        parameters: &[f32],
        objective: impl Into<Objective>,
        input: ArrayView2<'_, f32>,
        target: ArrayView2<'_, f32>,
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

    /// Does the next stage of a pass, and returns the loss after the last one. The numbers are the same as if all stages were
    /// done at once.
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
                    self.check_loss(objective);
                }
                let given = (index == 0).then_some(input);
                self.run(index..index + 1, parameters, given, workspace, true);
                if index == 0 {
                    backward.transpose(&workspace.input);
                }
                // What is said of the images by their lists can be said of the targets only if they are the same.
                let is_same = || input.as_ptr() == target.as_ptr() && input.dim() == target.dim();
                match index + 1 {
                    next if next == last && backward.gram.is_some() && is_same() => Stage::WithoutOutputs,
                    next if next > last => Stage::Loss,
                    next => Stage::Forward(next),
                }
            }
            Stage::WithoutOutputs => match self.without_outputs(batch, workspace, backward, gradients) {
                Some(value) => {
                    backprop.value = value;
                    Stage::Parameters(last - 1)
                }
                None => Stage::Forward(last),
            },
            Stage::Loss => {
                let output = workspace.output(last);
                backprop.value =
                    objective.loss.value_and_gradient(output, target, backward.delta(last, rows));
                Stage::Parameters(last)
            }
            Stage::Parameters(index) => {
                self.d_parameters(index, batch, workspace, backward, gradients);
                if index == 0 {
                    return Some(self.with_kl(backprop.value, objective, workspace));
                }
                Stage::Input(index)
            }
            Stage::Input(index) => {
                self.d_input(index, batch, workspace, backward);
                Stage::Parameters(index - 1)
            }
        };
        None
    }

    /// The loss of a batch that has passed all layers but the last, and the gradients of that layer's parameters and of its
    /// input; nothing where it pays more to compute its outputs.
    fn without_outputs(
        &self,
        batch: &Batch<'_>,
        workspace: &mut Workspace,
        backward: &mut BackwardWorkspace,
        gradients: &mut [f32],
    ) -> Option<LossValue> {
        let &Batch { parameters, objective, decay, input, .. } = batch;
        let (rows, last) = (input.nrows(), self.layers.len() - 1);
        let (factor, list) = (objective.loss.squared_factor(rows, self.outputs())?, &workspace.input);
        let BackwardWorkspace { deltas, packing, columns, gram, .. } = backward;
        let (gram, layer) = (gram.as_mut()?, &self.layers[last]);
        if !list.is_in_use() || !gram.is_worth_it(layer, rows, list.rows().len()) {
            return None;
        }
        let hidden = workspace.output(last - 1);
        let squared = gram.squared_error(layer, parameters, hidden, input, list.rows(), packing)?;
        let d_hidden = first_rows(&mut deltas[last - 1], rows);
        gram.gradients(layer, parameters, factor, columns, d_hidden, gradients, packing);
        decay.add_to(&self.layers[last..], parameters, gradients, rows);
        workspace.layers[last].begin(0);
        Some(objective.loss.value_of_squares(squared, rows, self.outputs()))
    }

    /// The gradients of a layer's parameters, given that of its outputs.
    fn d_parameters(
        &self,
        index: usize,
        batch: &Batch<'_>,
        workspace: &Workspace,
        backward: &mut BackwardWorkspace,
        gradients: &mut [f32],
    ) {
        let rows = batch.input.nrows();
        let BackwardWorkspace { deltas, packing, columns, .. } = backward;
        let layer_input = match index {
            0 if workspace.input.is_in_use() => Input::Sparse(columns),
            0 => Input::Dense(batch.input),
            _ => Input::Dense(workspace.output(index - 1)),
        };
        let mut delta = first_rows(&mut deltas[index], rows);
        let output = workspace.layers[index].view();
        self.layers[index].backward(layer_input, output, &mut delta, gradients, packing);
        batch.decay.add_to(&self.layers[index..=index], batch.parameters, gradients, rows);
    }

    /// The gradient of a layer's input, which is that of the outputs of the layer below, given what
    /// [`d_parameters`](Self::d_parameters) has left.
    fn d_input(
        &self,
        index: usize,
        batch: &Batch<'_>,
        workspace: &Workspace,
        backward: &mut BackwardWorkspace,
    ) {
        let (layer, rows) = (&self.layers[index], batch.input.nrows());
        let BackwardWorkspace { deltas, packing, d_code, .. } = backward;
        let (below, from_here) = deltas.split_at_mut(index);
        let mut below = first_rows(&mut below[index - 1], rows);
        let delta = from_here[0].slice_axis(Axis(0), Slice::from(..rows));
        match &workspace.sampled {
            Some(sampled) if sampled.layer == index - 1 => {
                let mut d_code = first_rows(d_code, rows);
                layer.backward_to_input(batch.parameters, delta, d_code.view_mut(), packing);
                code::backward(
                    contiguous(&workspace.layers[index - 1].view()),
                    sampled.noise(rows),
                    contiguous(&d_code.view()),
                    batch.objective.kl_weight(self.outputs()) / rows as f32,
                    self.latent_dim(),
                    below.as_slice_mut().expect("deltas are contiguous"),
                );
            }
            _ => layer.backward_to_input(batch.parameters, delta, below, packing),
        }
    }
}

/// The first `rows` rows of an array, to be written.
fn first_rows(array: &mut Array2<f32>, rows: usize) -> ArrayViewMut2<'_, f32> {
    array.slice_axis_mut(Axis(0), Slice::from(..rows))
}
