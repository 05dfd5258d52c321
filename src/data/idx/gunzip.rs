//! Gzip, pushed in: whatever can be unpacked comes out at once, at most 32 KiB at a time.

use std::io::{self, Write as _};

use flate2::write::MultiGzDecoder;

use super::IdxError;

/// An unpacker of one gzip file of one or more members.
#[derive(Debug)]
pub(super) struct Gunzip {
    /// Writes into a scratch buffer that is emptied at once. Boxed: it is larger than all the rest of a parser.
    decoder: Box<MultiGzDecoder<Vec<u8>>>,
}

impl Gunzip {
    pub(super) fn new() -> Self {
        Self { decoder: Box::new(MultiGzDecoder::new(Vec::new())) }
    }

    /// Unpacks `chunk` into `sink`, whose error ends the work at once: what a file could still unfold to
    /// after that is never unpacked.
    pub(super) fn push(
        &mut self,
        mut chunk: &[u8],
        mut sink: impl FnMut(&[u8]) -> Result<(), IdxError>,
    ) -> Result<(), IdxError> {
        while !chunk.is_empty() {
            let written = self.decoder.write(chunk);
            self.pour(&mut sink)?;
            match written {
                Ok(read) if read > 0 => chunk = &chunk[read..],
                _ => return Err(IdxError::Gzip),
            }
        }
        // The decoder keeps its last buffer back until it is asked.
        let flushed = self.decoder.flush();
        self.pour(sink)?;
        Self::check(flushed)
    }

    /// Says that the file ends here, and checks that the last member is whole and its checksum right.
    pub(super) fn finish(&mut self, sink: impl FnMut(&[u8]) -> Result<(), IdxError>) -> Result<(), IdxError> {
        let finished = self.decoder.try_finish();
        self.pour(sink)?;
        Self::check(finished)
    }

    fn pour(&mut self, mut sink: impl FnMut(&[u8]) -> Result<(), IdxError>) -> Result<(), IdxError> {
        let scratch = self.decoder.get_mut();
        let poured = sink(scratch);
        scratch.clear();
        poured
    }

    fn check(result: io::Result<()>) -> Result<(), IdxError> {
        result.map_err(|_| IdxError::Gzip)
    }
}
