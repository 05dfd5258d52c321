//! A network's layers as ConvNetJS's demos write them: `layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});`.
//!
//! The text is JavaScript, but none of it is run: it is split into tokens, and a token outside this grammar is an error at its
//! position. What follows the layers in a demo, `net = ...` and `trainer = ...`, is ignored. A parser of JavaScript would be larger
//! than the page's program, and `eval` would run what a user pastes.
//!
//! ```text
//! defs   = { ["var"] "layer_defs" "=" "[" "]" [";"] | "layer_defs" "." "push" "(" layer ")" [";"] }
//! layer  = "{" field { "," field } [","] "}"
//! field  = name ":" ( string | number { "*" number } )
//! ```

use super::name::quoted;
use super::{Activation, LayerDefsError, LayerSpec, MAX_LAYERS, MAX_WIDTH, NetworkSpec};

/// The identifier that distinguishes these definitions from the short notation.
pub(super) const KEYWORD: &str = "layer_defs";

/// Parses the layers.
///
/// # Errors
/// [`LayerDefsError`] at the first unexpected token.
pub(super) fn parse(text: &str) -> Result<NetworkSpec, LayerDefsError> {
    let mut tokens = Tokens { source: text, offset: 0 };
    let spec = parse_layers(&mut tokens)?;
    let next = tokens.next()?;
    if !["", "var", "let", "const", "net", "trainer"].contains(&next.text) {
        return Err(next.error("only “net” and “trainer” may follow the regression layer"));
    }
    Ok(spec)
}

/// Parses the layers up to and including the regression.
fn parse_layers(tokens: &mut Tokens<'_>) -> Result<NetworkSpec, LayerDefsError> {
    let mut spec: Option<NetworkSpec> = None;
    loop {
        let start = tokens.next()?;
        match start.text {
            "var" | "let" | "const" => continue,
            KEYWORD => {}
            "" => return Err(start.error("the last layer must be a regression layer")),
            _ => return Err(start.unexpected("layer_defs.push({...})")),
        }
        let next = tokens.next()?;
        match next.text {
            "=" => {
                tokens.expect("[")?;
                tokens.expect("]")?;
                tokens.skip(';');
                if spec.is_some() {
                    return Err(start.error("“layer_defs” cannot be assigned again after its first layer"));
                }
            }
            "." => {
                tokens.expect("push")?;
                tokens.expect("(")?;
                let layer = Layer::parse(tokens)?;
                tokens.expect(")")?;
                tokens.skip(';');
                let extended = extend(spec, &layer)?;
                if layer.kind.text == "regression" {
                    return Ok(extended);
                }
                spec = Some(extended);
            }
            _ => return Err(next.unexpected(".push({...})")),
        }
    }
}

/// Appends a layer to a network.
fn extend(spec: Option<NetworkSpec>, layer: &Layer<'_>) -> Result<NetworkSpec, LayerDefsError> {
    let kind = layer.kind;
    match (kind.text, spec) {
        ("input", None) => Ok(NetworkSpec::new(layer.input()?, Vec::new())),
        ("input", Some(_)) => Err(kind.error("an input layer must be the first")),
        ("fc" | "regression", None) => Err(kind.error("the first layer must be an input layer")),
        ("fc" | "regression", Some(spec)) if spec.layers.len() == MAX_LAYERS => {
            Err(kind.error(format!("a network can have at most {MAX_LAYERS} layers")))
        }
        ("fc" | "regression", Some(mut spec)) => {
            spec.layers.push(layer.dense()?);
            Ok(NetworkSpec::new(spec.inputs, spec.layers))
        }
        _ => Err(unsupported(kind)),
    }
}

/// The fields of a layer.
struct Layer<'t> {
    kind: Token<'t>,
    activation: Option<Token<'t>>,
    /// The name and the value of each number.
    numbers: Vec<(Token<'t>, usize)>,
}

impl<'t> Layer<'t> {
    /// Parses `{type:'fc', num_neurons:50}`.
    fn parse(tokens: &mut Tokens<'t>) -> Result<Self, LayerDefsError> {
        tokens.expect("{")?;
        let (mut kind, mut activation) = (None::<Token<'_>>, None);
        let mut numbers = Vec::<(Token<'_>, usize)>::new();
        let end = loop {
            let name = tokens.next()?;
            if name.text == "}" {
                break name;
            }
            let is_duplicate = match name.text {
                "type" | "activation" => {
                    tokens.expect(":")?;
                    let field = if name.text == "type" { &mut kind } else { &mut activation };
                    field.replace(parse_string(tokens)?).is_some()
                }
                "out_sx" | "out_sy" | "out_depth" | "num_neurons" => {
                    tokens.expect(":")?;
                    numbers.push((name, parse_product(tokens)?));
                    numbers.iter().filter(|(other, _)| other.text == name.text).count() > 1
                }
                "" => return Err(name.unexpected("}")),
                // Settings of an unsupported kind of layer are unknown too; the kind is the better error.
                _ => match kind {
                    Some(kind) if !["input", "fc", "regression"].contains(&kind.text) => {
                        return Err(unsupported(kind));
                    }
                    _ => return Err(name.error(format!("unknown setting “{}”", name.quoted()))),
                },
            };
            if is_duplicate {
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
        let kind = kind.ok_or_else(|| end.error("the layer needs a type"))?;
        Ok(Self { kind, activation, numbers })
    }

    /// Returns the width of an `input` layer.
    fn input(&self) -> Result<usize, LayerDefsError> {
        if let Some(activation) = self.activation {
            return Err(activation.error("an input layer cannot have an activation"));
        }
        const NAMES: [&str; 3] = ["out_sx", "out_sy", "out_depth"];
        let width = NAMES
            .into_iter()
            .try_fold(1_usize, |width, name| Ok(width.saturating_mul(self.number(name)?)))?;
        self.allow_only(&NAMES)?;
        self.check_width(width)
    }

    /// Returns the dense layer of an `fc` or `regression` layer.
    fn dense(&self) -> Result<LayerSpec, LayerDefsError> {
        let outputs = self.check_width(self.number("num_neurons")?)?;
        self.allow_only(&["num_neurons"])?;
        let activation = match self.activation {
            None => Activation::Linear,
            Some(name) if self.kind.text == "regression" => {
                return Err(name.error("a regression layer cannot have an activation"));
            }
            Some(name) => match name.text {
                "tanh" => Activation::Tanh,
                "relu" => Activation::Relu,
                "sigmoid" => Activation::Sigmoid,
                _ => {
                    let problem =
                        format!("the activation must be tanh, relu or sigmoid, got “{}”", name.quoted());
                    return Err(name.error(problem));
                }
            },
        };
        Ok(LayerSpec { outputs, activation })
    }

    fn number(&self, name: &str) -> Result<usize, LayerDefsError> {
        let number = self.numbers.iter().find(|(token, _)| token.text == name);
        number.map(|&(_, value)| value).ok_or_else(|| self.kind.error(format!("the layer needs {name}")))
    }

    /// Refuses numbers that this kind of layer does not take.
    fn allow_only(&self, names: &[&str]) -> Result<(), LayerDefsError> {
        match self.numbers.iter().find(|(name, _)| !names.contains(&name.text)) {
            Some((name, _)) => Err(name.error(format!("this type of layer does not take {}", name.text))),
            None => Ok(()),
        }
    }

    fn check_width(&self, width: usize) -> Result<usize, LayerDefsError> {
        if (1..=MAX_WIDTH).contains(&width) {
            return Ok(width);
        }
        Err(self.kind.error(format!("width must be between 1 and {MAX_WIDTH}, got {width}")))
    }
}

/// Returns the error for a layer of an unsupported kind.
fn unsupported(kind: Token<'_>) -> LayerDefsError {
    kind.error(format!("layers of type “{}” are not supported", kind.quoted()))
}

/// Parses a string literal.
fn parse_string<'t>(tokens: &mut Tokens<'t>) -> Result<Token<'t>, LayerDefsError> {
    let token = tokens.next()?;
    if token.is_string { Ok(token) } else { Err(token.unexpected("'...'")) }
}

/// Parses a whole number or a product such as `28*28`.
fn parse_product(tokens: &mut Tokens<'_>) -> Result<usize, LayerDefsError> {
    let mut product: usize = 1;
    loop {
        let token = tokens.next()?;
        let is_number =
            !token.is_string && !token.text.is_empty() && token.text.bytes().all(|b| b.is_ascii_digit());
        let factor = token.text.parse::<usize>().ok().filter(|_| is_number);
        product = product.saturating_mul(factor.ok_or_else(|| token.unexpected("a whole number"))?);
        if !tokens.skip('*') {
            return Ok(product);
        }
    }
}

/// A word, a number, a string literal without its quotes, or a punctuation mark; empty at the end of the source.
#[derive(Clone, Copy)]
struct Token<'t> {
    text: &'t str,
    is_string: bool,
    /// The source before the token.
    before: &'t str,
}

impl Token<'_> {
    /// Returns an error at this token.
    fn error(&self, problem: impl Into<String>) -> LayerDefsError {
        let line_start = self.before.rfind('\n').map_or(0, |newline| newline + 1);
        LayerDefsError {
            line: self.before.matches('\n').count() + 1,
            column: self.before[line_start..].chars().count() + 1,
            problem: problem.into(),
        }
    }

    /// Returns the error that `expected` was expected here.
    fn unexpected(&self, expected: &str) -> LayerDefsError {
        match self.text {
            "" if !self.is_string => self.error(format!("expected “{expected}”, but the text ends")),
            _ => self.error(format!("expected “{expected}”, got “{}”", self.quoted())),
        }
    }

    fn quoted(&self) -> String {
        quoted(self.text, 20)
    }
}

/// The tokens of a source, without spaces and comments.
struct Tokens<'t> {
    source: &'t str,
    /// Where the next token is looked for.
    offset: usize,
}

impl<'t> Tokens<'t> {
    /// Returns the next token.
    fn next(&mut self) -> Result<Token<'t>, LayerDefsError> {
        self.skip_blanks();
        let (before, rest) = self.source.split_at(self.offset);
        let Some(first) = rest.chars().next() else {
            return Ok(Token { text: "", is_string: false, before });
        };
        if matches!(first, '\'' | '"') {
            let rest = &rest[1..];
            let (text, rest) = rest.split_at(rest.find([first, '\n']).unwrap_or(rest.len()));
            let token = Token { text, is_string: true, before };
            if !rest.starts_with(first) {
                return Err(token.error("this string is not closed"));
            }
            self.offset += text.len() + 2;
            return Ok(token);
        }
        let length = match rest.find(|c| !is_part_of_word(c)) {
            Some(0) => first.len_utf8(),
            end => end.unwrap_or(rest.len()),
        };
        self.offset += length;
        Ok(Token { text: &rest[..length], is_string: false, before })
    }

    /// Takes the next token, which must be `expected`.
    fn expect(&mut self, expected: &str) -> Result<(), LayerDefsError> {
        let token = self.next()?;
        if token.text == expected && !token.is_string { Ok(()) } else { Err(token.unexpected(expected)) }
    }

    /// Takes the next character if it is `expected`, and returns whether it was.
    fn skip(&mut self, expected: char) -> bool {
        self.skip_blanks();
        let is_next = self.source[self.offset..].starts_with(expected);
        self.offset += if is_next { expected.len_utf8() } else { 0 };
        is_next
    }

    /// Skips spaces and comments.
    fn skip_blanks(&mut self) {
        loop {
            let rest = self.source[self.offset..].trim_start();
            let comment = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if let Some(comment) = rest.strip_prefix("/*") {
                comment.find("*/").map_or(rest.len(), |length| length + 4)
            } else {
                0
            };
            self.offset = self.source.len() - rest.len() + comment;
            if comment == 0 {
                return;
            }
        }
    }
}

/// Returns whether words and numbers are made of `c`. ASCII only: the tables of Unicode would be a hundredth of the program.
fn is_part_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = "
// species a 2-dimensional code
layer_defs = [];
layer_defs.push({type:'input', out_sx:28, out_sy:28, out_depth:1});
layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});
layer_defs.push({type:'fc', num_neurons:50, activation:\"relu\"});
layer_defs.push({type:'fc', num_neurons:2}); /* the code */
layer_defs.push({ type: 'fc', activation: 'sigmoid', num_neurons: 50, })
layer_defs.push({type:'regression', num_neurons:28*28});

net = new convnetjs.Net();
net.makeLayers(layer_defs);
";

    #[test]
    fn the_layers_of_a_demo_parse() {
        assert_eq!(parse(DEMO).unwrap().to_string(), "784 50t 50r 2 50s 784");
        let one_line = DEMO.replace("// species a 2-dimensional code", "").replace('\n', " ");
        assert_eq!(parse(&one_line), parse(DEMO));
        assert_eq!(DEMO.parse::<NetworkSpec>().unwrap(), parse(DEMO).unwrap());
    }

    #[test]
    fn errors_point_at_the_token() {
        let cases = [
            ("28*28", "28*", 9, 52, "expected “a whole number”, got “}”"),
            ("28*28", "1.5", 9, 50, "expected “}”, got “.”"),
            ("28*28", "eval(1)", 9, 49, "got “eval”"),
            ("28*28", "9999", 9, 23, "width must be between 1 and 4096, got 9999"),
            ("28*28", "99999999999999999999999", 9, 49, "a whole number"),
            ("'tanh'", "'maxout'", 5, 56, "the activation must be tanh, relu or sigmoid, got “maxout”"),
            ("'tanh'", "tanh", 5, 56, "expected “'...'”, got “tanh”"),
            ("'tanh'", "'tanh", 5, 56, "is not closed"),
            ("'tanh'", "'tanh', drop_prob:0.5", 5, 64, "unknown setting “drop_prob”"),
            ("'tanh'", "'tanh', num_neurons:2", 5, 64, "set twice"),
            ("'tanh'", "'tanh', out_sx:2", 5, 64, "does not take out_sx"),
            ("'tanh'});", "'tanh'}", 6, 1, "expected “)”, got “layer_defs”"),
            ("type:'input', ", "", 4, 51, "the layer needs a type"),
            ("'input'", "'conv'", 4, 23, "layers of type “conv” are not supported"),
            ("'input'", "'fc'", 4, 23, "the first layer must be an input layer"),
            ("'fc', num_neurons:2", "'fc'", 7, 23, "the layer needs num_neurons"),
            ("'fc', num_neurons:2", "'softmax', num_neurons:2", 7, 23, "“softmax”"),
            ("'fc', num_neurons:2", "'input', out_sx:1, out_sy:1, out_depth:1", 7, 23, "must be the first"),
            ("'regression'", "'fc'", 11, 1, "got “net”"),
            ("net =", "alert(", 11, 1, "may follow the regression layer"),
            ("layer_defs = [];", "layer_defs = [1];", 3, 15, "expected “]”, got “1”"),
            ("layer_defs = [];", "layer_defs.pop();", 3, 12, "expected “push”, got “pop”"),
        ];
        for (from, to, line, column, problem) in cases {
            let error = parse(&DEMO.replacen(from, to, 1)).unwrap_err();
            assert!(error.problem.contains(problem), "{to}: {error}");
            assert_eq!((error.line, error.column), (line, column), "{to}: {error}");
        }
    }

    #[test]
    fn truncated_deep_and_long_texts_are_errors() {
        let end = DEMO.find("net =").unwrap();
        for (offset, _) in DEMO.char_indices().filter(|(offset, _)| *offset < end - 5) {
            assert!(parse(&DEMO[..offset]).is_err(), "{}", &DEMO[..offset]);
        }
        let layer = "layer_defs.push({type:'fc', num_neurons:2});";
        let deep = format!(
            "layer_defs.push({{type:'input', out_sx:1, out_sy:1, out_depth:2}});{}",
            layer.repeat(40)
        );
        assert!(parse(&deep).unwrap_err().problem.contains("at most 32 layers"));
        assert!(parse(&"layer_defs.push({".repeat(100_000)).is_err());
    }
}
