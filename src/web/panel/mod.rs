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

use web_sys::{Document, Performance};

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
    /// Canvases off screen are drawn, too: one of them is about to be saved, or is recorded.
    pub(crate) offscreen: bool,
}

impl DrawContext {
    /// Returns whether a canvas is to be drawn where it is.
    pub(crate) fn should_draw(&self, canvas: &Canvas) -> bool {
        self.offscreen || canvas.is_visible()
    }
}

/// Painted frames between two drawings of an expensive panel while the network trains.
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

/// How long panels are created until the browser may handle input, in milliseconds.
const CREATING_MS: f64 = 8.0;

/// Returns every panel, in the order in which they are drawn.
///
/// # Errors
/// If the page lacks an element of one of them.
pub(crate) async fn all(document: &Document, clock: &Performance) -> Result<Vec<Box<dyn Panel>>, DomError> {
    type Create = fn(&Document) -> Result<Box<dyn Panel>, DomError>;
    let all: [Create; 19] = [
        |document| Ok(Box::new(controls::Controls::new(document)?)),
        |document| Ok(Box::new(settings::SettingsForm::new(document)?)),
        |document| Ok(Box::new(messages::NoticeBar::new(document)?)),
        |document| Ok(Box::new(pipeline::Pipeline::new(document)?)),
        |document| Ok(Box::new(reconstructions::Reconstructions::new(document)?)),
        |document| Ok(Box::new(plane::LatentPlane::new(document)?)),
        |document| Ok(Box::new(legend::Legend::new(document)?)),
        |document| Ok(Box::new(chart::LossChart::new(document)?)),
        |document| Ok(Box::new(runs::Runs::new(document)?)),
        |document| Ok(Box::new(digit::Digit::new(document)?)),
        |document| Ok(Box::new(pad::DrawingPad::new(document)?)),
        |document| Ok(Box::new(layer::Layer::new(document)?)),
        |document| Ok(Box::new(errors::Errors::new(document)?)),
        |document| Ok(Box::new(anomaly::AnomalyPanel::new(document)?)),
        |document| Ok(Box::new(lessons::Lessons::new(document)?)),
        |document| Ok(Box::new(present::Present::new(document)?)),
        |document| Ok(Box::new(files::Files::new(document)?)),
        |document| Ok(Box::new(article::Article::new(document)?)),
        |document| Ok(Box::new(messages::LiveRegion::new(document)?)),
    ];
    let mut panels = Vec::with_capacity(all.len());
    let mut start = clock.now();
    for create in all {
        panels.push(create(document)?);
        if clock.now() - start > CREATING_MS {
            sleep(0).await;
            start = clock.now();
        }
    }
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
