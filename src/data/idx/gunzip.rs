//! Gzip, pushed in: whatever can be unpacked comes out at once, at most 32 KiB at a time.
//!
//! The format: members one after another, each a header, a DEFLATE stream, and eight bytes to check it by (RFC 1952).

use flate2::{Decompress, FlushDecompress, Status};

use super::{GZIP_MAGIC, IdxError};
use crate::data::crc::Crc32;

/// The most bytes that come out at a time.
const SCRATCH: usize = 1 << 15;

/// The most bytes of a member's header, which may hold a comment of any length.
const MAX_HEADER: usize = 1 << 17;

/// The bytes of a header that are looked at a time: a file may have millions of members, and nothing in them.
const HEADER_PIECE: usize = 1 << 8;

/// The compression method of every gzip file there is.
const DEFLATE: u8 = 8;

/// Flags of a header: what follows its first ten bytes.
const HEADER_CRC: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// An unpacker of one gzip file of one or more members.
#[derive(Debug)]
pub(super) struct Gunzip {
    part: Part,
    inflate: Decompress,
    scratch: Vec<u8>,
    /// Of what has come out of the member.
    crc: Crc32,
    /// Bytes that have come out of the member, modulo 2³² as its trailer counts them.
    length: u32,
    /// Whether a member has come to its end.
    some_member: bool,
}

/// The part of a member that is being read.
#[derive(Debug)]
enum Part {
    /// The header, with the bytes of it that have come.
    Header(Vec<u8>),
    Stream,
    /// The trailer, in the same way.
    Trailer(Vec<u8>),
}

impl Gunzip {
    pub(super) fn new() -> Self {
        Self {
            part: Part::Header(Vec::new()),
            inflate: Decompress::new(false),
            scratch: Vec::with_capacity(SCRATCH),
            crc: Crc32::new(),
            length: 0,
            some_member: false,
        }
    }

    /// Unpacks `chunk` into `sink`, whose error ends the work at once: what a file could still unfold to
    /// after that is never unpacked.
    pub(super) fn push(
        &mut self,
        mut chunk: &[u8],
        mut sink: impl FnMut(&[u8]) -> Result<(), IdxError>,
    ) -> Result<(), IdxError> {
        while !chunk.is_empty() {
            chunk = match &mut self.part {
                Part::Header(head) => {
                    let before = head.len();
                    head.extend_from_slice(&chunk[..chunk.len().min(HEADER_PIECE)]);
                    match header_len(head)? {
                        Some(len) => {
                            self.part = Part::Stream;
                            &chunk[len - before..]
                        }
                        None if head.len() > MAX_HEADER => return Err(IdxError::Gzip),
                        None => &chunk[head.len() - before..],
                    }
                }
                Part::Stream => self.inflate(chunk, &mut sink)?,
                Part::Trailer(tail) => {
                    let (missing, rest) = chunk.split_at(chunk.len().min(8 - tail.len()));
                    tail.extend_from_slice(missing);
                    if let Some(&tail) = tail.first_chunk() {
                        self.check(tail)?;
                    }
                    rest
                }
            };
        }
        Ok(())
    }

    /// Says that the file ends here: is the last member whole?
    pub(super) fn finish(&self) -> Result<(), IdxError> {
        match &self.part {
            Part::Header(head) if head.is_empty() && self.some_member => Ok(()),
            _ => Err(IdxError::Gzip),
        }
    }

    /// Unpacks into `sink` what `chunk` has of the stream, and gives what follows it.
    fn inflate<'c>(
        &mut self,
        mut chunk: &'c [u8],
        sink: &mut impl FnMut(&[u8]) -> Result<(), IdxError>,
    ) -> Result<&'c [u8], IdxError> {
        loop {
            let before = self.inflate.total_in();
            let status = self.inflate.decompress_vec(chunk, &mut self.scratch, FlushDecompress::None);
            let status = status.map_err(|_| IdxError::Gzip)?;
            chunk = &chunk[(self.inflate.total_in() - before) as usize..];
            self.crc.update(&self.scratch);
            self.length = self.length.wrapping_add(self.scratch.len() as u32);
            // Neither a full buffer nor one that is not need be all that there is to come out: the unpacker's window ends, too.
            let is_drained = self.scratch.is_empty();
            let poured = sink(&self.scratch);
            self.scratch.clear();
            poured?;
            if status == Status::StreamEnd {
                self.part = Part::Trailer(Vec::new());
                return Ok(chunk);
            }
            if chunk.is_empty() && is_drained {
                return Ok(chunk);
            }
        }
    }

    /// Holds what has come out of a member against its trailer, and goes on to the next one.
    fn check(&mut self, trailer: [u8; 8]) -> Result<(), IdxError> {
        let found = u64::from(self.crc.value()) | u64::from(self.length) << 32;
        if found.to_le_bytes() != trailer {
            return Err(IdxError::Gzip);
        }
        self.part = Part::Header(Vec::new());
        self.inflate.reset(false);
        self.crc.reset();
        self.length = 0;
        self.some_member = true;
        Ok(())
    }
}

/// The length of the header that `bytes` begin with; none if more of it has to come.
fn header_len(bytes: &[u8]) -> Result<Option<usize>, IdxError> {
    let Some((&[id1, id2, method, flags, ..], rest)) = bytes.split_first_chunk::<10>() else {
        return Ok(None);
    };
    if [id1, id2] != GZIP_MAGIC || method != DEFLATE || flags & RESERVED != 0 {
        return Err(IdxError::Gzip);
    }
    let Some(rest) = after_fields(flags, rest) else { return Ok(None) };
    let len = bytes.len() - rest.len();
    if flags & HEADER_CRC == 0 {
        return Ok(Some(len));
    }
    let Some(crc) = rest.first_chunk() else { return Ok(None) };
    let is_right = u16::from_le_bytes(*crc) == Crc32::of(&bytes[..len]) as u16;
    if is_right { Ok(Some(len + crc.len())) } else { Err(IdxError::Gzip) }
}

/// What follows the fields of a header, once they are there.
fn after_fields(flags: u8, mut rest: &[u8]) -> Option<&[u8]> {
    if flags & EXTRA != 0 {
        let (len, field) = rest.split_first_chunk()?;
        rest = field.get(u16::from_le_bytes(*len).into()..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|&byte| byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    Some(rest)
}
