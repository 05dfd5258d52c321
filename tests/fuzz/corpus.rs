//! Valid files, all generated.

use std::cell::RefCell;
use std::io::Write;

use bottleneck::app::Settings;
use bottleneck::data::idx::{Kind, encode_header};
use bottleneck::data::{PIXELS, synthetic};
use bottleneck::files::{CurvePoints, Format, Images, RunHeader, SavedPin, SettingChange, Slot, save};
use bottleneck::nn::{Init, Loss, Method, NetworkSpec, WeightInit};
use bottleneck::train::Preset;
use bottleneck::train::{Corruption, Schedule, Trainer, TrainerConfig};
use flate2::write::DeflateEncoder;
use flate2::{Compression, GzBuilder};

use super::engine::{CorpusFile, Join, single_part};

/// The networks in the files.
const SPECS: [&str; 7] =
    ["4 3t 2 3t 4", "2 1 2", "3 2s 1r 3", "3 3* 2t 3", "2 2t 1~ 2t 2s", "5 4s 2* 2 4r 5s", "1 1t 1s"];

/// Creates a trainer of a small network.
pub(crate) fn trainer(spec: &str, loss: Loss) -> Trainer {
    let mut spec: NetworkSpec = spec.parse().expect("a valid notation");
    spec.ensure_output_activation(loss);
    let init = Init { weight: WeightInit::GlorotUniform, bias: 0.1 };
    let config = TrainerConfig { init, loss, batch_size: 3, seed: 1, ..TrainerConfig::new(spec) };
    Trainer::new(&config).expect("valid settings")
}

/// Creates trainers of all kinds of networks and methods, after one step.
fn trainers() -> impl Iterator<Item = Trainer> {
    let losses = Loss::ALL.into_iter().cycle();
    let methods = Method::ALL.into_iter().cycle();
    SPECS.into_iter().chain(SPECS).zip(losses).zip(methods).map(|((spec, loss), method)| {
        let mut config = trainer(spec, loss).config().clone();
        config.method = method;
        if method.name() == "adam" {
            config.corruption = Corruption::Masking { probability: 0.25 };
            config.schedule = Schedule::Cosine { steps: 99 };
            config.train_images = Some(1_000);
        }
        let mut trainer = Trainer::new(&config).expect("valid settings");
        trainer.step_with_batch(3, |input| input.fill(0.5));
        trainer
    })
}

fn files(format: Format) -> Vec<Vec<u8>> {
    // Not every network can be saved in ConvNetJS's format.
    trainers().filter_map(|trainer| save(format, &trainer).ok()).collect()
}

/// Returns the header and the items of an IDX file of built-in digits or their labels.
fn idx_parts(kind: Kind, count: u32) -> Vec<Vec<u8>> {
    let digits = synthetic::dataset(1, 0..count as usize);
    let items = match kind {
        Kind::Images => digits.images(digits.len()),
        Kind::Labels => digits.labels(),
    };
    vec![encode_header(kind, count), items.to_vec()]
}

const CONTENTS: [(Kind, u32); 5] =
    [(Kind::Images, 1), (Kind::Images, 3), (Kind::Labels, 1), (Kind::Labels, 10), (Kind::Labels, 500)];

/// Returns IDX files, with the header's count as it is or corrected.
pub(crate) fn idx() -> Vec<CorpusFile> {
    let files = |(kind, count)| {
        let joins: [Join; 2] = [<[_]>::concat, counted];
        joins.map(|join| CorpusFile { parts: idx_parts(kind, count), join })
    };
    CONTENTS.into_iter().flat_map(files).collect()
}

/// Joins header and items, with the count in the header corrected.
fn counted(parts: &[Vec<u8>]) -> Vec<u8> {
    let (header, items) = (&parts[0], &parts[1]);
    let item = if header.len() > 8 { PIXELS } else { 1 };
    let count = items.len() / item;
    let mut bytes = header.clone();
    bytes.resize(bytes.len().max(8), 0);
    bytes[4..8].copy_from_slice(&(count as u32).to_be_bytes());
    bytes.extend_from_slice(&items[..count * item]);
    bytes
}

/// Returns gzipped IDX files, which are compressed after the mutation or before.
pub(crate) fn gzip() -> Vec<CorpusFile> {
    let mut files = Vec::new();
    for (kind, count) in CONTENTS {
        let parts = idx_parts(kind, count);
        files.push(CorpusFile { parts: parts.clone(), join: |parts| stored(&parts.concat()) });
        files.push(CorpusFile { parts: parts.clone(), join: |parts| stored(&counted(parts)) });
        files.push(CorpusFile {
            parts: parts.clone(),
            join: |parts| parts.iter().flat_map(|part| stored(part)).collect(),
        });
        if count == 3 {
            files.push(CorpusFile { parts: parts.clone(), join: |parts| compressed(&parts.concat()) });
        }
        let content = parts.concat();
        files.push(single_part(compressed(&content)));
        let mut encoder = GzBuilder::new()
            .filename("images")
            .comment("drawn")
            .extra([1, 2, 3])
            .write(Vec::new(), Compression::best());
        encoder.write_all(&content).expect("memory takes all");
        files.push(single_part(encoder.finish().expect("memory takes all")));
    }
    // A file that unpacks to far more bytes.
    let mut blank = encode_header(Kind::Images, 300);
    blank.resize(blank.len() + 300 * PIXELS, 0);
    files.push(single_part(compressed(&blank)));
    files
}

/// Returns files of images of every kind: NumPy's arrays, tables, and zips of them; the first byte chooses the name.
pub(crate) fn imports() -> Vec<CorpusFile> {
    let digits = synthetic::dataset(1, 0..21);
    let small: Vec<u8> =
        digits.images(21).chunks(PIXELS).flat_map(|image| image[300..316].to_vec()).collect();
    let npy = |descr: &str, order: &str, shape: &str, elements: &[u8]| {
        let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes(), elements].concat()
    };
    let floats: Vec<u8> = small.iter().flat_map(|&byte| (f32::from(byte) / 255.0).to_le_bytes()).collect();
    let big_endian: Vec<u8> = floats.chunks(4).flat_map(|word| word.iter().rev().copied()).collect();
    let row = |image: &[u8]| image.iter().map(u8::to_string).collect::<Vec<_>>().join(",");
    let rows = |sep: &str| -> String {
        small
            .chunks(16)
            .zip(digits.labels())
            .map(|(image, label)| format!("{label},{}\n", row(image)).replace(',', sep))
            .collect()
    };
    let entry = |name: &str, content: &[u8]| {
        let lens = (content.len() as u32).to_le_bytes();
        let crc = crc32fast::hash(content).to_le_bytes();
        let name_len = (name.len() as u16).to_le_bytes();
        [
            b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0",
            &crc[..],
            &lens,
            &lens,
            &name_len,
            &[0, 0],
            name.as_bytes(),
            content,
        ]
        .concat()
    };
    let (images, labels) =
        (npy("|u1", "False", "(21, 16)", &small), npy("|u1", "False", "(21,)", digits.labels()));
    let pictures: Vec<u8> = (0..21_u8).flat_map(|i| entry(&format!("{}/{i}.png", i % 3), &[i, 7])).collect();
    let contents = [
        (3, images.clone()),
        (3, npy("<f4", "True", "(21, 4, 4)", &floats)),
        (
            3,
            npy(
                ">i2",
                "False",
                "(7, 3, 4, 4)",
                &small.iter().flat_map(|&byte| [0, byte]).collect::<Vec<_>>(),
            ),
        ),
        (1, rows(",").into_bytes()),
        (2, format!("label,{}\n{}", ["p"; 16].join(","), rows(",")).replace(',', "\t").into_bytes()),
        (1, rows(";").into_bytes()),
        (4, [entry("x.npy", &images), entry("y.npy", &labels), b"PK\x01\x02".to_vec()].concat()),
        (4, [pictures, b"PK\x05\x06".to_vec()].concat()),
        (5, compressed(&idx_parts(Kind::Images, 21).concat())),
        (0, [&[0, 0, 0x0d, 3, 0, 0, 0, 21, 0, 0, 0, 4, 0, 0, 0, 4][..], &big_endian].concat()),
    ];
    contents.into_iter().map(|(name, content)| single_part([&[name], &content[..]].concat())).collect()
}

/// Returns a gzip member with a DEFLATE stream.
fn member(stream: &[u8], content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend_from_slice(stream);
    bytes.extend(crc32fast::hash(content).to_le_bytes());
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes
}

/// Stores `content` without compression, which is fast.
fn stored(content: &[u8]) -> Vec<u8> {
    let len = content.len().min(usize::from(u16::MAX)) as u16;
    let content = &content[..usize::from(len)];
    let stream = [&[1][..], &len.to_le_bytes(), &(!len).to_le_bytes(), content].concat();
    member(&stream, content)
}

fn compressed(content: &[u8]) -> Vec<u8> {
    thread_local! {
        // Creating an encoder takes longer than compressing.
        static ENCODER: RefCell<DeflateEncoder<Vec<u8>>> =
            RefCell::new(DeflateEncoder::new(Vec::new(), Compression::fast()));
    }
    ENCODER.with_borrow_mut(|encoder| {
        encoder.write_all(content).expect("memory takes all");
        member(&encoder.reset(Vec::new()).expect("memory takes all"), content)
    })
}

/// Returns `.bottleneck` files in parts: the header and the values. Joining adds magic number, length and checksum.
pub(crate) fn bottleneck() -> Vec<CorpusFile> {
    let file = |bytes: Vec<u8>| {
        let len = u32::from_le_bytes(bytes[8..12].try_into().expect("four bytes")) as usize;
        let (header, values) = bytes[12..bytes.len() - 4].split_at(len);
        CorpusFile { parts: vec![header.to_vec(), values.to_vec()], join: join_bottleneck }
    };
    files(Format::Bottleneck).into_iter().map(file).collect()
}

fn join_bottleneck(parts: &[Vec<u8>]) -> Vec<u8> {
    let len = (parts[0].len() as u32).to_le_bytes();
    let mut bytes = [b"BTLNECK1", &len[..], &parts[0], &parts[1]].concat();
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

/// Returns ConvNetJS's JSON files.
pub(crate) fn convnetjs() -> Vec<CorpusFile> {
    files(Format::ConvNetJs).into_iter().map(single_part).collect()
}

/// Returns `safetensors` files in parts: the header and the values. Joining adds the length.
pub(crate) fn safetensors() -> Vec<CorpusFile> {
    let file = |bytes: Vec<u8>| {
        let len = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize;
        let (header, values) = bytes[8..].split_at(len);
        let join =
            |parts: &[Vec<u8>]| [&(parts[0].len() as u64).to_le_bytes(), &parts[0][..], &parts[1]].concat();
        CorpusFile { parts: vec![header.to_vec(), values.to_vec()], join }
    };
    files(Format::SafeTensors).into_iter().map(file).collect()
}

/// Returns layers in the short notation.
pub(crate) fn notation() -> Vec<CorpusFile> {
    let presets = Preset::ALL.map(|preset| preset.config().spec.to_string());
    SPECS.map(str::to_owned).into_iter().chain(presets).map(single_part).collect()
}

/// Returns layers as in ConvNetJS's demos.
pub(crate) fn layer_defs() -> Vec<CorpusFile> {
    let program = |layers: &[&str]| {
        let pushed: Vec<_> = layers.iter().map(|layer| format!("layer_defs.push({{{layer}}});")).collect();
        single_part(format!("layer_defs = [];\n{}\nnet = new convnetjs.Net();", pushed.join("\n")))
    };
    vec![
        program(&[
            "type:'input', out_sx:28, out_sy:28, out_depth:1",
            "type:'fc', num_neurons:50, activation:'tanh'",
            "type:'fc', num_neurons:2",
            "type:'fc', num_neurons:50, activation:'relu'",
            "type:'regression', num_neurons:28*28",
        ]),
        program(&[
            "type:\"input\", out_sx:1, out_sy:1, out_depth:3,",
            "type:'fc', num_neurons:2",
            "type:'regression', num_neurons:3",
        ]),
    ]
}

/// Returns fragments: additions to every preset's.
pub(crate) fn fragments() -> Vec<CorpusFile> {
    let more = [
        "#",
        "loss=bce&variational=on&beta=0.5",
        "network=784-30r-8*-4-30r-784&batch=7",
        "lr=0.003&optimizer=rmsprop",
        "dataset=strokes&seed=18446744073709551615",
        "l1=0.001&l2=1e-5&corruption=masking",
    ];
    let presets = Preset::ALL.map(|preset| Settings::from_preset(preset).to_fragment());
    let files = presets.iter().flat_map(|preset| more.map(|more| format!("{more}&{preset}")));
    files.filter(|text| Settings::from_fragment(text).1.is_empty()).map(single_part).collect()
}

/// Returns headers of stored runs.
pub(crate) fn run_headers() -> Vec<CorpusFile> {
    let point = |step| (step, 1.0 / (step + 1) as f32);
    let header = |number: u64| RunHeader {
        name: format!("seed {number}"),
        settings: Settings::default().to_texts(),
        images: Images { name: "own".to_owned(), count: number, digest: 9 },
        is_reproducible: number == 1,
        steps: number * 1_000,
        training_ms: 1_500,
        test_error: (number > 1).then_some(0.05),
        diverged_at: (number == 2).then_some(7),
        changes: vec![SettingChange { step: 1, key: "lr".into(), from: "1".into(), to: "2".into() }],
        curve: CurvePoints { train: (0..9 * number).map(point).collect(), ..CurvePoints::default() },
        pins: vec![SavedPin::Digit(3), SavedPin::Place([0.5, -1.0], vec![0.5, -1.0])],
        slot: Slot { key: "a-b-c".to_owned(), checkpoints: (0..number).collect(), ..Slot::default() },
    };
    (0..4).map(|number| single_part(header(number).to_json().into_bytes())).collect()
}
