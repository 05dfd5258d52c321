//! A strict parser of TensorBoard's event files. `read_events.py` reads them with TensorBoard itself.

use std::fs;
use std::path::Path;

/// The fields of an event that are tested.
#[derive(Default)]
pub(crate) struct Event {
    pub(crate) version: Option<String>,
    pub(crate) step: u64,
    pub(crate) loss: Option<f32>,
    pub(crate) test_loss: Option<f32>,
    pub(crate) images: Vec<Image>,
}

pub(crate) struct Image {
    pub(crate) tag: String,
    pub(crate) size: (usize, usize),
    pub(crate) png: Vec<u8>,
}

/// Parses all events of a file and checks the checksums.
pub(crate) fn read(path: &Path) -> Vec<Event> {
    let bytes = fs::read(path).expect("a file");
    let mut rest = bytes.as_slice();
    let mut events = Vec::new();
    while !rest.is_empty() {
        let (length, data) = (&rest[..8], &rest[12..]);
        assert_eq!(masked_crc(length).to_le_bytes(), rest[8..12], "the length of record {}", events.len());
        let (data, after) = data.split_at(u64::from_le_bytes(length.try_into().unwrap()) as usize);
        assert_eq!(masked_crc(data).to_le_bytes(), after[..4], "the data of record {}", events.len());
        events.push(event(data));
        rest = &after[4..];
    }
    events
}

/// Computes CRC-32C bit by bit (RFC 3720, appendix B.4), masked as in TensorFlow.
fn masked_crc(bytes: &[u8]) -> u32 {
    let crc = !bytes.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0x82f6_3b78 * (crc & 1)))
    });
    crc.rotate_left(17).wrapping_add(0xa282_ead8)
}

#[test]
fn the_checksum_agrees_with_the_rfc() {
    let crc = masked_crc(b"123456789").wrapping_sub(0xa282_ead8).rotate_right(17);
    assert_eq!(crc, 0xe306_9283);
}

fn event(bytes: &[u8]) -> Event {
    let mut event = Event::default();
    for (number, field) in fields(bytes) {
        match (number, field) {
            (1, Field::Double(seconds)) => assert!(seconds > 1.7e9, "a wall time of {seconds}"),
            (2, Field::Integer(step)) => event.step = step,
            (3, Field::Bytes(version)) => event.version = Some(text(version)),
            (5, Field::Bytes(summary)) => {
                for (number, field) in fields(summary) {
                    let (1, Field::Bytes(entry)) = (number, field) else {
                        panic!("field {number} of a summary")
                    };
                    value(entry, &mut event);
                }
            }
            _ => panic!("field {number} of an event"),
        }
    }
    event
}

fn value(bytes: &[u8], event: &mut Event) {
    let mut fields = fields(bytes).into_iter();
    let Some((1, Field::Bytes(tag))) = fields.next() else { panic!("a value without a tag") };
    match fields.next() {
        Some((2, Field::Float(loss))) if tag == b"Loss" => event.loss = Some(loss),
        Some((2, Field::Float(loss))) if tag == b"Test loss" => event.test_loss = Some(loss),
        Some((4, Field::Bytes(bytes))) => event.images.push(image(text(tag), bytes)),
        _ => panic!("the value of {}", text(tag)),
    }
    assert!(fields.next().is_none());
}

fn image(tag: String, bytes: &[u8]) -> Image {
    let fields = fields(bytes);
    let [
        (1, Field::Integer(height)),
        (2, Field::Integer(width)),
        (3, Field::Integer(1)),
        (4, Field::Bytes(png)),
    ] = fields[..]
    else {
        panic!("the image {tag}")
    };
    Image { tag, size: (width as usize, height as usize), png: png.to_vec() }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[derive(Clone, Copy)]
enum Field<'a> {
    Integer(u64),
    Double(f64),
    Bytes(&'a [u8]),
    Float(f32),
}

/// Parses the fields of a message: numbers and values.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let field = match key & 7 {
            0 => Field::Integer(varint(&mut bytes)),
            1 => Field::Double(f64::from_le_bytes(take(&mut bytes, 8).try_into().unwrap())),
            2 => {
                let length = varint(&mut bytes) as usize;
                Field::Bytes(take(&mut bytes, length))
            }
            5 => Field::Float(f32::from_le_bytes(take(&mut bytes, 4).try_into().unwrap())),
            other => panic!("wire type {other}"),
        };
        fields.push((key >> 3, field));
    }
    fields
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let length = 1 + bytes.iter().position(|byte| byte & 0x80 == 0).expect("an end");
    let seven = take(bytes, length).iter().rev();
    seven.fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f))
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(count);
    *bytes = rest;
    taken
}
