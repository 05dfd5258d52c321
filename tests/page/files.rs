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
