//! A push parser of zip archives, from the first byte to the last, so that a large one is never whole in memory.
//!
//! The format: "APPNOTE.TXT - .ZIP File Format Specification", PKWARE, 2022. Entries stand one after another, each with a header
//! of its own; the directory at the end, which repeats them, is not needed. The crate `rc-zip` begins with that directory, and
//! would take more of the page's program than all other readers together.

use flate2::{Decompress, FlushDecompress, Status};
use thiserror::Error;

use crate::data::crc::Crc32;

/// The first two bytes of every header.
const MAGIC: [u8; 2] = *b"PK";

/// The header of an entry without its name and extra fields.
const HEADER_LEN: usize = 30;

/// The size that stands for one of 64 bits in the extra fields.
const SIZE_IN_EXTRA: u64 = 0xffff_ffff;

/// The identifier of the extra field with sizes of 64 bits.
const ZIP64: u16 = 1;

const BUFFER_LEN: usize = 1 << 15;

// Flags of an entry.
const ENCRYPTED: u16 = 1;
const SIZES_FOLLOW: u16 = 1 << 3;

// Methods of compression.
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// A fault of a zip archive; the second half of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ZipError {
    /// The archive is damaged or cut off.
    #[error("the zip archive is damaged or cut off: download or pack it again")]
    Broken,
    /// An entry needs a password.
    #[error("the zip archive is locked with a password: unpack it, and drop the folder")]
    Locked,
    /// An entry is packed by another method, or can only be read from the end of the archive.
    #[error(
        "the zip archive is packed by a method that this program does not know: unpack it, and drop the folder"
    )]
    Method,
}

/// What is found in an archive.
#[derive(Debug)]
pub(crate) enum ZipEvent<'a> {
    /// A file of this name begins.
    Start(String),
    Data(&'a [u8]),
    /// The file ends. Its checksum is right or wrong.
    End {
        is_intact: bool,
    },
}

/// A push parser of one archive.
#[derive(Debug)]
pub(crate) struct Unzip {
    state: State,
    crc: Crc32,
    buffer: Vec<u8>,
}

#[derive(Debug)]
enum State {
    /// A header, with the bytes of it that have arrived.
    Header(Vec<u8>),
    Stored {
        left: u64,
        entry: Entry,
    },
    Deflated {
        inflate: Box<Decompress>,
        entry: Entry,
    },
    /// What follows an entry whose header lacks checksum and sizes.
    Descriptor(Vec<u8>),
    /// The directory, which is not read.
    Directory,
}

/// An entry's header.
#[derive(Clone, Copy, Debug)]
struct Entry {
    crc: u32,
    /// Whether checksum and sizes follow the data.
    sizes_follow: bool,
    is_folder: bool,
}

impl Unzip {
    pub(crate) fn new() -> Self {
        Self { state: State::Header(Vec::new()), crc: Crc32::new(), buffer: Vec::with_capacity(BUFFER_LEN) }
    }

    /// Unpacks `chunk` into `sink`, whose error ends the work.
    pub(crate) fn push<E: From<ZipError>>(
        &mut self,
        mut chunk: &[u8],
        mut sink: impl FnMut(ZipEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        while !chunk.is_empty() {
            chunk = match &mut self.state {
                State::Directory => return Ok(()),
                State::Header(head) => {
                    let before = head.len();
                    let wanted = wanted_len(head)?;
                    head.extend_from_slice(&chunk[..chunk.len().min(wanted - before)]);
                    let read = head.len() - before;
                    if wanted_len(head)? == head.len() {
                        let head = std::mem::take(head);
                        self.start(&head, &mut sink)?;
                    }
                    &chunk[read..]
                }
                State::Stored { left, entry } => {
                    let (data, rest) = chunk
                        .split_at(usize::try_from(*left).map_or(chunk.len(), |left| left.min(chunk.len())));
                    *left -= data.len() as u64;
                    let (is_last, entry) = (*left == 0, *entry);
                    self.data(data, entry, &mut sink)?;
                    if is_last {
                        self.end(entry, &mut sink)?;
                    }
                    rest
                }
                State::Deflated { .. } => self.inflate(chunk, &mut sink)?,
                State::Descriptor(tail) => {
                    // Its length depends on the program that wrote it: the next header tells where it ends.
                    tail.push(chunk[0]);
                    let is_end =
                        |&at: &usize| tail.len() == at + 4 && tail[at..at + 2] == MAGIC && tail[at + 2] < 7;
                    if let Some(at) = [12, 16, 20, 24].into_iter().find(is_end) {
                        let crc_at = if tail.starts_with(b"PK\x07\x08") { 4 } else { 0 };
                        let crc = u32_at(tail, crc_at);
                        let head = tail[at..].to_vec();
                        self.finish_entry(crc, &mut sink)?;
                        self.state = State::Header(head.clone());
                        if !head.starts_with(b"PK\x03\x04") {
                            self.state = State::Directory;
                        }
                    } else if tail.len() > 28 {
                        return Err(ZipError::Broken.into());
                    }
                    &chunk[1..]
                }
            };
        }
        Ok(())
    }

    /// Checks that the archive is complete up to its directory.
    pub(crate) fn finish(&self) -> Result<(), ZipError> {
        if matches!(self.state, State::Directory) { Ok(()) } else { Err(ZipError::Broken) }
    }

    /// Starts the entry of a complete header.
    fn start<E: From<ZipError>>(
        &mut self,
        head: &[u8],
        sink: &mut impl FnMut(ZipEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if !head.starts_with(b"PK\x03\x04") {
            self.state = State::Directory;
            return Ok(());
        }
        let (flags, method) = (u16_at(head, 6), u16_at(head, 8));
        let (name, mut extra) = head[HEADER_LEN..].split_at(u16_at(head, 26).into());
        let (mut packed, unpacked) = (u64::from(u32_at(head, 18)), u64::from(u32_at(head, 22)));
        while let Some((start, rest)) = extra.split_at_checked(4) {
            let (field, rest) = rest.split_at_checked(u16_at(start, 2).into()).ok_or(ZipError::Broken)?;
            // The unpacked size stands before the packed one.
            let at = if unpacked == SIZE_IN_EXTRA { 8 } else { 0 };
            if u16_at(start, 0) == ZIP64
                && packed == SIZE_IN_EXTRA
                && let Some(size) = field.get(at..).and_then(<[u8]>::first_chunk)
            {
                packed = u64::from_le_bytes(*size);
            }
            extra = rest;
        }
        let name = String::from_utf8_lossy(name).replace('\\', "/");
        let sizes_follow = flags & SIZES_FOLLOW != 0;
        let entry = Entry { crc: u32_at(head, 14), sizes_follow, is_folder: name.ends_with('/') };
        self.crc.reset();
        self.state = match method {
            _ if flags & ENCRYPTED != 0 => return Err(ZipError::Locked.into()),
            STORED if !sizes_follow => State::Stored { left: packed, entry },
            DEFLATED => State::Deflated { inflate: Box::new(Decompress::new(false)), entry },
            // Of a folder, nothing follows.
            STORED if entry.is_folder && packed == 0 => State::Stored { left: 0, entry },
            _ => return Err(ZipError::Method.into()),
        };
        if !entry.is_folder {
            sink(ZipEvent::Start(name))?;
        }
        if let State::Stored { left: 0, .. } = self.state {
            self.end(entry, sink)?;
        }
        Ok(())
    }

    /// Unpacks the part of an entry that is in `chunk`, and returns the bytes after it.
    fn inflate<'c, E: From<ZipError>>(
        &mut self,
        mut chunk: &'c [u8],
        sink: &mut impl FnMut(ZipEvent<'_>) -> Result<(), E>,
    ) -> Result<&'c [u8], E> {
        loop {
            let State::Deflated { inflate, entry } = &mut self.state else { return Ok(chunk) };
            let (before, entry) = (inflate.total_in(), *entry);
            let status = inflate.decompress_vec(chunk, &mut self.buffer, FlushDecompress::None);
            let status = status.map_err(|_| ZipError::Broken)?;
            chunk = &chunk[(inflate.total_in() - before) as usize..];
            let data = std::mem::take(&mut self.buffer);
            let sunk = self.data(&data, entry, sink);
            let is_drained = data.is_empty();
            self.buffer = data;
            self.buffer.clear();
            sunk?;
            if status == Status::StreamEnd {
                self.end(entry, sink)?;
                return Ok(chunk);
            }
            if chunk.is_empty() && is_drained {
                return Ok(chunk);
            }
        }
    }

    fn data<E>(
        &mut self,
        data: &[u8],
        entry: Entry,
        sink: &mut impl FnMut(ZipEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.crc.update(data);
        if entry.is_folder { Ok(()) } else { sink(ZipEvent::Data(data)) }
    }

    /// Ends the data of an entry.
    fn end<E>(
        &mut self,
        entry: Entry,
        sink: &mut impl FnMut(ZipEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if entry.sizes_follow {
            self.state = State::Descriptor(Vec::new());
            return Ok(());
        }
        self.state = State::Header(Vec::new());
        if entry.is_folder { Ok(()) } else { self.finish_entry(entry.crc, sink) }
    }

    fn finish_entry<E>(
        &mut self,
        crc: u32,
        sink: &mut impl FnMut(ZipEvent<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        sink(ZipEvent::End { is_intact: self.crc.value() == crc })
    }
}

/// Returns the length of a header of which the beginning is known, or as much of it as must be known first.
fn wanted_len(head: &[u8]) -> Result<usize, ZipError> {
    match head {
        [_, _, third, ..] if !head.starts_with(&MAGIC) || *third > 6 => Err(ZipError::Broken),
        // A header of the directory: four bytes tell.
        [_, _, third, fourth, ..] if (*third, *fourth) != (3, 4) => Ok(4),
        _ if head.len() < 4 => Ok(4),
        _ if head.len() < HEADER_LEN => Ok(HEADER_LEN),
        _ => Ok(HEADER_LEN + usize::from(u16_at(head, 26)) + usize::from(u16_at(head, 28))),
    }
}

/// # Panics
/// If there are fewer than two bytes at `at`.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

/// # Panics
/// If there are fewer than four bytes at `at`.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}
