//! Tables of comma-separated values: an image in each row, or names of pictures and their labels, or labels alone.

use std::mem;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};
use thiserror::Error;

use super::MAX_ITEMS;
use super::labels::Labels;
use super::pixels::{Layout, PixelError, Pixels, Range};
use crate::data::decimal;

/// The bytes of a field that are kept.
const MAX_FIELD_LEN: usize = 256;

/// The bytes in which the first row must end.
const MAX_FIRST_ROW_LEN: usize = 1 << 22;

/// A fault of a table; the second half of a sentence.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CsvError {
    /// A row is longer or shorter than those before.
    #[error("row {row} has {found} columns, not {expected} like the rows before: save the table again")]
    Columns {
        /// The number of the row, from 1.
        row: usize,
        /// Its columns.
        found: usize,
        /// The columns of the rows before.
        expected: usize,
    },
    /// A pixel is not a number.
    #[error(
        "“{text}” in row {row} is not a number: a row holds the pixels of an image, and perhaps its label"
    )]
    NotANumber {
        /// The number of the row, from 1.
        row: usize,
        /// The field.
        text: String,
    },
    /// Both the first and the last column hold text.
    #[error("the first and the last column of row {row} are not both numbers: one of them must be a pixel")]
    TwoTexts {
        /// The number of the row, from 1.
        row: usize,
    },
    /// A value is no pixel.
    #[error(transparent)]
    Pixel(#[from] PixelError),
    /// There are more rows than memory holds.
    #[error("it has more than {MAX_ITEMS} rows: split it")]
    TooMany,
    /// There are no rows.
    #[error("it has no rows")]
    Empty,
}

/// The content of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Table {
    /// An image in each row; the labels, and the column that holds them, if there is one.
    Images(Pixels, Option<(Labels, String)>),
    /// The first column, which may hold names of pictures, and the column of labels: the only one, the one of that name, or the
    /// second.
    Labels { names: Vec<String>, labels: Labels, columns: usize },
}

/// A push parser of a table.
pub(crate) struct CsvReader {
    /// The first row, as far as it has arrived; its end tells the delimiter.
    head: Vec<u8>,
    reader: Option<Box<Reader>>,
    /// The field that is arriving.
    field: Vec<u8>,
    /// The fields of the row that have arrived.
    column: usize,
    rows: usize,
    first_row: Vec<String>,
    columns: usize,
    body: Option<Body>,
}

impl std::fmt::Debug for CsvReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvReader").field("rows", &self.rows).finish_non_exhaustive()
    }
}

enum Body {
    /// The pixels of each row without the columns that may be the label.
    Images {
        range: Range,
        bytes: Vec<u8>,
        row: Vec<f64>,
        candidates: Vec<Column>,
        /// The name of the column of labels, if the header has one.
        name: Option<String>,
    },
    Labels {
        names: Vec<String>,
        labels: Column,
    },
}

/// A column that may hold the labels.
#[derive(Default)]
struct Column {
    index: usize,
    labels: Labels,
    values: Vec<f64>,
}

impl Column {
    fn new(index: usize) -> Self {
        Self { index, ..Self::default() }
    }

    fn push(&mut self, text: &str) {
        self.labels.push(text);
        self.values.push(number(text).unwrap_or(f64::NAN));
    }

    /// Returns whether all values are whole numbers below 256.
    fn is_whole(&self) -> bool {
        self.values.iter().all(|&value| value.fract() == 0.0 && (0.0..256.0).contains(&value))
    }
}

impl CsvReader {
    pub(crate) fn new() -> Self {
        Self {
            head: Vec::new(),
            reader: None,
            field: Vec::new(),
            column: 0,
            rows: 0,
            first_row: Vec::new(),
            columns: 0,
            body: None,
        }
    }

    /// Parses the next bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<(), CsvError> {
        if self.reader.is_some() {
            return self.parse(bytes, false);
        }
        self.head.extend_from_slice(bytes);
        if self.head.contains(&b'\n') || self.head.len() > MAX_FIRST_ROW_LEN {
            self.begin()?;
        }
        Ok(())
    }

    /// Returns the content of the complete file.
    pub(crate) fn finish(mut self) -> Result<Table, CsvError> {
        if self.reader.is_none() {
            self.begin()?;
        }
        // Ends the last row if no line feed does.
        self.parse(&[], true)?;
        match self.body.take() {
            None => Err(CsvError::Empty),
            Some(Body::Labels { names, labels }) => {
                Ok(Table::Labels { names, labels: labels.labels, columns: self.columns })
            }
            Some(Body::Images { range, bytes, candidates, name, .. }) => {
                self.images(range, bytes, candidates, name)
            }
        }
    }

    /// Returns the number of rows so far.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Finds the delimiter, and parses what has arrived.
    fn begin(&mut self) -> Result<(), CsvError> {
        let head = mem::take(&mut self.head);
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
        let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let count = |delimiter: &u8| line.iter().filter(|byte| *byte == delimiter).count();
        let delimiter = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
        self.reader = Some(Box::new(ReaderBuilder::new().delimiter(delimiter).build()));
        self.parse(text, false)
    }

    /// Parses bytes, after which the file may end.
    fn parse(&mut self, mut bytes: &[u8], is_end: bool) -> Result<(), CsvError> {
        let Some(mut reader) = self.reader.take() else { return Ok(()) };
        let mut output = [0; MAX_FIELD_LEN];
        // To this reader, no bytes are the end.
        while is_end || !bytes.is_empty() {
            let (result, read, written) = reader.read_field(bytes, &mut output);
            bytes = &bytes[read..];
            let room = MAX_FIELD_LEN - self.field.len();
            self.field.extend_from_slice(&output[..written.min(room)]);
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::End => break,
                ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => {
                    let field = mem::take(&mut self.field);
                    self.add_field(String::from_utf8_lossy(&field).trim(), record_end)?;
                    self.field = field;
                    self.field.clear();
                }
            }
        }
        self.reader = Some(reader);
        Ok(())
    }

    fn add_field(&mut self, text: &str, is_last: bool) -> Result<(), CsvError> {
        if self.body.is_some() {
            self.add_cell(text)?;
            return if is_last { self.end_row() } else { Ok(()) };
        }
        self.first_row.push(text.to_owned());
        if !is_last {
            return Ok(());
        }
        let first_row = mem::take(&mut self.first_row);
        self.columns = first_row.len();
        if !self.choose_body(&first_row) {
            first_row.iter().try_for_each(|text| self.add_cell(text))?;
            self.end_row()?;
        }
        Ok(())
    }

    /// Chooses what rows are by the first one. Returns whether that is a header.
    fn choose_body(&mut self, row: &[String]) -> bool {
        let columns = row.len();
        let named = row.iter().position(|name| {
            ["label", "labels", "class", "target"].iter().any(|known| name.eq_ignore_ascii_case(known))
        });
        let is_labeled = Layout::from_row(columns - 1).is_some();
        if is_labeled || Layout::from_row(columns).is_some() {
            let candidates = match named {
                _ if !is_labeled => Vec::new(),
                Some(index) => vec![Column::new(index)],
                None => vec![Column::new(0), Column::new(columns - 1)],
            };
            let (range, bytes, row_values) = (Range::default(), Vec::new(), Vec::new());
            let name = named.map(|index| crate::nn::quoted(&row[index], 20));
            self.body = Some(Body::Images { range, bytes, row: row_values, candidates, name });
            // The header of a table without names counts its columns.
            let counts =
                |first: usize| row.iter().zip(first..).all(|(name, i)| number(name) == Some(i as f64));
            return row[1..columns - 1].iter().any(|text| number(text).is_none()) || counts(0) || counts(1);
        }
        let labels = Column::new(named.unwrap_or(1.min(columns - 1)));
        self.body = Some(Body::Labels { names: Vec::new(), labels });
        named.is_some()
    }

    fn add_cell(&mut self, text: &str) -> Result<(), CsvError> {
        let column = self.column;
        self.column += 1;
        match &mut self.body {
            Some(Body::Images { row, candidates, .. }) => {
                match candidates.iter_mut().find(|candidate| candidate.index == column) {
                    Some(candidate) => candidate.push(text),
                    None => row.push(number(text).ok_or_else(|| CsvError::NotANumber {
                        row: self.rows + 1,
                        text: crate::nn::quoted(text, 20),
                    })?),
                }
            }
            Some(Body::Labels { names, labels }) => {
                if column == labels.index {
                    labels.push(text);
                }
                if column == 0 {
                    names.push(text.to_owned());
                }
            }
            None => {}
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), CsvError> {
        self.rows += 1;
        let found = mem::take(&mut self.column);
        match &mut self.body {
            _ if self.rows > MAX_ITEMS => return Err(CsvError::TooMany),
            Some(Body::Images { range, bytes, row, .. }) if found == self.columns => {
                range.convert(row, self.rows - 1, bytes)?;
                row.clear();
            }
            Some(Body::Labels { labels, names }) if labels.labels.len() == names.len() => {}
            _ => return Err(CsvError::Columns { row: self.rows, found, expected: self.columns }),
        }
        Ok(())
    }

    /// Returns the images, and the labels: of the named column; else of the first or the last, whichever has more than one value;
    /// if both have, of the one with whole numbers; else of the first.
    fn images(
        &self,
        mut range: Range,
        mut bytes: Vec<u8>,
        mut candidates: Vec<Column>,
        name: Option<String>,
    ) -> Result<Table, CsvError> {
        let mut labels = None;
        if let [first, last] = candidates.as_slice() {
            let varies = |column: &Column| column.labels.names.len() > 1;
            let is_last = match (first.labels.fit_into_bytes(), last.labels.fit_into_bytes()) {
                (true, true) if varies(first) == varies(last) => !first.is_whole() && last.is_whole(),
                (true, true) => varies(last),
                (is_first, is_last) => is_last && !is_first && varies(last),
            };
            let label = candidates.remove(usize::from(is_last));
            let column = if is_last { "last column" } else { "first column" };
            labels = label.labels.fit_into_bytes().then(|| (label.labels, column.to_owned()));
        } else if let (Some(name), Some(label)) = (name, candidates.pop()) {
            let column = format!("column “{name}”");
            labels = label.labels.fit_into_bytes().then_some((label.labels, column));
        }
        // What is not the label is a pixel.
        let mut edge = Vec::new();
        let other = candidates.pop();
        if let Some(other) = &other {
            if let Some(row) = other.values.iter().position(|value| value.is_nan()) {
                return Err(CsvError::TwoTexts { row: row + 1 });
            }
            for (row, &value) in other.values.iter().enumerate() {
                let was_wide = range.is_wide();
                range.convert(&[value], row, &mut edge)?;
                if range.is_wide() && !was_wide {
                    bytes.iter_mut().for_each(Range::widen);
                }
            }
        }
        let is_before = other.as_ref().is_some_and(|other| other.index == 0);
        let middle = bytes.len().checked_div(self.rows).unwrap_or_default().max(1);
        let layout = Layout::from_row(middle + edge.len().min(1));
        let mut pixels = Pixels::with_range(layout.ok_or(CsvError::Empty)?, range);
        for (row, middle) in bytes.chunks(middle).enumerate() {
            let edge = edge.get(row..=row).unwrap_or_default();
            let parts = if is_before { [edge, middle] } else { [middle, edge] };
            pixels.push_bytes(&parts.concat())?;
        }
        Ok(Table::Images(pixels, labels))
    }
}

/// Parses a number; most are pixels of three digits at most.
fn number(text: &str) -> Option<f64> {
    let digits = text.as_bytes();
    if (1..=3).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) {
        return Some(digits.iter().fold(0.0, |value, digit| 10.0 * value + f64::from(digit - b'0')));
    }
    decimal::parse_double(text)
}
