//! A JSON tokenizer that takes its input in chunks of any size.
//!
//! The page reads a file of 100 MB between two frames at a time, which `serde_json` cannot: it wants all of the text, or
//! blocks until more arrives.

use std::borrow::Cow;

use serde_json::Value;

/// The deepest nesting; that of a network is seven.
const MAX_DEPTH: usize = 128;

/// The beginning of a sentence about the text, to be followed by the position.
pub(super) type Problem = Cow<'static, str>;

const INVALID_JSON: Problem = Cow::Borrowed("it is not valid JSON");

#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    ObjectStart,
    ObjectEnd,
    ListStart,
    ListEnd,
    Key(&'a str),
    Text(&'a str),
    /// A number as it is written.
    Number(&'a str),
    Bool,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
}

/// The kind of token that has begun.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Partial {
    None,
    /// A string with its quotes; `escaped` after a backslash.
    Text {
        escaped: bool,
    },
    /// A number, `true`, `false` or `null`.
    Word,
}

/// The state of the tokenizer between two bytes.
#[derive(Debug)]
pub(super) struct Tokenizer {
    expected: Expected,
    partial: Partial,
    /// The bytes of a partial token.
    bytes: Vec<u8>,
    /// For each open object or list, whether it is an object.
    open: Vec<bool>,
}

impl Tokenizer {
    pub(super) fn new() -> Self {
        Self { expected: Expected::Value, partial: Partial::None, bytes: Vec::new(), open: Vec::new() }
    }

    /// Takes a byte and passes the tokens that it completes to `take`.
    pub(super) fn push(
        &mut self,
        byte: u8,
        mut take: impl FnMut(Token<'_>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        use Expected::{Colon, CommaOrEnd, Key, KeyOrEnd, Value, ValueOrEnd};
        match &mut self.partial {
            Partial::Text { escaped } => {
                let ends = byte == b'"' && !*escaped;
                *escaped = byte == b'\\' && !*escaped;
                self.bytes.push(byte);
                return if ends { self.finish_text(take) } else { Ok(()) };
            }
            Partial::Word if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.') => {
                self.bytes.push(byte);
                return Ok(());
            }
            Partial::Word => self.finish_word(&mut take)?,
            Partial::None => {}
        }
        match (byte, self.expected) {
            (b' ' | b'\t' | b'\n' | b'\r', _) => {}
            (b'"', Value | ValueOrEnd | Key | KeyOrEnd) => self.begin(Partial::Text { escaped: false }, byte),
            (b'-' | b'0'..=b'9' | b't' | b'f' | b'n', Value | ValueOrEnd) => self.begin(Partial::Word, byte),
            (b'{' | b'[', Value | ValueOrEnd) if self.open.len() < MAX_DEPTH => {
                let is_object = byte == b'{';
                self.open.push(is_object);
                self.expected = if is_object { KeyOrEnd } else { ValueOrEnd };
                take(if is_object { Token::ObjectStart } else { Token::ListStart })?;
            }
            (b'}', KeyOrEnd | CommaOrEnd) if self.open.pop() == Some(true) => {
                self.expected = CommaOrEnd;
                take(Token::ObjectEnd)?;
            }
            (b']', ValueOrEnd | CommaOrEnd) if self.open.pop() == Some(false) => {
                self.expected = CommaOrEnd;
                take(Token::ListEnd)?;
            }
            (b':', Colon) => self.expected = Value,
            (b',', CommaOrEnd) => {
                self.expected = if *self.open.last().ok_or(INVALID_JSON)? { Key } else { Value };
            }
            _ => return Err(INVALID_JSON),
        }
        Ok(())
    }

    /// Ends the text; returns false if it is incomplete.
    pub(super) fn finish(
        &mut self,
        mut take: impl FnMut(Token<'_>) -> Result<(), Problem>,
    ) -> Result<bool, Problem> {
        if self.partial == Partial::Word && self.open.is_empty() {
            self.finish_word(&mut take)?;
        }
        Ok(self.partial == Partial::None && self.open.is_empty() && self.expected == Expected::CommaOrEnd)
    }

    fn begin(&mut self, partial: Partial, byte: u8) {
        self.partial = partial;
        self.bytes.clear();
        self.bytes.push(byte);
    }

    fn finish_text(&mut self, mut take: impl FnMut(Token<'_>) -> Result<(), Problem>) -> Result<(), Problem> {
        self.partial = Partial::None;
        let within = self.bytes.get(1..self.bytes.len() - 1).unwrap_or_default();
        let is_plain = within.iter().all(|&byte| matches!(byte, b' '..=b'~') && byte != b'\\');
        let decoded: String;
        let text = if is_plain {
            std::str::from_utf8(within).map_err(|_| INVALID_JSON)?
        } else {
            decoded = serde_json::from_slice(&self.bytes).map_err(|_| INVALID_JSON)?;
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

    fn finish_word(
        &mut self,
        take: &mut impl FnMut(Token<'_>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.partial = Partial::None;
        self.expected = Expected::CommaOrEnd;
        match serde_json::from_slice(&self.bytes).map_err(|_| INVALID_JSON)? {
            Value::Bool(_) => take(Token::Bool),
            Value::Null => take(Token::Null),
            _ => take(Token::Number(std::str::from_utf8(&self.bytes).map_err(|_| INVALID_JSON)?)),
        }
    }
}
