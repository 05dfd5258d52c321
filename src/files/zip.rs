//! A zip archive of files that are stored as they are: parameters cannot be packed.
//!
//! The format: "APPNOTE.TXT - .ZIP File Format Specification", PKWARE, 2022.

use crate::data::crc::Crc32;

/// The version that readers need, names in UTF-8, no compression, and 1 January 1980.
const HEADER: [u8; 10] = [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];

/// Writes an archive of files with their names, less than 4 GB together.
pub fn write_zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let offset = (zip.len() as u32).to_le_bytes();
        let (len, name_len) = ((bytes.len() as u32).to_le_bytes(), (name.len() as u32).to_le_bytes());
        // Without extra fields.
        let head = [&HEADER[..], &Crc32::of(bytes).to_le_bytes(), &len, &len, &name_len].concat();
        zip.extend([b"PK\x03\x04", &head[..], name.as_bytes(), bytes].concat());
        directory.extend([b"PK\x01\x02\x14\0", &head[..], &[0; 10], &offset, name.as_bytes()].concat());
    }
    let count = (files.len() as u16).to_le_bytes();
    let ends = [directory.len() as u32, zip.len() as u32].map(u32::to_le_bytes);
    zip.extend(directory);
    zip.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count, ends.as_flattened(), &[0; 2]].concat());
    zip
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::import::Import;

    #[test]
    fn an_archive_is_read_back() {
        let files =
            [("a · b.bottleneck".to_owned(), b"a run".to_vec()), ("c.bottleneck".to_owned(), vec![7; 99])];
        let mut import = Import::default();
        import.open("runs.zip");
        import.push(&write_zip(&files)).unwrap();
        import.close().unwrap();
        let names = files.map(|(name, bytes)| (format!("runs/{name}"), bytes));
        assert_eq!(import.take_runs(), names);
    }
}
