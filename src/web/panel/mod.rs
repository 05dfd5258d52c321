//! The panels of the page. Each finds its elements, binds its listeners, and draws when it is outdated; none knows another.

mod article;
mod decoded;
mod errors;
mod files;
mod filmstrip;
mod ghosts;
mod handles;
mod kept;
mod layer;
mod layer_numbers;
mod legend;
mod live_region;
mod loss;
mod loupe;
mod notice;
mod pad;
mod pad_input;
mod pins;
mod pipeline;
mod plane;
mod plane_input;
mod plane_picture;
mod plane_tools;
mod present;
mod prior;
mod reconstructions;
mod save;
mod settings;
mod share;
mod speed;
mod timeline;
mod transport;

use web_sys::{Document, Event, EventTarget};

use super::canvas::Canvas;
use super::dom::DomError;
use super::listener::{Listener, Mode};
use super::page_handle::PageHandle;
use crate::app::{App, Msg};
use crate::nn::Activation;
use crate::view::colors::Theme;

/// How a frame paints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    /// The colours.
    pub(crate) theme: Theme,
    /// Nothing trains, or hardly anything: what changes is drawn at once.
    pub(crate) immediate: bool,
    /// What is scrolled away is drawn, too: somebody wants a picture of it.
    pub(crate) offscreen: bool,
}

impl Paint {
    /// Whether a canvas is to be drawn, as far as that depends on where it is.
    pub(crate) fn should_draw(&self, canvas: &Canvas) -> bool {
        self.offscreen || canvas.is_visible()
    }
}

/// The frames that paint, from one drawing of a heavy panel to the next while the network trains.
pub(crate) const REFRESH_AFTER_FRAMES: u32 = 4;

/// A panel of the page.
pub(crate) trait Panel {
    /// Makes messages of what happens in the panel.
    fn bind(&self, handle: &PageHandle) -> Vec<Listener>;

    /// Draws what has changed since it was drawn last.
    fn draw(&mut self, app: &mut App, paint: &Paint);
}

/// Every panel, in the order in which they are first drawn.
///
/// # Errors
/// If the page lacks an element of one of them.
pub(crate) fn all(document: &Document) -> Result<Vec<Box<dyn Panel>>, DomError> {
    Ok(vec![
        Box::new(transport::Transport::new(document)?),
        Box::new(speed::SpeedBar::new(document)?),
        Box::new(settings::Controls::new(document)?),
        Box::new(notice::NoticeBar::new(document)?),
        Box::new(pipeline::Pipeline::new(document)?),
        Box::new(reconstructions::Reconstructions::new(document)?),
        Box::new(plane::LatentPlane::new(document)?),
        Box::new(plane_tools::PlaneTools::new(document)?),
        Box::new(timeline::TimelineBar::new(document)?),
        Box::new(legend::Legend::new(document)?),
        Box::new(loss::LossChart::new(document)?),
        Box::new(ghosts::GhostList::new(document)?),
        Box::new(decoded::Decoded::new(document)?),
        Box::new(pad::DrawingPad::new(document)?),
        Box::new(pins::PinStrip::new(document)?),
        Box::new(handles::Handles::new(document)?),
        Box::new(filmstrip::Filmstrip::new(document)?),
        Box::new(layer::Layer::new(document)?),
        Box::new(layer_numbers::LayerNumbers::new(document)?),
        Box::new(errors::Errors::new(document)?),
        Box::new(prior::PriorSamples::new(document)?),
        Box::new(kept::Kept::new(document)?),
        Box::new(present::Present::new(document)?),
        Box::new(share::Share::new(document)?),
        Box::new(files::Files::new(document)?),
        Box::new(save::Save::new(document)?),
        Box::new(article::Article::new(document)?),
        Box::new(live_region::LiveRegion::new(document)?),
        Box::new(loupe::Loupe::new(document)?),
    ])
}

/// Which activation is drawn in full colour: the greatest there can be, or else the greatest there is.
#[inline(never)]
fn full_scale(activation: Activation, numbers: &[f32]) -> f32 {
    match activation {
        Activation::Tanh | Activation::Sigmoid => 1.0,
        _ => numbers.iter().fold(f32::EPSILON, |most, number| most.max(number.abs())),
    }
}

/// A listener that sends a message for each click.
fn on_click(handle: &PageHandle, target: &EventTarget, msg: impl Into<Msg>) -> Listener {
    let (handle, msg) = (handle.clone(), msg.into());
    Listener::new(target, "click", Mode::Passive, move |_: Event| handle.send(msg.clone()))
}
