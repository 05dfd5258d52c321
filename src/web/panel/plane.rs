//! The latent plane: its picture, and the hand over it.

use web_sys::Document;

use super::plane_picture::{PlanePicture, Scene};
use super::{Paint, Panel, plane_input};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Version};
use crate::view::colors::Theme;
use crate::web::dom::DomError;
use crate::web::listener::Listener;
use crate::web::page_handle::PageHandle;

/// The plane.
pub(super) struct LatentPlane {
    picture: PlanePicture,
    throttle: RedrawThrottle<(Version, Version, Theme)>,
}

impl LatentPlane {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        Ok(Self { picture: PlanePicture::new(document)?, throttle: RedrawThrottle::new(1) })
    }
}

impl Panel for LatentPlane {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        plane_input::listeners(handle, self.picture.element())
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let plane = app.plane();
        let key = (plane.version(), plane.manifold_version(), paint.theme);
        let mut is_due = || self.throttle.is_due(key, paint.immediate) || self.picture.is_stale();
        if !paint.should_draw(self.picture.canvas()) || !is_due() {
            return;
        }
        let pins = plane.pins().iter().filter(|(_, pin)| plane.has_place(*pin));
        let pins: Vec<_> = pins.map(|(number, pin)| (number, plane.place(pin))).collect();
        let test = &app.dataset().pair().test;
        self.picture.draw(&Scene {
            plane,
            digits: test.images(test.len().min(plane.cloud().points.len())),
            pins: &pins,
            theme: paint.theme,
        });
    }
}
