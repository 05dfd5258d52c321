//! Files as people have them, made here, each read to the right images, labels and split.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use bottleneck::data::import::{Import, ImportError, Imported};
use bottleneck::data::{Dataset, PIXELS, SIDE, picture, synthetic};
use bottleneck::files::{Format, Loaded, describe_foreign, read};
use bottleneck::nn::Loss;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::{DeflateEncoder, GzEncoder};
use serde::Deserialize;

#[path = "support/files.rs"]
mod support;

/// Reads files in chunks of `len` bytes.
fn import_by(files: &[(&str, Vec<u8>)], len: usize) -> Result<Imported, ImportError> {
    let mut import = Import::default();
    for (path, bytes) in files {
        import.open(path);
        for chunk in bytes.chunks(len) {
            import.push(chunk)?;
        }
        import.close()?;
        while let Some(picture) = import.next_picture() {
            let images = image::load_from_memory(&picture.bytes).ok().map(|decoded| {
                let rgba = decoded.into_rgba8();
                let mut images = Vec::new();
                picture::to_images(&rgba, rgba.width() as usize, rgba.height() as usize, &mut images);
                images
            });
            import.finish_picture(picture.index, images);
        }
    }
    import.finish()
}

/// Reads files, which give the same in chunks of any size.
fn import(files: &[(&str, Vec<u8>)]) -> Imported {
    let at_once = import_by(files, usize::MAX).unwrap_or_else(|error| panic!("{error}"));
    for len in [7, 1000] {
        let again = import_by(files, len).unwrap();
        assert_eq!(
            (&again.train, &again.test, again.digest),
            (&at_once.train, &at_once.test, at_once.digest)
        );
    }
    at_once
}

fn sentence(files: &[(&str, Vec<u8>)]) -> String {
    import_by(files, 1000).expect_err("files that make no dataset").to_string()
}

/// The images and labels of the built-in digits from `first` on.
fn digits(first: u32, count: u32) -> (Vec<u8>, Vec<u8>) {
    let (mut images, mut labels, mut pixels) = (Vec::new(), Vec::new(), [0; PIXELS]);
    for index in first..first + count {
        labels.push(synthetic::draw(5, index, &mut pixels));
        images.extend_from_slice(&pixels);
    }
    (images, labels)
}

/// Returns the images with their labels, sorted, wherever they are.
fn sorted(datasets: &[&Dataset]) -> Vec<(Vec<u8>, Option<u8>)> {
    let of = |dataset: &Dataset| {
        (0..dataset.len()).map(|i| (dataset.image(i).to_vec(), dataset.label(i))).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = datasets.iter().flat_map(|dataset| of(dataset)).collect();
    all.sort();
    all
}

/// Checks that a dataset has these images and labels, in this order.
fn assert_is(dataset: &Dataset, images: &[u8], labels: &[u8]) {
    assert_eq!(dataset.len(), images.len() / PIXELS);
    assert!(dataset.images(dataset.len()) == images, "the images differ");
    assert_eq!(dataset.labels(), labels);
}

/// Checks that both parts together have these images and labels.
fn assert_holds(imported: &Imported, images: &[u8], labels: &[u8]) {
    let count = images.len() / PIXELS;
    assert_eq!((imported.train.len(), imported.test.len()), (count - count / 7, count / 7));
    assert!(
        sorted(&[&imported.train, &imported.test])
            == sorted(&[&Dataset::from_bytes(PIXELS, images.to_vec(), labels.to_vec())])
    );
}

fn idx(kind: u8, shape: &[u32], elements: &[u8]) -> Vec<u8> {
    let dimensions = shape.iter().flat_map(|length| length.to_be_bytes());
    [0, 0, kind, shape.len() as u8].into_iter().chain(dimensions).chain(elements.iter().copied()).collect()
}

fn idx_images(images: &[u8]) -> Vec<u8> {
    idx(8, &[(images.len() / PIXELS) as u32, 28, 28], images)
}

fn idx_labels(labels: &[u8]) -> Vec<u8> {
    idx(8, &[labels.len() as u32], labels)
}

fn npy(descr: &str, shape: &str, elements: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes(), elements].concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap()
}

/// How an entry of a zip archive is written.
#[derive(Clone, Copy)]
enum Packing {
    Stored,
    Deflated,
    /// With checksum and sizes after the data, as the Finder and streams have it.
    Streamed,
    /// With sizes of 64 bits, as NumPy has it.
    Zip64,
}

fn zip(packing: Packing, files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in files {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        let deflated = encoder.write_all(content).and_then(|()| encoder.finish()).unwrap();
        let is_stored = matches!(packing, Packing::Stored);
        let data = if is_stored { content } else { &deflated };
        let crc = crc32fast::hash(content).to_le_bytes();
        let sizes = [data.len() as u32, content.len() as u32].map(u32::to_le_bytes).concat();
        let mut extra = Vec::new();
        let (flags, header_crc, header_sizes) = match packing {
            Packing::Streamed => (8_u16, [0; 4], vec![0; 8]),
            Packing::Zip64 => {
                extra.extend([1, 0, 16, 0]);
                extra.extend([content.len() as u64, data.len() as u64].map(u64::to_le_bytes).concat());
                (0, crc, vec![255; 8])
            }
            _ => (0, crc, sizes.clone()),
        };
        bytes.extend(b"PK\x03\x04\x14\x00");
        bytes.extend(flags.to_le_bytes());
        bytes.extend(if is_stored { [0, 0] } else { [8, 0] });
        bytes.extend([0; 4]);
        bytes.extend(header_crc);
        bytes.extend(header_sizes);
        bytes.extend((name.len() as u16).to_le_bytes());
        bytes.extend((extra.len() as u16).to_le_bytes());
        bytes.extend(name.bytes());
        bytes.extend(extra);
        bytes.extend(data);
        if flags == 8 {
            bytes.extend(b"PK\x07\x08");
            bytes.extend(crc);
            bytes.extend(sizes);
        }
    }
    // The directory is not read, but its beginning ends the last file.
    bytes.extend(b"PK\x01\x02");
    bytes.extend([0; 42]);
    bytes
}

/// Encodes a grey picture as PNG.
fn png(greys: &[u8], width: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(Cursor::new(&mut bytes), width, greys.len() as u32 / width);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(greys).unwrap();
    bytes
}

fn csv(images: &[u8], row: impl Fn(usize, &str) -> String) -> Vec<u8> {
    let rows = images
        .chunks(PIXELS)
        .enumerate()
        .map(|(index, image)| row(index, &image.iter().map(u8::to_string).collect::<Vec<_>>().join(",")));
    rows.collect::<Vec<_>>().join("\n").into_bytes()
}

#[test]
fn mnists_four_files_under_any_of_their_names_keep_their_split() {
    let ((images, labels), (test_images, test_labels)) = (digits(0, 50), digits(50, 21));
    for names in [
        [
            "train-images-idx3-ubyte.gz",
            "train-labels-idx1-ubyte.gz",
            "t10k-images-idx3-ubyte.gz",
            "t10k-labels-idx1-ubyte.gz",
        ],
        [
            "train-images.idx3-ubyte",
            "train-labels.idx1-ubyte",
            "t10k-images.idx3-ubyte",
            "t10k-labels.idx1-ubyte",
        ],
        [
            "kmnist/train-images-idx3-ubyte",
            "kmnist/train-labels-idx1-ubyte",
            "kmnist/test-images",
            "kmnist/test-labels",
        ],
    ] {
        let contents =
            [idx_images(&images), idx_labels(&labels), idx_images(&test_images), idx_labels(&test_labels)];
        let pack = |name: &str, bytes: Vec<u8>| if name.ends_with("gz") { gzip(&bytes) } else { bytes };
        let mut files: Vec<_> =
            names.into_iter().zip(contents).map(|(name, bytes)| (name, pack(name, bytes))).collect();
        // In any order, and unpacked side by side.
        files.rotate_left(2);
        if names[0].ends_with("gz") {
            files.push(("train-images-idx3-ubyte", idx_images(&images)));
        }
        let imported = import(&files);
        assert_is(&imported.train, &images, &labels);
        assert_is(&imported.test, &test_images, &test_labels);
        assert!(imported.report.to_string().starts_with("71 images in 10 classes."), "{}", imported.report);
    }
}

#[test]
fn qmnists_labels_are_their_first_column() {
    let (images, labels) = digits(0, 40);
    let rows: Vec<u8> = labels
        .iter()
        .flat_map(|&label| [u32::from(label), 1, 2, 3, 4, 5, 6, 7].map(u32::to_be_bytes).concat())
        .collect();
    let files = [
        ("qmnist-train-images-idx3-ubyte", idx_images(&images)),
        ("qmnist-train-labels-idx2-int", idx(0x0c, &[40, 8], &rows)),
    ];
    assert_holds(&import(&files), &images, &labels);
}

#[test]
fn images_of_another_size_are_scaled_as_pictures_are() {
    let greys: Vec<u8> = (0..30 * 64_u32).map(|i| (i * 7 % 251) as u8).collect();
    let arrays = import(&[("a-idx3-ubyte", idx(8, &[30, 8, 8], &greys))]);
    let pictures: Vec<_> =
        greys.chunks(64).enumerate().map(|(i, image)| (format!("{i}.png"), png(image, 8))).collect();
    let pictures: Vec<_> = pictures.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let pictures = import(&pictures);
    assert_eq!((arrays.train, arrays.test), (pictures.train, pictures.test));
}

#[test]
fn emnist_is_upright() {
    let (images, _) = digits(0, 35);
    let labels: Vec<u8> = (0..35).map(|i| 1 + i % 26).collect();
    let mut lying = images.clone();
    for (image, upright) in lying.chunks_mut(PIXELS).zip(images.chunks(PIXELS)) {
        (0..PIXELS).for_each(|at| image[at] = upright[at % SIDE * SIDE + at / SIDE]);
    }
    let files = [
        ("emnist-letters-train-images-idx3-ubyte.gz", gzip(&idx_images(&lying))),
        ("emnist-letters-train-labels-idx1-ubyte.gz", gzip(&idx_labels(&labels))),
    ];
    let imported = import(&files);
    assert!(imported.adjustment.transpose && !imported.adjustment.invert);
    assert_holds(&imported, &images, &labels);
    assert!(imported.report.to_string().starts_with("35 images in 26 classes."), "{}", imported.report);
}

#[test]
fn dark_on_light_is_inverted() {
    let (images, labels) = digits(0, 35);
    let dark: Vec<u8> = images.iter().map(|byte| 255 - byte).collect();
    let imported = import(&[("images", idx_images(&dark)), ("labels", idx_labels(&labels))]);
    assert!(imported.adjustment.invert);
    assert_holds(&imported, &images, &labels);
    let mut back = imported.train.images(3).to_vec();
    imported.adjustment.apply(&mut back);
    assert!(dark.chunks(PIXELS).any(|image| image == &back[..PIXELS]));
}

#[test]
fn a_sorted_set_has_every_class_in_both_parts() {
    let (images, mut labels) = digits(0, 140);
    labels.sort_unstable();
    let imported = import(&[("images", idx_images(&images)), ("labels", idx_labels(&labels))]);
    for class in 0..10 {
        let count = |dataset: &Dataset| dataset.labels().iter().filter(|&&label| label == class).count();
        assert!(
            (11..=13).contains(&count(&imported.train)) && (1..=3).contains(&count(&imported.test)),
            "{class}"
        );
    }
}

#[test]
fn npz_of_keras_and_medmnist_keep_their_split() {
    let ((images, labels), (test_images, test_labels)) = (digits(0, 30), digits(30, 20));
    let wide: Vec<u8> = labels.iter().flat_map(|&label| i64::from(label).to_le_bytes()).collect();
    for (packing, prefix) in [
        (Packing::Zip64, ["x_train", "y_train", "x_test", "y_test"]),
        (Packing::Stored, ["train_images", "train_labels", "test_images", "test_labels"]),
    ] {
        let names = prefix.map(|name| format!("{name}.npy"));
        let files = [
            (names[0].as_str(), npy("|u1", "(30, 28, 28)", &images)),
            (&names[1], npy("<i8", "(30, 1)", &wide)),
            (&names[2], npy("|u1", "(20, 28, 28)", &test_images)),
            (&names[3], npy("|u1", "(20,)", &test_labels)),
        ];
        let imported = import(&[("mnist.npz", zip(packing, &files))]);
        assert_is(&imported.train, &images, &labels);
        assert_is(&imported.test, &test_images, &test_labels);
    }
    let pair = [("arr_0.npy", npy("|u1", "(30, 784)", &images)), ("arr_1.npy", npy("|u1", "(30,)", &labels))];
    assert_holds(&import(&[("pair.npz", zip(Packing::Deflated, &pair))]), &images, &labels);
    assert_holds(&import(&[("quickdraw.npy", npy("|u1", "(30, 784)", &images))]), &images, &[]);
}

#[test]
fn fractions_are_read_as_0_to_1_and_it_is_said() {
    let (images, _) = digits(0, 30);
    let floats: Vec<u8> = images.iter().flat_map(|&byte| (f32::from(byte) / 255.0).to_le_bytes()).collect();
    let imported = import(&[("x.npy", npy("<f4", "(30, 784)", &floats))]);
    assert_holds(&imported, &images, &[]);
    assert_eq!(imported.report.to_string(), "30 images. Values are read as 0 to 1, because none is larger.");
}

#[test]
fn tables_with_the_label_first_last_or_named_are_read() {
    let (images, labels) = digits(0, 28);
    let header = |first: &str, last: &str| {
        let pixels: Vec<_> = (0..PIXELS).map(|i| format!("pixel{i}")).collect();
        format!("{first}{}{last}\n", pixels.join(",")).into_bytes()
    };
    let first = csv(&images, |i, row| format!("{},{row}", labels[i]));
    let last = csv(&images, |i, row| format!("{row},{}", labels[i]));
    for (name, table, said) in [
        ("mnist.csv", first.clone(), " The first column is the label."),
        ("mnist.csv.gz", gzip(&first), " The first column is the label."),
        ("mnist.csv", [header("label,", ""), first.clone()].concat(), " The column “label” is the label."),
        ("mnist.csv", last.clone(), " The last column is the label."),
        ("mnist.csv", [header("", ",class"), last.clone()].concat(), " The column “class” is the label."),
        ("mnist.csv", [&b"\xef\xbb\xbf"[..], &first].concat(), " The first column is the label."),
        (
            "mnist.csv",
            first.iter().map(|&b| if b == b',' { b';' } else { b }).collect(),
            " The first column is the label.",
        ),
        (
            "mnist.tsv",
            first.iter().map(|&b| if b == b',' { b'\t' } else { b }).collect(),
            " The first column is the label.",
        ),
        (
            "mnist.csv",
            String::from_utf8(first.clone()).unwrap().replace('\n', "\r\n").into_bytes(),
            " The first column is the label.",
        ),
    ] {
        let imported = import(&[(name, table)]);
        assert_holds(&imported, &images, &labels);
        assert_eq!(imported.report.to_string(), format!("28 images in 10 classes.{said}"));
    }
    let unlabeled = csv(&images, |_, row| row.to_owned());
    assert_holds(&import(&[("x.csv", unlabeled.clone())]), &images, &[]);
    assert_holds(&import(&[("x.csv", [header("", ""), unlabeled].concat())]), &images, &[]);
}

#[test]
fn whole_numbers_against_fractions_tell_the_label() {
    let (images, labels) = digits(0, 28);
    let mut varied = images.clone();
    varied
        .chunks_mut(PIXELS)
        .enumerate()
        .for_each(|(i, image)| (image[0], image[783]) = (51 * (i % 3) as u8, 51 * (i % 3) as u8));
    let table = |order: fn(String, String) -> String| {
        let rows = varied.chunks(PIXELS).zip(&labels).map(|(image, label)| {
            let pixels: Vec<_> = image.iter().map(|&byte| format!("{}", f64::from(byte) / 255.0)).collect();
            order(label.to_string(), pixels.join(","))
        });
        rows.collect::<Vec<_>>().join("\n").into_bytes()
    };
    for table in [table(|label, row| format!("{label},{row}")), table(|label, row| format!("{row},{label}"))]
    {
        assert_holds(&import(&[("mnist.csv", table)]), &varied, &labels);
    }
    // Names of classes.
    let named = csv(&images, |i, row| format!("{},{row}", ["shoe", "bag"][i % 2]));
    let imported = import(&[("fashion.csv", named)]);
    assert_eq!(imported.class_names, ["bag", "shoe"]);
    assert_holds(&imported, &images, &(0..28).map(|i| 1 - i % 2).collect::<Vec<_>>());
}

#[test]
fn folders_and_zips_of_pictures_have_their_classes() {
    let (images, _) = digits(0, 33);
    let names = ["10", "9", "b2", "b10", "ape"];
    let paths: Vec<_> = (0..33).map(|i| format!("set/{}/{i}.png", names[i % 5])).collect();
    let mut files: Vec<(&str, Vec<u8>)> =
        paths.iter().map(String::as_str).zip(images.chunks(PIXELS).map(|image| png(image, 28))).collect();
    files.reverse();
    let from_folder = import(&files);
    assert_eq!(from_folder.class_names, ["9", "10", "ape", "b2", "b10"]);
    let labels: Vec<u8> = (0..33).map(|i| [1, 0, 3, 4, 2][i % 5]).collect();
    assert_holds(&from_folder, &images, &labels);
    assert_eq!(from_folder.report.to_string(), "33 pictures in 5 classes.");
    for packing in [Packing::Stored, Packing::Deflated, Packing::Streamed, Packing::Zip64] {
        let mut entries = vec![("set/", Vec::new())];
        entries.extend(files.iter().cloned());
        if matches!(packing, Packing::Streamed) {
            entries.remove(0);
        }
        let from_zip = import(&[("pictures.zip", zip(packing, &entries))]);
        assert_eq!(
            (&from_zip.train, &from_zip.test, from_zip.digest),
            (&from_folder.train, &from_folder.test, from_folder.digest)
        );
    }
}

#[test]
fn train_and_test_above_the_classes_are_the_split() {
    let (images, labels) = digits(0, 40);
    for (train, test) in [("train", "test"), ("Training", "validation")] {
        let path = |i: usize| format!("{}/{}/{i}.png", if i < 30 { train } else { test }, labels[i]);
        let paths: Vec<_> = (0..40).map(path).collect();
        let files: Vec<_> =
            paths.iter().map(String::as_str).zip(images.chunks(PIXELS).map(|image| png(image, 28))).collect();
        let imported = import(&files);
        assert_eq!(
            sorted(&[&imported.train]),
            sorted(&[&Dataset::from_bytes(PIXELS, images[..30 * PIXELS].to_vec(), labels[..30].to_vec())])
        );
        assert_eq!(
            sorted(&[&imported.test]),
            sorted(&[&Dataset::from_bytes(PIXELS, images[30 * PIXELS..].to_vec(), labels[30..].to_vec())])
        );
    }
}

#[test]
fn broken_pictures_are_skipped_and_junk_is_ignored_in_one_sentence() {
    let (images, labels) = digits(0, 140);
    let paths: Vec<_> = (0..140).map(|i| format!("folders/{}/{i}.png", labels[i])).collect();
    let mut files: Vec<_> =
        paths.iter().map(String::as_str).zip(images.chunks(PIXELS).map(|image| png(image, 28))).collect();
    let whole = png(&images[..PIXELS], 28);
    files.extend([
        ("folders/.DS_Store", b"\x00\x00\x00\x01Bud1".to_vec()),
        ("folders/3/Thumbs.db", vec![0xd0, 0xcf]),
        ("folders/README.txt", b"Digits.".to_vec()),
        ("folders/7/broken.png", whole[..whole.len() / 2].to_vec()),
        ("folders/5/empty.png", Vec::new()),
    ]);
    let imported = import(&files);
    assert_eq!(
        imported.report.to_string(),
        "140 pictures in 10 classes. 2 damaged, skipped: 7/broken.png, 5/empty.png; 3 other files ignored."
    );
    assert_holds(&imported, &images, &labels);
    files.extend([
        ("folders/desktop.ini", b"[x]".to_vec()),
        ("folders/__MACOSX/7/._7.png", b"junk".to_vec()),
        ("folders/prices.csv", b"a,b,c\n1,2,3\n".to_vec()),
    ]);
    assert_eq!(
        import(&files).report.to_string(),
        "140 pictures in 10 classes. 2 damaged, skipped: 7/broken.png, 5/empty.png; 6 other files ignored."
    );
}

#[test]
fn sprite_sheets_are_images_in_rows() {
    let (images, labels) = digits(0, 60);
    let (first, second) = images.split_at(35 * PIXELS);
    let sheets = [("mnist_batch_10.png", png(second, 784)), ("mnist_batch_9.png", png(first, 784))];
    assert_holds(&import(&sheets), &images, &[]);
    let one_hot: Vec<u8> =
        labels.iter().flat_map(|&label| (0..10).map(move |class| u8::from(class == label))).collect();
    let imported = import(&[("mnist_images.png", png(&images, 784)), ("mnist_labels_uint8", one_hot)]);
    assert_holds(&imported, &images, &labels);
    assert_eq!(imported.report.to_string(), "60 images in 10 classes.");
}

#[test]
fn pictures_are_labeled_by_a_file_of_labels_or_a_table_of_names() {
    let (images, labels) = digits(0, 30);
    let names: Vec<_> = (0..30).map(|i| format!("{i}.png")).collect();
    let pictures: Vec<_> =
        names.iter().map(String::as_str).zip(images.chunks(PIXELS).map(|image| png(image, 28))).collect();
    let lines =
        |line: &dyn Fn(usize) -> String| (0..30).rev().map(line).collect::<Vec<_>>().join("\n").into_bytes();
    let in_order = labels.iter().map(u8::to_string).collect::<Vec<_>>().join("\n");
    for file in [
        ("labels.csv", [b"file,label\n", &lines(&|i| format!("{i}.png,{}", labels[i]))[..]].concat()),
        ("list.csv", lines(&|i| format!("{i},{},unused", labels[i]))),
        ("labels.csv", in_order.clone().into_bytes()),
        ("labels.csv", format!("digit\n{in_order}\n").into_bytes()),
        ("labels-idx1-ubyte", idx_labels(&labels)),
        ("y.npy", npy("|u1", "(30,)", &labels)),
    ] {
        let files: Vec<_> = pictures.iter().cloned().chain([file]).collect();
        assert_holds(&import(&files), &images, &labels);
    }
}

#[test]
fn few_images_are_all_there_is_to_test_with() {
    let (images, _) = digits(0, 19);
    let imported = import(&[("few.npy", npy("|u1", "(19, 784)", &images))]);
    assert_is(&imported.train, &images, &[]);
    assert_eq!(imported.train, imported.test);
}

#[test]
fn files_that_make_no_dataset_are_named_with_what_to_do() {
    let (images, labels) = digits(0, 30);
    let zipped = zip(Packing::Deflated, &[("a.npy", npy("|u1", "(30, 784)", &images))]);
    for (files, expected) in [
        (vec![], "There are no files here: choose a folder with pictures, or files of images."),
        (vec![("a", Vec::new())], "a is empty: download it again, or choose another."),
        (
            vec![("labels", idx_labels(&labels))],
            "These are labels without images: drop the file of images together with them.",
        ),
        (
            vec![("a", idx_images(&images)), ("b", idx_images(&images))],
            "There are two files of images, a and b: drop one of them",
        ),
        (
            vec![("a", idx_images(&images)), ("b.png", png(&images[..PIXELS], 28))],
            "There are pictures and a file of images",
        ),
        (
            vec![("a", idx_images(&images)), ("l", idx_labels(&labels[1..]))],
            "a: 30 images and 29 labels do not belong together",
        ),
        (
            vec![
                ("train-images", idx_images(&images)),
                ("train-labels", idx_labels(&labels)),
                ("t10k-labels", idx_labels(&labels)),
            ],
            "t10k-labels: there are no images for these labels",
        ),
        (
            vec![("a", idx_images(&images)[..9_000].to_vec())],
            "a: its header promises 30 items, but 11 arrived whole: it is cut off",
        ),
        (vec![("a.gz", gzip(&idx_images(&images))[..900].to_vec())], "it is cut off"),
        (
            vec![("a.zip", zipped[..zipped.len() - 60].to_vec())],
            "a.zip: the zip archive is damaged or cut off",
        ),
        (vec![("a.csv", b"1,2,3\n4,5\n".to_vec())], "a.csv has 3 columns, but a row is an image if"),
        (
            vec![("a.csv", [&csv(&images, |_, row| row.to_owned())[..], b"\n4,5"].concat())],
            "a.csv: row 31 has 2 columns, not 784 like",
        ),
        (
            vec![("a.csv", csv(&images, |i, row| if i == 5 { format!("1{row}x") } else { row.to_owned() }))],
            "“0x” in row 6 is not a number",
        ),
        (vec![("a.csv", b"".to_vec())], "a.csv is empty"),
        (vec![("a.png", b"not a picture at all".to_vec())], "a.png is a damaged picture"),
        (
            vec![("digits.txt", b"These are digits: 0 1 2 3.".to_vec())],
            "digits.txt holds no images that can be read: docs/data.md",
        ),
        (
            vec![("a.parquet", b"PAR1\x15\x00\x15\x00\x15\x00\x15\x00\x15\x00".to_vec())],
            "pandas.read_parquet('a.parquet')",
        ),
        (
            vec![("a.h5", b"\x89HDF\r\n\x1a\n\0\0\0\0\0\0\0\0".to_vec())],
            "a.h5 is HDF5. Convert it in Python, and drop the result: import h5py",
        ),
        (
            vec![("a.h5", [b"\x89HDF\r\n\x1a\n", &[0; 1_000][..], b"keras_version", &[0; 3_000]].concat())],
            "a.h5 is HDF5, from Keras. Convert it in Python, and drop the result: import h5py",
        ),
        (
            vec![("a.h5", [b"\x89HDF\r\n\x1a\n", &[0; 5_000][..], b"keras_version"].concat())],
            "a.h5 is HDF5. Convert",
        ),
        (
            vec![("data_batch_1", b"\x80\x02}q\x01(U\x0bbatch_label".to_vec())],
            "data_batch_1 is a Python pickle.",
        ),
        (vec![("a.mat", b"MATLAB 5.0 MAT-file, Platform".to_vec())], "a.mat is a MATLAB file."),
        (vec![("a.tif", b"II*\0\x08\0\0\0\0\0\0\0\0\0\0\0".to_vec())], "a.tif is a TIFF picture."),
        (
            vec![("a.tar.gz", gzip(&[7; 600]))],
            "a.tar is a tar archive: unpack it by tar -xf, and drop the folder.",
        ),
    ] {
        let found = sentence(&files);
        assert!(found.contains(expected), "{found}");
        assert!(found.ends_with('.') && !found.contains('\n'), "{found}");
    }
}

/// A gzip file can contain itself.
#[test]
fn packed_files_inside_each_other_end() {
    let mut nested = idx_images(&digits(0, 30).0);
    for _ in 0..50 {
        nested = gzip(&nested);
    }
    assert!(sentence(&[("nested", nested)]).contains("packed by gzip"));
}

/// What `import/python.py` keeps; files are packed by gzip, in hexadecimal digits.
#[derive(Deserialize)]
struct PythonTable {
    arrays: BTreeMap<String, String>,
    archives: BTreeMap<String, String>,
    images: BTreeMap<String, String>,
    networks: PythonNetworks,
    rows: Vec<String>,
}

#[derive(Deserialize)]
struct PythonNetworks {
    files: BTreeMap<String, String>,
    inputs: Vec<Vec<f32>>,
    outputs: Vec<Vec<f32>>,
}

fn python_table() -> PythonTable {
    serde_json::from_str(include_str!("import/python.json")).unwrap()
}

fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// Returns the images and labels of `import/python.py`.
fn python_digits(count: usize) -> (Vec<u8>, Vec<u8>) {
    let mut images = vec![0; count * PIXELS];
    for index in 0..count * 144 {
        let (image, row, column) = (index / 144, 8 + index / 12 % 12, 8 + index % 12);
        images[image * PIXELS + row * SIDE + column] = (index * 37 % 256) as u8;
    }
    (images, (0..count).map(|index| (index % 10) as u8).collect())
}

#[test]
fn numpy_writes_what_is_read_to_the_last_bit() {
    let table = python_table();
    let (images, _) = python_digits(3);
    assert_eq!(table.arrays.len(), 16);
    for (case, file) in table.arrays {
        let imported = import(&[("digits.npy.gz", unhex(&file))]);
        assert!(imported.train.images(3) == images, "{case}");
    }
    let (images, labels) = python_digits(30);
    for (names, file) in table.archives {
        let imported = import(&[("digits.npz.gz", unhex(&file))]);
        assert!(imported.report.classes == 10, "{names}");
        assert_is(&imported.train, &images[..20 * PIXELS], &labels[..20]);
        assert_is(&imported.test, &images[20 * PIXELS..], &labels[20..]);
    }
}

/// `import/python.py` runs the lines.
#[test]
fn the_lines_that_convert_files_of_others_run_and_give_what_is_read() {
    let mut lines = BTreeMap::new();
    for (name, head) in [
        ("a.hdf5", "\u{89}HDF\r\n"),
        ("batch.pkl", "\u{80}\u{4}"),
        ("a.mat", "MATLAB 5.0"),
        ("a.parquet", "PAR1"),
        ("a.tif", "II*\0"),
        ("net.h5", "\u{89}HDF\r\nkeras_version"),
        ("net.weights.h5", "\u{89}HDF\r\n"),
    ] {
        let head = head.chars().map(|char| char as u8).chain([0; 20]).collect();
        lines.insert(name, sentence(&[(name, head)]).trim_end_matches('.').to_owned());
    }
    for name in ["net.pt", "net.pth", "net.ckpt", "net.keras", "net.onnx", "model.json"] {
        lines.insert(name, describe_foreign(name).unwrap());
    }
    let lines: BTreeMap<_, _> =
        lines.iter().map(|(name, line)| (name, line.split_once(": ").unwrap().1)).collect();
    let text = serde_json::to_string_pretty(&lines).unwrap() + "\n";
    support::assert_same_file("import/lines.json", text.as_bytes());

    let PythonTable { images: files, networks, rows, .. } = python_table();
    let documented = include_str!("../docs/data.md").lines();
    let documented = documented.filter(|line| line.starts_with('|') && line.contains("<br>"));
    assert!(documented.eq(&rows), "python.py has not run the lines of docs/data.md");
    let (images, labels) = python_digits(30);
    assert_eq!(files.len(), 3);
    for file in files.values() {
        assert_holds(&import(&[("digits.npz.gz", unhex(file))]), &images, &labels);
    }
    assert_eq!(networks.files.len(), 8);
    for (name, file) in networks.files {
        let mut bytes = Vec::new();
        GzDecoder::new(&unhex(&file)[..]).read_to_end(&mut bytes).unwrap();
        let fallback = support::config("4 2 4", Loss::MeanSquared);
        let loaded = read(Format::SafeTensors, &bytes, &fallback).unwrap();
        let Loaded::Network { mut config, parameters, choices } = loaded else {
            panic!("{name} is a network")
        };
        let spec = "4 3r 2 3r 4s".parse().unwrap();
        assert!(choices.contains(&spec), "{name}");
        config.set_spec(spec);
        let trainer = Loaded::Network { config, parameters, choices }.into_trainer().unwrap();
        let outputs = support::reconstruct(&trainer, &networks.inputs);
        for (y, expected) in outputs.iter().zip(networks.outputs.concat()) {
            assert!((y - expected).abs() < 1e-6, "{name}: {y}, not {expected}");
        }
    }
}
