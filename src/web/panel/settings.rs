//! The settings' controls: one table, bound to messages and synced with the settings by one loop.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{
    Document, Element, Event, EventTarget, HtmlElement, HtmlInputElement, HtmlOptionElement,
    HtmlSelectElement, HtmlTextAreaElement, KeyboardEvent,
};

use super::{Paint, Panel, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, DatasetChoice, DatasetMsg, Field, Msg, Version};
use crate::train::setting::{Setting, next_nice};
use crate::view::plot::group_digits;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// Each field and its control.
const TABLE: [(Field, &str); 24] = [
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
];

/// A field's control.
struct Control {
    field: Field,
    element: Kind,
    /// What holds the control and its label: hidden while there is no such setting, as of a constant rate there is no end.
    holder: Option<HtmlElement>,
    /// What was last written into it: while that stays, what a person is typing there stays, too.
    written: RefCell<Option<String>>,
}

/// A control is either a field to type in, of one line or of several, or a choice.
enum Kind {
    Input(HtmlInputElement),
    Text(HtmlTextAreaElement),
    Select(HtmlSelectElement),
}

impl Kind {
    fn of(element: Element, id: &'static str) -> Result<Self, DomError> {
        element
            .dyn_into::<HtmlSelectElement>()
            .map(Self::Select)
            .or_else(|element| element.dyn_into::<HtmlInputElement>().map(Self::Input))
            .or_else(|element| element.dyn_into::<HtmlTextAreaElement>().map(Self::Text))
            .map_err(|_| DomError::WrongType { id, expected: "field or choice" })
    }

    fn value(&self) -> String {
        match self {
            Self::Input(input) => input.value(),
            Self::Text(text) => text.value(),
            Self::Select(select) => select.value(),
        }
    }

    fn set_value(&self, value: &str) {
        match self {
            Self::Input(input) if input.value() != value => input.set_value(value),
            Self::Text(text) if text.value() != value => text.set_value(value),
            Self::Select(select) if select.value() != value => select.set_value(value),
            _ => {}
        }
    }

    fn target(&self) -> &EventTarget {
        match self {
            Self::Input(input) => input,
            Self::Text(text) => text,
            Self::Select(select) => select,
        }
    }
}

impl Control {
    /// Shows a value, unless it is the one that was shown last.
    fn show(&self, value: String) {
        if self.written.borrow().as_ref() != Some(&value) {
            self.element.set_value(&value);
            self.written.replace(Some(value));
        }
    }

    /// Sets the field to what the control says; then it shows what came of that.
    fn send(&self, handle: &PageHandle, value: String) {
        self.written.replace(None);
        handle.send(Msg::Set(self.field, value));
    }
}

/// All controls of the settings.
pub(super) struct Controls {
    controls: Vec<Rc<Control>>,
    custom_preset: HtmlOptionElement,
    /// Sliders of settings whose logarithm they show.
    sliders: [(Setting, HtmlInputElement); 2],
    rate_hint: Element,
    new_seed: Element,
    dataset_note: Element,
    dataset_retry: HtmlElement,
    network_note: Element,
    throttle: RedrawThrottle<(Version, Version, Version)>,
}

impl Controls {
    /// Finds the controls and gives the choices their options.
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let mut controls = Vec::with_capacity(TABLE.len());
        for (field, id) in TABLE {
            let element: Element = dom::element(document, id)?;
            let holder = element.closest(".field").ok().flatten().and_then(|holder| holder.dyn_into().ok());
            let element = Kind::of(element, id)?;
            if let Kind::Select(select) = &element {
                for (value, title) in field.choices() {
                    dom::add_option(select, value, title);
                }
            }
            controls.push(Rc::new(Control { field, element, holder, written: RefCell::default() }));
        }
        let custom_preset: HtmlOptionElement = dom::element(document, id::PRESET_CUSTOM)?;
        let presets: HtmlSelectElement = dom::element(document, id::PRESET)?;
        // Behind the presets: of options with the same value, the first is the one that the value chooses.
        let _ = presets.add_with_html_option_element(&custom_preset);
        Ok(Self {
            controls,
            custom_preset,
            sliders: [
                (Setting::LearningRate, dom::element(document, id::LEARNING_RATE_SLIDER)?),
                (Setting::Beta, dom::element(document, id::BETA_SLIDER)?),
            ],
            rate_hint: dom::element(document, id::LEARNING_RATE_HINT)?,
            new_seed: dom::element(document, id::SEED_RANDOM)?,
            dataset_note: dom::element(document, id::DATASET_NOTE)?,
            dataset_retry: dom::element(document, id::DATASET_RETRY)?,
            network_note: dom::element(document, id::NETWORK_NOTE)?,
            throttle: RedrawThrottle::new(1),
        })
    }

    /// Shows the preset by its name, or by an option of the same value which says that its settings were changed.
    ///
    /// A browser does not tell when what is chosen already is chosen again; with that option shown, the preset can be.
    fn show_preset(&self, control: &Control, app: &App) {
        let preset = app.settings().preset.name();
        if app.is_preset_changed() {
            self.custom_preset.set_value(preset);
            self.custom_preset.set_selected(true);
        } else {
            self.custom_preset.set_value("");
            control.element.set_value(preset);
        }
    }

    fn show_output_activation(&self, control: &Control, app: &App) {
        let activation = app.settings().get(Setting::OutputActivation).unwrap_or_default();
        if let Kind::Select(select) = &control.element {
            // Layers that were typed may end in an activation that is not offered for the output layer.
            let is_offered = control.field.choices().iter().any(|(value, _)| *value == activation);
            if !is_offered && control.written.borrow().as_ref() != Some(&activation) {
                dom::add_option(select, &activation, &activation);
            }
        }
        control.show(activation);
    }

    /// Greys out the datasets that are not at hand.
    fn offer_datasets(control: &Control, app: &App) {
        let Kind::Select(select) = &control.element else { return };
        for (index, choice) in (0..).zip(DatasetChoice::ALL) {
            let option = select.options().item(index);
            if let Some(option) = option.and_then(|option| option.dyn_into::<HtmlOptionElement>().ok()) {
                option.set_disabled(!app.dataset().offers(choice));
            }
        }
        control.element.set_value(app.dataset().chosen().name());
    }
}

impl Panel for Controls {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let mut listeners = Vec::new();
        for control in &self.controls {
            let (changing, source) = (handle.clone(), Rc::clone(control));
            let target = control.element.target();
            listeners.push(Listener::new(target, "change", Mode::Passive, move |_: Event| {
                source.send(&changing, source.element.value());
            }));
            if let Kind::Text(_) = control.element {
                listeners.push(on_keys_of_text(handle, control));
            }
            if control.field == Setting::LearningRate.into() {
                listeners.push(on_arrows(handle, control));
            }
        }
        for (setting, slider) in &self.sliders {
            let (sliding, setting, source) = (handle.clone(), *setting, slider.clone());
            listeners.push(Listener::new(slider, "input", Mode::Passive, move |_: Event| {
                sliding.send(Msg::Set(setting.into(), number_at(source.value_as_number())));
            }));
        }
        let seeding = handle.clone();
        listeners.push(Listener::new(&self.new_seed, "click", Mode::Passive, move |_: Event| {
            // Without a source of entropy, the seed stays as it is.
            if let Ok(seed) = getrandom::u32() {
                seeding.send(Msg::Set(Setting::Seed.into(), seed.to_string()));
            }
        }));
        listeners.push(on_click(handle, &self.dataset_retry, DatasetMsg::Retry));
        listeners
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let key = (app.form_version(), app.run().settings_version(), app.dataset().version());
        if !self.throttle.is_due(key, paint.immediate) {
            return;
        }
        let settings = app.settings();
        for control in &self.controls {
            match control.field {
                Field::Dataset => Self::offer_datasets(control, app),
                Field::Preset => self.show_preset(control, app),
                Field::Setting(Setting::OutputActivation) => self.show_output_activation(control, app),
                Field::Setting(Setting::Network) => {
                    control.show(app.network_text());
                    let invalid = if app.is_network_refused() { "true" } else { "false" };
                    if let Kind::Text(field) = &control.element {
                        dom::set_attribute(field, "aria-invalid", invalid);
                    }
                }
                field => {
                    let value = settings.get(field);
                    if let Some(holder) = &control.holder {
                        dom::set_visible(holder, value.is_some());
                    }
                    control.show(value.unwrap_or_default());
                }
            }
        }
        for ((_, slider), number) in
            self.sliders.iter().zip([settings.config.learning_rate, settings.config.beta])
        {
            // A slider is moved only from outside: what it was just dragged to would be rounded under the finger.
            if number_at(slider.value_as_number()) != number.to_string() {
                // Zero, which has no logarithm, is at the end of the slider.
                slider.set_value_as_number(f64::from(number).log10().max(-9.0));
            }
            dom::set_attribute(slider, "aria-valuetext", &number.to_string());
        }
        let method = settings.config.method;
        let hint = format!(
            "Applies from the next step. Default for {}: {}.",
            method.title(),
            method.default_learning_rate()
        );
        dom::set_text(&self.rate_hint, &hint);
        dom::set_text(&self.dataset_note, &dataset_note(app));
        dom::set_visible(&self.dataset_retry, app.dataset().failure().is_some());
        dom::set_text(&self.network_note, &network_note(app));
    }
}

/// Keys in a field of several lines: Enter takes what is written, Shift and Enter make a line, Escape brings back what was
/// there.
fn on_keys_of_text(handle: &PageHandle, control: &Rc<Control>) -> Listener {
    let (handle, source) = (handle.clone(), Rc::clone(control));
    Listener::new(control.element.target(), "keydown", Mode::Active, move |event: KeyboardEvent| match event
        .key()
        .as_str()
    {
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            source.send(&handle, source.element.value());
        }
        "Escape" => {
            let trained = handle.read(|app| app.settings().get(source.field)).flatten();
            source.send(&handle, trained.unwrap_or_default());
        }
        _ => {}
    })
}

/// The arrow keys in the field of the learning rate: to the next of 1, 2, 5, 10, where a browser would add 1.
fn on_arrows(handle: &PageHandle, control: &Rc<Control>) -> Listener {
    let (handle, source) = (handle.clone(), Rc::clone(control));
    Listener::new(control.element.target(), "keydown", Mode::Active, move |event: KeyboardEvent| {
        let up = match event.key().as_str() {
            "ArrowUp" => true,
            "ArrowDown" => false,
            _ => return,
        };
        event.prevent_default();
        let rate = handle.read(|app| app.settings().config.learning_rate);
        if let Some(rate) = rate {
            source.send(&handle, next_nice(rate, up).to_string());
        }
    })
}

/// The number at a position of a slider, with three digits.
fn number_at(position: f64) -> String {
    let number = 10_f64.powf(position);
    let digits = (2.0 - position.floor()).clamp(1.0, 12.0) as usize;
    let fixed = format!("{number:.digits$}");
    // As the settings write it: without zeros at the end.
    fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn dataset_note(app: &App) -> String {
    let stock = app.dataset();
    if let Some(failure) = stock.failure() {
        return failure.to_owned();
    }
    let note = match stock.chosen() {
        DatasetChoice::Mnist => "MNIST: 60,000 handwritten digits for training, 10,000 for testing.",
        DatasetChoice::Strokes if stock.offers(DatasetChoice::Mnist) => {
            "The built-in digits, drawn by this page."
        }
        DatasetChoice::Strokes => "The built-in digits, drawn by this page. MNIST is not available here.",
        DatasetChoice::Own => "Your own images. The last seventh of them is held out for testing.",
    };
    note.to_owned()
}

/// How large the network is.
fn network_note(app: &App) -> String {
    format!("{} parameters.", group_digits(app.run().trainer().parameters().len() as u64))
}
