//! A file that arrives: what it is, and what is in it.

use super::error::ImportError;
use super::found::Found;
use super::path;
use crate::data::formats::array::{ArrayFormat, ArrayReader};
use crate::data::formats::csv::CsvReader;
use crate::data::formats::foreign::{HDF5, describe, is_junk};
use crate::data::formats::gunzip::{BrokenGzip, GZIP_MAGIC, Gunzip};
use crate::data::formats::picture::is_picture_name;
use crate::data::formats::problem::FileProblem;
use crate::data::formats::zip::{Unzip, ZipError, ZipEvent};

/// The first bytes, which tell what a file is.
const HEAD_LEN: usize = 16;

/// The first bytes of HDF5, which also tell who has written it.
const HDF5_HEAD_LEN: usize = 2_048;

/// The packed files inside each other that are unpacked; a gzip file can contain itself.
const MAX_DEPTH: u8 = 3;

/// The largest file of a picture.
const MAX_PICTURE_LEN: usize = 1 << 27;

/// The largest file of a run: that of the largest network, with its moments.
const MAX_RUN_LEN: usize = 1 << 28;

/// The largest file of one-hot labels without a header.
const MAX_ONE_HOT_LEN: usize = 1 << 27;

/// A file that arrives, plain or packed.
#[derive(Debug)]
pub(super) struct Stream {
    path: String,
    /// The number of packed files around this one.
    depth: u8,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// Still unknown, with the bytes that have arrived.
    Unknown(Vec<u8>),
    Gzip(Box<Gunzip>, Box<Stream>),
    /// An archive, and the file of it that is arriving.
    Zip(Box<Unzip>, Option<Box<Stream>>),
    Array(Box<ArrayReader>),
    Table(Box<CsvReader>),
    Picture(Vec<u8>),
    /// Bytes of which each is 0 or 1.
    OneHot(Vec<u8>),
    /// A run of this page.
    Run(Vec<u8>),
    /// What cannot be read; a description of what it is.
    Foreign(String),
}

/// An error below a packed file: one with a name, or one of the packing.
enum Fault {
    Here(FileProblem),
    Below(ImportError),
}

impl From<BrokenGzip> for Fault {
    fn from(error: BrokenGzip) -> Self {
        Self::Here(error.into())
    }
}

impl From<ZipError> for Fault {
    fn from(error: ZipError) -> Self {
        Self::Here(error.into())
    }
}

impl From<ImportError> for Fault {
    fn from(error: ImportError) -> Self {
        Self::Below(error)
    }
}

impl Fault {
    fn named(self, path: &str) -> ImportError {
        match self {
            Self::Here(problem) => problem.of(path),
            Self::Below(error) => error,
        }
    }
}

impl Stream {
    pub(super) fn new(path: String) -> Self {
        Self::inside(path, 0)
    }

    fn inside(path: String, depth: u8) -> Self {
        let content = if is_junk(&path) {
            Content::Foreign(describe(&path, b"junk"))
        } else {
            Content::Unknown(Vec::new())
        };
        Self { path, depth, content }
    }

    /// Returns the number of images that have arrived of this file and are not found yet.
    pub(super) fn len(&self) -> usize {
        match &self.content {
            Content::Gzip(_, inner) | Content::Zip(_, Some(inner)) => inner.len(),
            Content::Array(reader) => reader.len(),
            Content::Table(reader) => reader.len(),
            _ => 0,
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8], found: &mut Found) -> Result<(), ImportError> {
        let Self { path, depth, content } = self;
        match content {
            Content::Unknown(head) => {
                head.extend_from_slice(bytes);
                let needed = if head.starts_with(HDF5) { HDF5_HEAD_LEN } else { HEAD_LEN };
                return if head.len() >= needed { self.identify(found) } else { Ok(()) };
            }
            Content::Gzip(gunzip, inner) => {
                let unpacked = gunzip.push(bytes, |bytes| Ok(inner.push(bytes, found)?));
                let unpacked: Result<(), Fault> = unpacked;
                return unpacked.map_err(|fault| fault.named(path));
            }
            Content::Zip(unzip, inner) => {
                let unpacked = unzip.push(bytes, |event| {
                    match event {
                        ZipEvent::Start(name) => {
                            let path = format!("{}/{name}", path::stem(path));
                            *inner = Some(Box::new(Self::inside(path, *depth + 1)));
                        }
                        ZipEvent::Data(bytes) => {
                            inner.as_mut().map_or(Ok(()), |inner| inner.push(bytes, found))?;
                        }
                        ZipEvent::End { is_intact } => {
                            inner.take().map_or(Ok(()), |inner| inner.close(is_intact, found))?;
                        }
                    }
                    Ok(())
                });
                return unpacked.map_err(|fault: Fault| fault.named(path));
            }
            Content::Array(reader) => reader
                .push(bytes, path::file_name(path))
                .map_err(|error| FileProblem::from(error).of(path))?,
            Content::Table(reader) => {
                reader.push(bytes).map_err(|error| FileProblem::from(error).of(path))?;
            }
            Content::Picture(file) if file.len() < MAX_PICTURE_LEN => file.extend_from_slice(bytes),
            Content::Run(file) if file.len() < MAX_RUN_LEN => file.extend_from_slice(bytes),
            Content::OneHot(labels) => {
                labels.extend_from_slice(bytes);
                if labels.len() > MAX_ONE_HOT_LEN || bytes.iter().any(|&byte| byte > 1) {
                    *content = Content::Foreign(describe(path, labels));
                }
            }
            Content::Picture(_) | Content::Run(_) | Content::Foreign(_) => {}
        }
        Ok(())
    }

    /// Ends the file; `is_intact` tells whether it matches its checksum.
    pub(super) fn close(mut self, is_intact: bool, found: &mut Found) -> Result<(), ImportError> {
        if let Content::Unknown(_) = self.content {
            self.identify(found)?;
        }
        let Self { path, content, .. } = self;
        match content {
            Content::Picture(_) if !is_intact => found.add_damaged(path),
            Content::Array(_) | Content::Table(_) if !is_intact => {
                return Err(FileProblem::Checksum.of(&path));
            }
            Content::Gzip(gunzip, inner) => {
                // Of a download that was cut off, the number of images that arrived says more.
                let unpacked = gunzip.finish().map_err(|error| FileProblem::from(error).of(&path));
                let closed = inner.close(is_intact, found);
                closed.and(unpacked)?;
            }
            Content::Zip(unzip, _) => unzip.finish().map_err(|error| FileProblem::from(error).of(&path))?,
            Content::Array(reader) => {
                let array = reader.finish().map_err(|error| FileProblem::from(error).of(&path))?;
                found.add_array(path, array);
            }
            Content::Table(reader) => {
                let table = reader.finish().map_err(|error| FileProblem::from(error).of(&path))?;
                found.add_table(path, table);
            }
            Content::Picture(bytes) => found.add_picture(path, bytes),
            Content::OneHot(labels) => found.add_one_hot(path, labels),
            Content::Run(bytes) => found.runs.push((path, bytes)),
            Content::Foreign(description) => found.add_foreign(path, description),
            Content::Unknown(_) => {}
        }
        Ok(())
    }

    /// Finds out what the file is, and reads the bytes that have arrived.
    fn identify(&mut self, found: &mut Found) -> Result<(), ImportError> {
        let Content::Unknown(head) = std::mem::replace(&mut self.content, Content::Unknown(Vec::new()))
        else {
            return Ok(());
        };
        let Self { path, depth, .. } = self;
        let extension = path::extension(path);
        let is_packable = *depth < MAX_DEPTH;
        self.content = match head.as_slice() {
            [first, second, ..] if [*first, *second] == GZIP_MAGIC && is_packable => {
                let inner = if extension == "gz" { path::stem(path) } else { path };
                Content::Gzip(Box::new(Gunzip::new()), Box::new(Self::inside(inner.to_owned(), *depth + 1)))
            }
            [b'P', b'K', 3 | 5, 4 | 6, ..] if is_packable => Content::Zip(Box::new(Unzip::new()), None),
            [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => {
                Content::Array(Box::new(ArrayReader::new(ArrayFormat::Npy)))
            }
            [0, 0, 0x08 | 0x09 | 0x0b..=0x0e, 1..=4, ..] => {
                Content::Array(Box::new(ArrayReader::new(ArrayFormat::Idx)))
            }
            [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] | [b'G', b'I', b'F', b'8', ..] => {
                Content::Picture(Vec::new())
            }
            _ if is_picture_name(path) => Content::Picture(Vec::new()),
            _ if extension == "bottleneck" => Content::Run(Vec::new()),
            [_, ..] if ["csv", "tsv"].contains(&extension.as_str()) => {
                Content::Table(Box::new(CsvReader::new()))
            }
            [_, ..] if head.iter().all(|&byte| byte <= 1) && extension != "txt" => {
                Content::OneHot(Vec::new())
            }
            head => Content::Foreign(describe(path::file_name(path), head)),
        };
        if head.is_empty() { Ok(()) } else { self.push(&head, found) }
    }
}
