//! The page without a browser: what can happen to it, what it does with the time of a frame, what there is to see.
//!
//! The browser's side makes a [`Msg`] of whatever happens and gives it to [`App::update`]; it gives each frame's time to
//! [`App::frame`], and draws what that says has changed. Nothing is painted here and no clock is read but the one
//! that is handed in, so all of it is tested natively.

mod display;
mod evaluation;
mod files;
mod manifold;
mod message;
mod network_file;
mod notice;
mod own_files;
mod plane;
mod rates;
mod settings;
mod sight;
mod source;
mod state;
mod update;
mod work;

pub use display::SHOWN;
pub use files::SavedFile;
pub use message::{Msg, Ticket};
pub use notice::{Action, Notice};
pub use plane::{MOST_PINS, MOST_POINTS, Pin, Plane};
pub use settings::{DatasetChoice, Field, SettingError, Settings, UnfitNetwork};
pub use source::MnistFile;
pub use state::{Dirty, Figures, State};

use crate::data::Dataset;
use crate::history::{History, Smoothed};
use crate::trainer::Trainer;
use display::Display;
use evaluation::Evaluation;
use manifold::Manifold;
use own_files::OwnFiles;
use rates::Rates;
use source::Source;

/// Points that a loss series keeps.
const HISTORY: usize = 1_000;

/// The page's state, all of it.
#[derive(Debug)]
pub struct App {
    settings: Settings,
    mnist_served: bool,
    source: Option<Source>,
    ticket: Ticket,
    download: Option<Ticket>,
    own_files: Option<(Ticket, OwnFiles)>,
    own_kept: Option<(Dataset, Dataset)>,
    using: DatasetChoice,
    train: Dataset,
    test: Dataset,
    trainer: Trainer,
    playing: bool,
    hidden: bool,
    diverged: Option<Notice>,
    steps_wanted: u32,
    good: Vec<f32>,
    best_mse: f32,
    history: History,
    smoothed: Smoothed,
    test_mse: Option<f32>,
    evaluation: Evaluation,
    evaluated_step: Option<u64>,
    plane: Plane,
    manifold: Manifold,
    display: Display,
    rates: Rates,
    notice: Option<Notice>,
    address: Option<String>,
    saved: Option<SavedFile>,
    refused_network: Option<String>,
    frames: u64,
    undrawn: bool,
    last_frame: Option<f64>,
    dirty: Dirty,
}

impl Default for App {
    fn default() -> Self {
        let settings = Settings::default();
        let trainer = Trainer::new(&settings.config).expect("the default settings are valid");
        let network = trainer.network();
        Self {
            mnist_served: false,
            source: None,
            ticket: 0,
            download: None,
            own_files: None,
            own_kept: None,
            using: DatasetChoice::Strokes,
            train: Dataset::default(),
            test: Dataset::default(),
            playing: true,
            hidden: false,
            diverged: None,
            steps_wanted: 0,
            good: trainer.parameters().to_vec(),
            best_mse: work::BLANK_PAGE,
            history: History::new(HISTORY),
            smoothed: Smoothed::new(0.98),
            test_mse: None,
            evaluation: Evaluation::new(network),
            evaluated_step: None,
            plane: Plane::new(network),
            manifold: Manifold::default(),
            display: Display::new(network),
            rates: Rates::default(),
            notice: None,
            address: None,
            saved: None,
            refused_network: None,
            frames: 0,
            undrawn: false,
            last_frame: None,
            dirty: Dirty::ALL,
            settings,
            trainer,
        }
    }
}

#[cfg(test)]
mod tests;
