//! The unpacked file: its header, then the items, and not a byte more.

use std::mem;

use super::header::Header;
use super::{IdxError, Kind};

/// A header is believed, and memory taken for all that it promises, once one part in so many of that has come: a small file
/// that unfolds to a thousand blank images must not get the memory of two million.
const SHARE: usize = 32;

/// Bytes of memory that stay with the parser after its items were drained.
const KEPT: usize = 1 << 18;

/// What has arrived of an unpacked IDX file.
#[derive(Debug, Default)]
pub(super) struct Content {
    expected: Option<Kind>,
    /// The header's bytes as they come, until they are a header.
    head: Vec<u8>,
    header: Option<Header>,
    /// Bytes of items that have arrived, drained ones included.
    arrived: usize,
    /// Those not yet drained; the last item may be partial.
    body: Vec<u8>,
}

impl Content {
    pub(super) fn expecting(kind: Kind) -> Self {
        Self { expected: Some(kind), ..Self::default() }
    }

    pub(super) fn header(&self) -> Option<Header> {
        self.header
    }

    /// Whole items that have arrived.
    pub(super) fn items(&self) -> usize {
        self.header.map_or(0, |header| self.arrived / header.kind.item_len())
    }

    /// The bytes of the whole items that were not yet drained.
    pub(super) fn whole(&self) -> &[u8] {
        let item_len = self.header.map_or(1, |header| header.kind.item_len());
        &self.body[..self.body.len() - self.body.len() % item_len]
    }

    pub(super) fn drain_into(&mut self, out: &mut Vec<u8>) -> Result<usize, IdxError> {
        let Some(header) = self.header else { return Ok(0) };
        let whole = self.whole().len();
        // What has not been moved yet, nor arrived.
        let rest = header.len() - self.arrived + self.body.len();
        if out.capacity() == 0 && whole == rest {
            *out = mem::take(&mut self.body);
        } else {
            let is_honest = SHARE * self.items() >= header.count;
            let reserved = if is_honest { out.try_reserve_exact(rest) } else { out.try_reserve(whole) };
            reserved.map_err(|_| IdxError::OutOfMemory)?;
            out.extend_from_slice(&self.body[..whole]);
            self.body.drain(..whole);
            self.body.shrink_to(KEPT);
        }
        Ok(whole / header.kind.item_len())
    }

    /// Frees what was not drained.
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
        let room = header.len() - self.arrived;
        let (promised, surplus) = bytes.split_at(bytes.len().min(room));
        self.keep(promised, room)?;
        self.arrived += promised.len();
        if surplus.is_empty() {
            Ok(())
        } else {
            Err(IdxError::Trailing { kind: header.kind, promised: header.count })
        }
    }

    /// Is all there that should be?
    pub(super) fn finish(&self) -> Result<(), IdxError> {
        match self.header {
            None if self.head.is_empty() => Err(IdxError::Empty),
            None => Err(IdxError::TruncatedHeader { arrived: self.head.len() }),
            Some(Header { kind, count }) if self.items() < count => {
                Err(IdxError::Truncated { kind, arrived: self.items(), promised: count })
            }
            Some(_) => Ok(()),
        }
    }

    /// Bytes of memory that the items take.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.body.capacity()
    }

    /// Appends bytes to the body, of which at most `room` are still to come: it grows by doubling like any vector, but
    /// never to more than was promised.
    fn keep(&mut self, bytes: &[u8], room: usize) -> Result<(), IdxError> {
        if self.body.capacity() - self.body.len() < bytes.len() {
            let growth = bytes.len().max(self.body.len().min(room));
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
