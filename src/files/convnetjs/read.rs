//! From ConvNetJS's JSON to a network.

use super::json::{Layer, Vol, size};
use crate::files::error::excerpt;
use crate::files::{FileError, Model};
use crate::nn::{Activation, LayerSpec, Loss, MAX_LAYERS, MAX_WIDTH, NetworkSpec};

/// Converts the layers of a file to a network.
///
/// # Errors
/// If they are not complete, or some are not supported.
pub(crate) fn model(layers: Vec<Layer>) -> Result<Model, FileError> {
    let mut layers = layers.into_iter();
    let mut builder = Builder::new(&layers.next().ok_or(FileError::NoLayers)?)?;
    layers.try_for_each(|layer| builder.add(&layer))?;
    builder.finish()
}

impl Layer {
    fn error(&self, problem: impl Into<String>) -> FileError {
        FileError::Layer { index: self.index, kind: excerpt(&self.kind), problem: problem.into() }
    }

    fn unsupported(&self) -> FileError {
        FileError::UnsupportedLayer { index: self.index, kind: excerpt(&self.kind) }
    }

    /// Returns the number of outputs.
    fn outputs(&self) -> Result<usize, FileError> {
        let width = size(self.out).ok_or_else(|| self.error("needs out_sx, out_sy and out_depth"))?;
        let outputs = usize::try_from(width).ok().filter(|width| (1..=MAX_WIDTH).contains(width));
        outputs.ok_or(FileError::BadWidth { width })
    }

    /// Checks that the layer takes as many inputs as the layer before it has outputs.
    fn check_inputs(&self, expected: usize, actual: Option<u64>) -> Result<(), FileError> {
        if actual == Some(expected as u64) {
            return Ok(());
        }
        let actual = actual.map_or("none".to_owned(), |actual| actual.to_string());
        Err(self.error(format!("must take {expected} inputs, got {actual}")))
    }

    /// Checks that the weights decay as those of every layer do here: by L2 alone.
    fn check_decay(&self) -> Result<(), FileError> {
        let Layer { l1_decay_mul, l2_decay_mul, .. } = *self;
        for (field, actual, expected) in
            [("l1_decay_mul", l1_decay_mul, 0.0), ("l2_decay_mul", l2_decay_mul, 1.0)]
        {
            if let Some(actual) = actual.filter(|&actual| actual != expected) {
                return Err(
                    self.error(format!("has an {field} of {actual}, but only {expected} is supported"))
                );
            }
        }
        Ok(())
    }
}

/// The network of the layers so far.
struct Builder {
    inputs: usize,
    layers: Vec<LayerSpec>,
    parameters: Vec<f32>,
    last: Kind,
}

/// The kind of the last layer, which decides what may follow it.
#[derive(PartialEq)]
enum Kind {
    Input,
    Dense,
    Activation,
    Regression,
}

impl Builder {
    fn new(first: &Layer) -> Result<Self, FileError> {
        match first.kind.as_str() {
            "input" => Ok(Self {
                inputs: first.outputs()?,
                layers: Vec::new(),
                parameters: Vec::new(),
                last: Kind::Input,
            }),
            "fc" | "tanh" | "relu" | "sigmoid" | "regression" => {
                Err(first.error("comes first, but the first layer must be an input layer"))
            }
            _ => Err(first.unsupported()),
        }
    }

    fn add(&mut self, next: &Layer) -> Result<(), FileError> {
        if self.last == Kind::Regression {
            return Err(next.error("comes after the regression layer, which must be the last"));
        }
        self.last = match next.kind.as_str() {
            "fc" => self.dense(next)?,
            "tanh" => self.activate(next, Activation::Tanh)?,
            "relu" => self.activate(next, Activation::Relu)?,
            "sigmoid" => self.activate(next, Activation::Sigmoid)?,
            "regression" => {
                next.check_inputs(self.outputs(), next.num_inputs)?;
                Kind::Regression
            }
            "input" => return Err(next.error("must be the first layer")),
            _ => return Err(next.unsupported()),
        };
        Ok(())
    }

    fn finish(self) -> Result<Model, FileError> {
        match self.last {
            Kind::Regression if self.layers.is_empty() => Err(FileError::NoLayers),
            Kind::Regression => Ok(Model {
                spec: NetworkSpec::new(self.inputs, self.layers),
                loss: Some(Loss::HalfSumSquared),
                parameters: self.parameters,
                choices: Vec::new(),
            }),
            _ => Err(FileError::NoRegression),
        }
    }

    /// Returns the number of outputs of the last layer.
    fn outputs(&self) -> usize {
        self.layers.last().map_or(self.inputs, |layer| layer.outputs)
    }

    fn dense(&mut self, next: &Layer) -> Result<Kind, FileError> {
        let (inputs, outputs) = (self.outputs(), next.outputs()?);
        next.check_inputs(inputs, next.num_inputs)?;
        next.check_decay()?;
        if self.layers.len() == MAX_LAYERS {
            return Err(FileError::TooManyLayers { count: MAX_LAYERS + 1 });
        }
        let Layer { filters: Some(filters), biases: Some(biases), .. } = next else {
            return Err(next.error("needs filters and biases"));
        };
        if filters.len() != outputs {
            return Err(next
                .error(format!("must have {outputs} filters, one for each output, got {}", filters.len())));
        }
        let check = |vol: &Vol, expected: usize, what: &str| {
            let actual = vol.w.len();
            if actual == expected && size(vol.shape) == Some(expected as u64) {
                return Ok(());
            }
            Err(next.error(format!("must have {expected} values in {what}, got {actual}")))
        };
        filters.iter().try_for_each(|filter| check(filter, inputs, "each filter"))?;
        check(biases, outputs, "the biases")?;
        for input in 0..inputs {
            self.parameters.extend(filters.iter().map(|filter| filter.w[input]));
        }
        self.parameters.extend(&biases.w);
        self.layers.push(LayerSpec { outputs, activation: Activation::Linear });
        Ok(Kind::Dense)
    }

    fn activate(&mut self, next: &Layer, activation: Activation) -> Result<Kind, FileError> {
        let inputs = self.outputs();
        match self.layers.last_mut() {
            Some(layer) if self.last == Kind::Dense => {
                next.check_inputs(inputs, Some(next.outputs()? as u64))?;
                layer.activation = activation;
                Ok(Kind::Activation)
            }
            _ => Err(next.error("must follow an fc layer")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::JsonReader;
    use super::*;

    const FILE: &str = r#"{"layers": [
        {"out_depth":2,"out_sx":1,"out_sy":1,"layer_type":"input","else":[{"a":"\"]}"},-1.5e-3,true,null]},
        {"out_depth":1,"out_sx":1,"out_sy":1,"layer_type":"f\u0063","num_inputs":2,"filters":
            [{"sx":1,"sy":1,"depth":2,"w":{"1":-2.5e-1,"0":1}}],"biases":{"sx":1,"sy":1,"depth":1,"w":[3.0]}},
        {"out_depth":1,"out_sx":1,"out_sy":1,"layer_type":"regression","num_inputs":1}], "é": "ü"} "#;

    fn read(chunks: &[&[u8]]) -> Result<Model, FileError> {
        let mut reader = JsonReader::new();
        chunks.iter().try_for_each(|chunk| reader.push(chunk))?;
        model(reader.finish()?)
    }

    #[test]
    fn chunks_of_any_size_give_the_same_network() {
        let bytes = FILE.as_bytes();
        let whole = read(&[bytes]).unwrap();
        assert_eq!(whole.parameters, [1.0, -0.25, 3.0]);
        for cut in 0..=bytes.len() {
            let (start, end) = bytes.split_at(cut);
            assert_eq!(read(&[start, end]), Ok(whole.clone()), "cut at {cut}");
            assert!(cut >= bytes.len() - 1 || read(&[start]).is_err(), "the first {cut} bytes");
        }
        let single: Vec<_> = bytes.chunks(1).collect();
        assert_eq!(read(&single), Ok(whole));
    }

    #[test]
    fn invalid_json_is_an_error() {
        let texts = [
            "{,}",
            "{\"a\"}",
            "{\"a\":1,}",
            "{\"a\":[1,]}",
            "{\"a\":[}",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":1e}",
            "{\"a\":-}",
            "{\"a\":nul}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\n\"}",
            "{}{}",
            "{} x",
            "{\"a\":1 2}",
        ];
        for text in texts {
            let error = read(&[text.as_bytes()]).unwrap_err().to_string();
            assert!(error.contains("not valid JSON"), "{text}: {error}");
        }
        assert!(read(&[b"{\"a\":\"\xff\"}"]).is_err());
    }
}
