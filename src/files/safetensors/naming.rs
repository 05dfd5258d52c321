//! Networks of other people's files, which state no more than names and shapes: the order of the layers, and what is not known.

use super::container::SafeTensors;
use super::wrong;
use crate::data::{PIXELS, natural_order, sorted_indices};
use crate::files::{FileError, transposed};
use crate::nn::{Activation, CodeKind, LayerSpec, MAX_LAYERS, MAX_WIDTH, NetworkSpec};

/// The activations that are tried in hidden layers, and at the output.
const HIDDEN: [Activation; 4] =
    [Activation::Relu, Activation::Tanh, Activation::Sigmoid, Activation::LeakyRelu];
const OUTPUT: [Activation; 4] = [Activation::Linear, Activation::Sigmoid, Activation::Tanh, Activation::Relu];

/// The steps of the search for an order by shapes; names decide in all but odd files.
const MAX_SEARCH: usize = 20_000;

/// A fully connected layer of the file.
#[derive(Clone)]
struct Layer {
    /// The name of its weight without `.weight`.
    name: String,
    outputs: usize,
    inputs: usize,
}

/// A layer of the network: one of the file, or two whose outputs are means and log-variances.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    One(usize),
    /// Means and log-variances.
    Two(usize, usize),
}

/// A network without its activations.
pub(super) struct Unstated {
    /// The layers, with one guess of the activations.
    pub(super) spec: NetworkSpec,
    /// The networks that the file may hold.
    pub(super) choices: Vec<NetworkSpec>,
    /// `[P]`
    pub(super) parameters: Vec<f32>,
}

/// Reads a network whose file states no activations.
///
/// # Errors
/// If a tensor belongs to no fully connected layer, or the layers do not make one chain.
pub(super) fn read(file: &SafeTensors<'_>, fallback: &NetworkSpec) -> Result<Unstated, FileError> {
    let layers = layers(file)?;
    let steps = order(&layers)?;
    let outputs = |step: Step| match step {
        Step::One(index) => layers[index].outputs,
        Step::Two(index, _) => 2 * layers[index].outputs,
    };
    let first = |step: Step| match step {
        Step::One(index) | Step::Two(index, _) => &layers[index],
    };
    // Of a Gaussian code, the next layer takes only the means.
    let gaussian = steps.windows(2).position(|pair| outputs(pair[0]) == 2 * first(pair[1]).inputs);
    let widths: Vec<usize> = steps[1..]
        .iter()
        .map(|&step| first(step).inputs)
        .chain(steps.last().map(|&step| outputs(step)))
        .collect();
    let module = |step: Step| module(&first(step).name);
    let last_encoder = steps.iter().rposition(|&step| module(step) == 0);
    let has_modules = last_encoder.is_some() && steps.iter().any(|&step| module(step) == 2);
    let narrowest = (0..widths.len()).min_by_key(|&index| widths[index]).unwrap_or_default();
    let code = gaussian.or(last_encoder.filter(|_| has_modules)).unwrap_or(narrowest);

    let mut is_activated = Vec::new();
    let mut is_code_open = gaussian.is_none();
    for (index, pair) in steps.windows(2).enumerate() {
        let gap = gap(&first(pair[0]).name, &first(pair[1]).name)?;
        if index == code {
            is_code_open &= gap.is_none();
        }
        is_activated.push(gap.unwrap_or(index != code) && Some(index) != gaussian);
    }
    let build = |hidden: Activation, code_activation: Activation, output: Activation| {
        let of = |index: usize| match index {
            _ if index + 1 == widths.len() => output,
            _ if index == code && is_code_open => code_activation,
            _ if is_activated[index] => hidden,
            _ => Activation::Linear,
        };
        let layer = |(index, &outputs): (usize, &usize)| LayerSpec { outputs, activation: of(index) };
        NetworkSpec {
            inputs: first(steps[0]).inputs,
            layers: widths.iter().enumerate().map(layer).collect(),
            code,
            code_kind: if gaussian.is_some() { CodeKind::Gaussian } else { CodeKind::Deterministic },
        }
    };
    let usual = fallback.layers.iter().map(|layer| layer.activation);
    let usual = usual.into_iter().find(|&activation| activation != Activation::Linear);
    let spec = build(usual.unwrap_or(Activation::Tanh), Activation::Linear, Activation::Linear);
    let mut choices = Vec::new();
    for hidden in HIDDEN {
        for code_activation in [Activation::Linear, hidden] {
            for output in OUTPUT {
                let choice = build(hidden, code_activation, output);
                if !choices.contains(&choice) {
                    choices.push(choice);
                }
            }
        }
    }
    Ok(Unstated { spec, choices, parameters: parameters(file, &layers, &steps)? })
}

/// Returns the fully connected layers, in the order of their names: those of an encoder first, of a decoder last.
fn layers(file: &SafeTensors<'_>) -> Result<Vec<Layer>, FileError> {
    let mut layers = Vec::new();
    let names: Vec<&str> = file.names().collect();
    for &name in &names {
        let Some((layer, kind)) = name.rsplit_once('.') else {
            return Err(wrong(format_args!("{name}"), format_args!("is not the weight or bias of a layer")));
        };
        let shape = file.shape(name)?;
        match (kind, shape.as_slice()) {
            ("running_mean" | "running_var" | "num_batches_tracked", _) => {
                let problem = format_args!(
                    "belongs to a BatchNorm layer, which a network here cannot have: merge it into the layer before it, and save again"
                );
                return Err(wrong(format_args!("{layer}"), problem));
            }
            ("weight", &[outputs, inputs]) => {
                for width in [inputs, outputs] {
                    if !(1..=MAX_WIDTH).contains(&width) {
                        return Err(FileError::BadWidth { width: width as u64 });
                    }
                }
                layers.push(Layer { name: layer.to_owned(), outputs, inputs });
            }
            ("weight", [_]) if !names.iter().any(|other| is_statistic(other, layer)) => {
                let problem = format_args!(
                    "is a normalization layer, which a network here cannot have: only fully connected layers"
                );
                return Err(wrong(format_args!("{layer}"), problem));
            }
            ("weight", [_]) => {}
            ("weight", _) => {
                let problem = format_args!(
                    "is a convolution, its weight has {} dimensions: only fully connected layers (nn.Linear) can be trained here",
                    shape.len()
                );
                return Err(wrong(format_args!("{layer}"), problem));
            }
            ("bias", _) if names.iter().any(|other| other.strip_suffix(".weight") == Some(layer)) => {}
            ("bias", _) => return Err(wrong(format_args!("{layer}.weight"), format_args!("is missing"))),
            _ => {
                let problem = format_args!("is not the weight or bias of a fully connected layer");
                return Err(wrong(format_args!("{name}"), problem));
            }
        }
    }
    match layers.len() {
        0 => Err(FileError::NoLayers),
        count if count > MAX_LAYERS + 1 => Err(FileError::TooManyLayers { count }),
        _ => {
            let order = sorted_indices(layers.len(), &|a, b| {
                let (a, b): (&Layer, &Layer) = (&layers[a], &layers[b]);
                module(&a.name).cmp(&module(&b.name)).then_with(|| natural_order(&a.name, &b.name))
            });
            Ok(order.into_iter().map(|index| layers[index].clone()).collect())
        }
    }
}

/// Returns whether a tensor is a statistic of a BatchNorm layer.
fn is_statistic(name: &str, layer: &str) -> bool {
    name.strip_prefix(layer).is_some_and(|rest| rest == ".running_mean")
}

/// Returns 0 for the layers of an encoder, 2 for those of a decoder, and 1 for others.
fn module(name: &str) -> u8 {
    let mut parts = name.split(['.', '_']);
    parts
        .find_map(|part| match part {
            "encoder" | "enc" => Some(0),
            "decoder" | "dec" => Some(2),
            _ => None,
        })
        .unwrap_or(1)
}

/// Returns the layers in the order in which they are applied: that of their names, or the only one that their shapes allow.
fn order(layers: &[Layer]) -> Result<Vec<Step>, FileError> {
    let by_name: Vec<Step> = (0..layers.len()).map(Step::One).collect();
    if is_chain(layers, &by_name) {
        return Ok(by_name);
    }
    let mut search = Search { layers, found: Vec::new(), steps: 0 };
    // A chain that ends as it begins could begin anywhere: the images are the widest.
    let widest = layers.iter().map(|layer| layer.inputs).max().unwrap_or_default();
    let start = if layers.iter().any(|layer| layer.inputs == PIXELS) { PIXELS } else { widest };
    search.extend(&mut Vec::new(), start, start);
    let mut found = search.found;
    match (found.len(), found.pop()) {
        (1, Some(steps)) => Ok(steps),
        (0, _) => {
            let broken = layers.windows(2).find(|pair| pair[0].outputs != pair[1].inputs);
            Err(match broken {
                Some([before, layer]) => wrong(
                    format_args!("{}.weight", layer.name),
                    format_args!(
                        "must take {} inputs like the outputs before it, got {}",
                        before.outputs, layer.inputs
                    ),
                ),
                _ => {
                    let (first, last) = (&layers[0], &layers[layers.len() - 1]);
                    let problem = format_args!(
                        "turns {} into {}: an autoencoder has as many outputs as inputs",
                        first.inputs, last.outputs
                    );
                    wrong(format_args!("{}.weight", last.name), problem)
                }
            })
        }
        _ => Err(wrong(
            format_args!("{}.weight", layers[0].name),
            format_args!("could be in several places: name the layers in their order, such as fc1, fc2"),
        )),
    }
}

/// Returns whether layers can be applied in this order and give as many values as they take; before one, the outputs may be
/// means and log-variances.
fn is_chain(layers: &[Layer], steps: &[Step]) -> bool {
    let all: Vec<&Layer> = steps
        .iter()
        .map(|step| match step {
            Step::One(index) | Step::Two(index, _) => &layers[*index],
        })
        .collect();
    let halved = all.windows(2).filter(|pair| pair[0].outputs == 2 * pair[1].inputs).count();
    let whole = all.windows(2).filter(|pair| pair[0].outputs == pair[1].inputs).count();
    halved <= 1 && halved + whole + 1 == all.len() && all[0].inputs == all[all.len() - 1].outputs
}

/// The search for the orders that the shapes allow.
struct Search<'l> {
    layers: &'l [Layer],
    found: Vec<Vec<Step>>,
    steps: usize,
}

impl Search<'_> {
    /// Extends a chain that ends with `width` values.
    fn extend(&mut self, chain: &mut Vec<Step>, width: usize, start: usize) {
        self.steps += 1;
        if self.found.len() > 1 || self.steps > MAX_SEARCH {
            return;
        }
        let used = |index: usize| {
            chain.iter().any(|step| match *step {
                Step::One(one) => one == index,
                Step::Two(one, two) => one == index || two == index,
            })
        };
        let free: Vec<usize> =
            (0..self.layers.len()).filter(|&i| self.layers[i].inputs == width && !used(i)).collect();
        let is_complete = (0..self.layers.len()).all(used);
        if is_complete {
            if width == start {
                self.found.push(chain.clone());
            }
            return;
        }
        let has_two = chain.iter().any(|step| matches!(step, Step::Two(..)));
        for (position, &index) in free.iter().enumerate() {
            let outputs = self.layers[index].outputs;
            chain.push(Step::One(index));
            self.extend(chain, outputs, start);
            chain.pop();
            for &other in free[position + 1..].iter().filter(|_| !has_two) {
                if self.layers[other].outputs == outputs {
                    let is_mean = |index: usize| {
                        ["mu", "mean"].iter().any(|name| self.layers[index].name.contains(name))
                    };
                    let swap = is_mean(other) && !is_mean(index);
                    chain.push(if swap { Step::Two(other, index) } else { Step::Two(index, other) });
                    self.extend(chain, outputs, start);
                    chain.pop();
                }
            }
        }
    }
}

/// Returns whether there is an activation between two layers, where the indices of a `Sequential` tell.
fn gap(before: &str, next: &str) -> Result<Option<bool>, FileError> {
    let split = |name: &str| {
        let (parent, index) = name.rsplit_once('.').unwrap_or(("", name));
        Some((parent.to_owned(), index.parse::<usize>().ok()?))
    };
    let (Some((parent, index)), Some((next_parent, next_index))) = (split(before), split(next)) else {
        return Ok(None);
    };
    match next_index.checked_sub(index) {
        _ if parent != next_parent => Ok(None),
        Some(1) => Ok(Some(false)),
        Some(2) => Ok(Some(true)),
        _ => Err(wrong(
            format_args!("{next}.weight"),
            format_args!(
                "leaves room for more than one activation after {before}, such as Dropout: save the network without it"
            ),
        )),
    }
}

/// Returns the parameters in this crate's order; a missing bias is 0.
fn parameters(file: &SafeTensors<'_>, layers: &[Layer], steps: &[Step]) -> Result<Vec<f32>, FileError> {
    let mut parameters = Vec::new();
    for &step in steps {
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        let parts = match step {
            Step::One(index) => vec![index],
            Step::Two(mean, log_variance) => vec![mean, log_variance],
        };
        let inputs = layers[parts[0]].inputs;
        for index in parts {
            let Layer { name, outputs, .. } = &layers[index];
            weight.extend(super::values(file, &format!("{name}.weight"))?.1);
            let bias_name = format!("{name}.bias");
            if file.names().any(|other| other == bias_name) {
                let (shape, values) = super::values(file, &bias_name)?;
                if shape != [*outputs] {
                    let problem = format_args!("must have the shape [{outputs}]");
                    return Err(wrong(format_args!("{bias_name}"), problem));
                }
                bias.extend(values);
            } else {
                bias.resize(bias.len() + outputs, 0.0);
            }
        }
        parameters.extend(transposed(&weight, inputs));
        parameters.extend(bias);
    }
    Ok(parameters)
}
