//! Good files, all of them made by the program.

use std::cell::RefCell;
use std::io::Write;

use bottleneck::app::{Settings, Sitting};
use bottleneck::data::idx::{Kind, encode_header};
use bottleneck::data::{Order, PIXELS, synthetic};
use bottleneck::files::{Format, save};
use bottleneck::nn::{Decay, Init, Loss, Method, NetworkSpec, WeightInit};
use bottleneck::train::Preset;
use bottleneck::train::{Corruption, Schedule, Trainer, TrainerConfig};
use flate2::write::DeflateEncoder;
use flate2::{Compression, GzBuilder};

use super::engine::{Good, Join, whole};

/// The specs of the networks in the files.
const SPECS: [&str; 7] =
    ["4 3t 2 3t 4", "2 1 2", "3 2s 1r 3", "3 3* 2t 3", "2 2t 1~ 2t 2s", "5 4s 2* 2 4r 5s", "1 1t 1s"];

/// A trainer for a small network.
pub(crate) fn trainer(spec: &str, loss: Loss) -> Trainer {
    let mut spec: NetworkSpec = spec.parse().expect("a good notation");
    spec.ensure_output_activation(loss);
    let config = TrainerConfig {
        spec,
        init: Init { weight: WeightInit::GlorotUniform, bias: 0.1 },
        loss,
        beta: 1.0,
        corruption: Corruption::None,
        decay: Decay::NONE,
        method: Method::ADAM,
        learning_rate: 1e-3,
        schedule: Schedule::Constant,
        batch_size: 3,
        seed: 1,
        order: Order::Shuffled,
        train_images: None,
    };
    Trainer::new(&config).expect("good settings")
}

/// Trainers of every kind of network and method, a step on their way.
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
        let mut trainer = Trainer::new(&config).expect("good settings");
        trainer.step_with_batch(3, |input| input.fill(0.5));
        trainer
    })
}

fn files(format: Format) -> Vec<Vec<u8>> {
    // A network that ConvNetJS does not know is no good file of its kind.
    trainers().filter_map(|trainer| save(format, &trainer).ok()).collect()
}

/// Some digits of the program's own, or their labels, in an IDX file: header and items.
fn idx_parts(kind: Kind, count: u32) -> Vec<Vec<u8>> {
    let mut pixels = [0; PIXELS];
    let mut items = Vec::new();
    for index in 0..count {
        let label = synthetic::draw(1, index, &mut pixels);
        match kind {
            Kind::Images => items.extend_from_slice(&pixels),
            Kind::Labels => items.push(label),
        }
    }
    vec![encode_header(kind, count), items]
}

const CONTENTS: [(Kind, u32); 5] =
    [(Kind::Images, 1), (Kind::Images, 3), (Kind::Labels, 1), (Kind::Labels, 10), (Kind::Labels, 500)];

/// IDX files: header and items as they are, or the header's count put right again.
pub(crate) fn idx() -> Vec<Good> {
    let good = |(kind, count)| {
        let joins: [Join; 2] = [<[_]>::concat, counted];
        joins.map(|join| Good { parts: idx_parts(kind, count), join })
    };
    CONTENTS.into_iter().flat_map(good).collect()
}

/// Header and items, of which there are as many as the header says.
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

/// IDX files in gzip: packed anew after a change to what is in them, or changed as they are.
pub(crate) fn gzip() -> Vec<Good> {
    let mut good = Vec::new();
    for (kind, count) in CONTENTS {
        let parts = idx_parts(kind, count);
        good.push(Good { parts: parts.clone(), join: |parts| stored(&parts.concat()) });
        good.push(Good { parts: parts.clone(), join: |parts| stored(&counted(parts)) });
        good.push(Good {
            parts: parts.clone(),
            join: |parts| parts.iter().flat_map(|part| stored(part)).collect(),
        });
        if count == 3 {
            good.push(Good { parts: parts.clone(), join: |parts| packed(&parts.concat()) });
        }
        let content = parts.concat();
        good.push(whole(packed(&content)));
        let mut encoder = GzBuilder::new()
            .filename("images")
            .comment("drawn")
            .extra([1, 2, 3])
            .write(Vec::new(), Compression::best());
        encoder.write_all(&content).expect("memory takes all");
        good.push(whole(encoder.finish().expect("memory takes all")));
    }
    // What unfolds to far more than it is.
    let mut blank = encode_header(Kind::Images, 300);
    blank.resize(blank.len() + 300 * PIXELS, 0);
    good.push(whole(packed(&blank)));
    good
}

/// A member of a gzip file around a stream of DEFLATE.
fn member(stream: &[u8], content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend_from_slice(stream);
    bytes.extend(crc32fast::hash(content).to_le_bytes());
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes
}

/// Gzip that packs nothing, and so takes no time.
fn stored(content: &[u8]) -> Vec<u8> {
    let len = content.len().min(usize::from(u16::MAX)) as u16;
    let content = &content[..usize::from(len)];
    let stream = [&[1][..], &len.to_le_bytes(), &(!len).to_le_bytes(), content].concat();
    member(&stream, content)
}

fn packed(content: &[u8]) -> Vec<u8> {
    thread_local! {
        // A new one would clear more memory than there is to pack.
        static ENCODER: RefCell<DeflateEncoder<Vec<u8>>> =
            RefCell::new(DeflateEncoder::new(Vec::new(), Compression::fast()));
    }
    ENCODER.with_borrow_mut(|encoder| {
        encoder.write_all(content).expect("memory takes all");
        member(&encoder.reset(Vec::new()).expect("memory takes all"), content)
    })
}

/// `.bottleneck`: header and numbers; magic, length and checksum are put around them.
pub(crate) fn bottleneck() -> Vec<Good> {
    let good = |bytes: Vec<u8>| {
        let len = u32::from_le_bytes(bytes[8..12].try_into().expect("four bytes")) as usize;
        let (header, numbers) = bytes[12..bytes.len() - 4].split_at(len);
        Good { parts: vec![header.to_vec(), numbers.to_vec()], join: join_bottleneck }
    };
    files(Format::Bottleneck).into_iter().map(good).collect()
}

fn join_bottleneck(parts: &[Vec<u8>]) -> Vec<u8> {
    let len = (parts[0].len() as u32).to_le_bytes();
    let mut bytes = [b"BTLNECK1", &len[..], &parts[0], &parts[1]].concat();
    bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
    bytes
}

/// ConvNetJS's JSON.
pub(crate) fn convnetjs() -> Vec<Good> {
    files(Format::ConvNetJs).into_iter().map(whole).collect()
}

/// Tensors: header and numbers; the length is put before them.
pub(crate) fn safetensors() -> Vec<Good> {
    let good = |bytes: Vec<u8>| {
        let len = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize;
        let (header, numbers) = bytes[8..].split_at(len);
        let join =
            |parts: &[Vec<u8>]| [&(parts[0].len() as u64).to_le_bytes(), &parts[0][..], &parts[1]].concat();
        Good { parts: vec![header.to_vec(), numbers.to_vec()], join }
    };
    files(Format::SafeTensors).into_iter().map(good).collect()
}

/// Layers in the short notation.
pub(crate) fn notation() -> Vec<Good> {
    let presets = Preset::ALL.map(|preset| preset.config().spec.to_string());
    SPECS.map(str::to_owned).into_iter().chain(presets).map(whole).collect()
}

/// Layers as ConvNetJS's demos write them.
pub(crate) fn layer_defs() -> Vec<Good> {
    let program = |layers: &[&str]| {
        let pushed: Vec<_> = layers.iter().map(|layer| format!("layer_defs.push({{{layer}}});")).collect();
        whole(format!("layer_defs = [];\n{}\nnet = new convnetjs.Net();", pushed.join("\n")))
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

/// Fragments of an address: what is added to every preset's.
pub(crate) fn fragments() -> Vec<Good> {
    let more = [
        "#",
        "loss=bce&variational=on&beta=0.5",
        "network=784-30r-8*-4-30r-784&batch=7",
        "lr=0.003&optimizer=rmsprop",
        "dataset=strokes&seed=18446744073709551615",
        "l1=0.001&l2=1e-5&corruption=masking",
    ];
    let presets = Preset::ALL.map(|preset| Settings::of_preset(preset).to_fragment());
    let good = presets.iter().flat_map(|preset| more.map(|more| format!("{more}&{preset}")));
    good.filter(|text| Settings::from_fragment(text).1.is_empty()).map(whole).collect()
}

/// Kept runs.
pub(crate) fn sittings() -> Vec<Good> {
    let point = |step| (step, 1.0 / (step + 1) as f32);
    let kept = files(Format::Bottleneck).into_iter().take(4).zip(0_u64..).map(|(file, number)| Sitting {
        step: number * 1_000,
        fragment: Settings::default().to_fragment(),
        had_own_images: number == 1,
        train: (0..9 * number).map(point).collect(),
        test: (0..number).map(point).collect(),
        file,
    });
    kept.map(|sitting| whole(sitting.to_bytes())).collect()
}
