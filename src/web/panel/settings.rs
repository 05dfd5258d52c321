//! The settings: a field for each row of a table, written from the app's settings by one loop.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{
    Document, Element, Event, HtmlElement, HtmlInputElement, HtmlOptionElement, HtmlSelectElement,
    KeyboardEvent,
};

use super::{DrawContext, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, DatasetChoice, Field, Msg, Version};
use crate::train::setting::{Setting, stepped};
use crate::view::plot::group_digits;
use crate::web::bind::Control;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// Each field and the id of its control.
const FIELDS: [(Field, &str); 25] = [
    (Field::Preset, id::PRESET),
    (Field::Setting(Setting::Network), id::NETWORK),
    (Field::Setting(Setting::Loss), id::LOSS_FUNCTION),
    (Field::Setting(Setting::OutputActivation), id::OUTPUT_ACTIVATION),
    (Field::Setting(Setting::Variational), id::VARIATIONAL),
    (Field::Setting(Setting::Beta), id::BETA),
    (Field::Setting(Setting::Corruption), id::CORRUPTION),
    (Field::Setting(Setting::CorruptionAmount), id::CORRUPTION_AMOUNT),
    (Field::Setting(Setting::LearningRate), id::LEARNING_RATE),
    (Field::Setting(Setting::Schedule), id::SCHEDULE),
    (Field::Setting(Setting::ScheduleSteps), id::SCHEDULE_STEPS),
    (Field::Setting(Setting::Optimizer), id::OPTIMIZER),
    (Field::Setting(Setting::BatchSize), id::BATCH_SIZE),
    (Field::Setting(Setting::L1), id::L1),
    (Field::Setting(Setting::L2), id::L2),
    (Field::Setting(Setting::Momentum), id::MOMENTUM),
    (Field::Setting(Setting::Rho), id::RHO),
    (Field::Setting(Setting::Beta1), id::BETA1),
    (Field::Setting(Setting::Beta2), id::BETA2),
    (Field::Setting(Setting::Epsilon), id::EPSILON),
    (Field::Setting(Setting::WeightDecay), id::WEIGHT_DECAY),
    (Field::Setting(Setting::Seed), id::SEED),
    (Field::Dataset, id::DATASET),
    (Field::Setting(Setting::TrainImages), id::TRAIN_IMAGES),
    (Field::Setting(Setting::LeaveOut), id::LEAVE_OUT),
];

/// The share of the track below the red part, at most.
const MAX_STABLE_SHARE: f32 = 0.95;

/// The ends of the learning rate's slider, as logarithms to base 10.
const RATE_DECADES: [f32; 2] = [-5.0, 1.0];

/// A field of the settings: its control on the page.
struct FormField {
    field: Field,
    element: Element,
    control: Control,
    /// The control with its label, hidden while the setting does not apply.
    container: Option<HtmlElement>,
    /// What was written last. What the user types stays until that changes.
    written: RefCell<Option<String>>,
    /// Whether the last input was a key that moves the selection, and the option that was selected before such keys.
    by_key: Cell<bool>,
    before_keys: Cell<Option<i32>>,
}

impl FormField {
    /// Writes a value, unless it was written last.
    fn show(&self, value: String) {
        if self.written.borrow().as_ref() != Some(&value) {
            self.control.set_value(&value);
            self.written.replace(Some(value));
        }
    }

    /// Sets the setting, and has the field show the result.
    fn send(&self, handle: &PageHandle, value: String) {
        self.written.replace(None);
        handle.send(Msg::Set(self.field, value));
    }

    /// Returns whether the field is a choice that begins another run.
    fn begins_run(&self) -> bool {
        let restarts = match self.field {
            Field::Preset | Field::Dataset => true,
            Field::Setting(setting) => setting.restarts_training(),
        };
        restarts && self.element.has_type::<HtmlSelectElement>()
    }

    fn selected_index(&self) -> i32 {
        self.element.unchecked_ref::<HtmlSelectElement>().selected_index()
    }

    /// Sends what keys have selected.
    fn send_pending(&self, handle: &PageHandle) {
        if self.before_keys.take().is_some_and(|before| before != self.selected_index()) {
            self.send(handle, self.control.value());
        }
    }
}

/// Listens to a choice that begins another run. Where keys select one option after another, it waits for Enter, or until the field is
/// left: a run at each press would fill the list of runs.
fn on_choice(handle: &PageHandle, field: &Rc<FormField>) -> [Listener; 4] {
    ["keydown", "pointerdown", "change", "blur"].map(|name| {
        let (handle, source) = (handle.clone(), Rc::clone(field));
        Listener::new(&field.element, name, Mode::Passive, move |event: Event| {
            let is_enter = event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == "Enter");
            match name {
                "keydown" if !is_enter => {
                    source.by_key.set(true);
                    let before = source.before_keys.get().or_else(|| Some(source.selected_index()));
                    source.before_keys.set(before);
                }
                "pointerdown" => source.by_key.set(false),
                "change" if source.by_key.get() => {}
                "change" => {
                    source.before_keys.set(None);
                    source.send(&handle, source.control.value());
                }
                // Enter, or the field is left.
                _ => {
                    source.by_key.set(false);
                    source.send_pending(&handle);
                }
            }
        })
    })
}

/// The form of all settings.
pub(super) struct SettingsForm {
    document: Document,
    fields: Vec<Rc<FormField>>,
    custom_preset: HtmlOptionElement,
    /// Sliders whose value is the logarithm of a setting.
    sliders: [(Setting, HtmlInputElement); 2],
    rate_track: HtmlElement,
    track_throttle: RedrawThrottle<u32>,
    throttle: RedrawThrottle<(Version, Version, Version)>,
}

impl SettingsForm {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let mut fields = Vec::with_capacity(FIELDS.len());
        for (field, id) in FIELDS {
            let element: Element = dom::element(document, id)?;
            if let Some(select) = element.dyn_ref() {
                for (value, title) in field.choices() {
                    dom::add_option(select, value, title);
                }
            }
            let container = element.closest(".field").ok().flatten().and_then(dom::cast);
            let control = Control::new(element.clone());
            fields.push(Rc::new(FormField {
                field,
                element,
                control,
                container,
                written: RefCell::default(),
                by_key: Cell::default(),
                before_keys: Cell::default(),
            }));
        }
        let custom_preset: HtmlOptionElement = dom::element(document, id::PRESET_CUSTOM)?;
        let presets: HtmlSelectElement = dom::element(document, id::PRESET)?;
        // It goes last: a value selects the first option that has it.
        let _ = presets.add_with_html_option_element(&custom_preset);
        Ok(Self {
            document: document.clone(),
            fields,
            custom_preset,
            sliders: [
                (Setting::LearningRate, dom::element(document, id::LEARNING_RATE_SLIDER)?),
                (Setting::Beta, dom::element(document, id::BETA_SLIDER)?),
            ],
            rate_track: dom::element(document, id::RATE_TRACK)?,
            track_throttle: RedrawThrottle::new(1),
            throttle: RedrawThrottle::new(1),
        })
    }

    /// Selects the preset, or, where its settings were changed, an option *custom* with the same value. Since a browser sends
    /// no event for the selected option, this lets the user choose the preset again.
    fn show_preset(&self, field: &FormField, app: &App) {
        let preset = app.settings().preset.name();
        if app.is_preset_changed() {
            self.custom_preset.set_value(preset);
            self.custom_preset.set_selected(true);
        } else {
            self.custom_preset.set_value("");
            field.control.set_value(preset);
        }
    }

    fn show_output_activation(field: &FormField, app: &App) {
        let activation = app.settings().get(Setting::OutputActivation).unwrap_or_default();
        // A network that was typed may end in an activation that is not offered for the output layer.
        let is_offered = field.field.choices().iter().any(|(value, _)| *value == activation);
        if !is_offered
            && field.written.borrow().as_ref() != Some(&activation)
            && let Some(select) = field.element.dyn_ref()
        {
            dom::add_option(select, &activation, &activation);
        }
        field.show(activation);
    }

    /// Selects the dataset, and disables those that are not available.
    fn show_dataset(field: &FormField, app: &App) {
        let Some(select) = field.element.dyn_ref::<HtmlSelectElement>() else { return };
        for (index, choice) in (0..).zip(DatasetChoice::ALL) {
            let option = select.options().item(index);
            if let Some(option) = option.and_then(|option| option.dyn_into::<HtmlOptionElement>().ok()) {
                let is_available = app.dataset().is_available(choice);
                option.set_disabled(!is_available);
                // Few pages have the others.
                let is_listed = !matches!(choice, DatasetChoice::FashionMnist | DatasetChoice::Kmnist);
                option.set_hidden(!is_available && !is_listed);
            }
        }
        field.control.set_value(app.dataset().chosen().name());
    }
}

impl Panel for SettingsForm {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let mut listeners = Vec::new();
        for field in &self.fields {
            if field.begins_run() {
                listeners.extend(on_choice(handle, field));
                continue;
            }
            let (changing, source) = (handle.clone(), Rc::clone(field));
            listeners.push(Listener::new(&field.element, "change", Mode::Passive, move |_: Event| {
                source.send(&changing, source.control.value());
            }));
            if field.field == Field::Setting(Setting::Network) {
                listeners.push(on_network_keys(handle, field));
            }
        }
        listeners.push(on_step_keys(&self.document));
        for (setting, slider) in &self.sliders {
            let (handle, setting, source) = (handle.clone(), *setting, slider.clone());
            listeners.push(Listener::new(slider, "input", Mode::Passive, move |_: Event| {
                handle.send(Msg::Set(setting.into(), slider_value(source.value_as_number())));
            }));
        }
        listeners
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        let stable = stable_share(app);
        if self.track_throttle.is_due(stable.to_bits(), true) {
            dom::set_style(&self.rate_track, "--diverged", &format!("{stable:.3}"));
        }
        let key = (app.network_text_version(), app.run().settings_version(), app.dataset().version());
        if !self.throttle.is_due(key, context.immediate) {
            return;
        }
        let settings = app.settings();
        // What keys have selected stays until it is sent.
        for field in self.fields.iter().filter(|field| field.before_keys.get().is_none()) {
            match field.field {
                Field::Dataset => Self::show_dataset(field, app),
                Field::Preset => self.show_preset(field, app),
                Field::Setting(Setting::OutputActivation) => Self::show_output_activation(field, app),
                Field::Setting(Setting::Network) => {
                    field.show(app.network_text());
                    dom::set_bool_attribute(&field.element, "aria-invalid", app.is_network_refused());
                }
                setting => {
                    let value = settings.get(setting);
                    if let Some(container) = &field.container {
                        dom::set_visible(container, value.is_some());
                    }
                    field.show(value.unwrap_or_default());
                }
            }
        }
        let config = &settings.config;
        for ((_, slider), value) in self.sliders.iter().zip([config.learning_rate, config.beta]) {
            // A slider that is dragged is left alone: its value rounds to the setting.
            if slider_value(slider.value_as_number()) != value.to_string() {
                // Zero, which has no logarithm, is at the end.
                slider.set_value_as_number(f64::from(value).log10().max(-9.0));
            }
            dom::set_attribute(slider, "aria-valuetext", &value.to_string());
        }
    }
}

/// Handles Enter, which applies the network, and Escape, which restores it. Shift and Enter break the line.
fn on_network_keys(handle: &PageHandle, field: &Rc<FormField>) -> Listener {
    let (handle, source) = (handle.clone(), Rc::clone(field));
    Listener::new(&field.element, "keydown", Mode::Active, move |event: KeyboardEvent| {
        match event.key().as_str() {
            "Enter" if !event.shift_key() && !event.is_composing() => {
                event.prevent_default();
                source.send(&handle, source.control.value());
            }
            "Escape" => {
                let trained = handle.read(|app| app.settings().get(source.field)).flatten();
                source.send(&handle, trained.unwrap_or_default());
            }
            _ => {}
        }
    })
}

/// Handles the arrow keys in fields of numbers: they step by the field's `data-step`, as if the result had been typed.
fn on_step_keys(document: &Document) -> Listener {
    Listener::new(document, "keydown", Mode::Active, move |event: KeyboardEvent| {
        let up = match event.key().as_str() {
            "ArrowUp" => true,
            "ArrowDown" => false,
            _ => return,
        };
        let Some(field) = event.target().and_then(dom::cast::<HtmlInputElement>) else { return };
        let Some(step) = field.get_attribute("data-step") else { return };
        event.prevent_default();
        if let (Some(value), Ok(change)) = (stepped(&field.value(), &step, up), Event::new("change")) {
            field.set_value(&value);
            // It fails only for an event that is being dispatched.
            let _ = field.dispatch_event(&change);
        }
    })
}

/// Returns the value at a position of a logarithmic slider, with three digits.
fn slider_value(position: f64) -> String {
    let value = 10_f64.powf(position);
    let digits = (2.0 - position.floor()).clamp(1.0, 12.0) as usize;
    let fixed = format!("{value:.digits$}");
    // Without trailing zeros, as the settings are written.
    fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn rate_hint(app: &App) -> String {
    if app.has_schedule_ended() {
        return "the schedule has ended: 0 now".to_owned();
    }
    let config = &app.settings().config;
    let (usual, optimizer) = (config.method.default_learning_rate(), config.method.title());
    if config.learning_rate == usual { format!("usual for {optimizer}") } else { format!("usual: {usual}") }
}

/// Returns the share of the slider's track below the rates that have diverged.
fn stable_share(app: &App) -> f32 {
    let [low, high] = RATE_DECADES;
    // A rate at the end of the track or beyond shows, too.
    let share = |rate: f32| ((rate.log10().clamp(low, high) - low) / (high - low)).min(MAX_STABLE_SHARE);
    app.diverged_rate().map_or(1.0, share)
}

/// Returns the dataset, and how many images it has to train on and to test with.
pub(super) fn data_summary(app: &App) -> String {
    let dataset = app.dataset();
    let pair = dataset.pair();
    let train = app.settings().config.epoch_len(&pair.train);
    let count = |images: usize| group_digits(images as u64);
    let title = dataset.current_choice().title();
    format!("{title}, {} + {} images", count(train), count(pair.test.expected_len()))
}

/// Returns the message of *New seed*; none without a source of entropy.
pub(super) fn random_seed(_: &Control, _: &App) -> Option<Msg> {
    Some(Msg::Set(Setting::Seed.into(), getrandom::u32().ok()?.to_string()))
}

pub(super) fn dataset_note(app: &App) -> String {
    let dataset = app.dataset();
    if let Some(failure) = dataset.failure() {
        return failure.to_owned();
    }
    let note = match dataset.chosen() {
        DatasetChoice::Mnist => "MNIST: 60,000 handwritten digits for training, 10,000 for testing.",
        DatasetChoice::FashionMnist => {
            "Fashion-MNIST: 60,000 pictures of clothes for training, 10,000 for testing."
        }
        DatasetChoice::Kmnist => {
            "KMNIST: 60,000 handwritten Japanese characters for training, 10,000 for testing."
        }
        DatasetChoice::Synthetic if dataset.is_available(DatasetChoice::Mnist) => {
            "The built-in digits, drawn by this page."
        }
        DatasetChoice::Synthetic => "The built-in digits, drawn by this page. MNIST is not available here.",
        DatasetChoice::Own => {
            let [train, test] =
                [&dataset.pair().train, &dataset.pair().test].map(|part| group_digits(part.len() as u64));
            return format!("Your own images: {train} to train on and {test} to test with.");
        }
    };
    note.to_owned()
}

pub(super) fn network_note(app: &App) -> String {
    format!("{} parameters.", group_digits(app.run().trainer().parameters().len() as u64))
}
