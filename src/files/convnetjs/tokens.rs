//! JSON taken apart as it arrives, in pieces of any size.

/// The deepest nesting: a network's is seven.
const DEEPEST: usize = 128;

/// A part of a JSON text.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    ObjectBegins,
    ObjectEnds,
    ListBegins,
    ListEnds,
    Key(&'a str),
    Text(&'a str),
    /// As it is written.
    Number(&'a str),
    Bool,
    Null,
}

/// The text is not JSON.
pub(super) struct Invalid;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Inside {
    Nothing,
    /// With its quotes; `escaped` after a backslash.
    Text {
        escaped: bool,
    },
    /// A number, `true`, `false` or `null`.
    Word,
}

/// Where a text is, byte by byte.
#[derive(Debug)]
pub(super) struct Tokens {
    expected: Expected,
    inside: Inside,
    /// The bytes of a text or a word that has begun.
    bytes: Vec<u8>,
    /// For each object or list that is open, whether it is an object.
    open: Vec<bool>,
}

impl Tokens {
    pub(super) fn new() -> Self {
        Self { expected: Expected::Value, inside: Inside::Nothing, bytes: Vec::new(), open: Vec::new() }
    }

    /// Takes a byte, and hands what ends with it to `take`.
    pub(super) fn push<E: From<Invalid>>(
        &mut self,
        byte: u8,
        mut take: impl FnMut(Token<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match &mut self.inside {
            Inside::Text { escaped } => {
                let ends = byte == b'"' && !*escaped;
                *escaped = byte == b'\\' && !*escaped;
                self.bytes.push(byte);
                return if ends { self.end_text(take) } else { Ok(()) };
            }
            Inside::Word if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.') => {
                self.bytes.push(byte);
                return Ok(());
            }
            Inside::Word => self.end_word(&mut take)?,
            Inside::Nothing => {}
        }
        use Expected::{Colon, CommaOrEnd, Key, KeyOrEnd, Value, ValueOrEnd};
        match (byte, self.expected) {
            (b' ' | b'\t' | b'\n' | b'\r', _) => Ok(()),
            (b'"', Value | ValueOrEnd | Key | KeyOrEnd) => {
                self.begin(Inside::Text { escaped: false }, byte);
                Ok(())
            }
            (b'{' | b'[', Value | ValueOrEnd) => {
                if self.open.len() == DEEPEST {
                    return Err(Invalid.into());
                }
                let is_object = byte == b'{';
                self.open.push(is_object);
                self.expected = if is_object { KeyOrEnd } else { ValueOrEnd };
                take(if is_object { Token::ObjectBegins } else { Token::ListBegins })
            }
            (b'}', KeyOrEnd | CommaOrEnd) if self.open.last() == Some(&true) => {
                self.open.pop();
                self.expected = CommaOrEnd;
                take(Token::ObjectEnds)
            }
            (b']', ValueOrEnd | CommaOrEnd) if self.open.last() == Some(&false) => {
                self.open.pop();
                self.expected = CommaOrEnd;
                take(Token::ListEnds)
            }
            (b':', Colon) => {
                self.expected = Value;
                Ok(())
            }
            (b',', CommaOrEnd) => {
                self.expected = if *self.open.last().ok_or(Invalid)? { Key } else { Value };
                Ok(())
            }
            (b'-' | b'0'..=b'9' | b't' | b'f' | b'n', Value | ValueOrEnd) => {
                self.begin(Inside::Word, byte);
                Ok(())
            }
            _ => Err(Invalid.into()),
        }
    }

    /// Takes note that the text ends; false if it must not yet.
    pub(super) fn end<E: From<Invalid>>(
        &mut self,
        mut take: impl FnMut(Token<'_>) -> Result<(), E>,
    ) -> Result<bool, E> {
        if self.inside == Inside::Word && self.open.is_empty() {
            self.end_word(&mut take)?;
        }
        Ok(self.inside == Inside::Nothing && self.open.is_empty() && self.expected == Expected::CommaOrEnd)
    }

    fn begin(&mut self, inside: Inside, byte: u8) {
        self.inside = inside;
        self.bytes.clear();
        self.bytes.push(byte);
    }

    fn end_text<E: From<Invalid>>(
        &mut self,
        mut take: impl FnMut(Token<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.inside = Inside::Nothing;
        let within = self.bytes.get(1..self.bytes.len() - 1).unwrap_or_default();
        let is_plain = within.iter().all(|&byte| matches!(byte, b' '..=b'~') && byte != b'\\');
        let decoded: String;
        let text = if is_plain {
            std::str::from_utf8(within).map_err(|_| Invalid)?
        } else {
            decoded = serde_json::from_slice(&self.bytes).map_err(|_| Invalid)?;
            &decoded
        };
        if matches!(self.expected, Expected::Key | Expected::KeyOrEnd) {
            self.expected = Expected::Colon;
            take(Token::Key(text))
        } else {
            self.expected = Expected::CommaOrEnd;
            take(Token::Text(text))
        }
    }

    fn end_word<E: From<Invalid>>(
        &mut self,
        take: &mut impl FnMut(Token<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.inside = Inside::Nothing;
        self.expected = Expected::CommaOrEnd;
        match self.bytes.as_slice() {
            b"true" | b"false" => take(Token::Bool),
            b"null" => take(Token::Null),
            number if is_number(number) => {
                take(Token::Number(std::str::from_utf8(number).map_err(|_| Invalid)?))
            }
            _ => Err(Invalid.into()),
        }
    }
}

/// Whether a number is written as JSON wants it.
fn is_number(text: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = match exponent {
            [b'+' | b'-', exponent @ ..] => exponent,
            exponent => exponent,
        };
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}
