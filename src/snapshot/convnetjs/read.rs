//! From ConvNetJS's JSON to a network.

use super::json::{Layer, Net, Vol};
use crate::nn::{Activation, LayerSpec, Loss, MAX_LAYERS, MAX_WIDTH, NetworkSpec};
use crate::snapshot::error::excerpt;
use crate::snapshot::{Model, SnapshotError};

/// Reads what `net.toJSON()` made.
///
/// # Errors
/// If it is not such a network, or has layers that are not supported.
pub(crate) fn read(bytes: &[u8]) -> Result<Model, SnapshotError> {
    let net: Net = serde_json::from_slice(bytes).map_err(|error| SnapshotError::json(&error))?;
    let mut layers = net.layers.into_iter().enumerate().map(|(index, layer)| Numbered { index, layer });
    let mut reading = Reading::begin(layers.next().ok_or(SnapshotError::NoLayers)?)?;
    for layer in layers {
        reading.add(layer)?;
    }
    reading.end()
}

/// A layer and its place in the file.
struct Numbered {
    index: usize,
    layer: Layer,
}

impl Numbered {
    fn error(&self, problem: impl Into<String>) -> SnapshotError {
        SnapshotError::Layer { index: self.index, kind: excerpt(&self.layer.kind), problem: problem.into() }
    }

    fn unsupported(&self) -> SnapshotError {
        SnapshotError::UnsupportedLayer { index: self.index, kind: excerpt(&self.layer.kind) }
    }

    /// How many numbers come out of the layer.
    fn width(&self) -> Result<usize, SnapshotError> {
        let sides = [self.layer.out_sx, self.layer.out_sy, self.layer.out_depth];
        let [Some(sx), Some(sy), Some(depth)] = sides else {
            return Err(self.error("needs out_sx, out_sy and out_depth"));
        };
        let width = sx.saturating_mul(sy).saturating_mul(depth);
        usize::try_from(width)
            .ok()
            .filter(|width| (1..=MAX_WIDTH).contains(width))
            .ok_or(SnapshotError::BadWidth { width })
    }

    /// Checks that the layer takes as many numbers as the last one gives, `expected`.
    fn takes(&self, expected: usize, found: Option<u64>) -> Result<(), SnapshotError> {
        if found == Some(expected as u64) {
            return Ok(());
        }
        let found = found.map_or("none".to_owned(), |found| found.to_string());
        Err(self.error(format!("must take {expected} inputs, got {found}")))
    }

    /// Checks that the weights decay as every layer's do here: by L2 alone.
    fn decays_as_usual(&self) -> Result<(), SnapshotError> {
        let Layer { l1_decay_mul, l2_decay_mul, .. } = self.layer;
        for (field, found, usual) in
            [("l1_decay_mul", l1_decay_mul, 0.0), ("l2_decay_mul", l2_decay_mul, 1.0)]
        {
            if let Some(found) = found.filter(|&found| found != usual) {
                return Err(self.error(format!("has an {field} of {found}, but only {usual} is supported")));
            }
        }
        Ok(())
    }
}

/// A network as far as it has been read.
struct Reading {
    inputs: usize,
    layers: Vec<LayerSpec>,
    parameters: Vec<f32>,
    last_kind: Kind,
}

/// What a layer is to the one after it.
#[derive(PartialEq)]
enum Kind {
    Input,
    Dense,
    Activation,
    Regression,
}

impl Reading {
    fn begin(first: Numbered) -> Result<Self, SnapshotError> {
        match first.layer.kind.as_str() {
            "input" => Ok(Self {
                inputs: first.width()?,
                layers: Vec::new(),
                parameters: Vec::new(),
                last_kind: Kind::Input,
            }),
            "fc" | "tanh" | "relu" | "sigmoid" | "regression" => {
                Err(first.error("comes first, but the first layer must be an input layer"))
            }
            _ => Err(first.unsupported()),
        }
    }

    fn add(&mut self, next: Numbered) -> Result<(), SnapshotError> {
        if self.last_kind == Kind::Regression {
            return Err(next.error("comes after the regression layer, which must be the last"));
        }
        self.last_kind = match next.layer.kind.as_str() {
            "fc" => self.dense(&next)?,
            "tanh" => self.activate(&next, Activation::Tanh)?,
            "relu" => self.activate(&next, Activation::Relu)?,
            "sigmoid" => self.activate(&next, Activation::Sigmoid)?,
            "regression" => self.regression(&next)?,
            "input" => return Err(next.error("must be the first layer")),
            _ => return Err(next.unsupported()),
        };
        Ok(())
    }

    fn end(self) -> Result<Model, SnapshotError> {
        match self.last_kind {
            Kind::Regression if self.layers.is_empty() => Err(SnapshotError::NoLayers),
            Kind::Regression => Ok(Model {
                spec: NetworkSpec::new(self.inputs, self.layers),
                loss: Some(Loss::HalfSumSquared),
                parameters: self.parameters,
            }),
            _ => Err(SnapshotError::NoRegression),
        }
    }

    /// How many numbers come out of the last layer.
    fn width(&self) -> usize {
        self.layers.last().map_or(self.inputs, |layer| layer.outputs)
    }

    fn dense(&mut self, next: &Numbered) -> Result<Kind, SnapshotError> {
        let (inputs, outputs) = (self.width(), next.width()?);
        next.takes(inputs, next.layer.num_inputs)?;
        next.decays_as_usual()?;
        if self.layers.len() == MAX_LAYERS {
            return Err(SnapshotError::TooManyLayers { count: MAX_LAYERS + 1 });
        }
        let Layer { filters: Some(filters), biases: Some(biases), .. } = &next.layer else {
            return Err(next.error("needs filters and biases"));
        };
        if filters.len() != outputs {
            return Err(next
                .error(format!("must have {outputs} filters, one for each output, got {}", filters.len())));
        }
        let numbers = |vol: &Vol, expected: usize, what: &str| {
            let size = vol.sx.saturating_mul(vol.sy).saturating_mul(vol.depth);
            let found = vol.w.0.len();
            if found == expected && size == expected as u64 {
                Ok(())
            } else {
                Err(next.error(format!("must have {expected} numbers of {what}, got {found}")))
            }
        };
        for filter in filters {
            numbers(filter, inputs, "each filter")?;
        }
        numbers(biases, outputs, "biases")?;
        for input in 0..inputs {
            self.parameters.extend(filters.iter().map(|filter| filter.w.0[input]));
        }
        self.parameters.extend(&biases.w.0);
        self.layers.push(LayerSpec { outputs, activation: Activation::Linear });
        Ok(Kind::Dense)
    }

    fn activate(&mut self, next: &Numbered, activation: Activation) -> Result<Kind, SnapshotError> {
        let width = self.width();
        match self.layers.last_mut() {
            Some(layer) if self.last_kind == Kind::Dense => {
                next.takes(width, Some(next.width()? as u64))?;
                layer.activation = activation;
                Ok(Kind::Activation)
            }
            _ => Err(next.error("must follow an fc layer")),
        }
    }

    fn regression(&self, next: &Numbered) -> Result<Kind, SnapshotError> {
        next.takes(self.width(), next.layer.num_inputs)?;
        Ok(Kind::Regression)
    }
}
