//! The values in the sentences of *How it works*.

use super::{App, Selection};
use crate::data::PIXELS;
use crate::train::setting::Setting;
use crate::view::plot::group_digits;

/// The bits of a pixel, and of a latent dimension.
const PIXEL_BITS: usize = 8;
const LATENT_BITS: usize = 32;

/// Returns a class with its article: "a 7", "an 8".
pub fn with_article(label: u8) -> String {
    let article = if matches!(label, 8 | 11 | 18 | 80..=89) { "an" } else { "a" };
    format!("{article} {label}")
}

/// Returns a value of the article by its name, as text; nothing if it is unknown, such as an error before it is
/// measured.
pub fn article_text(app: &App, name: &str) -> Option<String> {
    let width = app.plane().latent_dim;
    let bits = LATENT_BITS * width;
    let error = |error: Option<f32>| error.map(|mse| format!("{mse:.4}"));
    let reference = |key: &str| app.references().find(|(name, _)| *name == key).map(|(_, mse)| mse);
    let figures = app.figures();
    match name {
        "code" => Some(match width {
            1 => "a single number".to_owned(),
            2 => "just two numbers".to_owned(),
            _ => format!("{width} numbers"),
        }),
        "look" => Some(selection_sentence(app)),
        "bits" => Some(bits.to_string()),
        "part" => Some((PIXEL_BITS * PIXELS / bits.max(1)).to_string()),
        "mean" => error(reference("mean digit")),
        "linear" => error(reference("linear code")),
        "test" => error(figures.test_mse),
        "train" => error(figures.train_mse),
        "step" => Some(group_digits(figures.step)),
        "examples" => Some(group_digits(figures.examples)),
        "images" => Some(group_digits(app.settings().config.train_len(figures.images) as u64)),
        "parameters" => Some(group_digits(app.run().trainer().parameters().len() as u64)),
        "decoder" => {
            let layers = app.run().trainer().network().decoder();
            let count: usize = layers.iter().map(|layer| layer.outputs * (layer.inputs + 1)).sum();
            Some(group_digits(count as u64))
        }
        "optimizer" => Some(app.settings().config.method.title().to_owned()),
        "rate" => app.settings().get(Setting::LearningRate),
        "batch" => app.settings().get(Setting::BatchSize),
        _ => None,
    }
}

/// Describes the selection, its code, and the error of its reconstruction.
fn selection_sentence(app: &App) -> String {
    let selection = app.plane().selection();
    let code = app.plane().focus();
    let numbers: Vec<_> = code.iter().take(2).map(|z| format!("{z:.2}").replace('-', "−")).collect();
    let rest = if code.len() > 2 { ", …" } else { "" };
    let z = format!("({}{rest})", numbers.join(", "));
    let flow = app.outputs().flow();
    let mse = flow.error();
    let label = flow.label.map_or(String::new(), |label| format!(", {},", with_article(label)));
    match (selection, mse) {
        (Selection::Place(_), _) | (_, None) => {
            format!(
                "You are looking at {z}, which is no digit’s code: what is drawn there is the decoder’s own idea."
            )
        }
        (Selection::Drawn, Some(mse)) => {
            format!("Your digit became {z}, and comes back with an error of {mse:.4}.")
        }
        (Selection::Digit(_), Some(mse)) => {
            format!(
                "The test digit you are looking at{label} became {z}, and comes back with an error of {mse:.4}."
            )
        }
    }
}
