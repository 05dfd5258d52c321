//! The panels of the page. Each finds its elements, listens to them, and draws what has changed; none knows another.

mod anomaly;
mod article;
mod chart;
mod controls;
mod digit;
mod errors;
mod files;
mod layer;
mod legend;
mod lessons;
mod messages;
mod pad;
mod pipeline;
mod plane;
mod plane_input;
mod present;
mod reconstructions;
mod runs;
mod settings;

use web_sys::Document;

use super::canvas::Canvas;
use super::dom::DomError;
use super::future::sleep;
use super::listener::Listener;
use super::page_handle::PageHandle;
use crate::app::{App, Msg};
use crate::nn::Activation;
use crate::view::colors::{Color, Theme, class_color};
use crate::view::raster::RgbaImage;

/// How the panels draw in a frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DrawContext {
    /// The colours.
    pub(crate) theme: Theme,
    /// Changes are drawn immediately: the network does not train, or only slowly.
    pub(crate) immediate: bool,
    /// Texts are written: then the browser has to lay out the page, so all panels write theirs in the same frames.
    pub(crate) writes_texts: bool,
    /// Canvases off screen are drawn, too: one of them is about to be saved, or is recorded.
    pub(crate) offscreen: bool,
}

impl DrawContext {
    /// Returns whether a canvas is to be drawn where it is.
    pub(crate) fn should_draw(&self, canvas: &Canvas) -> bool {
        self.offscreen || canvas.is_visible()
    }
}

/// Painted frames between two drawings of an expensive panel, and of all texts, while the network trains.
pub(crate) const REFRESH_AFTER_FRAMES: u32 = 4;

/// A panel of the page.
pub(crate) trait Panel {
    /// Listens to the elements of the panel.
    fn bind(&self, _: &PageHandle) -> Vec<Listener> {
        Vec::new()
    }

    /// Measures what the page's layout has changed, if the app has to know.
    fn measure(&mut self) -> Option<Msg> {
        None
    }

    /// Returns the pixels of a canvas, by its id, if it shows nothing else.
    fn image(&self, _: &str) -> Option<&RgbaImage> {
        None
    }

    /// Draws what has changed.
    fn draw(&mut self, _: &App, _: &DrawContext) {}
}

/// Returns every panel, in the order in which they are drawn. In between the browser may handle input.
///
/// # Errors
/// If the page lacks an element of one of them.
pub(crate) async fn all(document: &Document) -> Result<Vec<Box<dyn Panel>>, DomError> {
    let mut panels: Vec<Box<dyn Panel>> = vec![
        Box::new(controls::Controls::new(document)?),
        Box::new(settings::SettingsForm::new(document)?),
        Box::new(messages::NoticeBar::new(document)?),
        Box::new(pipeline::Pipeline::new(document)?),
        Box::new(reconstructions::Reconstructions::new(document)?),
    ];
    sleep(0).await;
    let main: [Box<dyn Panel>; 6] = [
        Box::new(plane::LatentPlane::new(document)?),
        Box::new(legend::Legend::new(document)?),
        Box::new(chart::LossChart::new(document)?),
        Box::new(runs::Runs::new(document)?),
        Box::new(digit::Digit::new(document)?),
        Box::new(pad::DrawingPad::new(document)?),
    ];
    panels.extend(main);
    sleep(0).await;
    let others: [Box<dyn Panel>; 8] = [
        Box::new(layer::Layer::new(document)?),
        Box::new(errors::Errors::new(document)?),
        Box::new(anomaly::AnomalyPanel::new(document)?),
        Box::new(lessons::Lessons::new(document)?),
        Box::new(present::Present::new(document)?),
        Box::new(files::Files::new(document)?),
        Box::new(article::Article::new(document)?),
        Box::new(messages::LiveRegion::new(document)?),
    ];
    panels.extend(others);
    Ok(panels)
}

/// Returns the colour of a ticked run's curve. That of the running run is the palette's first.
fn curve_color(tick: u8, theme: &Theme) -> Color {
    theme.with_contrast(class_color(tick.saturating_add(1)))
}

/// Returns the activation in full colour: the bound of the activation function, or else the largest value.
#[inline(never)]
fn full_scale(activation: Activation, values: &[f32]) -> f32 {
    match activation {
        Activation::Tanh | Activation::Sigmoid => 1.0,
        _ => values.iter().fold(f32::EPSILON, |largest, value| largest.max(value.abs())),
    }
}
