//! The elements of `www/index.html`, and what is done to elements.

use js_sys::Reflect;
use thiserror::Error;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    CanvasRenderingContext2d, ContextAttributes2d, Document, Element, Event, HtmlCanvasElement, HtmlElement,
    HtmlInputElement, HtmlOptionElement, HtmlSelectElement, MediaQueryList, MouseEvent, Node, Storage,
    Window,
};

/// Why something failed, as the second half of a sentence.
pub(crate) type Reason = String;

/// The ids of the elements that the panels use. Those of simple controls are in the table of `panel/controls.rs`.
pub(crate) mod id {
    pub(crate) const APP: &str = "app";

    pub(crate) const PRESET: &str = "preset";
    pub(crate) const PRESET_CUSTOM: &str = "preset-custom";
    pub(crate) const PRESENT: &str = "present";
    pub(crate) const THEME: &str = "theme";

    pub(crate) const PLAY: &str = "play";

    pub(crate) const PIPELINE: &str = "pipeline";
    pub(crate) const PIPELINE_LAYERS: &str = "pipeline-layers";
    pub(crate) const SENTENCE: &str = "sentence";
    pub(crate) const LAYER: &str = "layer";
    pub(crate) const LAYER_ACTIVATIONS: &str = "layer-activations";
    pub(crate) const LAYER_ACTIVATIONS_NOTE: &str = "layer-activations-note";
    pub(crate) const LAYER_VALUES: &str = "layer-numbers";
    pub(crate) const LAYER_SCALE_LOW: &str = "layer-scale-low";
    pub(crate) const LAYER_SCALE_HIGH: &str = "layer-scale-high";
    pub(crate) const LAYER_PAGES: &str = "layer-pages";
    pub(crate) const LAYER_PREVIOUS_UNITS: &str = "layer-before";
    pub(crate) const LAYER_NEXT_UNITS: &str = "layer-after";
    pub(crate) const LAYER_PAGE: &str = "layer-page";
    pub(crate) const LAYER_NOTE: &str = "layer-note";
    pub(crate) const LAYER_AXIS_X: &str = "layer-axis-x";
    pub(crate) const LAYER_AXIS_Y: &str = "layer-axis-y";

    pub(crate) const ERRORS_NOTE: &str = "errors-note";
    pub(crate) const CLASS_ERRORS: &str = "class-errors";
    pub(crate) const WORST: &str = "worst";
    pub(crate) const WORST_NAMES: &str = "worst-names";
    pub(crate) const DIFFERENCE: &str = "difference";
    pub(crate) const DIFFERENCE_NOTE: &str = "difference-note";
    pub(crate) const SHOW_ERRORS: &str = "show-errors";
    pub(crate) const RECONSTRUCTION_ERRORS: &str = "reconstruction-errors";

    pub(crate) const SAMPLES: &str = "samples";

    pub(crate) const LATENT: &str = "latent";
    pub(crate) const HANDLES: &str = "handles";
    pub(crate) const ERROR_KEY: &str = "error-key";
    pub(crate) const LEGEND: &str = "legend";

    pub(crate) const TIMELINE: &str = "timeline";

    pub(crate) const DECODED: &str = "decoded";
    pub(crate) const DECODED_Z: &str = "decoded-z";
    pub(crate) const ORIGINAL: &str = "original";
    pub(crate) const ORIGINAL_CAPTION: &str = "original-caption";
    pub(crate) const NEAREST: &str = "nearest";
    pub(crate) const PINS: &str = "pins";
    pub(crate) const PIN_NAMES: &str = "pin-names";
    pub(crate) const FILMSTRIP: &str = "filmstrip";

    pub(crate) const PAD: &str = "pad";
    pub(crate) const PAD_PANEL: &str = "decoded-panel";
    pub(crate) const PAD_OPEN: &str = "pad-open";
    pub(crate) const PAD_HINT: &str = "pad-hint";
    pub(crate) const PAD_OUTPUT: &str = "pad-output";
    pub(crate) const PAD_RESULT: &str = "pad-found";
    pub(crate) const PAD_TEXT: &str = "pad-text";
    pub(crate) const PAD_NEAREST: &str = "pad-nearest";
    pub(crate) const PAD_LABELS: &str = "pad-classes";

    pub(crate) const RECONSTRUCTIONS: &str = "reconstructions";

    pub(crate) const LOSS: &str = "loss";
    pub(crate) const LOSS_LOG: &str = "loss-log";
    pub(crate) const LOSS_READOUT: &str = "loss-readout";
    pub(crate) const MARKS: &str = "marks";

    pub(crate) const RUNS: &str = "runs";
    pub(crate) const RUNS_NOTE: &str = "runs-note";

    pub(crate) const LEARNING_RATE: &str = "learning-rate";
    pub(crate) const LEARNING_RATE_SLIDER: &str = "learning-rate-slider";
    pub(crate) const RATE_TRACK: &str = "rate-track";
    pub(crate) const LOSS_FUNCTION: &str = "loss-function";
    pub(crate) const OUTPUT_ACTIVATION: &str = "read-out";
    pub(crate) const VARIATIONAL: &str = "variational";
    pub(crate) const BETA: &str = "beta";
    pub(crate) const BETA_SLIDER: &str = "beta-slider";
    pub(crate) const CORRUPTION: &str = "corruption";
    pub(crate) const CORRUPTION_AMOUNT: &str = "corruption-amount";
    pub(crate) const SCHEDULE: &str = "schedule";
    pub(crate) const SCHEDULE_STEPS: &str = "schedule-steps";
    pub(crate) const L1: &str = "l1";
    pub(crate) const L2: &str = "l2";
    pub(crate) const MOMENTUM: &str = "momentum";
    pub(crate) const RHO: &str = "rho";
    pub(crate) const BETA1: &str = "beta1";
    pub(crate) const BETA2: &str = "beta2";
    pub(crate) const EPSILON: &str = "epsilon";
    pub(crate) const WEIGHT_DECAY: &str = "weight-decay";
    pub(crate) const OPTIMIZER: &str = "optimizer";
    pub(crate) const BATCH_SIZE: &str = "batch-size";
    pub(crate) const SEED: &str = "seed";
    pub(crate) const DATASET: &str = "dataset";
    pub(crate) const TRAIN_IMAGES: &str = "train-images";
    pub(crate) const FILES: &str = "files";
    pub(crate) const FOLDER: &str = "folder";
    pub(crate) const FORMAT: &str = "format";
    pub(crate) const SAVE: &str = "save";
    pub(crate) const NETWORK: &str = "network";

    pub(crate) const HELP: &str = "help";
    pub(crate) const HOW: &str = "how";
    pub(crate) const RECONSTRUCTIONS_CAPTION: &str = "reconstructions-caption";
    pub(crate) const LEAVE_OUT: &str = "leave-out";
    pub(crate) const ANOMALY: &str = "anomaly";
    pub(crate) const ANOMALY_HISTOGRAM: &str = "anomaly-histogram";
    pub(crate) const ANOMALY_TEXT: &str = "anomaly-text";
    pub(crate) const THRESHOLD: &str = "threshold";
    pub(crate) const LESSONS: &str = "lessons";
    pub(crate) const TOUR: &str = "tour";
    pub(crate) const LESSON: &str = "lesson";
    pub(crate) const LESSON_TITLE: &str = "lesson-title";
    pub(crate) const LESSON_TEXT: &str = "lesson-text";
    pub(crate) const LESSON_CHOICES: &str = "lesson-choices";
    pub(crate) const LESSON_CLOSE: &str = "lesson-close";

    pub(crate) const LIVE_REGION: &str = "aloud";
    pub(crate) const MAGNIFIER: &str = "loupe";
    pub(crate) const LOSS_TABLE: &str = "loss-table";

    pub(crate) const NOTICE: &str = "notice";
    pub(crate) const NOTICE_TEXT: &str = "notice-text";
    pub(crate) const NOTICE_ACTION: &str = "notice-action";
    pub(crate) const NOTICE_ALTERNATIVE: &str = "notice-alternative";
}

/// A mismatch between the page and the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum DomError {
    /// No element has this id.
    #[error("the page has no element with the id \"{0}\"")]
    NotFound(&'static str),
    /// The element with this id has another type.
    #[error("the page's element with the id \"{id}\" is not a {expected}")]
    WrongType {
        /// The id.
        id: &'static str,
        /// The expected type.
        expected: &'static str,
    },
    /// The canvas has no context to paint with.
    #[error("the browser does not let the page paint on the canvas \"{0}\"")]
    NoCanvasContext(&'static str),
}

/// Returns the local storage, unless the browser forbids it.
pub(crate) fn local_storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Returns whether the page has an origin of its own, as a file and a sandboxed frame have: it may fetch nothing.
pub(crate) fn has_opaque_origin() -> bool {
    window().origin() == "null"
}

/// Returns the window.
///
/// # Panics
/// In a worker, where the page is never started.
pub(crate) fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// Returns a media query, unless the browser does not understand it.
pub(crate) fn media(query: &str) -> Option<MediaQueryList> {
    window().match_media(query).ok().flatten()
}

/// Returns the element with an id.
///
/// # Errors
/// If there is none, or if it has another type.
pub(crate) fn element<T: JsCast>(document: &Document, id: &'static str) -> Result<T, DomError> {
    let found = document.get_element_by_id(id).ok_or(DomError::NotFound(id))?;
    let expected = std::any::type_name::<T>();
    let expected = expected.rsplit("::").next().unwrap_or(expected);
    found.dyn_into().map_err(|_| DomError::WrongType { id, expected })
}

/// Enables the controls that the markup disables until the program runs.
pub(crate) fn enable_controls(document: &Document) {
    while let Ok(Some(fieldset)) = document.query_selector("fieldset[data-boot][disabled]") {
        if fieldset.remove_attribute("disabled").is_err() {
            break;
        }
    }
}

/// Sets the text of a node, unless it was set last: an unchanged text needs no layout, and one that a translator has replaced since is
/// left alone.
pub(crate) fn set_text(node: &Node, text: &str) {
    let (key, value) = (JsValue::from_str("bottleneckText"), JsValue::from_str(text));
    if Reflect::get(node, &key).ok().as_ref() != Some(&value) {
        node.set_text_content(Some(text));
        // A node takes any property.
        let _ = Reflect::set(node, &key, &value);
    }
}

/// Sets an attribute, unless it has this value.
///
/// # Panics
/// If `name` is no possible name of an attribute.
pub(crate) fn set_attribute(element: &Element, name: &'static str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        element.set_attribute(name, value).expect("a possible name");
    }
}

/// Sets an attribute to `true` or `false`.
pub(crate) fn set_bool_attribute(element: &Element, name: &'static str, value: bool) {
    set_attribute(element, name, if value { "true" } else { "false" });
}

/// Removes an attribute, if it is there.
pub(crate) fn remove_attribute(element: &Element, name: &str) {
    // It fails only for an impossible name.
    let _ = element.remove_attribute(name);
}

/// Shows an element or hides it, by its `hidden` attribute.
pub(crate) fn set_visible(element: &HtmlElement, shown: bool) {
    if element.hidden() == shown {
        element.set_hidden(!shown);
    }
}

/// Adds an option to a choice.
pub(crate) fn add_option(select: &HtmlSelectElement, value: &str, title: &str) {
    let option = HtmlOptionElement::new_with_text_and_value(title, value);
    let _ = option.and_then(|option| select.add_with_html_option_element(&option));
}

/// Makes an element with a class.
///
/// # Panics
/// If `name` is no possible name of an element.
pub(crate) fn create(document: &Document, name: &str, class: &str) -> Element {
    let element = document.create_element(name).expect("a possible name");
    element.set_class_name(class);
    element
}

/// Makes a button with a class, a text and a help text.
pub(crate) fn create_button(document: &Document, class: &str, text: &str, help: &str) -> Element {
    let button = create(document, "button", class);
    set_attribute(&button, "type", "button");
    set_attribute(&button, "data-help", help);
    set_text(&button, text);
    button
}

/// Makes a canvas that is not on the page, and its context, which may be for reading pixels.
pub(crate) fn create_canvas(
    (width, height): (u32, u32),
    is_read: bool,
) -> Result<(HtmlCanvasElement, CanvasRenderingContext2d), Reason> {
    let document = window().document().ok_or("there is no page to draw on")?;
    let canvas: HtmlCanvasElement = create(&document, "canvas", "").unchecked_into();
    canvas.set_width(width);
    canvas.set_height(height);
    let attributes = ContextAttributes2d::new();
    attributes.set_will_read_frequently(is_read);
    let context = canvas.get_context_with_context_options("2d", &attributes).ok().flatten();
    let context = context.ok_or("the browser does not let the page draw")?.unchecked_into();
    Ok((canvas, context))
}

/// Returns the target of an event, or the nearest element around it, that a selector matches.
pub(crate) fn closest(event: &Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok().flatten()
}

/// Returns where an event of the mouse or a pointer is on an element, and the element's width and height, in px of the window. An
/// element's own px are others where an extension sets the CSS property `zoom`.
pub(crate) fn point_on(element: &Element, event: &MouseEvent) -> ([f32; 2], [f32; 2]) {
    let area = element.get_bounding_client_rect();
    let at = [f64::from(event.client_x()) - area.left(), f64::from(event.client_y()) - area.top()];
    (at.map(|px| px as f32), [area.width(), area.height()].map(|px| px.max(1.0) as f32))
}

/// Returns an attribute of the target of an event, or of the nearest element around it that has it.
pub(crate) fn attribute_at(event: &Event, name: &str) -> Option<String> {
    closest(event, &["[", name, "]"].concat())?.get_attribute(name)
}

/// Appends a node to an element.
///
/// # Panics
/// If `child` contains `parent`.
pub(crate) fn append(parent: &Element, child: &Node) {
    parent.append_child(child).expect("no circle");
}

/// Sets a property of an element's style.
pub(crate) fn set_style(element: &Element, name: &str, value: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        // It fails only for a read-only style.
        let _ = element.style().set_property(name, value);
    }
}

/// Moves the focus to an element without scrolling the page.
pub(crate) fn focus(element: &HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// Casts an object to an element type.
pub(crate) fn cast<T: JsCast>(object: impl JsCast) -> Option<T> {
    object.dyn_into().ok()
}

/// Returns whether the target of an event is a text field.
pub(crate) fn is_text_input(event: &Event) -> bool {
    let Some(target) = event.target() else { return false };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return !["checkbox", "range", "file", "button", "radio"].contains(&input.type_().as_str());
    }
    target.dyn_ref::<web_sys::HtmlTextAreaElement>().is_some()
}
