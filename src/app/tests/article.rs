//! The sentences of *How it works*.

use super::*;
use crate::train::setting::Setting;

#[test]
fn sentences_show_the_values_of_the_run() {
    let mut page = Page::with_mnist("batch=10&seed=3");
    let text = |page: &mut Page, name| article_text(&page.app, name).unwrap_or_default();
    assert_eq!(article_text(&page.app, "train"), None, "nothing is known yet");
    page.budget = 8.0;
    page.until(|app| app.figures().step > 60 && app.figures().test_mse.is_some());
    page.send(PlaybackMsg::TogglePlay);
    page.frames(60);
    let figures = page.app.figures();
    assert_eq!(text(&mut page, "step"), figures.step.to_string());
    assert_eq!(text(&mut page, "test"), format!("{:.4}", figures.test_mse.unwrap()));
    for (name, expected) in [("bits", "64"), ("part", "98"), ("code", "just two numbers"), ("batch", "10")] {
        assert_eq!(text(&mut page, name), expected);
    }
    assert_eq!(
        (text(&mut page, "parameters"), text(&mut page, "decoder")),
        ("84,586".to_owned(), "42,684".to_owned())
    );
    let mean: f32 = text(&mut page, "mean").parse().unwrap();
    assert!(mean > 0.01 && mean < 0.2);
    page.send(PlaneMsg::PointAt(Some([0.5, 0.5])));
    let sentence = selection_sentence(&page.app);
    assert!(
        sentence.contains("the decoder drew its picture from (") && sentence.contains("nearest"),
        "{sentence}"
    );
    page.send(PlaneMsg::PointAt(None));
    page.send(PlaneMsg::Pick { at: [0.5, 0.5], reach: 2.0 });
    let sentence = selection_sentence(&page.app);
    let (_, label, output) = page.app.outputs().selected().unwrap();
    assert_eq!(output.len(), 784);
    assert!(
        sentence.starts_with(&format!("This {} became (", label.unwrap()))
            && sentence.contains("the only two numbers the decoder gets, and came back with an error of 0."),
        "{sentence}"
    );
    page.send(RunsMsg::Seek(20));
    let sentence = selection_sentence(&page.app);
    let step = page.app.shown_step();
    assert!(sentence.starts_with(&format!("At step {step}, this {} became (", label.unwrap())), "{sentence}");
    page.set(Setting::Network, "784 20t 5 20t 784");
    assert_eq!(
        (text(&mut page, "bits"), text(&mut page, "code")),
        ("160".to_owned(), "5 numbers".to_owned())
    );
    assert_eq!(article_text(&page.app, "nonsense"), None);
}
