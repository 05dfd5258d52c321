//! The transport bar: what runs, in buttons and figures, and what the page tells a script by its `data-` attributes.

use web_sys::{Document, Element, HtmlElement, HtmlProgressElement};

use super::{Paint, Panel, REFRESH_AFTER_FRAMES, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Figures, PlaybackMsg, State, Version};
use crate::view::plot::group_digits;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::Listener;
use crate::web::page_handle::PageHandle;

/// The elements that show what the page is doing.
pub(super) struct Transport {
    app: HtmlElement,
    reset: Element,
    play: HtmlElement,
    step_button: Element,
    step: Element,
    epoch: Element,
    test: Element,
    train: Element,
    steps_rate: Element,
    examples_rate: Element,
    progress: HtmlProgressElement,
    progress_label: HtmlElement,
    throttle: RedrawThrottle<(State, Version, Version, Version, usize)>,
    /// What was pressed is shown at once.
    pressed: RedrawThrottle<(State, Version)>,
}

impl Transport {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            app: dom::element(document, id::APP)?,
            reset: dom::element(document, id::RESET)?,
            play: dom::element(document, id::PLAY)?,
            step_button: dom::element(document, id::STEP)?,
            step: dom::element(document, id::FIGURE_STEP)?,
            epoch: dom::element(document, id::FIGURE_EPOCH)?,
            test: dom::element(document, id::FIGURE_TEST)?,
            train: dom::element(document, id::FIGURE_TRAIN)?,
            steps_rate: dom::element(document, id::FIGURE_STEPS_RATE)?,
            examples_rate: dom::element(document, id::FIGURE_EXAMPLES_RATE)?,
            progress: dom::element(document, id::PROGRESS)?,
            progress_label: dom::element(document, id::PROGRESS_LABEL)?,
            throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
            pressed: RedrawThrottle::new(1),
        })
    }

    fn show(&self, app: &App) {
        let figures = app.figures();
        self.tell(app, &figures);
        let plays = app.is_playing() && app.state() != State::Diverged;
        dom::set_text(&self.play, if plays { "Pause" } else { "Play" });
        dom::set_text(&self.step, &group_digits(figures.step));
        dom::set_text(&self.epoch, &format!("{:.1}", figures.epoch));
        dom::set_text(&self.test, &shown(figures.test_mse, |mse| format!("{mse:.4}")));
        dom::set_text(&self.train, &shown(figures.train_mse, |mse| format!("{mse:.4}")));
        let rate = |rate: f64| group_digits(rate.round() as u64);
        dom::set_text(&self.steps_rate, &shown(figures.steps_per_second, rate));
        dom::set_text(&self.examples_rate, &shown(figures.examples_per_second, rate));
        self.show_progress(app, &figures);
    }

    /// Shows how many images are here, or how many steps were made of those that were asked for.
    fn show_progress(&self, app: &App, figures: &Figures) {
        let stepping = app.playback().stepping();
        let of_steps = |(made, asked): (u64, u64)| {
            let text = format!("{} of {} steps", group_digits(made), group_digits(asked));
            (made as f64 / asked as f64, text)
        };
        let of_images = |progress| (progress, format!("{} images", group_digits(figures.images as u64)));
        let progress = app.dataset().progress().map(of_images).or(stepping.map(of_steps));
        dom::set_visible(&self.progress, progress.is_some());
        dom::set_visible(&self.progress_label, progress.is_some());
        if let Some((progress, text)) = progress {
            self.progress.set_value(progress);
            dom::set_text(&self.progress_label, &text);
        }
    }

    fn tell(&self, app: &App, figures: &Figures) {
        let set = |name, value: &str| dom::set_attribute(&self.app, name, value);
        set("data-state", app.state().name());
        set("data-step", &figures.step.to_string());
        set("data-examples", &figures.examples.to_string());
        set("data-epoch", &figures.epoch.to_string());
        set("data-train-loss", &told(figures.train_mse));
        set("data-test-loss", &told(figures.test_mse));
        set("data-steps-per-second", &told(figures.steps_per_second));
        set("data-examples-per-second", &told(figures.examples_per_second));
        set("data-dataset", app.dataset().using().name());
        set("data-images", &figures.images.to_string());
    }
}

impl Panel for Transport {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        vec![
            on_click(handle, &self.reset, PlaybackMsg::Reset),
            on_click(handle, &self.play, PlaybackMsg::TogglePlay),
            on_click(handle, &self.step_button, PlaybackMsg::Step),
        ]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let (state, stock) = (app.state(), app.dataset());
        let images = stock.pair().train.len() + stock.pair().test.len();
        let key = (state, app.run().version(), app.playback_version(), stock.version(), images);
        let is_pressed = self.pressed.is_due((state, app.playback_version()), true);
        if self.throttle.is_due(key, paint.immediate || is_pressed) {
            self.show(app);
        }
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
