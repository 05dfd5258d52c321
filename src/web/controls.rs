//! The settings' controls: one table, bound to messages and synced with the settings by one loop.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, HtmlInputElement, HtmlOptionElement, HtmlSelectElement};

use super::Gate;
use super::dom::{self, MissingElement, id};
use super::event::{Listener, Mode};
use crate::app::{App, DatasetChoice, Field, Msg};

/// Each setting and its control.
const TABLE: [(Field, &str); 6] = [
    (Field::Preset, id::PRESET),
    (Field::LearningRate, id::LEARNING_RATE),
    (Field::Optimizer, id::OPTIMIZER),
    (Field::BatchSize, id::BATCH_SIZE),
    (Field::Seed, id::SEED),
    (Field::Dataset, id::DATASET),
];

/// A control, which is either a field to type in or a choice.
enum Control {
    Input(HtmlInputElement),
    Select(HtmlSelectElement),
}

impl Control {
    fn of(element: Element, id: &'static str) -> Result<Self, MissingElement> {
        element
            .dyn_into::<HtmlSelectElement>()
            .map(Self::Select)
            .or_else(|element| element.dyn_into::<HtmlInputElement>().map(Self::Input))
            .map_err(|_| MissingElement::OfAnotherType { id, wanted: "field or choice" })
    }

    fn value(&self) -> String {
        match self {
            Self::Input(input) => input.value(),
            Self::Select(select) => select.value(),
        }
    }

    fn set_value(&self, value: &str) {
        match self {
            Self::Input(input) if input.value() != value => input.set_value(value),
            Self::Select(select) if select.value() != value => select.set_value(value),
            _ => {}
        }
    }

    fn target(&self) -> &web_sys::EventTarget {
        match self {
            Self::Input(input) => input,
            Self::Select(select) => select,
        }
    }
}

/// All controls of the settings.
pub(crate) struct Controls {
    controls: Vec<(Field, Rc<Control>)>,
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
                    let option = HtmlOptionElement::new_with_text_and_value(title, value);
                    // An option that cannot be added would be a browser without options.
                    let _ = option.and_then(|option| select.add_with_html_option_element(&option));
                }
            }
            controls.push((field, Rc::new(control)));
        }
        Ok(Self {
            controls,
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
                    gate.send(Msg::Set(field, source.value()));
                })
            })
            .collect();
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
                _ => control.set_value(&settings.get(*field)),
            }
        }
        let position = f64::from(settings.learning_rate).log10();
        // The slider is moved only from outside: what it was just dragged to would be rounded under the finger.
        if rate_at(self.slider.value_as_number()) != settings.get(Field::LearningRate) {
            self.slider.set_value_as_number(position);
        }
        let usual = settings.method.usual_learning_rate();
        let hint =
            format!("Takes effect on the very next step. Usual for {}: {usual}.", settings.method.title());
        dom::set_text(&self.rate_hint, &hint);
        dom::set_text(&self.dataset_note, dataset_note(app));
        dom::set_text(&self.network_note, &network_note(app));
        self.offer_datasets(app);
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

/// The learning rate at a position of the slider, with three digits.
fn rate_at(position: f64) -> String {
    let rate = 10_f64.powf(position);
    let digits = (2.0 - position.floor()).clamp(0.0, 12.0) as usize;
    let fixed = format!("{rate:.digits$}");
    // As the settings write it: without zeros at the end.
    fixed.parse::<f32>().map_or(fixed, |rate| rate.to_string())
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

/// The layers and how they are trained, in a line.
fn network_note(app: &App) -> String {
    let config = app.settings().config();
    let widths: Vec<_> = std::iter::once(config.spec.inputs)
        .chain(config.spec.layers.iter().map(|layer| layer.outputs))
        .map(|width| width.to_string())
        .collect();
    format!(
        "{}: {} parameters, {} between, loss {}",
        widths.join("-"),
        super::status::grouped(app.trainer().parameters().len() as u64),
        config.spec.layers[0].activation.name(),
        config.loss.name(),
    )
}
