//! Files dropped on the page.

use serde_json::json;

use crate::support::idx::{images, labels};
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
    let legend =
        page.browser.js("return [...document.querySelectorAll('#legend button')].map((b) => b.textContent)");
    assert_eq!(legend, json!(["bag", "shoe"]));
    page.browser.js("document.querySelector('#invert').click()");
    page.wait("dataset === 'own' && step < 10", 10.0, "another run begins");
    page.wait("step > 10", 10.0, "it trains");
    page.assert_quiet();
}
