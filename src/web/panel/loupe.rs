//! The decoded digit in a corner of the plane while a finger is on it: the hand hides what is below.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Document, HtmlCanvasElement, PointerEvent};

use super::{Paint, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Version};
use crate::view::colors::Theme;
use crate::view::raster::{RgbaImage, SIDE};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The loupe.
pub(super) struct Loupe {
    canvas: Canvas,
    plane: HtmlCanvasElement,
    image: RgbaImage,
    /// While a finger is down: whether it is on the left half.
    finger: Rc<Cell<Option<bool>>>,
    throttle: RedrawThrottle<(Version, Version, Theme, Option<bool>)>,
}

impl Loupe {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self {
            canvas: Canvas::new(document, id::LOUPE)?,
            plane: dom::element(document, id::LATENT)?,
            image: RgbaImage::new(SIDE, SIDE, Theme::LIGHT.plane),
            finger: Rc::default(),
            throttle: RedrawThrottle::new(1),
        })
    }
}

impl Panel for Loupe {
    fn bind(&self, _: &PageHandle) -> Vec<Listener> {
        let on = |name, is_down: bool| {
            let (finger, plane) = (Rc::clone(&self.finger), self.plane.clone());
            Listener::new(&self.plane, name, Mode::Passive, move |event: PointerEvent| {
                if event.pointer_type() == "touch" {
                    let is_left = 2 * event.offset_x() < plane.client_width();
                    finger.set(is_down.then_some(is_left));
                }
            })
        };
        vec![
            on("pointerdown", true),
            on("pointermove", true),
            on("pointerup", false),
            on("pointercancel", false),
        ]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let finger = self.finger.get();
        let plane = app.plane();
        // Without a finger there is nothing to be outdated by.
        let versions = finger.map_or_else(Default::default, |_| (plane.version(), app.model_version()));
        if !self.throttle.is_due((versions.0, versions.1, paint.theme, finger), true) {
            return;
        }
        dom::set_visible(self.canvas.element(), finger.is_some());
        if let Some(is_left) = finger {
            dom::set_attribute(self.canvas.element(), "data-side", if is_left { "right" } else { "left" });
            self.image.blit_gray(0, 0, app.decoded(), &paint.theme.greys());
            self.canvas.put(&self.image);
        }
    }
}
