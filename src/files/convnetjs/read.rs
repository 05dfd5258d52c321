//! From ConvNetJS's JSON to a network.

use super::json::{JsonReader, Layer, Vol, size};
use crate::files::error::excerpt;
use crate::files::{FileError, Model};
use crate::nn::{Activation, LayerSpec, Loss, MAX_LAYERS, MAX_WIDTH, NetworkSpec};

/// Reads the output of `net.toJSON()` in chunks of any size.
#[derive(Debug)]
pub(crate) struct Reader(JsonReader);

impl Reader {
    pub(crate) fn new() -> Self {
        Self(JsonReader::new())
    }

    /// Reads the next chunk.
    ///
    /// # Errors
    /// If it cannot be part of such a network.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.0.push(bytes)
    }

    /// Returns the network after the last chunk.
    ///
    /// # Errors
    /// If it is not complete, or has layers that are not supported.
    pub(crate) fn finish(self) -> Result<Model, FileError> {
        let mut layers =
            self.0.finish()?.into_iter().enumerate().map(|(index, layer)| Indexed { index, layer });
        let mut builder = Builder::new(layers.next().ok_or(FileError::NoLayers)?)?;
        layers.try_for_each(|layer| builder.add(layer))?;
        builder.finish()
    }
}

/// A layer and its index in the file.
struct Indexed {
    index: usize,
    layer: Layer,
}

impl Indexed {
    fn error(&self, problem: impl Into<String>) -> FileError {
        FileError::Layer { index: self.index, kind: excerpt(&self.layer.kind), problem: problem.into() }
    }

    fn unsupported(&self) -> FileError {
        FileError::UnsupportedLayer { index: self.index, kind: excerpt(&self.layer.kind) }
    }

    /// Returns the number of outputs.
    fn outputs(&self) -> Result<usize, FileError> {
        let width = size(self.layer.out).ok_or_else(|| self.error("needs out_sx, out_sy and out_depth"))?;
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
        let Layer { l1_decay_mul, l2_decay_mul, .. } = self.layer;
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
    fn new(first: Indexed) -> Result<Self, FileError> {
        match first.layer.kind.as_str() {
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

    fn add(&mut self, next: Indexed) -> Result<(), FileError> {
        if self.last == Kind::Regression {
            return Err(next.error("comes after the regression layer, which must be the last"));
        }
        self.last = match next.layer.kind.as_str() {
            "fc" => self.dense(&next)?,
            "tanh" => self.activate(&next, Activation::Tanh)?,
            "relu" => self.activate(&next, Activation::Relu)?,
            "sigmoid" => self.activate(&next, Activation::Sigmoid)?,
            "regression" => {
                next.check_inputs(self.outputs(), next.layer.num_inputs)?;
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
            }),
            _ => Err(FileError::NoRegression),
        }
    }

    /// Returns the number of outputs of the last layer.
    fn outputs(&self) -> usize {
        self.layers.last().map_or(self.inputs, |layer| layer.outputs)
    }

    fn dense(&mut self, next: &Indexed) -> Result<Kind, FileError> {
        let (inputs, outputs) = (self.outputs(), next.outputs()?);
        next.check_inputs(inputs, next.layer.num_inputs)?;
        next.check_decay()?;
        if self.layers.len() == MAX_LAYERS {
            return Err(FileError::TooManyLayers { count: MAX_LAYERS + 1 });
        }
        let Layer { filters: Some(filters), biases: Some(biases), .. } = &next.layer else {
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

    fn activate(&mut self, next: &Indexed, activation: Activation) -> Result<Kind, FileError> {
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
    use super::*;

    const FILE: &str = r#"{"layers": [
        {"out_depth":2,"out_sx":1,"out_sy":1,"layer_type":"input","else":[{"a":"\"]}"},-1.5e-3,true,null]},
        {"out_depth":1,"out_sx":1,"out_sy":1,"layer_type":"f\u0063","num_inputs":2,"filters":
            [{"sx":1,"sy":1,"depth":2,"w":{"1":-2.5e-1,"0":1}}],"biases":{"sx":1,"sy":1,"depth":1,"w":[3.0]}},
        {"out_depth":1,"out_sx":1,"out_sy":1,"layer_type":"regression","num_inputs":1}], "é": "ü"} "#;

    fn read(chunks: &[&[u8]]) -> Result<Model, FileError> {
        let mut reader = Reader::new();
        chunks.iter().try_for_each(|chunk| reader.push(chunk))?;
        reader.finish()
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
