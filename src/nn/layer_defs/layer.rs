//! One layer: the fields between its braces.

use super::LayerDefsError;
use super::token::{Token, Tokens};
use crate::nn::{Activation, LayerSpec, MAX_WIDTH};

/// The kinds of layers that there are here.
const KINDS: [&str; 3] = ["input", "fc", "regression"];

/// A layer's fields, each with the word that it was given by.
pub(super) struct Layer<'t> {
    /// What kind it is.
    pub(super) kind: Token<'t>,
    activation: Option<Token<'t>>,
    numbers: Vec<Number<'t>>,
}

/// A field that is a number.
struct Number<'t> {
    name: Token<'t>,
    value: usize,
}

impl<'t> Layer<'t> {
    /// Reads `{type:'fc', num_neurons:50}`.
    pub(super) fn parse(tokens: &mut Tokens<'t>) -> Result<Self, LayerDefsError> {
        tokens.expect("{")?;
        let (mut kind, mut activation, mut numbers) = (None, None, Vec::new());
        let end = loop {
            let name = tokens.next()?;
            if name.text == "}" {
                break name;
            }
            let given_before = match name.text {
                "type" | "activation" => {
                    tokens.expect(":")?;
                    let field = if name.text == "type" { &mut kind } else { &mut activation };
                    field.replace(string(tokens)?).is_some()
                }
                "out_sx" | "out_sy" | "out_depth" | "num_neurons" => {
                    tokens.expect(":")?;
                    let value = product(tokens)?;
                    let before = numbers.iter().any(|number: &Number<'_>| number.name.text == name.text);
                    numbers.push(Number { name, value });
                    before
                }
                "" => return Err(name.unexpected("}")),
                // The settings of a layer that is none here need not be known either.
                _ => match kind {
                    Some(kind) if !KINDS.contains(&kind.text) => return Err(unsupported(kind)),
                    _ => return Err(name.error(format!("“{}” is no setting known here", name.shown()))),
                },
            };
            if given_before {
                return Err(name.error(format!("“{}” is set twice", name.text)));
            }
            if !tokens.skip(',') {
                let end = tokens.next()?;
                if end.text != "}" {
                    return Err(end.unexpected("}"));
                }
                break end;
            }
        };
        let kind = kind.ok_or_else(|| end.error("the layer has no type"))?;
        Ok(Self { kind, activation, numbers })
    }

    /// How many numbers an input layer takes.
    pub(super) fn input(&self) -> Result<usize, LayerDefsError> {
        if let Some(activation) = self.activation {
            return Err(activation.error("an input layer has no activation"));
        }
        let width = ["out_sx", "out_sy", "out_depth"]
            .into_iter()
            .try_fold(1_usize, |width, name| Ok(width.saturating_mul(self.number(name)?)))?;
        self.only(&["out_sx", "out_sy", "out_depth"])?;
        self.width(width)
    }

    /// The layer that an `fc` or `regression` layer is.
    pub(super) fn dense(&self) -> Result<LayerSpec, LayerDefsError> {
        let outputs = self.width(self.number("num_neurons")?)?;
        self.only(&["num_neurons"])?;
        let activation = match self.activation {
            None => Activation::Linear,
            Some(name) if self.kind.text == "regression" => {
                return Err(name.error("a regression layer has no activation"));
            }
            Some(name) => match name.text {
                "tanh" => Activation::Tanh,
                "relu" => Activation::Relu,
                "sigmoid" => Activation::Sigmoid,
                _ => {
                    let problem = format!("“{}” is none of tanh, relu and sigmoid", name.shown());
                    return Err(name.error(problem));
                }
            },
        };
        Ok(LayerSpec { outputs, activation })
    }

    fn number(&self, name: &str) -> Result<usize, LayerDefsError> {
        let number = self.numbers.iter().find(|number| number.name.text == name);
        number.map(|number| number.value).ok_or_else(|| self.kind.error(format!("the layer has no {name}")))
    }

    /// Refuses numbers that a layer of this kind does not have.
    fn only(&self, names: &[&str]) -> Result<(), LayerDefsError> {
        match self.numbers.iter().find(|number| !names.contains(&number.name.text)) {
            Some(Number { name, .. }) => Err(name.error(format!("the layer has no {}", name.text))),
            None => Ok(()),
        }
    }

    fn width(&self, width: usize) -> Result<usize, LayerDefsError> {
        if (1..=MAX_WIDTH).contains(&width) {
            return Ok(width);
        }
        Err(self.kind.error(format!("{width} is not a width: between 1 and {MAX_WIDTH} are")))
    }
}

/// What is wrong with a layer of a kind that there is not here.
pub(super) fn unsupported(kind: Token<'_>) -> LayerDefsError {
    kind.error(format!("a layer “{}” cannot be represented here", kind.shown()))
}

/// Reads a text in quotes.
fn string<'t>(tokens: &mut Tokens<'t>) -> Result<Token<'t>, LayerDefsError> {
    let token = tokens.next()?;
    if token.quoted { Ok(token) } else { Err(token.unexpected("'...'")) }
}

/// Reads a whole number or a product of some, as `28*28`.
fn product(tokens: &mut Tokens<'_>) -> Result<usize, LayerDefsError> {
    let mut product: usize = 1;
    loop {
        let token = tokens.next()?;
        let is_number =
            !token.quoted && !token.text.is_empty() && token.text.bytes().all(|b| b.is_ascii_digit());
        let factor = token.text.parse::<usize>().ok().filter(|_| is_number);
        product = product.saturating_mul(factor.ok_or_else(|| token.unexpected("a whole number"))?);
        if !tokens.skip('*') {
            return Ok(product);
        }
    }
}
