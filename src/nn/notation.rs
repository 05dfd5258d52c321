//! A network's layers as text: `784 50t 50t 2 50t 50t 784`.

use std::fmt;
use std::str::FromStr;

use super::layer_defs;
use super::name::quoted;
use super::spec::narrowest;
use super::{Activation, CodeKind, LayerSpec, NetworkSpec, SpecError};

/// The letter of each activation.
const LETTERS: [(char, Activation); 4] = [
    ('t', Activation::Tanh),
    ('r', Activation::Relu),
    ('l', Activation::LeakyRelu),
    ('s', Activation::Sigmoid),
];

/// The mark of a deterministic code.
const CODE_MARK: char = '*';

/// The mark of a Gaussian code, read as "is distributed as".
const GAUSSIAN_MARK: char = '~';

impl FromStr for NetworkSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        if text.contains(layer_defs::KEYWORD) {
            return Ok(layer_defs::parse(text)?);
        }
        let mut tokens = text.split_whitespace();
        let inputs = parse_width(tokens.next().ok_or(SpecError::TooShort)?, 0)?;
        let mut layers = Vec::new();
        let mut code = None;
        for (index, token) in tokens.enumerate() {
            let (layer, mark) = parse_layer(token, index + 1)?;
            layers.push(layer);
            if let Some(kind) = mark
                && let Some((first, _)) = code.replace((index, kind))
            {
                return Err(SpecError::TwoCodes { first: first + 1, second: index + 1 });
            }
        }
        let (code, code_kind) = code.unwrap_or_else(|| (narrowest(&layers), CodeKind::Deterministic));
        let spec = Self { inputs, layers, code, code_kind };
        spec.validate().map(|()| spec)
    }
}

/// Parses a layer, and the kind of code if it is marked as one.
fn parse_layer(token: &str, position: usize) -> Result<(LayerSpec, Option<CodeKind>), SpecError> {
    let marks = [(CODE_MARK, CodeKind::Deterministic), (GAUSSIAN_MARK, CodeKind::Gaussian)];
    let marked = marks.into_iter().find_map(|(mark, kind)| Some((token.strip_suffix(mark)?, Some(kind))));
    let (text, mark) = marked.unwrap_or((token, None));
    let (digits, activation) = LETTERS
        .iter()
        .find_map(|&(letter, activation)| Some((text.strip_suffix(letter)?, activation)))
        .unwrap_or((text, Activation::Linear));
    let outputs = parse_width(digits, position).map_err(|_| bad_token(token, position))?;
    Ok((LayerSpec { outputs, activation }, mark))
}

fn parse_width(digits: &str, position: usize) -> Result<usize, SpecError> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad_token(digits, position));
    }
    digits.parse().map_err(|_| bad_token(digits, position))
}

fn bad_token(token: &str, position: usize) -> SpecError {
    SpecError::BadToken { token: quoted(token, 20), position }
}

impl TryFrom<String> for NetworkSpec {
    type Error = SpecError;

    fn try_from(text: String) -> Result<Self, SpecError> {
        text.parse()
    }
}

impl From<NetworkSpec> for String {
    fn from(spec: NetworkSpec) -> Self {
        spec.to_string()
    }
}

impl fmt::Display for NetworkSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.inputs)?;
        let inferred = narrowest(&self.layers);
        for (index, layer) in self.layers.iter().enumerate() {
            write!(f, " {}", layer.outputs)?;
            if let Some((letter, _)) = LETTERS.iter().find(|(_, activation)| *activation == layer.activation)
            {
                write!(f, "{letter}")?;
            }
            match self.code_kind {
                CodeKind::Gaussian if index == self.code => write!(f, "{GAUSSIAN_MARK}")?,
                CodeKind::Deterministic if index == self.code && index != inferred => {
                    write!(f, "{CODE_MARK}")?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_activation_survives_a_round_trip() {
        let text = "784 50t 40r 2 30l 20s 784";
        let spec: NetworkSpec = text.parse().unwrap();
        assert_eq!(spec.to_string(), text);
        assert_eq!((spec.code, spec.latent_dim()), (2, 2));
        let activations: Vec<_> = spec.layers.iter().map(|layer| layer.activation).collect();
        use Activation::{LeakyRelu, Linear, Relu, Sigmoid, Tanh};
        assert_eq!(activations, [Tanh, Relu, Linear, LeakyRelu, Sigmoid, Linear]);
    }

    #[test]
    fn parameters_are_counted_without_overflow() {
        let count = |text: &str| text.parse::<NetworkSpec>().unwrap().parameter_count();
        assert_eq!(count("784 2 784"), 784 * 2 + 2 + 2 * 784 + 784);
        let widest = LayerSpec { outputs: usize::MAX, activation: Activation::Linear };
        let spec = NetworkSpec::new(usize::MAX, vec![widest; 2]);
        assert_eq!(spec.parameter_count(), usize::MAX);
    }

    #[test]
    fn the_code_is_the_marked_layer_or_the_first_narrowest() {
        let code = |text: &str| text.parse::<NetworkSpec>().unwrap().code;
        assert_eq!(code("9 5t 2t 2 5t 9"), 1);
        assert_eq!(code("9 5t 2t 2* 5t 9"), 2);
        assert_eq!(code("9 5t 2 3t* 9"), 2);
        assert_eq!(code("9 5t 2 9*"), 2);
    }

    #[test]
    fn the_code_is_marked_only_where_necessary() {
        let round_trip = |text: &str| text.parse::<NetworkSpec>().unwrap().to_string();
        assert_eq!(round_trip("9 5t 2* 2 9"), "9 5t 2 2 9");
        for text in ["9 5t 2 2* 9", "784 50t 2 3t* 50t 784", "9 5 9*"] {
            assert_eq!(round_trip(text), text);
        }
    }

    #[test]
    fn a_gaussian_code_is_marked_and_has_two_outputs_per_latent_dimension() {
        for text in ["9 5t 2~ 5t 9", "9 5t 7~ 2 9s"] {
            let spec: NetworkSpec = text.parse().unwrap();
            assert_eq!((spec.to_string().as_str(), spec.code_kind), (text, CodeKind::Gaussian));
            assert_eq!(
                spec.clone().with_code(CodeKind::Deterministic).unwrap().with_code(CodeKind::Gaussian),
                Ok(spec)
            );
        }
        let spec: NetworkSpec = "9 5t 2~ 5t 9".parse().unwrap();
        let shapes: Vec<_> = spec.layout().iter().map(|layer| (layer.inputs, layer.outputs)).collect();
        assert_eq!((spec.latent_dim(), shapes), (2, vec![(9, 5), (5, 4), (2, 5), (5, 9)]));
        assert_eq!(spec.parameter_count(), spec.layout().last().unwrap().range().end);
        let refused = |text: &str| text.parse::<NetworkSpec>().unwrap_err().to_string();
        assert_eq!(
            refused("9 2t~ 9"),
            "Layer 1: a variational code must be linear, got tanh: leave out its letter"
        );
        assert_eq!(refused("9 2 9~"), "a variational code needs layers after it, to decode it");
        assert!(refused("9 2~ 3* 9").contains("layers 1 and 2 are both marked"));
        for token in ["2~*", "2*~", "~", "~2", "2~~"] {
            assert!(refused(&format!("9 {token} 9")).contains(token));
        }
    }

    #[test]
    fn errors_point_at_the_token() {
        let error = |text: &str| text.parse::<NetworkSpec>().unwrap_err();
        assert_eq!(error(""), SpecError::TooShort);
        assert_eq!(error("784"), SpecError::TooShort);
        assert_eq!(error("784 50x 784"), SpecError::BadToken { token: "50x".into(), position: 1 });
        assert_eq!(error("784 t"), SpecError::BadToken { token: "t".into(), position: 1 });
        assert_eq!(error("784t 2"), SpecError::BadToken { token: "784t".into(), position: 0 });
        assert_eq!(error("784 -2"), SpecError::BadToken { token: "-2".into(), position: 1 });
        for token in ["2**", "2*t", "*", "*2"] {
            let text = format!("784 {token} 784");
            assert_eq!(error(&text), SpecError::BadToken { token: token.into(), position: 1 });
        }
        assert_eq!(error("784* 2 784"), SpecError::BadToken { token: "784*".into(), position: 0 });
        assert_eq!(error("9 2* 3 2* 9"), SpecError::TwoCodes { first: 1, second: 3 });
        assert!(error("9 2* 3 2* 9").to_string().contains("layers 1 and 3 are both marked"));
        assert_eq!(error("784 0 784"), SpecError::BadWidth { width: 0, position: 1 });
        assert_eq!(error("784 5000 784"), SpecError::BadWidth { width: 5000, position: 1 });
        assert_eq!(
            error("784 50t 9999 784").to_string(),
            "Layer 2: width must be between 1 and 4096, got 9999"
        );
        assert_eq!(error(&"2 ".repeat(40)), SpecError::TooManyLayers { count: 39 });
        assert!(error("784 99999999999999999999999 2").to_string().starts_with("Layer 1: "));
    }
}
