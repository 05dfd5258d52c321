//! From ConvNetJS's JSON to a network.

use super::json::{JsonReader, Layer, Vol};
use crate::files::error::excerpt;
use crate::files::{FileError, Model};
use crate::nn::{Activation, LayerSpec, Loss, MAX_LAYERS, MAX_WIDTH, NetworkSpec};

/// Reads what `net.toJSON()` made, in pieces of any size.
#[derive(Debug)]
pub(crate) struct Reader(JsonReader);

impl Reader {
    pub(crate) fn new() -> Self {
        Self(JsonReader::new())
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// If it cannot be part of such a network.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.0.push(bytes)
    }

    /// The network, once all of it has been pushed.
    ///
    /// # Errors
    /// If it is not complete, or has layers that are not supported.
    pub(crate) fn finish(self) -> Result<Model, FileError> {
        let layers = self.0.finish()?;
        let mut layers = layers.into_iter().enumerate().map(|(index, layer)| Numbered { index, layer });
        let mut reading = Reading::begin(layers.next().ok_or(FileError::NoLayers)?)?;
        for layer in layers {
            reading.add(layer)?;
        }
        reading.end()
    }
}

/// A layer and its place in the file.
struct Numbered {
    index: usize,
    layer: Layer,
}

impl Numbered {
    fn error(&self, problem: impl Into<String>) -> FileError {
        FileError::Layer { index: self.index, kind: excerpt(&self.layer.kind), problem: problem.into() }
    }

    fn unsupported(&self) -> FileError {
        FileError::UnsupportedLayer { index: self.index, kind: excerpt(&self.layer.kind) }
    }

    /// How many numbers come out of the layer.
    fn width(&self) -> Result<usize, FileError> {
        let sides = [self.layer.out_sx, self.layer.out_sy, self.layer.out_depth];
        let [Some(sx), Some(sy), Some(depth)] = sides else {
            return Err(self.error("needs out_sx, out_sy and out_depth"));
        };
        let width = sx.saturating_mul(sy).saturating_mul(depth);
        usize::try_from(width)
            .ok()
            .filter(|width| (1..=MAX_WIDTH).contains(width))
            .ok_or(FileError::BadWidth { width })
    }

    /// Checks that the layer takes as many numbers as the last one gives, `expected`.
    fn takes(&self, expected: usize, found: Option<u64>) -> Result<(), FileError> {
        if found == Some(expected as u64) {
            return Ok(());
        }
        let found = found.map_or("none".to_owned(), |found| found.to_string());
        Err(self.error(format!("must take {expected} inputs, got {found}")))
    }

    /// Checks that the weights decay as every layer's do here: by L2 alone.
    fn decays_as_usual(&self) -> Result<(), FileError> {
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
    fn begin(first: Numbered) -> Result<Self, FileError> {
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

    fn add(&mut self, next: Numbered) -> Result<(), FileError> {
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

    fn end(self) -> Result<Model, FileError> {
        match self.last_kind {
            Kind::Regression if self.layers.is_empty() => Err(FileError::NoLayers),
            Kind::Regression => Ok(Model {
                spec: NetworkSpec::new(self.inputs, self.layers),
                loss: Some(Loss::HalfSumSquared),
                parameters: self.parameters,
            }),
            _ => Err(FileError::NoRegression),
        }
    }

    /// How many numbers come out of the last layer.
    fn width(&self) -> usize {
        self.layers.last().map_or(self.inputs, |layer| layer.outputs)
    }

    fn dense(&mut self, next: &Numbered) -> Result<Kind, FileError> {
        let (inputs, outputs) = (self.width(), next.width()?);
        next.takes(inputs, next.layer.num_inputs)?;
        next.decays_as_usual()?;
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
        let numbers = |vol: &Vol, expected: usize, what: &str| {
            let size = vol.sx.saturating_mul(vol.sy).saturating_mul(vol.depth);
            let found = vol.w.len();
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
            self.parameters.extend(filters.iter().map(|filter| filter.w[input]));
        }
        self.parameters.extend(&biases.w);
        self.layers.push(LayerSpec { outputs, activation: Activation::Linear });
        Ok(Kind::Dense)
    }

    fn activate(&mut self, next: &Numbered, activation: Activation) -> Result<Kind, FileError> {
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

    fn regression(&self, next: &Numbered) -> Result<Kind, FileError> {
        next.takes(self.width(), next.layer.num_inputs)?;
        Ok(Kind::Regression)
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

    fn read(pieces: &[&[u8]]) -> Result<Model, FileError> {
        let mut reader = Reader::new();
        pieces.iter().try_for_each(|piece| reader.push(piece))?;
        reader.finish()
    }

    #[test]
    fn a_file_cut_anywhere_is_the_same_file() {
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
    fn what_is_no_json_is_refused() {
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
