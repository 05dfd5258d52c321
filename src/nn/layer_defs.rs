//! A network's layers as ConvNetJS's demos write them: `layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});`.
//!
//! It looks like a program and none is run: a line is taken apart into words, and anything but the few that are known is an
//! error which points at it. Of a demo's text what follows the layers, `net = ...` and `trainer = ...`, is not read.
//!
//! ```text
//! defs   = { ["var"] "layer_defs" "=" "[" "]" [";"] | "layer_defs" "." "push" "(" layer ")" [";"] }
//! layer  = "{" field { "," field } [","] "}"
//! field  = name ":" ( string | number { "*" number } )
//! ```

mod layer;
mod token;

use thiserror::Error;

use self::layer::Layer;
use self::token::Tokens;
use super::{MAX_LAYERS, NetworkSpec};

/// The word that tells such text from the short notation.
pub(super) const MARK: &str = "layer_defs";

/// What was wrong with the text, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct LayerDefsError {
    /// The line, counted from one.
    pub line: usize,
    /// The character in it, counted from one.
    pub column: usize,
    /// What is wrong there.
    pub problem: String,
}

/// Reads the layers.
///
/// # Errors
/// [`LayerDefsError`] at the first word that is not understood.
pub(super) fn parse(text: &str) -> Result<NetworkSpec, LayerDefsError> {
    let mut tokens = Tokens::new(text);
    let spec = layers(&mut tokens)?;
    let rest = tokens.next()?;
    if !["", "var", "let", "const", "net", "trainer"].contains(&rest.text) {
        return Err(rest.error("nothing should follow the regression layer but “net” and “trainer”"));
    }
    Ok(spec)
}

/// Reads the layers up to and with the regression.
fn layers(tokens: &mut Tokens<'_>) -> Result<NetworkSpec, LayerDefsError> {
    let mut spec: Option<NetworkSpec> = None;
    loop {
        let start = tokens.next()?;
        match start.text {
            "var" | "let" | "const" => continue,
            MARK => {}
            "" => return Err(start.error("a regression layer should come last")),
            _ => return Err(start.unexpected("layer_defs.push({...})")),
        }
        let Some(layer) = statement(tokens)? else {
            if spec.is_some() {
                return Err(start.error("the layers begin anew here"));
            }
            continue;
        };
        let kind = layer.kind;
        let extended = extend(spec, layer)?;
        if kind.text == "regression" {
            return Ok(extended);
        }
        spec = Some(extended);
    }
}

/// What follows `layer_defs`: a layer that is pushed, or `= []`.
fn statement<'t>(tokens: &mut Tokens<'t>) -> Result<Option<Layer<'t>>, LayerDefsError> {
    let next = tokens.next()?;
    let layer = match next.text {
        "=" => {
            tokens.expect("[")?;
            tokens.expect("]")?;
            None
        }
        "." => {
            tokens.expect("push")?;
            tokens.expect("(")?;
            let layer = Layer::parse(tokens)?;
            tokens.expect(")")?;
            Some(layer)
        }
        _ => return Err(next.unexpected(".push({...})")),
    };
    tokens.skip(';');
    Ok(layer)
}

/// The network with one more layer.
fn extend(spec: Option<NetworkSpec>, layer: Layer<'_>) -> Result<NetworkSpec, LayerDefsError> {
    let kind = layer.kind;
    match (kind.text, spec) {
        ("input", None) => Ok(NetworkSpec::new(layer.input()?, Vec::new())),
        ("input", Some(_)) => Err(kind.error("an input can only come first")),
        ("fc" | "regression", None) => Err(kind.error("an input layer should come first")),
        ("fc" | "regression", Some(spec)) if spec.layers.len() == MAX_LAYERS => {
            Err(kind.error(format!("more than {MAX_LAYERS} layers are too many")))
        }
        ("fc" | "regression", Some(mut spec)) => {
            spec.layers.push(layer.dense()?);
            Ok(NetworkSpec::new(spec.inputs, spec.layers))
        }
        _ => Err(layer::unsupported(kind)),
    }
}

#[cfg(test)]
mod tests;
