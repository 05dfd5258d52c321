//! The format of TensorBoard's event files: the fields of two messages, and the framing of records.
//!
//! An event file is TensorFlow's record format (`tensorflow/core/lib/io/record_writer.h`) around messages of type `Event`
//! (`tensorflow/core/util/event.proto`), which hold a `Summary` (`tensorflow/core/framework/summary.proto`) in protocol
//! buffers' wire format. A dozen fields need no schema compiler.

/// A value with a tag.
pub enum Value {
    /// A point of a curve.
    Scalar(f32),
    /// An image.
    Image {
        /// The width in pixels.
        width: usize,
        /// The height in pixels.
        height: usize,
        /// The image as a grey PNG.
        png: Vec<u8>,
    },
}

/// Returns the first record of a file, the version of the format.
pub fn header(wall_time: f64) -> Vec<u8> {
    let mut event = Message::default();
    event.double(1, wall_time);
    event.bytes(3, b"brain.Event:2");
    record(&event.0)
}

/// Returns a record of values at a step; `wall_time` is in seconds since 1970.
pub fn summary(wall_time: f64, step: u64, values: &[(&str, Value)]) -> Vec<u8> {
    let mut summary = Message::default();
    for (tag, value) in values {
        let mut entry = Message::default();
        entry.bytes(1, tag.as_bytes());
        match value {
            Value::Scalar(scalar) => entry.float(2, *scalar),
            Value::Image { width, height, png } => {
                let mut image = Message::default();
                image.integer(1, *height as u64);
                image.integer(2, *width as u64);
                image.integer(3, GREY);
                image.bytes(4, png);
                entry.bytes(4, &image.0);
            }
        }
        summary.bytes(1, &entry.0);
    }
    let mut event = Message::default();
    event.double(1, wall_time);
    event.integer(2, step);
    event.bytes(5, &summary.0);
    record(&event.0)
}

/// The colour space of an image with one channel.
const GREY: u64 = 1;

/// Frames data: length, checksum of the length, data, checksum of the data.
fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    [&length[..], &masked(&length), data, &masked(data)].concat()
}

/// Returns the masked CRC-32C, as TensorFlow's records have it.
fn masked(bytes: &[u8]) -> [u8; 4] {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8).to_le_bytes()
}

/// A message in wire format.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn integer(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    fn double(&mut self, field: u64, value: f64) {
        self.varint(field << 3 | 1);
        self.0.extend(value.to_le_bytes());
    }

    fn bytes(&mut self, field: u64, value: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
    }

    fn float(&mut self, field: u64, value: f32) {
        self.varint(field << 3 | 5);
        self.0.extend(value.to_le_bytes());
    }

    /// Appends seven bits per byte, lowest first; the eighth bit says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}
