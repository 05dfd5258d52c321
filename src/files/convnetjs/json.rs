//! The fields of ConvNetJS's JSON, read token by token.

use std::borrow::Cow;

use super::tokens::{Problem, Token, Tokenizer};
use crate::data::decimal;
use crate::files::FileError;
use crate::nn::{MAX_LAYERS, MAX_WIDTH};

/// The most layers in a file: the input, an activation for each dense layer, and the loss.
const MAX_FILE_LAYERS: usize = 2 * MAX_LAYERS + 2;

/// A layer of any type, with the fields that this reader needs.
#[derive(Debug, Default)]
pub(crate) struct Layer {
    /// The index in the file.
    pub(super) index: usize,
    pub(super) kind: String,
    /// `out_sx`, `out_sy` and `out_depth`.
    pub(super) out: [Option<u64>; 3],
    pub(super) num_inputs: Option<u64>,
    pub(super) filters: Option<Vec<Vol>>,
    pub(super) biases: Option<Vol>,
    pub(super) l1_decay_mul: Option<f32>,
    pub(super) l2_decay_mul: Option<f32>,
}

/// ConvNetJS's `Vol`, a 3-D array.
#[derive(Debug, Default)]
pub(super) struct Vol {
    /// `sx`, `sy` and `depth`.
    pub(super) shape: [Option<u64>; 3],
    /// The values; while they are read, NaN marks an index without one.
    pub(super) w: Vec<f32>,
}

/// Returns the number of values in an array of a shape, if the whole shape is known.
pub(super) fn size([sx, sy, depth]: [Option<u64>; 3]) -> Option<u64> {
    Some(sx?.saturating_mul(sy?).saturating_mul(depth?))
}

const WRONG_KIND: Problem = Cow::Borrowed("it has a value of the wrong kind");

/// The container of the next token.
#[derive(Clone, Copy, Debug)]
enum Container {
    Root,
    Net,
    Layers,
    Layer,
    Filters,
    /// One of the filters, or the biases.
    Vol,
    /// Values keyed by index, as `JSON.stringify` writes a `Float64Array`.
    Map,
    /// Values as an array: ConvNetJS uses arrays where there are no typed arrays.
    List,
}

/// The part of a network that has been read.
#[derive(Debug, Default)]
struct Net {
    containers: Vec<Container>,
    /// The depth within a field that is ignored.
    ignored_depth: usize,
    key: String,
    layers: Vec<Layer>,
    layer: Layer,
    vol: Vol,
}

/// Reads the file in chunks of any size.
#[derive(Debug)]
pub(crate) struct JsonReader {
    tokenizer: Tokenizer,
    net: Net,
    line: usize,
    column: usize,
}

impl JsonReader {
    pub(crate) fn new() -> Self {
        Self { tokenizer: Tokenizer::new(), net: Net::default(), line: 1, column: 0 }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        for &byte in bytes {
            if byte == b'\n' {
                (self.line, self.column) = (self.line + 1, 0);
            } else {
                self.column += 1;
            }
            let net = &mut self.net;
            if let Err(problem) = self.tokenizer.push(byte, |token| net.take(token)) {
                return Err(self.error(&problem));
            }
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Vec<Layer>, FileError> {
        let net = &mut self.net;
        match self.tokenizer.finish(|token| net.take(token)) {
            Ok(true) => Ok(self.net.layers),
            Ok(false) => Err(FileError::Json { reason: "it ends too early".to_owned() }),
            Err(problem) => Err(self.error(&problem)),
        }
    }

    fn error(&self, problem: &str) -> FileError {
        FileError::Json { reason: format!("{problem} at line {}, column {}", self.line, self.column) }
    }
}

impl Net {
    fn take(&mut self, token: Token<'_>) -> Result<(), Problem> {
        if self.ignored_depth > 0 {
            match token {
                Token::ObjectStart | Token::ListStart => self.ignored_depth += 1,
                Token::ObjectEnd | Token::ListEnd => self.ignored_depth -= 1,
                _ => {}
            }
            return Ok(());
        }
        match (self.containers.last().copied().unwrap_or(Container::Root), token) {
            (_, Token::Key(key)) => key.clone_into(&mut self.key),
            (Container::Root, Token::ObjectStart) => self.containers.push(Container::Net),
            (Container::Layers, Token::ObjectStart) => {
                if self.layers.len() == MAX_FILE_LAYERS {
                    return Err(format!("a network can have at most {MAX_FILE_LAYERS} layers").into());
                }
                self.containers.push(Container::Layer);
            }
            (Container::Filters, Token::ObjectStart) => {
                if self.layer.filters.as_ref().is_some_and(|filters| filters.len() == MAX_WIDTH) {
                    return Err(format!("a layer can have at most {MAX_WIDTH} filters").into());
                }
                self.containers.push(Container::Vol);
            }
            (container, Token::ObjectEnd | Token::ListEnd) => {
                self.containers.pop();
                self.finish_container(container)?;
            }
            (Container::Map, token) => {
                // Parsing alone would accept a sign.
                let is_index = self.key.bytes().all(|byte| byte.is_ascii_digit());
                let index = self.key.parse().ok().filter(|_| is_index).ok_or(WRONG_KIND)?;
                self.set_value(index, &token)?;
            }
            (Container::List, token) => self.set_value(self.vol.w.len(), &token)?,
            (container @ (Container::Net | Container::Layer | Container::Vol), token) => {
                self.set_field(container, &token)?;
            }
            _ => return Err(WRONG_KIND),
        }
        Ok(())
    }

    fn finish_container(&mut self, container: Container) -> Result<(), Problem> {
        match container {
            Container::Layer if self.layer.kind.is_empty() => return Err(WRONG_KIND),
            Container::Layer => {
                self.layer.index = self.layers.len();
                self.layers.push(std::mem::take(&mut self.layer));
            }
            Container::Vol => {
                let vol = std::mem::take(&mut self.vol);
                if vol.w.is_empty() || size(vol.shape).is_none() {
                    return Err(WRONG_KIND);
                }
                match (self.containers.last(), &mut self.layer.filters) {
                    (Some(Container::Filters), Some(filters)) => filters.push(vol),
                    _ => self.layer.biases = Some(vol),
                }
            }
            Container::Map => {
                if let Some(missing) = self.vol.w.iter().position(|value| value.is_nan()) {
                    return Err(format!("index {missing} is missing").into());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn set_value(&mut self, index: usize, token: &Token<'_>) -> Result<(), Problem> {
        let text = match token {
            Token::Number(text) => Some(*text),
            // `JSON.stringify` writes `null` for NaN and infinity.
            Token::Null => None,
            _ => return Err(WRONG_KIND),
        };
        if index >= MAX_WIDTH {
            return Err(format!("index {index} is out of range").into());
        }
        let values = &mut self.vol.w;
        if index >= values.len() {
            values.resize(index + 1, f32::NAN);
        }
        if !values[index].is_nan() {
            return Err(format!("index {index} is given twice").into());
        }
        values[index] = text
            .and_then(decimal::parse)
            .filter(|value| value.is_finite())
            .ok_or_else(|| Problem::from(format!("the number at index {index} is NaN or infinite")))?;
        Ok(())
    }

    /// Sets a scalar field, or enters a field that is a container.
    fn set_field(&mut self, container: Container, token: &Token<'_>) -> Result<(), Problem> {
        let integer = |text: &str| text.parse().ok();
        let Self { layer, vol, .. } = self;
        match (container, self.key.as_str(), token) {
            (Container::Net, "layers", Token::ListStart) if self.layers.is_empty() => {
                self.containers.push(Container::Layers);
            }
            (Container::Layer, "layer_type", Token::Text(text)) if layer.kind.is_empty() => {
                (*text).clone_into(&mut layer.kind);
            }
            (Container::Layer, "out_sx", token) => set_once(&mut layer.out[0], token, integer)?,
            (Container::Layer, "out_sy", token) => set_once(&mut layer.out[1], token, integer)?,
            (Container::Layer, "out_depth", token) => set_once(&mut layer.out[2], token, integer)?,
            (Container::Layer, "num_inputs", token) => set_once(&mut layer.num_inputs, token, integer)?,
            (Container::Layer, "l1_decay_mul", token) => {
                set_once(&mut layer.l1_decay_mul, token, decimal::parse)?;
            }
            (Container::Layer, "l2_decay_mul", token) => {
                set_once(&mut layer.l2_decay_mul, token, decimal::parse)?;
            }
            (Container::Layer, "filters" | "biases", Token::Null) => {}
            (Container::Layer, "filters", Token::ListStart) if layer.filters.is_none() => {
                layer.filters = Some(Vec::new());
                self.containers.push(Container::Filters);
            }
            (Container::Layer, "biases", Token::ObjectStart) if layer.biases.is_none() => {
                self.containers.push(Container::Vol);
            }
            (Container::Vol, "sx", token) => set_once(&mut vol.shape[0], token, integer)?,
            (Container::Vol, "sy", token) => set_once(&mut vol.shape[1], token, integer)?,
            (Container::Vol, "depth", token) => set_once(&mut vol.shape[2], token, integer)?,
            (Container::Vol, "w", Token::ObjectStart) if vol.w.is_empty() => {
                self.containers.push(Container::Map);
            }
            (Container::Vol, "w", Token::ListStart) if vol.w.is_empty() => {
                self.containers.push(Container::List);
            }
            (Container::Net, "layers", _)
            | (Container::Layer, "layer_type" | "filters" | "biases", _)
            | (Container::Vol, "w", _) => return Err(WRONG_KIND),
            (_, _, Token::ObjectStart | Token::ListStart) => self.ignored_depth = 1,
            _ => {}
        }
        Ok(())
    }
}

/// Sets a field that may be null, but not twice.
fn set_once<T>(field: &mut Option<T>, token: &Token<'_>, read: fn(&str) -> Option<T>) -> Result<(), Problem> {
    match token {
        Token::Number(text) if field.is_none() => *field = Some(read(text).ok_or(WRONG_KIND)?),
        Token::Null => {}
        _ => return Err(WRONG_KIND),
    }
    Ok(())
}
