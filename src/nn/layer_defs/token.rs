//! Text taken apart into words, each of which knows where it stands.

use std::iter::Peekable;
use std::str::CharIndices;

use super::LayerDefsError;

/// A word, a number, a text without its quotes, or a sign; empty at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) text: &'t str,
    pub(super) quoted: bool,
    line: usize,
    column: usize,
}

impl Token<'_> {
    /// An error at this place.
    pub(super) fn error(&self, problem: impl Into<String>) -> LayerDefsError {
        LayerDefsError { line: self.line, column: self.column, problem: problem.into() }
    }

    /// The error that something else was to stand here.
    pub(super) fn unexpected(&self, expected: &str) -> LayerDefsError {
        match self.text {
            "" if !self.quoted => self.error(format!("the text ends where “{expected}” should stand")),
            _ => self.error(format!("“{}” stands where “{expected}” should", self.shown())),
        }
    }

    /// Its text, short enough for a sentence.
    pub(super) fn shown(&self) -> String {
        self.text.chars().take(20).collect()
    }
}

/// The words of a text, first to last; spaces and comments are passed over.
pub(super) struct Tokens<'t> {
    text: &'t str,
    characters: Peekable<CharIndices<'t>>,
    line: usize,
    column: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, characters: text.char_indices().peekable(), line: 1, column: 1 }
    }

    /// The next word; at the end of the text an empty one, again and again.
    pub(super) fn next(&mut self) -> Result<Token<'t>, LayerDefsError> {
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
                _ => Err(token.error("a text begins here and does not end")),
            };
        }
        if is_part_of_word(first) {
            self.advance_while(is_part_of_word);
        }
        Ok(Token { text: &self.text[start..self.here()], ..token })
    }

    /// Takes the next word, which has to be `expected`.
    pub(super) fn expect(&mut self, expected: &str) -> Result<(), LayerDefsError> {
        let token = self.next()?;
        if token.text == expected && !token.quoted { Ok(()) } else { Err(token.unexpected(expected)) }
    }

    /// Takes the next character if it is the sign `wanted`, and tells whether it was.
    pub(super) fn skip(&mut self, wanted: char) -> bool {
        self.pass_over();
        let found = self.peek() == Some(wanted);
        if found {
            self.advance();
        }
        found
    }

    /// Passes over spaces and comments.
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

/// Whether words and numbers are made of `c`.
fn is_part_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
