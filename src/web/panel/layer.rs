//! The layer that was opened: what it makes of the digit that is looked at, and what there is to change about it.

use web_sys::{
    Document, Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement, ScrollIntoViewOptions,
    ScrollLogicalPosition,
};

use super::{Paint, Panel, REFRESH_AFTER_FRAMES, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, InspectMsg, LayerEdit, Mute, Version};
use crate::nn::Activation;
use crate::view::colors::Theme;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The panel of the open layer.
pub(super) struct Layer {
    panel: HtmlElement,
    title: Element,
    close: Element,
    width: HtmlInputElement,
    activation: HtmlSelectElement,
    insert: HtmlElement,
    remove: HtmlElement,
    figures: Element,
    shown: Option<usize>,
    throttle: RedrawThrottle<(Version, Version, Version, Theme)>,
}

impl Layer {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let activation = dom::element(document, id::LAYER_ACTIVATION)?;
        for choice in Activation::ALL {
            dom::add_option(&activation, choice.name(), choice.title());
        }
        Ok(Self {
            panel: dom::element(document, id::LAYER)?,
            title: dom::element(document, id::LAYER_TITLE)?,
            close: dom::element(document, id::LAYER_CLOSE)?,
            width: dom::element(document, id::LAYER_WIDTH)?,
            activation,
            insert: dom::element(document, id::LAYER_INSERT)?,
            remove: dom::element(document, id::LAYER_REMOVE)?,
            figures: dom::element(document, id::LAYER_FIGURES)?,
            shown: None,
            throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
        })
    }

    /// A listener that changes the open layer.
    fn on(
        handle: &PageHandle,
        target: &Element,
        name: &'static str,
        edit: impl Fn(usize) -> Option<LayerEdit> + 'static,
    ) -> Listener {
        let handle = handle.clone();
        Listener::new(target, name, Mode::Passive, move |_: Event| {
            let opened = handle.read(App::opened_layer).flatten();
            if let Some(edit) = opened.and_then(&edit) {
                handle.send(InspectMsg::Edit(edit));
            }
        })
    }

    /// Brings the panel into sight when it opens.
    fn show(&mut self, layer: Option<usize>) {
        dom::set_visible(&self.panel, layer.is_some());
        if layer.is_some() && layer != self.shown {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            self.panel.scroll_into_view_with_scroll_into_view_options(&options);
        }
        self.shown = layer;
    }
}

impl Panel for Layer {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let (width, activation) = (self.width.clone(), self.activation.clone());
        vec![
            on_click(handle, &self.close, InspectMsg::Close),
            Self::on(handle, &self.insert, "click", |layer| Some(LayerEdit::Insert(layer))),
            Self::on(handle, &self.remove, "click", |layer| Some(LayerEdit::Remove(layer))),
            Self::on(handle, &self.width, "change", move |layer| {
                Some(LayerEdit::Width(layer, width.value().parse().ok()?))
            }),
            Self::on(handle, &self.activation, "change", move |layer| {
                Some(LayerEdit::Activation(layer, activation.value().parse().ok()?))
            }),
        ]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let key =
            (app.opened_version(), app.layer_stats().version(), app.run().settings_version(), paint.theme);
        let opened = app.opened_layer();
        if !self.throttle.is_due(key, paint.immediate || opened != self.shown) {
            return;
        }
        self.show(opened);
        let Some(layer) = opened else { return };
        let spec = &app.settings().config.spec;
        let (count, code) = (spec.layers.len(), spec.code);
        let Some(&of_layer) = spec.layers.get(layer) else { return };
        let part = match layer {
            _ if layer == code => ", the code",
            _ if layer + 1 == count => ", the output layer",
            _ if layer < code => " of the encoder",
            _ => " of the decoder",
        };
        dom::set_text(&self.title, &format!("Layer {} of {count}: {}{part}", layer + 1, of_layer.title()));
        // What a person is typing stays.
        if !self.width.matches(":focus").unwrap_or(false) {
            self.width.set_value(&of_layer.outputs.to_string());
        }
        self.width.set_disabled(layer + 1 == count);
        dom::set_value(&self.activation, of_layer.activation.name());
        dom::set_visible(&self.insert, layer + 1 < count);
        dom::set_visible(&self.remove, layer + 1 < count && layer != code);
        dom::set_text(&self.figures, figures(app).as_deref().unwrap_or("…"));
    }
}

/// What there is to say of the layer's activations on a sample of digits: mean and spread, and how much of it says nothing.
fn figures(app: &App) -> Option<String> {
    let tally = app.layer_stats();
    let found = tally.layer()?;
    let mut text = format!(
        "on {} test digits: mean {:.2}, standard deviation {:.2}",
        tally.digits(),
        found.mean,
        found.spread
    );
    match tally.mute() {
        Mute::Nothing => {}
        Mute::Saturated => text.push_str(&format!(", {:.1} % saturated", 100.0 * found.mute)),
        Mute::Zero => text.push_str(&format!(", {} units dead", tally.mute_units())),
    }
    Some(text.replace('-', "−"))
}
