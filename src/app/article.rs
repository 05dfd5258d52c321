//! The sentence under the pipeline, and the values in the sentences of *How it works*.

use super::{App, Posterior, Selection};
use crate::data::PIXELS;
use crate::train::setting::Setting;
use crate::view::plot::{coordinate, group_digits};

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

/// Returns the sentence under the pipeline: about the selection, and in slow motion about the part of the step.
pub fn pipeline_sentence(app: &App) -> String {
    match app.step_part() {
        Some((part, _)) => {
            let count = |count: usize| group_digits(count as u64);
            let trainer = app.run().trainer();
            part.to_sentence(&count(trainer.config().batch_size), &count(trainer.parameters().len()))
        }
        None => selection_sentence(app),
    }
}

/// Describes the selection, its code, and the error of its reconstruction.
pub fn selection_sentence(app: &App) -> String {
    let flow = app.outputs().flow();
    let values: Vec<_> = flow.code.iter().map(|z| coordinate(*z)).collect();
    let (code, only) = match values.len() {
        1 => (values[0].clone(), "the only number the decoder gets"),
        2 => (format!("({})", values.join(", ")), "the only two numbers the decoder gets"),
        count => (format!("{count} numbers"), "all that the decoder gets"),
    };
    let shown = app.runs().timeline().shown();
    let when = shown.map(|checkpoint| format!("At step {}, ", group_digits(checkpoint.step)));
    let sentence = match (app.plane().selection(), flow.error()) {
        (Selection::Place(_), _) | (_, None) => {
            let nearest = match (flow.nearest, flow.label) {
                (Some(_), Some(label)) => format!(" The nearest test digit is {}.", with_article(label)),
                _ => String::new(),
            };
            format!("No digit has this code: the decoder drew its picture from {code} alone.{nearest}")
        }
        (Selection::Drawn, Some(error)) => {
            format!(
                "Your digit became {code}, {only}, and came back with an error of {}.",
                short_error(error)
            )
        }
        (Selection::Digit(_), Some(error)) if flow.posterior.is_some() => {
            let digit = flow.label.map_or_else(|| "digit".to_owned(), |label| label.to_string());
            let list = |code: &[f32]| code.iter().map(|z| coordinate(*z)).collect::<Vec<_>>().join(", ");
            let cloud = match &flow.posterior {
                Some(Posterior { log_variance, sample, .. }) if flow.code.len() <= 2 => format!(
                    "around {code}, with log-variances ({}) and a sample at ({})",
                    list(log_variance),
                    list(sample)
                ),
                _ => format!("of {code}"),
            };
            format!(
                "This {digit} became a cloud {cloud}, and came back with an error of {}.",
                short_error(error)
            )
        }
        (Selection::Digit(_), Some(error)) => {
            let digit = flow.label.map_or_else(|| "digit".to_owned(), |label| label.to_string());
            format!(
                "This {digit} became {code}, {only}, and came back with an error of {}.",
                short_error(error)
            )
        }
    };
    match when {
        Some(when) => when + &lowercase_first(&sentence),
        None => sentence,
    }
}

/// Returns an error with three decimals; a huge one, of a network that has diverged, without.
pub fn short_error(error: f32) -> String {
    if error < 100.0 { format!("{error:.3}") } else { group_digits(error as u64) }
}

fn lowercase_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
