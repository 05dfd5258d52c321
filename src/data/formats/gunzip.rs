//! A push decoder of gzip: everything that can be unpacked is output immediately, at most 32 KiB at a time.
//!
//! The format: members one after another, each a header, a DEFLATE stream, and a trailer of eight bytes with its
//! checksum and length (RFC 1952).

use flate2::{Decompress, FlushDecompress, Status};

use crate::data::crc::Crc32;

/// The first two bytes of a gzip file (RFC 1952, section 2.3.1).
pub(crate) const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The size of the output buffer in bytes.
const BUFFER_LEN: usize = 1 << 15;

/// The largest accepted header of a member; a header may hold a comment of any length.
const MAX_HEADER_LEN: usize = 1 << 17;

/// The bytes of a header that are parsed at a time: a file may have millions of empty members.
const HEADER_CHUNK: usize = 1 << 8;

/// The only compression method of gzip.
const DEFLATE: u8 = 8;

// Flags of a header: the fields that follow its first ten bytes.
const HEADER_CRC: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// The fault of a gzip file: its stream is damaged or cut off, a checksum is wrong, or other bytes follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BrokenGzip;

/// A decoder of one gzip file of one or more members.
#[derive(Debug)]
pub(crate) struct Gunzip {
    part: Part,
    inflate: Decompress,
    buffer: Vec<u8>,
    /// The checksum of the member's unpacked bytes.
    crc: Crc32,
    /// The number of these bytes modulo 2³², as in the trailer.
    length: u32,
    /// Whether a complete member has been read.
    has_member: bool,
}

/// The part of a member that is being read.
#[derive(Debug)]
enum Part {
    /// The header, with the bytes of it that have arrived.
    Header(Vec<u8>),
    Stream,
    /// The trailer, with the bytes of it that have arrived.
    Trailer(Vec<u8>),
}

impl Gunzip {
    pub(crate) fn new() -> Self {
        Self {
            part: Part::Header(Vec::new()),
            inflate: Decompress::new(false),
            buffer: Vec::with_capacity(BUFFER_LEN),
            crc: Crc32::new(),
            length: 0,
            has_member: false,
        }
    }

    /// Unpacks `chunk` into `sink`. An error of `sink` ends the work at once, which stops a gzip bomb.
    pub(crate) fn push<E: From<BrokenGzip>>(
        &mut self,
        mut chunk: &[u8],
        mut sink: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        while !chunk.is_empty() {
            chunk = match &mut self.part {
                Part::Header(head) => {
                    let before = head.len();
                    head.extend_from_slice(&chunk[..chunk.len().min(HEADER_CHUNK)]);
                    match header_len(head)? {
                        Some(len) => {
                            self.part = Part::Stream;
                            &chunk[len - before..]
                        }
                        None if head.len() > MAX_HEADER_LEN => return Err(BrokenGzip.into()),
                        None => &chunk[head.len() - before..],
                    }
                }
                Part::Stream => self.inflate(chunk, &mut sink)?,
                Part::Trailer(tail) => {
                    let (missing, rest) = chunk.split_at(chunk.len().min(8 - tail.len()));
                    tail.extend_from_slice(missing);
                    if let Some(&tail) = tail.first_chunk() {
                        self.finish_member(tail)?;
                    }
                    rest
                }
            };
        }
        Ok(())
    }

    /// Checks that the file ends after a complete member.
    pub(crate) fn finish(&self) -> Result<(), BrokenGzip> {
        match &self.part {
            Part::Header(head) if head.is_empty() && self.has_member => Ok(()),
            _ => Err(BrokenGzip),
        }
    }

    /// Unpacks the part of the stream that is in `chunk` into `sink`, and returns the bytes after it.
    fn inflate<'c, E: From<BrokenGzip>>(
        &mut self,
        mut chunk: &'c [u8],
        sink: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<&'c [u8], E> {
        loop {
            let before = self.inflate.total_in();
            let status = self.inflate.decompress_vec(chunk, &mut self.buffer, FlushDecompress::None);
            let status = status.map_err(|_| BrokenGzip)?;
            chunk = &chunk[(self.inflate.total_in() - before) as usize..];
            self.crc.update(&self.buffer);
            self.length = self.length.wrapping_add(self.buffer.len() as u32);
            // A buffer that is not full does not mean that all was output: the decompressor's window also ends.
            let is_drained = self.buffer.is_empty();
            let sunk = sink(&self.buffer);
            self.buffer.clear();
            sunk?;
            if status == Status::StreamEnd {
                self.part = Part::Trailer(Vec::new());
                return Ok(chunk);
            }
            if chunk.is_empty() && is_drained {
                return Ok(chunk);
            }
        }
    }

    /// Checks the trailer of a member, and prepares for the next one.
    fn finish_member(&mut self, trailer: [u8; 8]) -> Result<(), BrokenGzip> {
        let expected = u64::from(self.crc.value()) | u64::from(self.length) << 32;
        if expected.to_le_bytes() != trailer {
            return Err(BrokenGzip);
        }
        self.part = Part::Header(Vec::new());
        self.inflate.reset(false);
        self.crc.reset();
        self.length = 0;
        self.has_member = true;
        Ok(())
    }
}

/// Returns the length of the header at the start of `bytes`, or `None` if more bytes are needed.
fn header_len(bytes: &[u8]) -> Result<Option<usize>, BrokenGzip> {
    let Some((&[id1, id2, method, flags, ..], rest)) = bytes.split_first_chunk::<10>() else {
        return Ok(None);
    };
    if [id1, id2] != GZIP_MAGIC || method != DEFLATE || flags & RESERVED != 0 {
        return Err(BrokenGzip);
    }
    let Some(rest) = skip_fields(flags, rest) else { return Ok(None) };
    let len = bytes.len() - rest.len();
    if flags & HEADER_CRC == 0 {
        return Ok(Some(len));
    }
    let Some(crc) = rest.first_chunk() else { return Ok(None) };
    let is_correct = u16::from_le_bytes(*crc) == Crc32::of(&bytes[..len]) as u16;
    if is_correct { Ok(Some(len + crc.len())) } else { Err(BrokenGzip) }
}

/// Returns the bytes after a header's optional fields, or `None` if the fields are incomplete.
fn skip_fields(flags: u8, mut rest: &[u8]) -> Option<&[u8]> {
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
