//! The memory of digits while they arrive: little more than their pixels, once. The counting allocator is native only.
#![cfg(not(target_arch = "wasm32"))]

use std::io::Write;

use allocation_counter::measure;
use bottleneck::app::{App, DatasetMsg, Effect, MnistFile, Msg, PlaybackMsg};
use bottleneck::data::idx::{IdxParser, Kind, encode_header};
use bottleneck::data::{Dataset, PIXELS, synthetic};
use flate2::Compression;
use flate2::write::GzEncoder;

const TRAIN: usize = 60_000;
const TEST: usize = 10_000;

/// The size of a chunk in bytes, as a browser delivers it.
const CHUNK: usize = 1 << 16;

/// The bytes of a file that may wait to be parsed, as on the page.
const BACKLOG: usize = 4 << 20;

const MEGABYTE: usize = 1_000_000;

/// Returns a gzipped file of `count` images. They repeat at a distance that is too large for gzip.
fn gzipped(count: usize) -> Vec<u8> {
    let digits = synthetic::dataset(1, 0..500);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&encode_header(Kind::Images, count as u32)).expect("memory takes all");
    (0..count / 500).for_each(|_| encoder.write_all(digits.images(500)).expect("memory takes all"));
    encoder.finish().expect("memory takes all")
}

#[test]
fn an_arriving_dataset_takes_little_more_memory_than_its_pixels() {
    let file = gzipped(TRAIN);
    let mut dataset = Dataset::default();
    let info = measure(|| {
        let mut idx = IdxParser::new(Kind::Images);
        for chunk in file.chunks(CHUNK) {
            idx.push(chunk).and_then(|()| dataset.extend_from(&mut idx)).expect("good images");
        }
        idx.finish().expect("a whole file");
    });
    assert!(dataset.is_complete() && dataset.len() == TRAIN);
    let (peak, pixels) = (info.bytes_max as usize, TRAIN * PIXELS);
    println!("{} KB for {} KB of pixels from {} KB", peak / 1_000, pixels / 1_000, file.len() / 1_000);
    assert!(peak < pixels + pixels / 20 + 2 * MEGABYTE, "{peak} bytes for {pixels}");
}

#[test]
fn pushed_images_allocate_the_expected_length_once() {
    let (pixels, label) = ([7; PIXELS], 3);
    let info = measure(|| {
        let mut dataset = Dataset::with_expected_len(TRAIN);
        (0..TRAIN).for_each(|_| dataset.push(&pixels, label));
    });
    assert!(info.bytes_max as usize <= TRAIN * (PIXELS + 1) + MEGABYTE, "{info:?}");
    let info = measure(|| {
        let mut dataset = Dataset::with_expected_len(5_000);
        (0..5_000).for_each(|_| dataset.push_images(&pixels));
    });
    assert!(info.bytes_max as usize <= 5_000 * PIXELS + MEGABYTE / 10, "{info:?}");
}

/// The whole page, with a paused run and chunks that wait to be parsed.
#[test]
fn the_page_with_mnist_takes_little_more_memory_than_its_pixels() {
    let files = [
        (MnistFile::TrainImages, gzipped(TRAIN)),
        (MnistFile::TestImages, gzipped(TEST)),
        (MnistFile::TestLabels, [encode_header(Kind::Labels, TEST as u32), vec![3; TEST]].concat()),
        (MnistFile::TrainLabels, [encode_header(Kind::Labels, TRAIN as u32), vec![3; TRAIN]].concat()),
    ];
    let info = measure(|| {
        let mut app = App::default();
        app.update(Msg::Open(String::new()));
        // What the timeline remembers of a run is bounded by itself.
        app.update(PlaybackMsg::TogglePlay);
        app.update(DatasetMsg::Served(true));
        let ticket = |effect| if let Effect::Download(ticket) = effect { Some(ticket) } else { None };
        let ticket = app.take_effects().into_iter().find_map(ticket).expect("a download is asked for");
        let mut time = 0.0;
        let mut frame = |app: &mut App| {
            app.frame(8.0, || {
                time += 0.16;
                time
            });
            app.take_effects();
        };
        for (file, bytes) in &files {
            for chunk in bytes.chunks(CHUNK) {
                app.update(DatasetMsg::MnistChunk(ticket, *file, chunk.to_vec()));
                while app.dataset().backlog() > BACKLOG {
                    frame(&mut app);
                }
            }
            app.update(DatasetMsg::MnistEnd(ticket, *file));
        }
        while app.dataset().progress().is_some() {
            frame(&mut app);
        }
        assert_eq!(app.dataset().pair().train.len() + app.dataset().pair().test.len(), TRAIN + TEST);
        (0..50).for_each(|_| frame(&mut app));
    });
    let (peak, pixels) = (info.bytes_max as usize, (TRAIN + TEST) * PIXELS);
    println!("{} KB for {} KB of pixels", peak / 1_000, pixels / 1_000);
    assert!(peak < pixels * 23 / 20 + BACKLOG + 16 * MEGABYTE, "{peak} bytes for {pixels}");
}
