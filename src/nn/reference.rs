//! Tests of every path of a training step against naive gradients in double precision.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

/// Computes a loss and its gradients by their definitions, in double precision, for a network with a deterministic code.
fn reference(network: &Network, parameters: &[f32], loss: Loss, input: &Array2<f32>) -> (f64, Vec<f64>) {
    let wide = |array: ArrayView2<'_, f32>| array.mapv(f64::from);
    let input = input.mapv(f64::from);
    let (rows, outputs) = (input.nrows(), network.outputs());
    let mut layers = vec![input.clone()];
    for layer in network.layers() {
        let (weight, bias) = layer.view(parameters);
        let a = layers.last().unwrap().dot(&wide(weight)) + &bias.mapv(f64::from);
        layers.push(match layer.activation {
            Activation::Tanh => a.mapv(f64::tanh),
            Activation::Sigmoid => a.mapv(|a| 1.0 / (1.0 + (-a).exp())),
            _ => a,
        });
    }
    let y = layers.pop().unwrap();
    let count = (rows * outputs) as f64;
    let error = match loss {
        Loss::BinaryCrossEntropy => y.mapv(|y| 1.0 / (1.0 + (-y).exp())) - &input,
        _ => &y - &input,
    };
    let (value, factor) = match loss {
        Loss::MeanSquared => (error.mapv(|e| e * e).sum() / count, 2.0 / count),
        Loss::HalfSumSquared => (error.mapv(|e| e * e).sum() / (2 * rows) as f64, 1.0 / rows as f64),
        Loss::BinaryCrossEntropy => {
            let entropy = y.mapv(|y| y.max(0.0) + (-y.abs()).exp().ln_1p()) - &y * &input;
            (entropy.sum() / count, 1.0 / count)
        }
    };
    let mut gradients = vec![0.0; network.parameter_count()];
    let mut delta = error * factor;
    let mut output = y;
    for (layer, x) in network.layers().iter().zip(&layers).rev() {
        match layer.activation {
            Activation::Tanh => delta = delta * output.mapv(|y| 1.0 - y * y),
            Activation::Sigmoid => delta = delta * output.mapv(|y| y * (1.0 - y)),
            _ => {}
        }
        let (d_weight, d_bias): (Array2<f64>, Array1<f64>) = (x.t().dot(&delta), delta.sum_axis(Axis(0)));
        gradients[layer.weight_range()].iter_mut().zip(&d_weight).for_each(|(to, d)| *to = *d);
        gradients[layer.bias_range()].iter_mut().zip(&d_bias).for_each(|(to, d)| *to = *d);
        delta = delta.dot(&wide(layer.view(parameters).0).t());
        output.clone_from(x);
    }
    (value, gradients)
}

/// Returns `rows` images that repeat `distinct` random ones, in which each pixel is nonzero with probability `density`.
fn images(rows: usize, columns: usize, density: f64, distinct: usize) -> Array2<f32> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(2);
    let some = Array2::from_shape_simple_fn((distinct, columns), || {
        if rng.random_bool(density) { rng.random_range(0.1..1.0) } else { 0.0 }
    });
    some.select(Axis(0), &(0..rows).map(|row| row % distinct).collect::<Vec<_>>())
}

/// Returns the relative error `‖actual - expected‖ / ‖expected‖`.
fn relative_error(actual: &[f32], expected: &[f64]) -> f64 {
    let norm = |values: &mut dyn Iterator<Item = f64>| values.map(|x| x * x).sum::<f64>().sqrt();
    norm(&mut actual.iter().zip(expected).map(|(a, e)| f64::from(*a) - e))
        / norm(&mut expected.iter().copied())
}

/// The tolerance once outputs differ from their targets by only a hundredth. Both are rounded to 6e-8, and cancellation makes that
/// a hundred times larger.
const CANCELLATION_TOLERANCE: f64 = 1e-4;

/// A run of Adam whose gradients are compared with the reference at every step.
struct ReferenceRun<'a> {
    spec: &'a str,
    network: Network,
    loss: Loss,
    images: &'a Array2<f32>,
    /// A copy of the images, if the target is another array than the input.
    target: Option<Array2<f32>>,
    parameters: Vec<f32>,
    gradients: Vec<f32>,
    optimizer: Optimizer,
    workspace: Workspace,
    backward: BackwardWorkspace,
}

impl<'a> ReferenceRun<'a> {
    fn new(spec: &'a str, loss: Loss, images: &'a Array2<f32>, shares_target: bool) -> Self {
        let network = Network::new(&spec.parse().unwrap(), loss).unwrap();
        let rng = &mut Xoshiro256PlusPlus::seed_from_u64(1);
        let parameters = network.init(&Init { weight: WeightInit::GlorotUniform, bias: 0.1 }, rng);
        Self {
            spec,
            loss,
            images,
            target: (!shares_target).then(|| images.clone()),
            gradients: vec![f32::NAN; parameters.len()],
            optimizer: Optimizer::new(Method::ADAM, 3e-3, parameters.len()),
            workspace: Workspace::new(&network, images.nrows()),
            backward: BackwardWorkspace::new(&network, images.nrows()),
            network,
            parameters,
        }
    }

    fn step(&mut self) -> LossValue {
        let value = self.network.loss_and_gradients(
            &self.parameters,
            self.loss,
            self.images.view(),
            self.target.as_ref().map_or(Target::Input, |target| Target::Given(target.view())),
            &mut self.workspace,
            &mut self.backward,
            &mut self.gradients,
        );
        let weights = self.network.layers().iter().map(Dense::weight_range);
        self.optimizer.step(&mut self.parameters, &self.gradients, weights);
        value
    }

    /// Takes a step and compares its loss and gradients. Returns the loss and whether the outputs were computed.
    fn checked_step(&mut self, tolerance: f64) -> (f64, bool) {
        let (expected, gradients) = reference(&self.network, &self.parameters, self.loss, self.images);
        let value = self.step();
        let has_outputs = !self.workspace.output(self.network.layers().len() - 1).is_empty();
        let tolerance = if has_outputs { tolerance } else { 1e-5 };
        let error = (f64::from(value.loss) - expected).abs() / expected;
        assert!(
            error < tolerance,
            "{}: the loss {} has a relative error of {error:e}",
            self.spec,
            value.loss
        );
        for layer in self.network.layers() {
            let error = relative_error(&self.gradients[layer.range()], &gradients[layer.range()]);
            assert!(error < tolerance, "{}, loss {expected:e}: {layer:?}: error {error:e}", self.spec);
        }
        (expected, has_outputs)
    }
}

/// Takes ten steps, compares each, and returns how many took the Gram shortcut.
fn gram_steps(spec: &str, loss: Loss, images: &Array2<f32>, shares_target: bool) -> usize {
    let mut run = ReferenceRun::new(spec, loss, images, shares_target);
    (0..10).filter(|_| !run.checked_step(1e-5).1).count()
}

#[test]
fn every_path_agrees_with_the_reference() {
    let sparse = images(50, 150, 0.2, 50);
    let dense = images(50, 150, 1.0, 50);
    for loss in [Loss::MeanSquared, Loss::HalfSumSquared] {
        for spec in ["150 18t 2 18t 150", "150 17t 150", "150 9t 16t 3 5t 150"] {
            assert_eq!(gram_steps(spec, loss, &sparse, true), 10, "{spec}: shortcut");
            assert_eq!(gram_steps(spec, loss, &sparse, false), 0, "{spec}: separate targets");
            assert_eq!(gram_steps(spec, loss, &dense, true), 0, "{spec}: dense images");
        }
        for spec in ["150 60t 2 60t 150", "150 18t 2 18t 150s", "150 150"] {
            assert_eq!(gram_steps(spec, loss, &sparse, true), 0, "{spec}: not profitable");
        }
    }
    for spec in ["150 18t 2 18t 150s", "150 18s 2 18s 150s"] {
        assert_eq!(gram_steps(spec, Loss::BinaryCrossEntropy, &sparse, true), 0);
    }
}

#[test]
fn overfitting_leaves_the_shortcut_before_it_becomes_inexact() {
    let few = images(40, 96, 0.2, 5);
    let mut run = ReferenceRun::new("96 12t 96", Loss::MeanSquared, &few, true);
    let mut steps = 0..1_000;
    let mut counts = [0; 2];
    for _ in steps.by_ref() {
        let (loss, has_outputs) = run.checked_step(CANCELLATION_TOLERANCE);
        counts[usize::from(has_outputs)] += 1;
        if loss < 1e-5 {
            break;
        }
    }
    assert!(
        !steps.is_empty() && counts.iter().all(|&steps| steps > 5),
        "{counts:?} steps without and with outputs"
    );
}
