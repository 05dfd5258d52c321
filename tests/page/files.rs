//! Files dropped on the page.

use std::fs;

use bottleneck::files::{Format, save, write_png, write_zip};
use bottleneck::train::{Preset, Trainer, TrainerConfig};
use serde_json::json;

use crate::support::idx::{gzip, images, labels};
use crate::support::page::{Data, Opening, Page};

const IMAGES: &str = "own-images-idx3-ubyte";

#[test]
fn images_are_trained_on_and_other_files_change_nothing() {
    let page = Page::training(Opening::on(Data::Few).speed(100));
    page.drop_files(&[(IMAGES, images(600)), ("own-labels-idx1-ubyte", labels(600))]);
    let own = "dataset === 'own' && state === 'training' && step > 10 && testLoss > 0";
    page.wait(&format!("{own} && images > 300 && images <= 600"), 10.0, "images with labels");
    page.drop_files(&[(IMAGES, images(300))]);
    page.wait(&format!("{own} && images > 0 && images <= 300"), 10.0, "images without labels");
    page.drop_files(&[("digits.txt", b"These are digits: 0 1 2 3.".to_vec())]);
    page.wait_for_text("#notice-text", "digits.txt", "a text is refused");
    page.browser.js("const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(101e6)], 'large.safetensors'));
        document.querySelector('#app').dispatchEvent(new DragEvent('drop',
            { dataTransfer: transfer, bubbles: true, cancelable: true }))");
    page.wait_for_text("#notice-text", "at most 100 MB", "a large file is refused");
    let step = page.number("step");
    page.wait(&format!("{own} && images <= 300 && step > {step}"), 5.0, "training goes on");

    let prevented = page.browser.js("const transfer = new DataTransfer();
        transfer.setData('text/plain', '0.01');
        return ['dragover', 'drop'].map((type) => {
            const event = new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
            document.querySelector('#learning-rate').dispatchEvent(event);
            return event.defaultPrevented || document.body.classList.contains('dropping');
        })");
    assert_eq!(prevented, json!([false, false]), "dragged text is left to the browser");
    page.assert_quiet();
}

#[test]
fn pictures_are_trained_on_and_the_run_before_is_in_the_list() {
    let page = Page::training(Opening::on(Data::Few).speed(100));
    // Dark on light and of another size, as a phone would take them.
    page.browser.js("return (async () => {
            const transfer = new DataTransfer();
            for (let i = 0; i < 35; i++) {
                const canvas = new OffscreenCanvas(90, 120), context = canvas.getContext('2d');
                context.fillStyle = '#eee';
                context.fillRect(0, 0, 90, 120);
                context.fillStyle = '#224';
                context.font = '90px serif';
                context.fillText(i % 10, 20, 95);
                const type = ['image/png', 'image/jpeg', 'image/webp'][i % 3];
                const blob = await canvas.convertToBlob({ type });
                transfer.items.add(new File([blob], `digit-${i}.${type.slice(6)}`, { type }));
            }
            document.querySelector('#app').dispatchEvent(new DragEvent('drop',
                { dataTransfer: transfer, bubbles: true, cancelable: true }));
        })()");
    page.wait("dataset === 'own' && images === 30 && step > 10 && testLoss > 0", 10.0, "it trains on them");
    page.open_run("Default");
    page.wait("dataset === 'mnist'", 10.0, "the run before");
    page.assert_quiet();
}

#[test]
fn own_pictures_are_reported_while_they_are_read_and_can_be_cancelled() {
    let page = Page::training(Opening::on(Data::Few).speed(100));
    let drop_pictures = |count: u32, damaged: u32| {
        page.browser.js(&format!("return (async () => {{
            const transfer = new DataTransfer(), blobs = [];
            for (let i = 0; i < 10; i++) {{
                const canvas = new OffscreenCanvas(28, 28), context = canvas.getContext('2d');
                context.fillRect(0, 0, 28, 28);
                context.fillStyle = '#fff';
                context.fillRect(4 + 2 * i, 4, 3, 20);
                blobs.push(await canvas.convertToBlob());
            }}
            for (let i = 0; i < {count}; i++) transfer.items.add(new File([blobs[i % 10]], `${{i}}.png`));
            for (let i = 0; i < {damaged}; i++) transfer.items.add(new File(['no picture'], `broken-${{i}}.png`));
            transfer.items.add(new File(['about'], 'README.txt'));
            document.querySelector('#app').dispatchEvent(new DragEvent('drop',
                {{ dataTransfer: transfer, bubbles: true, cancelable: true }}));
        }})()"));
    };
    drop_pictures(2_000, 0);
    page.wait_for_text("#notice-text", "Reading your files", "progress is said");
    page.press("Cancel");
    page.wait_for_text("#notice-text", "cancelled", "reading is cancelled");
    page.wait("dataset === 'mnist' && step > 10", 5.0, "training goes on");

    drop_pictures(700, 2);
    page.wait("dataset === 'own' && images === 600 && step > 10 && testLoss > 0", 20.0, "it trains on them");
    let sentence = "700 pictures. 2 damaged, skipped: broken-0.png, broken-1.png; 1 other file ignored.";
    page.wait_for_text("#notice-text", sentence, "what was found is said");
    page.assert_quiet();
}

#[test]
fn own_arrays_have_their_classes_on_the_legend_and_can_be_inverted() {
    let page = Page::training(Opening::on(Data::Few).speed(100));
    let rows = (0..70)
        .map(|row| format!("{},{}\n", ["shoe", "bag"][row % 2], "0,255".to_owned() + &",9".repeat(782)));
    page.drop_files(&[("fashion.csv", rows.collect::<String>().into_bytes())]);
    page.wait("dataset === 'own' && images === 60 && step > 10", 10.0, "a table is trained on");
    let runs = page.number("runs");
    let legend =
        page.browser.js("return [...document.querySelectorAll('#legend button')].map((b) => b.textContent)");
    assert_eq!(legend, json!(["bag", "shoe"]));
    page.browser.js("document.querySelector('#invert').click()");
    page.wait(&format!("dataset === 'own' && runs > {runs} && step > 10"), 10.0, "another run is trained");
    page.assert_quiet();
}

/// Returns a PNG of a bar, as a class has it.
fn bar(column: usize) -> Vec<u8> {
    let level = |pixel: usize| if (column..column + 3).contains(&(pixel % 28)) { 255 } else { 0 };
    let rgba: Vec<u8> = (0..784).flat_map(|pixel| [[level(pixel); 3].as_slice(), &[255]].concat()).collect();
    write_png(&rgba, 28, 1)
}

/// Returns an `.npy` file of bytes.
fn npy(shape: &str, bytes: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({shape},), }}\n");
    [b"\x93NUMPY\x01\0", &(header.len() as u16).to_le_bytes()[..], header.as_bytes(), bytes].concat()
}

#[test]
fn folders_archives_and_arrays_are_taken_as_people_have_them() {
    let page = Page::training(Opening::on(Data::Few).speed(100));
    let own = |images: usize, sentence: &str| {
        page.wait_for_text("#notice-text", sentence, sentence);
        page.wait(&format!("dataset === 'own' && images === {images} && step > 5"), 10.0, sentence);
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mut files =
        vec![("broken.png".to_owned(), b"\x89PNG".to_vec()), (".DS_Store".to_owned(), vec![0; 9])];
    for (class, column) in [("eight", 4), ("nine", 9), ("ten", 20)] {
        files.extend((0..8).map(|index| (format!("{class}/{index}.png"), bar(column + index % 4))));
    }
    for (path, bytes) in &files {
        let path = folder.path().join("digits").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    for kind in ["dragEnter", "dragOver", "drop"] {
        let data = json!({ "items": [], "files": [folder.path().join("digits")], "dragOperationsMask": 1 });
        page.browser
            .devtools("Input.dispatchDragEvent", json!({ "type": kind, "x": 300, "y": 300, "data": data }));
    }
    let ignored = "1 damaged, skipped: broken.png; 1 other file ignored.";
    own(21, &format!("24 pictures in 3 classes. {ignored}"));
    files.pop();
    page.drop_files(&[("digits.zip", write_zip(&files))]);
    own(20, &format!("23 pictures in 3 classes. {ignored}"));

    page.drop_files(&[
        ("train-images-idx3-ubyte", images(40)),
        ("train-labels-idx1-ubyte", labels(40)),
        ("t10k-images-idx3-ubyte", images(10)),
        ("t10k-labels-idx1-ubyte.gz", gzip(&labels(10))),
    ]);
    own(40, "40 images to train on and 10 to test with");
    let arrays = [
        ("x_train.npy", npy("30, 28, 28", &images(30)[16..])),
        ("y_train.npy", npy("30", &labels(30)[8..])),
        ("x_test.npy", npy("12, 28, 28", &images(12)[16..])),
        ("y_test.npy", npy("12", &labels(12)[8..])),
    ];
    page.drop_files(&[("digits.npz", write_zip(&arrays.map(|(name, bytes)| (name.to_owned(), bytes))))]);
    own(30, "30 images to train on and 12 to test with");

    page.drop_files(&[("a.png", bar(4)), ("b.png", bar(12))]);
    page.wait_for_text("#notice-text", "Number 1 of 2 is on the pad", "a few are looked at");
    page.press("Show the next");
    page.wait_for_text("#notice-text", "Number 2 of 2", "one after another");
    page.press("Train on them");
    own(2, "the test error is that of the training images");
    page.assert_quiet();
}

/// Has the browser change the lowest bit of some pixels that a page reads from a canvas, as Brave does.
const SCRAMBLE: &str = "const read = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function (...where) {
        const image = read.apply(this, where);
        for (let i = 40; i < image.data.length; i += 404) image.data[i] ^= 1;
        return image;
    };
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => { window.saved = blob; return make.call(URL, blob); };";

#[test]
fn a_browser_that_scrambles_canvases_is_noticed_and_no_noise_is_trained_on() {
    let page = Page::training(Opening::on(Data::Few).speed(100).script(SCRAMBLE));
    let pictures: Vec<_> = (0..30).map(|index| (format!("{index}.png"), bar(index % 20))).collect();
    let pictures: Vec<_> = pictures.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let noise = "this browser gives a page noise in place of the pixels of a canvas";
    page.drop_files(&pictures);
    page.wait_for_text("#notice-text", noise, "pictures are refused");
    assert!(page.notice().contains("drop an .npz, .csv or IDX file"), "{}", page.notice());
    page.wait("dataset === 'mnist' && step > 20 && runs === 1", 10.0, "training goes on");
    page.close_notice();
    page.set("Format", "loss");
    page.press("Save");
    page.wait_for_text("#notice-text", noise, "a picture with text is refused");
    assert_eq!(page.browser.js("return window.saved === undefined"), json!(true));

    // Pixels need no canvas, and neither do arrays.
    page.set("Format", "decoded");
    page.press("Save");
    page.browser.wait_until("window.saved", 5.0, "pixels are saved");
    let exact = "const bitmap = await createImageBitmap(saved);
        const canvas = new OffscreenCanvas(bitmap.width, bitmap.height), context = canvas.getContext('2d');
        context.drawImage(bitmap, 0, 0);
        const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
        const side = bitmap.width / 28, start = (at) => at - at % side;
        const first = (i) => 4 * (start(Math.floor(i / bitmap.width)) * bitmap.width + start(i % bitmap.width));
        const colours = new Set(new Uint32Array(data.buffer)).size;
        return colours > 5 && data.every((value, i) => value === data[first(Math.floor(i / 4)) + i % 4]);";
    assert_eq!(page.browser.js(&format!("return (async () => {{ {exact} }})()")), json!(true));
    page.drop_files(&[(IMAGES, images(300))]);
    page.wait("dataset === 'own' && images > 200 && step > 5", 10.0, "arrays are trained on");
    page.assert_quiet();
}

#[test]
fn a_network_without_activations_asks_for_them() {
    let page = Page::rested(Opening::on(Data::Few), 20);
    let spec = "784 9r 2 9r 784s".parse().expect("layers");
    let trainer = Trainer::new(&TrainerConfig { spec, ..Preset::Blog.config() }).expect("a network");
    let file = save(Format::SafeTensors, &trainer).expect("a file");
    // Other libraries write no metadata.
    let (len, rest) = file.split_first_chunk().expect("a header");
    let (header, tensors) = rest.split_at(u64::from_le_bytes(*len) as usize);
    let (_, header) = str::from_utf8(header).expect("text").split_once("},").expect("metadata come first");
    let header = format!("{{{}", header.trim_end());
    let theirs = [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), tensors].concat();

    page.drop_files(&[("theirs.safetensors", theirs)]);
    page.wait_for_text("#notice-text", "which are they?", "the page asks");
    let taken = page.value("Network");
    let label = page.text("#notice-alternative");
    page.browser.click(&page.browser.find("#notice-alternative"));
    page.browser.wait_until("document.querySelector('#notice').hidden", 2.0, "the question is answered");
    let other = page.value("Network");
    assert_ne!(other, taken);
    assert!(!label.is_empty() && other.starts_with("784 9"), "{label}: {other}");
    page.wait("step === 0 && state === 'paused'", 5.0, "no step is lost");
    page.assert_quiet();
}
