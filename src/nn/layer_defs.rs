//! A network's layers as ConvNetJS's demos write them: `layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});`.
//!
//! The text looks like a program, but nothing is run: each line is split into words, and any word that is not one of the few
//! known ones is an error that points at it. What follows the layers in a demo, `net = ...` and `trainer = ...`, is not read.
//!
//! ```text
//! defs   = { ["var"] "layer_defs" "=" "[" "]" [";"] | "layer_defs" "." "push" "(" layer ")" [";"] }
//! layer  = "{" field { "," field } [","] "}"
//! field  = name ":" ( string | number { "*" number } )
//! ```

use std::iter::Peekable;
use std::str::CharIndices;

use super::name::quoted;
use super::{Activation, LayerDefsError, LayerSpec, MAX_LAYERS, MAX_WIDTH, NetworkSpec};

/// The word that distinguishes such text from the short notation.
pub(super) const MARK: &str = "layer_defs";

/// Reads the layers.
///
/// # Errors
/// [`LayerDefsError`] at the first word that cannot be read.
pub(super) fn parse(text: &str) -> Result<NetworkSpec, LayerDefsError> {
    let mut tokens = Tokens::new(text);
    let spec = layers(&mut tokens)?;
    let rest = tokens.next()?;
    if !["", "var", "let", "const", "net", "trainer"].contains(&rest.text) {
        return Err(rest.error("only “net” and “trainer” may follow the regression layer"));
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
            "" => return Err(start.error("the last layer must be a regression layer")),
            _ => return Err(start.unexpected("layer_defs.push({...})")),
        }
        let Some(layer) = statement(tokens)? else {
            if spec.is_some() {
                return Err(start.error("“layer_defs” cannot be assigned again after its first layer"));
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

/// The kinds of layers that are supported.
const KINDS: [&str; 3] = ["input", "fc", "regression"];

/// A layer's fields, each with the word that set it.
struct Layer<'t> {
    /// What kind it is.
    kind: Token<'t>,
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
    fn parse(tokens: &mut Tokens<'t>) -> Result<Self, LayerDefsError> {
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
                // If the kind of layer is unsupported, so are its settings: the kind is the better error.
                _ => match kind {
                    Some(kind) if !KINDS.contains(&kind.text) => return Err(unsupported(kind)),
                    _ => return Err(name.error(format!("unknown setting “{}”", name.shown()))),
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
        let kind = kind.ok_or_else(|| end.error("the layer needs a type"))?;
        Ok(Self { kind, activation, numbers })
    }

    /// How many numbers an input layer takes.
    fn input(&self) -> Result<usize, LayerDefsError> {
        if let Some(activation) = self.activation {
            return Err(activation.error("an input layer cannot have an activation"));
        }
        let width = ["out_sx", "out_sy", "out_depth"]
            .into_iter()
            .try_fold(1_usize, |width, name| Ok(width.saturating_mul(self.number(name)?)))?;
        self.only(&["out_sx", "out_sy", "out_depth"])?;
        self.width(width)
    }

    /// The layer that an `fc` or `regression` layer is.
    fn dense(&self) -> Result<LayerSpec, LayerDefsError> {
        let outputs = self.width(self.number("num_neurons")?)?;
        self.only(&["num_neurons"])?;
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
                        format!("the activation must be tanh, relu or sigmoid, got “{}”", name.shown());
                    return Err(name.error(problem));
                }
            },
        };
        Ok(LayerSpec { outputs, activation })
    }

    fn number(&self, name: &str) -> Result<usize, LayerDefsError> {
        let number = self.numbers.iter().find(|number| number.name.text == name);
        number.map(|number| number.value).ok_or_else(|| self.kind.error(format!("the layer needs {name}")))
    }

    /// Refuses numbers that this kind of layer does not take.
    fn only(&self, names: &[&str]) -> Result<(), LayerDefsError> {
        match self.numbers.iter().find(|number| !names.contains(&number.name.text)) {
            Some(Number { name, .. }) => {
                Err(name.error(format!("this type of layer does not take {}", name.text)))
            }
            None => Ok(()),
        }
    }

    fn width(&self, width: usize) -> Result<usize, LayerDefsError> {
        if (1..=MAX_WIDTH).contains(&width) {
            return Ok(width);
        }
        Err(self.kind.error(format!("width must be between 1 and {MAX_WIDTH}, got {width}")))
    }
}

/// The error for a layer of an unsupported kind.
fn unsupported(kind: Token<'_>) -> LayerDefsError {
    kind.error(format!("layers of type “{}” are not supported", kind.shown()))
}

/// Reads a string in quotes.
fn string<'t>(tokens: &mut Tokens<'t>) -> Result<Token<'t>, LayerDefsError> {
    let token = tokens.next()?;
    if token.quoted { Ok(token) } else { Err(token.unexpected("'...'")) }
}

/// Reads a whole number or a product of whole numbers, as `28*28`.
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

/// A word, a number, a string without its quotes, or a sign; empty at the end of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Token<'t> {
    text: &'t str,
    quoted: bool,
    line: usize,
    column: usize,
}

impl Token<'_> {
    /// An error at this place.
    fn error(&self, problem: impl Into<String>) -> LayerDefsError {
        LayerDefsError { line: self.line, column: self.column, problem: problem.into() }
    }

    /// The error that something else was expected here.
    fn unexpected(&self, expected: &str) -> LayerDefsError {
        match self.text {
            "" if !self.quoted => self.error(format!("expected “{expected}”, but the text ends")),
            _ => self.error(format!("expected “{expected}”, got “{}”", self.shown())),
        }
    }

    /// Its text, short enough for a sentence.
    fn shown(&self) -> String {
        quoted(self.text, 20)
    }
}

/// The words of a text, first to last, without spaces and comments.
struct Tokens<'t> {
    text: &'t str,
    characters: Peekable<CharIndices<'t>>,
    line: usize,
    column: usize,
}

impl<'t> Tokens<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, characters: text.char_indices().peekable(), line: 1, column: 1 }
    }

    /// The next word; at the end of the text always an empty one.
    fn next(&mut self) -> Result<Token<'t>, LayerDefsError> {
        self.pass_over();
        let token = Token { text: "", quoted: false, line: self.line, column: self.column };
        let start = self.here();
        let Some(first) = self.advance() else { return Ok(token) };
        if matches!(first, '\'' | '"') {
            let start = self.here();
            self.advance_while(|c| c != first && c != '\n');
            let text = &self.text[start..self.here()];
            return match self.advance() {
                Some(c) if c == first => Ok(Token { text, quoted: true, ..token }),
                _ => Err(token.error("this string is not closed")),
            };
        }
        if is_part_of_word(first) {
            self.advance_while(is_part_of_word);
        }
        Ok(Token { text: &self.text[start..self.here()], ..token })
    }

    /// Takes the next word, which must be `expected`.
    fn expect(&mut self, expected: &str) -> Result<(), LayerDefsError> {
        let token = self.next()?;
        if token.text == expected && !token.quoted { Ok(()) } else { Err(token.unexpected(expected)) }
    }

    /// Takes the next character if it is `wanted`, and returns whether it was.
    fn skip(&mut self, wanted: char) -> bool {
        self.pass_over();
        let found = self.peek() == Some(wanted);
        if found {
            self.advance();
        }
        found
    }

    /// Skips spaces and comments.
    fn pass_over(&mut self) {
        loop {
            self.advance_while(char::is_whitespace);
            let rest = &self.text[self.here()..];
            if rest.starts_with("//") {
                self.advance_while(|c| c != '\n');
            } else if let Some(comment) = rest.strip_prefix("/*") {
                let end = comment.find("*/").map_or(self.text.len(), |length| self.here() + length + 4);
                while self.here() < end {
                    self.advance();
                }
            } else {
                return;
            }
        }
    }

    /// Where the next character begins in the text.
    fn here(&mut self) -> usize {
        self.characters.peek().map_or(self.text.len(), |&(place, _)| place)
    }

    fn peek(&mut self) -> Option<char> {
        self.characters.peek().map(|&(_, c)| c)
    }

    fn advance(&mut self) -> Option<char> {
        let (_, c) = self.characters.next()?;
        (self.line, self.column) = if c == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        Some(c)
    }

    fn advance_while(&mut self, wanted: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.advance();
        }
    }
}

/// Whether words and numbers are made of `c`. The tables of every script would be a hundredth of the program.
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
    fn the_lines_of_a_demo_are_read() {
        assert_eq!(parse(DEMO).unwrap().to_string(), "784 50t 50r 2 50s 784");
        let in_a_row = DEMO.replace("// species a 2-dimensional code", "").replace('\n', " ");
        assert_eq!(parse(&in_a_row), parse(DEMO));
        assert_eq!(DEMO.parse::<NetworkSpec>().unwrap(), parse(DEMO).unwrap());
    }

    #[test]
    fn errors_point_at_the_word() {
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
    fn any_beginning_of_the_text_is_answered() {
        let end = DEMO.find("net =").unwrap();
        for (place, _) in DEMO.char_indices().filter(|(place, _)| *place < end - 5) {
            assert!(parse(&DEMO[..place]).is_err(), "{}", &DEMO[..place]);
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
