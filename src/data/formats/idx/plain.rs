//! The parser of an unpacked file: the header, then exactly the items that it promises.

use std::mem;

use super::header::Header;
use super::{IdxError, Kind};

/// Memory for all promised items is reserved once 1/32 of them have arrived: a small gzip file of a thousand blank
/// images must not get the memory of two million.
const RESERVE_AFTER_SHARE: usize = 32;

/// The capacity in bytes that the parser keeps after its items were drained.
const RETAINED_CAPACITY: usize = 1 << 18;

/// A parser of an unpacked IDX file.
#[derive(Debug, Default)]
pub(super) struct PlainParser {
    expected: Option<Kind>,
    /// The bytes of a header that is still incomplete.
    head: Vec<u8>,
    header: Option<Header>,
    /// Bytes of items that have arrived, including drained ones.
    arrived: usize,
    /// Bytes of items that were not drained; the last item may be partial.
    body: Vec<u8>,
}

impl PlainParser {
    pub(super) fn expecting(kind: Kind) -> Self {
        Self { expected: Some(kind), ..Self::default() }
    }

    pub(super) fn header(&self) -> Option<Header> {
        self.header
    }

    /// Returns the number of complete items that have arrived.
    pub(super) fn received_len(&self) -> usize {
        self.header.map_or(0, |header| self.arrived / header.kind.item_len())
    }

    /// Returns the bytes of the complete items that were not drained.
    pub(super) fn complete(&self) -> &[u8] {
        let item_len = self.header.map_or(1, |header| header.kind.item_len());
        &self.body[..self.body.len() - self.body.len() % item_len]
    }

    pub(super) fn drain_into(&mut self, out: &mut Vec<u8>) -> Result<usize, IdxError> {
        let Some(header) = self.header else { return Ok(0) };
        let complete = self.complete().len();
        let undrained = header.len() - self.arrived + self.body.len();
        if out.capacity() == 0 && complete == undrained {
            *out = mem::take(&mut self.body);
        } else {
            let reserves_all = RESERVE_AFTER_SHARE * self.received_len() >= header.count;
            let reserved =
                if reserves_all { out.try_reserve_exact(undrained) } else { out.try_reserve(complete) };
            reserved.map_err(|_| IdxError::OutOfMemory)?;
            out.extend_from_slice(&self.body[..complete]);
            self.body.drain(..complete);
            self.body.shrink_to(RETAINED_CAPACITY);
        }
        Ok(complete / header.kind.item_len())
    }

    /// Frees the items that were not drained.
    pub(super) fn discard(&mut self) {
        self.body = Vec::new();
    }

    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Result<(), IdxError> {
        let header = loop {
            if let Some(header) = self.header {
                break header;
            }
            let Some((&byte, rest)) = bytes.split_first() else { return Ok(()) };
            self.head.push(byte);
            self.header = Header::parse(&self.head)?;
            self.check_kind()?;
            bytes = rest;
        };
        let missing = header.len() - self.arrived;
        let (promised, surplus) = bytes.split_at(bytes.len().min(missing));
        self.append(promised, missing)?;
        self.arrived += promised.len();
        if surplus.is_empty() {
            Ok(())
        } else {
            Err(IdxError::Trailing { kind: header.kind, promised: header.count })
        }
    }

    /// Checks that the file is complete.
    pub(super) fn finish(&self) -> Result<(), IdxError> {
        match self.header {
            None if self.head.is_empty() => Err(IdxError::Empty),
            None => Err(IdxError::TruncatedHeader { arrived: self.head.len() }),
            Some(Header { kind, count }) if self.received_len() < count => {
                Err(IdxError::Truncated { kind, arrived: self.received_len(), promised: count })
            }
            Some(_) => Ok(()),
        }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.body.capacity()
    }

    /// Appends to the body, which doubles its capacity like any vector, but never beyond the `missing` bytes.
    fn append(&mut self, bytes: &[u8], missing: usize) -> Result<(), IdxError> {
        if self.body.capacity() - self.body.len() < bytes.len() {
            let growth = bytes.len().max(self.body.len().min(missing));
            self.body.try_reserve_exact(growth).map_err(|_| IdxError::OutOfMemory)?;
        }
        self.body.extend_from_slice(bytes);
        Ok(())
    }

    fn check_kind(&self) -> Result<(), IdxError> {
        match (self.header, self.expected) {
            (Some(Header { kind: found, .. }), Some(expected)) if found != expected => {
                Err(IdxError::WrongKind { found, expected })
            }
            _ => Ok(()),
        }
    }
}
