//! Files dropped onto the page: good ones are trained on, bad ones are told and change nothing.

use crate::support::idx::{cut_after, images, labels};
use crate::support::page::{Data, Opening, Page};

const IMAGES: &str = "own-images-idx3-ubyte";
const LABELS: &str = "own-labels-idx1-ubyte";

#[test]
fn bad_files_are_told_and_leave_training_untouched() {
    let page = Page::training(Opening::on(Data::best()));
    page.wait("images === 60000", 30.0, "all images are there");
    let mut wide = images(100);
    wide[15] = 29;
    let mut promising = images(100);
    promising[4..8].copy_from_slice(&u32::MAX.to_be_bytes());
    let mut trailing = images(100);
    trailing.push(0);
    let bad = [
        ("truncated", vec![(IMAGES, cut_after(50, images(100)))]),
        ("no IDX", vec![("digits.txt", b"These are digits: 0 1 2 3 4 5 6 7 8 9.".to_vec())]),
        ("empty", vec![(IMAGES, vec![])]),
        ("not 28 by 28", vec![(IMAGES, wide)]),
        ("promises more than arrives", vec![(IMAGES, promising)]),
        ("bytes after the end", vec![(IMAGES, trailing)]),
        ("labels that disagree", vec![(IMAGES, images(100)), (LABELS, labels(99))]),
    ];
    let mut sentences: Vec<String> = Vec::new();
    for (what, files) in bad {
        let (dataset, step) = (page.data("dataset"), page.number("step"));
        page.drop_files(&files);
        let sentence = page.wait_for_another_notice(sentences.last().map_or("", String::as_str), what);
        let goes_on =
            format!("state === 'training' && step > {step} && dataset === '{dataset}' && images === 60000");
        page.wait(&goes_on, 2.0, &format!("training is untouched by a file: {what}"));
        assert!(
            !sentences.contains(&sentence),
            "{what} is told by the sentence of another fault: {sentence}"
        );
        sentences.push(sentence);
    }
    page.assert_quiet();
}

#[test]
fn own_files_are_trained_on_with_labels_or_without() {
    let page = Page::training(Opening::on(Data::Strokes));
    page.drop_files(&[(IMAGES, images(600)), (LABELS, labels(600))]);
    // Some of them may be held out for the test.
    let own = "dataset === 'own' && images > 0 && images <= 600";
    page.wait(&format!("{own} && state === 'training' && step > 20"), 5.0, "it trains on one's own files");
    page.wait("testLoss > 0", 10.0, "and evaluates");

    page.drop_files(&[(IMAGES, images(300))]);
    let fewer = "dataset === 'own' && images > 0 && images <= 300";
    page.wait(&format!("{fewer} && state === 'training' && step > 20"), 5.0, "and without labels");
    page.assert_quiet();
}

#[test]
fn pictures_of_digits_are_trained_on() {
    let page = Page::training(Opening::on(Data::Strokes));
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
    page.wait("dataset === 'own' && images === 30 && step > 20", 10.0, "it trains on the pictures");
    page.wait("testLoss > 0", 10.0, "and evaluates");
    page.press("Undo");
    page.wait("dataset === 'strokes'", 10.0, "the run before comes back");
    page.assert_quiet();
}

#[test]
fn text_that_is_dragged_is_left_to_the_browser() {
    let page = Page::training(Opening::on(Data::Strokes));
    let prevented = page.browser.js("const transfer = new DataTransfer();
        transfer.setData('text/plain', '0.01');
        return ['dragover', 'drop'].map((type) => {
            const event = new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
            document.querySelector('#learning-rate').dispatchEvent(event);
            return event.defaultPrevented || document.body.classList.contains('dropping');
        })");
    assert_eq!(prevented, serde_json::json!([false, false]), "text cannot be dropped into a field");
    page.assert_quiet();
}
