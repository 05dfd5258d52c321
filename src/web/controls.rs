//! The settings' controls: one table, bound to messages and synced with the settings by one loop.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{
    Document, Element, Event, HtmlInputElement, HtmlOptionElement, HtmlSelectElement, HtmlTextAreaElement,
    KeyboardEvent,
};

use super::Gate;
use super::dom::{self, MissingElement, id};
use super::event::{Listener, Mode};
use super::page::Page;
use crate::app::{App, DatasetChoice, Field, Msg};

/// Each setting and its control.
const TABLE: [(Field, &str); 7] = [
    (Field::Preset, id::PRESET),
    (Field::Network, id::NETWORK),
    (Field::LearningRate, id::LEARNING_RATE),
    (Field::Optimizer, id::OPTIMIZER),
    (Field::BatchSize, id::BATCH_SIZE),
    (Field::Seed, id::SEED),
    (Field::Dataset, id::DATASET),
];

/// A control, which is either a field to type in, of one line or of several, or a choice.
enum Control {
    Input(HtmlInputElement),
    Text(HtmlTextAreaElement),
    Select(HtmlSelectElement),
}

impl Control {
    fn of(element: Element, id: &'static str) -> Result<Self, MissingElement> {
        element
            .dyn_into::<HtmlSelectElement>()
            .map(Self::Select)
            .or_else(|element| element.dyn_into::<HtmlInputElement>().map(Self::Input))
            .or_else(|element| element.dyn_into::<HtmlTextAreaElement>().map(Self::Text))
            .map_err(|_| MissingElement::OfAnotherType { id, wanted: "field or choice" })
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

    fn target(&self) -> &web_sys::EventTarget {
        match self {
            Self::Input(input) => input,
            Self::Text(text) => text,
            Self::Select(select) => select,
        }
    }
}

/// All controls of the settings.
pub(crate) struct Controls {
    controls: Vec<(Field, Rc<Control>)>,
    /// The layers that were last written into their field: while they stay, what is being typed there stays, too.
    written_network: RefCell<String>,
    custom_preset: HtmlOptionElement,
    slider: HtmlInputElement,
    rate_hint: Element,
    dataset_note: Element,
    network_note: Element,
}

impl Controls {
    /// Finds the controls and gives the choices their options.
    pub(crate) fn new(document: &Document) -> Result<Self, MissingElement> {
        let mut controls = Vec::with_capacity(TABLE.len());
        for (field, id) in TABLE {
            let control = Control::of(dom::element(document, id)?, id)?;
            if let Control::Select(select) = &control {
                for (value, title) in field.choices() {
                    add_option(select, value, title);
                }
            }
            controls.push((field, Rc::new(control)));
        }
        let custom_preset: HtmlOptionElement = dom::element(document, id::PRESET_CUSTOM)?;
        let presets: HtmlSelectElement = dom::element(document, id::PRESET)?;
        // Behind the presets: of options with the same value, the first is the one that the value chooses.
        let _ = presets.add_with_html_option_element(&custom_preset);
        Ok(Self {
            controls,
            custom_preset,
            written_network: RefCell::default(),
            slider: dom::element(document, id::LEARNING_RATE_SLIDER)?,
            rate_hint: dom::element(document, id::LEARNING_RATE_HINT)?,
            dataset_note: dom::element(document, id::DATASET_NOTE)?,
            network_note: dom::element(document, id::NETWORK_NOTE)?,
        })
    }

    /// Makes messages of what the controls are turned to.
    pub(crate) fn bind(&self, gate: &Gate) -> Vec<Listener> {
        let mut listeners: Vec<_> = self
            .controls
            .iter()
            .map(|(field, control)| {
                let (field, gate, source) = (*field, gate.clone(), Rc::clone(control));
                Listener::new(control.target(), "change", Mode::Passive, move |_: Event| {
                    gate.with(|page| set(page, field, source.value()));
                })
            })
            .collect();
        for (field, control) in &self.controls {
            if let Control::Text(text) = &**control {
                listeners.push(on_keys(*field, text, gate));
            }
        }
        let (gate, slider) = (gate.clone(), self.slider.clone());
        listeners.push(Listener::new(&self.slider, "input", Mode::Passive, move |_: Event| {
            gate.send(Msg::Set(Field::LearningRate, rate_at(slider.value_as_number())));
        }));
        listeners
    }

    /// Shows the settings as they are.
    pub(crate) fn sync(&self, app: &App) {
        let settings = app.settings();
        for (field, control) in &self.controls {
            match field {
                Field::Dataset => control.set_value(app.using().name()),
                Field::Network => self.write_network(control, app),
                Field::Preset => self.show_preset(control, app),
                _ => control.set_value(&settings.get(*field)),
            }
        }
        let position = f64::from(settings.config.learning_rate).log10();
        // The slider is moved only from outside: what it was just dragged to would be rounded under the finger.
        if rate_at(self.slider.value_as_number()) != settings.get(Field::LearningRate) {
            self.slider.set_value_as_number(position);
        }
        let usual = settings.config.method.usual_learning_rate();
        let hint = format!(
            "Takes effect on the very next step. Usual for {}: {usual}.",
            settings.config.method.title()
        );
        dom::set_text(&self.rate_hint, &hint);
        dom::set_text(&self.dataset_note, dataset_note(app));
        dom::set_text(&self.network_note, &network_note(app));
        self.offer_datasets(app);
    }

    /// Shows the preset by its name, or by an option of the same value which says that its settings were changed.
    ///
    /// A browser does not tell when what is chosen already is chosen again; with that option shown, the preset can be.
    fn show_preset(&self, control: &Control, app: &App) {
        let preset = app.settings().get(Field::Preset);
        if app.is_preset_changed() {
            self.custom_preset.set_value(&preset);
            self.custom_preset.set_selected(true);
        } else {
            self.custom_preset.set_value("");
            control.set_value(&preset);
        }
    }

    /// Has the layers written into their field again, as they are written here.
    fn typing_is_over(&self) {
        self.written_network.borrow_mut().clear();
    }

    /// Shows the layers, unless they are as they were: then someone may be typing others.
    fn write_network(&self, control: &Control, app: &App) {
        let text = app.network_text();
        if *self.written_network.borrow() != text {
            control.set_value(&text);
            self.written_network.replace(text);
        }
        if let Control::Text(field) = control {
            let invalid = if app.is_network_refused() { "true" } else { "false" };
            dom::set_data(field, "aria-invalid", invalid);
        }
    }

    /// Greys out the datasets that are not at hand.
    fn offer_datasets(&self, app: &App) {
        let select = self.controls.iter().find_map(|(field, control)| match &**control {
            Control::Select(select) if *field == Field::Dataset => Some(select),
            _ => None,
        });
        let options = select.map(HtmlSelectElement::options);
        for (index, choice) in (0..).zip(DatasetChoice::ALL) {
            let option = options.as_ref().and_then(|options| options.item(index));
            if let Some(option) = option.and_then(|option| option.dyn_into::<HtmlOptionElement>().ok()) {
                option.set_disabled(!app.offers(choice));
            }
        }
    }
}

/// Keys in a field of several lines: Enter takes what is written, Shift and Enter make a line, Escape brings back what was
/// there.
fn on_keys(field: Field, text: &HtmlTextAreaElement, gate: &Gate) -> Listener {
    let (gate, source) = (gate.clone(), text.clone());
    Listener::new(text, "keydown", Mode::Active, move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            gate.with(|page| set(page, field, source.value()));
        }
        "Escape" => gate.with(|page| set(page, field, page.app.settings().get(field))),
        _ => {}
    })
}

/// Turns a setting to what its control says.
fn set(page: &mut Page, field: Field, value: String) {
    page.controls().typing_is_over();
    page.update(Msg::Set(field, value));
}

/// Gives a choice one more option.
pub(crate) fn add_option(select: &HtmlSelectElement, value: &str, title: &str) {
    let option = HtmlOptionElement::new_with_text_and_value(title, value);
    // An option that cannot be added would be a browser without options.
    let _ = option.and_then(|option| select.add_with_html_option_element(&option));
}

/// The learning rate at a position of the slider, with three digits.
fn rate_at(position: f64) -> String {
    let rate = 10_f64.powf(position);
    let digits = (2.0 - position.floor()).clamp(1.0, 12.0) as usize;
    let fixed = format!("{rate:.digits$}");
    // As the settings write it: without zeros at the end.
    fixed.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn dataset_note(app: &App) -> &'static str {
    match app.using() {
        DatasetChoice::Mnist => "MNIST: 60,000 handwritten digits to learn from, 10,000 to test with.",
        DatasetChoice::Strokes if app.offers(DatasetChoice::Mnist) => {
            "Digits that the program draws itself, by strokes of a pen."
        }
        DatasetChoice::Strokes => {
            "Digits that the program draws itself, by strokes of a pen; MNIST is not served beside this page."
        }
        DatasetChoice::Own => "Your own images; the last seventh of them is held out to test with.",
    }
}

/// How large the network is and what it is trained for, in a line.
fn network_note(app: &App) -> String {
    let parameters = super::status::grouped(app.trainer().parameters().len() as u64);
    format!("{parameters} parameters, loss {}.", app.trainer().loss().name())
}
