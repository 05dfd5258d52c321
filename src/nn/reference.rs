//! Gradients in double precision, by the definitions: what every path of a step is measured against, ten steps long.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

/// The network's activations, and the gradients of a loss, in double precision. The code is a point.
fn exact(network: &Network, parameters: &[f32], loss: Loss, input: &Array2<f32>) -> (f64, Vec<f64>) {
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
        gradients[layer.weight_range()].iter_mut().zip(&d_weight).for_each(|(place, d)| *place = *d);
        gradients[layer.bias_range()].iter_mut().zip(&d_bias).for_each(|(place, d)| *place = *d);
        delta = delta.dot(&wide(layer.view(parameters).0).t());
        output.clone_from(x);
    }
    (value, gradients)
}

/// Images of which a fifth of the numbers is lit, if not all, `different` of them and then the same again.
fn images(rows: usize, columns: usize, lit: f64, different: usize) -> Array2<f32> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(2);
    let some = Array2::from_shape_simple_fn((different, columns), || {
        if rng.random_bool(lit) { rng.random_range(0.1..1.0) } else { 0.0 }
    });
    some.select(Axis(0), &(0..rows).map(|row| row % different).collect::<Vec<_>>())
}

/// How far the gradients of a layer are off, as a part of their length.
fn distance(found: &[f32], exact: &[f64]) -> f64 {
    let squares = |numbers: &mut dyn Iterator<Item = f64>| numbers.map(|x| x * x).sum::<f64>().sqrt();
    let off = squares(&mut found.iter().zip(exact).map(|(found, exact)| f64::from(*found) - exact));
    off / squares(&mut exact.iter().copied())
}

/// How far gradients may be off that are computed of outputs which differ from their targets by a hundredth: both are rounded
/// to 6e-8, and so is what the difference is multiplied with.
const CANCELLED: f64 = 1e-4;

/// A run of Adam, of which every step's gradients can be compared with those of double precision.
struct Follower<'a> {
    spec: &'a str,
    network: Network,
    loss: Loss,
    images: &'a Array2<f32>,
    /// In place of the images themselves, a copy of them.
    target: Option<Array2<f32>>,
    parameters: Vec<f32>,
    gradients: Vec<f32>,
    optimizer: Optimizer,
    workspace: Workspace,
    backward: BackwardWorkspace,
}

impl<'a> Follower<'a> {
    fn new(spec: &'a str, loss: Loss, images: &'a Array2<f32>, is_shared: bool) -> Self {
        let network = Network::new(&spec.parse().unwrap(), loss);
        let rng = &mut Xoshiro256PlusPlus::seed_from_u64(1);
        let parameters = network.init(&Init { weight: WeightInit::GlorotUniform, bias: 0.1 }, rng);
        Self {
            spec,
            loss,
            images,
            target: (!is_shared).then(|| images.clone()),
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
            self.target.as_ref().unwrap_or(self.images).view(),
            &mut self.workspace,
            &mut self.backward,
            &mut self.gradients,
        );
        let weights = self.network.layers().iter().map(Dense::weight_range);
        self.optimizer.step(&mut self.parameters, &self.gradients, weights);
        value
    }

    /// A step whose loss and gradients are compared. How large the loss was, and whether there were outputs.
    fn checked_step(&mut self, bound: f64) -> (f64, bool) {
        let (expected, exact) = exact(&self.network, &self.parameters, self.loss, self.images);
        let value = self.step();
        let has_outputs = !self.workspace.output(self.network.layers().len() - 1).is_empty();
        let bound = if has_outputs { bound } else { 1e-5 };
        let off = (f64::from(value.loss) - expected).abs() / expected;
        assert!(off < bound, "{}: the loss {} is off by {off:e}", self.spec, value.loss);
        for layer in self.network.layers() {
            let off = distance(&self.gradients[layer.range()], &exact[layer.range()]);
            assert!(off < bound, "{}, loss {expected:e}: {layer:?} is off by {off:e}", self.spec);
        }
        (expected, has_outputs)
    }
}

/// Takes ten steps and compares each; how many had no outputs.
fn follow(spec: &str, loss: Loss, images: &Array2<f32>, is_shared: bool) -> usize {
    let mut run = Follower::new(spec, loss, images, is_shared);
    (0..10).filter(|_| !run.checked_step(1e-5).1).count()
}

#[test]
fn every_path_has_the_gradients_of_double_precision() {
    let sparse = images(50, 150, 0.2, 50);
    let dense = images(50, 150, 1.0, 50);
    for loss in [Loss::MeanSquared, Loss::HalfSumSquared] {
        for spec in ["150 18t 2 18t 150", "150 17t 150", "150 9t 16t 3 5t 150"] {
            assert_eq!(follow(spec, loss, &sparse, true), 10, "{spec}: the shortcut");
            assert_eq!(follow(spec, loss, &sparse, false), 0, "{spec}: targets of their own");
            assert_eq!(follow(spec, loss, &dense, true), 0, "{spec}: nothing to leave out");
        }
        for spec in ["150 60t 2 60t 150", "150 18t 2 18t 150s", "150 150"] {
            assert_eq!(follow(spec, loss, &sparse, true), 0, "{spec}: no shortcut");
        }
    }
    for spec in ["150 18t 2 18t 150s", "150 18s 2 18s 150s"] {
        assert_eq!(follow(spec, Loss::BinaryCrossEntropy, &sparse, true), 0);
    }
}

#[test]
fn a_handful_of_digits_can_be_learnt_by_heart() {
    let few = images(40, 96, 0.2, 5);
    let mut run = Follower::new("96 12t 96", Loss::MeanSquared, &few, true);
    let mut steps = 0..1_000;
    let mut ways = [0; 2];
    for _ in steps.by_ref() {
        let (loss, has_outputs) = run.checked_step(CANCELLED);
        ways[usize::from(has_outputs)] += 1;
        if loss < 1e-5 {
            break;
        }
    }
    assert!(
        !steps.is_empty() && ways.iter().all(|&steps| steps > 5),
        "{ways:?} steps without and with outputs"
    );
}
