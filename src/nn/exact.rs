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
            let entropy = (&y).mapv(|y| y.max(0.0) + (-y.abs()).exp().ln_1p()) - &y * &input;
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

/// How far gradients may be off that are computed from outputs once they have cancelled, whoever computes them: an error of
/// 1e-3 is a difference of numbers that are rounded to 6e-8.
const CANCELLED: f64 = 1e-3;

/// Takes ten steps, or more of which every tenth part is looked at, and compares each; how many had no outputs.
fn follow(spec: &str, loss: Loss, images: &Array2<f32>, is_shared: bool, steps: usize) -> usize {
    let network = Network::new(&spec.parse().unwrap(), loss);
    let rng = &mut Xoshiro256PlusPlus::seed_from_u64(1);
    let mut parameters = network.init(&Init { weight: WeightInit::GlorotUniform, bias: 0.1 }, rng);
    let (mut workspace, mut backward) =
        (Workspace::new(&network, images.nrows()), BackwardWorkspace::new(&network, images.nrows()));
    let mut gradients = vec![f32::NAN; parameters.len()];
    let mut optimizer = Optimizer::new(Method::ADAM, 3e-3, parameters.len());
    let target = if is_shared { None } else { Some(images.clone()) };
    let mut without_outputs = 0;
    for step in 0..steps {
        let target = target.as_ref().unwrap_or(images).view();
        let (x, parameters) = (images.view(), &mut parameters);
        let value = network.loss_and_gradients(
            parameters,
            loss,
            x,
            target,
            &mut workspace,
            &mut backward,
            &mut gradients,
        );
        if step % (steps / 10) == 0 {
            let is_short = workspace.output(network.layers().len() - 1).is_empty();
            without_outputs += usize::from(is_short);
            let bound = if is_short || steps == 10 { 1e-5 } else { CANCELLED };
            let (expected, exact) = exact(&network, parameters, loss, images);
            let off = (f64::from(value.loss) - expected).abs() / expected;
            assert!(off < bound, "{spec}, step {step}: the loss {} is off by {off:e}", value.loss);
            for layer in network.layers() {
                let off = distance(&gradients[layer.range()], &exact[layer.range()]);
                assert!(
                    off < bound,
                    "{spec}, {loss:?}, step {step}: {layer:?} is off by {off:e}, at {expected:e}"
                );
            }
        }
        optimizer.step(parameters, &gradients, network.layers().iter().map(Dense::weight_range));
    }
    without_outputs
}

#[test]
fn every_path_has_the_gradients_of_double_precision() {
    let sparse = images(50, 150, 0.2, 50);
    let dense = images(50, 150, 1.0, 50);
    for loss in [Loss::MeanSquared, Loss::HalfSumSquared] {
        for spec in ["150 18t 2 18t 150", "150 17t 150", "150 9t 16t 3 5t 150"] {
            assert_eq!(follow(spec, loss, &sparse, true, 10), 10, "{spec}: the shortcut");
            assert_eq!(follow(spec, loss, &sparse, false, 10), 0, "{spec}: targets of their own");
            assert_eq!(follow(spec, loss, &dense, true, 10), 0, "{spec}: nothing to leave out");
        }
        for spec in ["150 60t 2 60t 150", "150 18t 2 18t 150s", "150 150"] {
            assert_eq!(follow(spec, loss, &sparse, true, 10), 0, "{spec}: no shortcut");
        }
    }
    for spec in ["150 18t 2 18t 150s", "150 18s 2 18s 150s"] {
        assert_eq!(follow(spec, Loss::BinaryCrossEntropy, &sparse, true, 10), 0);
    }
}

#[test]
fn a_handful_of_digits_can_be_learnt_by_heart() {
    let few = images(40, 96, 0.2, 5);
    let ways = follow("96 12t 96", Loss::MeanSquared, &few, true, 1_000);
    assert!((1..10).contains(&ways), "{ways} of ten had no outputs");
}
