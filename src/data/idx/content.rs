//! The unpacked file: its header, then the items, and not a byte more.

use super::header::Header;
use super::{CLASSES, IdxError, Kind};

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
        let whole = self.whole();
        append(out, whole)?;
        let drained = whole.len();
        self.body.drain(..drained);
        Ok(self.header.map_or(0, |header| drained / header.kind.item_len()))
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
        let room = header.count * header.kind.item_len() - self.arrived;
        let (promised, surplus) = bytes.split_at(bytes.len().min(room));
        if header.kind == Kind::Labels {
            self.check_labels(promised)?;
        }
        append(&mut self.body, promised)?;
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

    fn check_kind(&self) -> Result<(), IdxError> {
        match (self.header, self.expected) {
            (Some(Header { kind: found, .. }), Some(expected)) if found != expected => {
                Err(IdxError::WrongKind { found, expected })
            }
            _ => Ok(()),
        }
    }

    fn check_labels(&self, labels: &[u8]) -> Result<(), IdxError> {
        match labels.iter().position(|&label| label >= CLASSES) {
            Some(at) => Err(IdxError::BadLabel { index: self.arrived + at, found: labels[at] }),
            None => Ok(()),
        }
    }
}

/// Appends `bytes`, or says that memory is short where `Vec` would end the program.
fn append(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), IdxError> {
    out.try_reserve(bytes.len()).map_err(|_| IdxError::OutOfMemory)?;
    out.extend_from_slice(bytes);
    Ok(())
}
