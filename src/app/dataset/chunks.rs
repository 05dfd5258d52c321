//! The chunks of a file, from their arrival until they are parsed.

use std::collections::VecDeque;

/// The chunks of a file that wait to be parsed.
#[derive(Debug)]
pub struct Chunks {
    queue: VecDeque<Vec<u8>>,
    /// The bytes of the first chunk that have been parsed.
    parsed_of_first: usize,
    /// The bytes that have arrived, and how many may.
    len: usize,
    max_len: usize,
    ended: bool,
    finished: bool,
}

impl Chunks {
    /// Creates an empty queue that drops the chunks of a file of more than `max_len` bytes.
    pub fn with_max_len(max_len: usize) -> Self {
        Self { queue: VecDeque::new(), parsed_of_first: 0, len: 0, max_len, ended: false, finished: false }
    }

    /// Adds a chunk.
    pub fn push(&mut self, chunk: Vec<u8>) {
        self.len = self.len.saturating_add(chunk.len());
        if self.is_too_long() {
            self.queue.clear();
            self.parsed_of_first = 0;
        } else {
            self.queue.push_back(chunk);
        }
    }

    /// Records that no chunk follows.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Returns the bytes that wait to be parsed.
    pub fn backlog(&self) -> usize {
        self.queue.iter().map(Vec::len).sum::<usize>() - self.parsed_of_first
    }

    /// Returns whether no byte has arrived.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn is_too_long(&self) -> bool {
        self.len > self.max_len
    }

    /// Returns whether all of the file has been parsed.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// Hands the next piece of at most `max` bytes to `parse`, and nothing after the last. Returns false if there was nothing
    /// to parse.
    ///
    /// # Errors
    /// Those of `parse`.
    pub fn parse<E>(
        &mut self,
        max: usize,
        parse: impl FnOnce(Option<&[u8]>) -> Result<(), E>,
    ) -> Result<bool, E> {
        let Some(chunk) = self.queue.front() else {
            let ends = self.ended && !self.finished;
            self.finished |= ends;
            return if ends { parse(None).map(|()| true) } else { Ok(false) };
        };
        let end = chunk.len().min(self.parsed_of_first + max);
        parse(Some(&chunk[self.parsed_of_first..end]))?;
        self.parsed_of_first = end;
        if end == chunk.len() {
            self.queue.pop_front();
            self.parsed_of_first = 0;
        }
        Ok(true)
    }
}
