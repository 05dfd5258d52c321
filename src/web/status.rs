//! The transport bar's figures, and what the page tells a script by its `data-` attributes.

use web_sys::{Document, Element, HtmlElement, HtmlProgressElement};

use super::dom::{self, MissingElement, id};
use crate::app::{App, Figures, State};

/// The elements that show what the page is doing.
pub(crate) struct Status {
    app: HtmlElement,
    play: HtmlElement,
    step: Element,
    epoch: Element,
    test: Element,
    train: Element,
    steps_rate: Element,
    examples_rate: Element,
    progress: HtmlProgressElement,
    progress_label: HtmlElement,
    notice: HtmlElement,
    notice_text: Element,
    notice_action: HtmlElement,
}

impl Status {
    /// Finds the elements.
    pub(crate) fn new(document: &Document) -> Result<Self, MissingElement> {
        Ok(Self {
            app: dom::element(document, id::APP)?,
            play: dom::element(document, id::PLAY)?,
            step: dom::element(document, id::FIGURE_STEP)?,
            epoch: dom::element(document, id::FIGURE_EPOCH)?,
            test: dom::element(document, id::FIGURE_TEST)?,
            train: dom::element(document, id::FIGURE_TRAIN)?,
            steps_rate: dom::element(document, id::FIGURE_STEPS_RATE)?,
            examples_rate: dom::element(document, id::FIGURE_EXAMPLES_RATE)?,
            progress: dom::element(document, id::PROGRESS)?,
            progress_label: dom::element(document, id::PROGRESS_LABEL)?,
            notice: dom::element(document, id::NOTICE)?,
            notice_text: dom::element(document, id::NOTICE_TEXT)?,
            notice_action: dom::element(document, id::NOTICE_ACTION)?,
        })
    }

    /// Shows state, figures and progress.
    pub(crate) fn show(&self, app: &App) {
        let figures = app.figures();
        self.tell(app, &figures);
        dom::set_text(
            &self.play,
            if app.is_playing() && app.state() != State::Diverged { "Pause" } else { "Play" },
        );
        dom::set_text(&self.step, &grouped(figures.step));
        dom::set_text(&self.epoch, &format!("{:.1}", figures.epoch));
        dom::set_text(&self.test, &shown(figures.test_mse, |mse| format!("{mse:.4}")));
        dom::set_text(&self.train, &shown(figures.train_mse, |mse| format!("{mse:.4}")));
        let rate = |rate: f64| grouped(rate.round() as u64);
        dom::set_text(&self.steps_rate, &shown(figures.steps_per_second, rate));
        dom::set_text(&self.examples_rate, &shown(figures.examples_per_second, rate));
        let progress = app.progress();
        dom::set_shown(&self.progress, progress.is_some());
        dom::set_shown(&self.progress_label, progress.is_some());
        if let Some(progress) = progress {
            self.progress.set_value(progress);
            dom::set_text(&self.progress_label, &format!("{} images", grouped(figures.images as u64)));
        }
    }

    /// Shows what has to be said.
    pub(crate) fn show_notice(&self, app: &App) {
        let notice = app.notice();
        dom::set_shown(&self.notice, notice.is_some());
        dom::set_text(&self.notice_text, notice.map_or("", |notice| &notice.text));
        let action = notice.and_then(|notice| notice.action);
        dom::set_shown(&self.notice_action, action.is_some());
        dom::set_text(&self.notice_action, action.map_or("", |action| action.label()));
    }

    fn tell(&self, app: &App, figures: &Figures) {
        let set = |name, value: &str| dom::set_data(&self.app, name, value);
        set("data-state", app.state().name());
        set("data-step", &figures.step.to_string());
        set("data-examples", &figures.examples.to_string());
        set("data-epoch", &figures.epoch.to_string());
        set("data-train-loss", &told(figures.train_mse));
        set("data-test-loss", &told(figures.test_mse));
        set("data-steps-per-second", &told(figures.steps_per_second));
        set("data-examples-per-second", &told(figures.examples_per_second));
        set("data-dataset", app.using().name());
        set("data-images", &figures.images.to_string());
    }
}

/// A figure for people, or a dash where there is none yet.
fn shown<T>(value: Option<T>, format: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), format)
}

/// A figure for scripts, or nothing where there is none yet.
fn told<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// A whole number with its thousands grouped: `12,340`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
