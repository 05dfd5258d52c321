//! The shape of ConvNetJS's JSON, read as it arrives.

use super::tokens::{Invalid, Token, Tokens};
use crate::files::FileError;
use crate::nn::{MAX_LAYERS, MAX_WIDTH};
use crate::train::decimal;

/// The most layers of a file: an activation for every dense one, the input and the loss.
const MOST_LAYERS: usize = 2 * MAX_LAYERS + 2;

/// A layer of any kind, with the fields that matter of the kinds known here.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) out_depth: Option<u64>,
    pub(super) out_sx: Option<u64>,
    pub(super) out_sy: Option<u64>,
    pub(super) kind: String,
    pub(super) num_inputs: Option<u64>,
    pub(super) filters: Option<Vec<Vol>>,
    pub(super) biases: Option<Vol>,
    pub(super) l1_decay_mul: Option<f32>,
    pub(super) l2_decay_mul: Option<f32>,
}

/// ConvNetJS's box of numbers.
#[derive(Debug, Default)]
pub(super) struct Vol {
    pub(super) sx: u64,
    pub(super) sy: u64,
    pub(super) depth: u64,
    pub(super) w: Vec<f32>,
}

/// What can be wrong, before it is known where.
enum Fault {
    Syntax,
    Kind,
    Other(String),
}

impl From<Invalid> for Fault {
    fn from(_: Invalid) -> Self {
        Self::Syntax
    }
}

/// What the next token belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Outside,
    Net,
    Layers,
    Layer,
    Filters,
    /// One of the filters, or the biases.
    Vol {
        is_filter: bool,
    },
    /// Numbers as a map keyed by index: so `JSON.stringify` writes a `Float64Array`.
    Map,
    /// Numbers as a plain list: ConvNetJS uses lists where there are no typed arrays.
    List,
}

/// A network as far as it has been read.
#[derive(Debug, Default)]
struct Net {
    places: Vec<Place>,
    /// Objects and lists that are open in a field that does not matter.
    skipped: usize,
    key: String,
    /// The fields of the net, the layer and the box that have come.
    seen: [Vec<String>; 3],
    layers: Vec<Layer>,
    layer: Layer,
    vol: Vol,
}

/// Reads the file in pieces of any size.
#[derive(Debug)]
pub(super) struct JsonReader {
    tokens: Tokens,
    net: Net,
    line: usize,
    column: usize,
}

impl JsonReader {
    pub(super) fn new() -> Self {
        Self { tokens: Tokens::new(), net: Net::default(), line: 1, column: 0 }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        for &byte in bytes {
            if byte == b'\n' {
                (self.line, self.column) = (self.line + 1, 0);
            } else {
                self.column += 1;
            }
            let net = &mut self.net;
            if let Err(fault) = self.tokens.push(byte, |token| net.take(token)) {
                return Err(self.error(fault));
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Vec<Layer>, FileError> {
        let net = &mut self.net;
        match self.tokens.end(|token| net.take(token)) {
            Ok(true) => Ok(self.net.layers),
            Ok(false) => Err(FileError::Json { reason: "it ends too early".to_owned() }),
            Err(fault) => Err(self.error(fault)),
        }
    }

    fn error(&self, fault: Fault) -> FileError {
        let what = match fault {
            Fault::Syntax => "it is not valid JSON",
            Fault::Kind => "it has a value of the wrong kind",
            Fault::Other(ref what) => what,
        };
        FileError::Json { reason: format!("{what} at line {}, column {}", self.line, self.column) }
    }
}

impl Net {
    fn take(&mut self, token: Token<'_>) -> Result<(), Fault> {
        if self.skipped > 0 {
            match token {
                Token::ObjectBegins | Token::ListBegins => self.skipped += 1,
                Token::ObjectEnds | Token::ListEnds => self.skipped -= 1,
                _ => {}
            }
            return Ok(());
        }
        let place = self.places.last().copied().unwrap_or(Place::Outside);
        match (place, token) {
            (_, Token::Key(key)) => {
                let level = match place {
                    Place::Net => 0,
                    Place::Layer => 1,
                    Place::Vol { .. } => 2,
                    _ => usize::MAX,
                };
                self.key.clear();
                self.key.push_str(key);
                match self.seen.get_mut(level) {
                    Some(seen) if matters(level, key) => {
                        if seen.iter().any(|seen| seen == key) {
                            return Err(Fault::Kind);
                        }
                        seen.push(key.to_owned());
                    }
                    _ => {}
                }
                Ok(())
            }
            (Place::Outside, Token::ObjectBegins) => self.enter(Place::Net),
            (Place::Layers, Token::ObjectBegins) => {
                if self.layers.len() == MOST_LAYERS {
                    return Err(Fault::Other(format!("a network can have at most {MOST_LAYERS} layers")));
                }
                self.seen[1].clear();
                self.enter(Place::Layer)
            }
            (Place::Filters, Token::ObjectBegins) => {
                if self.layer.filters.as_ref().is_some_and(|filters| filters.len() == MAX_WIDTH) {
                    return Err(Fault::Other(format!("a layer can have at most {MAX_WIDTH} filters")));
                }
                self.seen[2].clear();
                self.enter(Place::Vol { is_filter: true })
            }
            (Place::Outside | Place::Layers | Place::Filters, Token::ListEnds | Token::ObjectEnds)
            | (Place::Net | Place::List, Token::ObjectEnds | Token::ListEnds) => self.leave(),
            (Place::Layer, Token::ObjectEnds) => {
                if !self.seen[1].iter().any(|key| key == "layer_type") {
                    return Err(Fault::Kind);
                }
                self.layers.push(std::mem::take(&mut self.layer));
                self.leave()
            }
            (Place::Vol { is_filter }, Token::ObjectEnds) => {
                if self.seen[2].len() != 4 {
                    return Err(Fault::Kind);
                }
                let vol = std::mem::take(&mut self.vol);
                match &mut self.layer.filters {
                    Some(filters) if is_filter => filters.push(vol),
                    _ => self.layer.biases = Some(vol),
                }
                self.leave()
            }
            (Place::Map, Token::ObjectEnds) => match self.vol.w.iter().position(|number| number.is_nan()) {
                Some(missing) => Err(Fault::Other(format!("index {missing} is missing"))),
                None => self.leave(),
            },
            (Place::Map, Token::Number(text)) => {
                let is_index = self.key.bytes().all(|byte| byte.is_ascii_digit());
                let index = self.key.parse().ok().filter(|_| is_index).ok_or(Fault::Kind)?;
                self.number(index, Some(text))
            }
            (Place::Map, Token::Null) => {
                let index = self.key.parse().map_err(|_| Fault::Kind)?;
                self.number(index, None)
            }
            (Place::List, Token::Number(text)) => self.number(self.vol.w.len(), Some(text)),
            (Place::List, Token::Null) => self.number(self.vol.w.len(), None),
            (Place::Net | Place::Layer | Place::Vol { .. }, token) => self.field(place, &token),
            _ => Err(Fault::Kind),
        }
    }

    fn enter(&mut self, place: Place) -> Result<(), Fault> {
        self.places.push(place);
        Ok(())
    }

    fn leave(&mut self) -> Result<(), Fault> {
        self.places.pop();
        Ok(())
    }

    /// Takes a number; NaN marks a place that has not been filled yet.
    fn number(&mut self, index: usize, text: Option<&str>) -> Result<(), Fault> {
        if index >= MAX_WIDTH {
            return Err(Fault::Other(format!("index {index} is out of range")));
        }
        let numbers = &mut self.vol.w;
        if index >= numbers.len() {
            numbers.resize(index + 1, f32::NAN);
        }
        if !numbers[index].is_nan() {
            return Err(Fault::Other(format!("index {index} is given twice")));
        }
        // `JSON.stringify` writes `null` for a number that is not finite.
        numbers[index] = text
            .and_then(decimal::parse)
            .filter(|number| number.is_finite())
            .ok_or_else(|| Fault::Other(format!("the number at index {index} is NaN or infinite")))?;
        Ok(())
    }

    /// Takes the value, or its beginning, of a field.
    fn field(&mut self, place: Place, token: &Token<'_>) -> Result<(), Fault> {
        fn value<T>(token: &Token<'_>, read: fn(&str) -> Option<T>) -> Result<Option<T>, Fault> {
            match token {
                Token::Number(text) => read(text).map(Some).ok_or(Fault::Kind),
                Token::Null => Ok(None),
                _ => Err(Fault::Kind),
            }
        }
        let whole = |text: &str| text.parse().ok();
        let layer = &mut self.layer;
        match (place, self.key.as_str(), token) {
            (Place::Net, "layers", Token::ListBegins) => return self.enter(Place::Layers),
            (Place::Layer, "layer_type", Token::Text(text)) => (*text).clone_into(&mut layer.kind),
            (Place::Layer, "out_depth", token) => layer.out_depth = value(token, whole)?,
            (Place::Layer, "out_sx", token) => layer.out_sx = value(token, whole)?,
            (Place::Layer, "out_sy", token) => layer.out_sy = value(token, whole)?,
            (Place::Layer, "num_inputs", token) => layer.num_inputs = value(token, whole)?,
            (Place::Layer, "l1_decay_mul", token) => layer.l1_decay_mul = value(token, decimal::parse)?,
            (Place::Layer, "l2_decay_mul", token) => layer.l2_decay_mul = value(token, decimal::parse)?,
            (Place::Layer, "filters" | "biases", Token::Null) => {}
            (Place::Layer, "filters", Token::ListBegins) => {
                layer.filters = Some(Vec::new());
                return self.enter(Place::Filters);
            }
            (Place::Layer, "biases", Token::ObjectBegins) => {
                self.seen[2].clear();
                return self.enter(Place::Vol { is_filter: false });
            }
            (Place::Vol { .. }, "sx", token) => self.vol.sx = value(token, whole)?.ok_or(Fault::Kind)?,
            (Place::Vol { .. }, "sy", token) => self.vol.sy = value(token, whole)?.ok_or(Fault::Kind)?,
            (Place::Vol { .. }, "depth", token) => {
                self.vol.depth = value(token, whole)?.ok_or(Fault::Kind)?;
            }
            (Place::Vol { .. }, "w", Token::ObjectBegins) => return self.enter(Place::Map),
            (Place::Vol { .. }, "w", Token::ListBegins) => return self.enter(Place::List),
            (Place::Net, "layers", _) | (Place::Layer, "layer_type" | "filters" | "biases", _) => {
                return Err(Fault::Kind);
            }
            (Place::Vol { .. }, "w", _) => return Err(Fault::Kind),
            (_, _, Token::ObjectBegins | Token::ListBegins) => self.skipped = 1,
            _ => {}
        }
        Ok(())
    }
}

/// Whether a field is read: of the net, a layer or a box by `level`.
fn matters(level: usize, key: &str) -> bool {
    let fields: &[&str] = match level {
        0 => &["layers"],
        1 => &[
            "out_depth",
            "out_sx",
            "out_sy",
            "layer_type",
            "num_inputs",
            "filters",
            "biases",
            "l1_decay_mul",
            "l2_decay_mul",
        ],
        _ => &["sx", "sy", "depth", "w"],
    };
    fields.contains(&key)
}
