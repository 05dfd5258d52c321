//! The latent plane: its picture, and the hand over it.

use web_sys::Document;

use super::plane_picture::{PlanePicture, Scene};
use super::{Paint, Panel, plane_hand};
use crate::app::cadence::Cadence;
use crate::app::{App, Version};
use crate::view::colors::Theme;
use crate::web::dom::MissingElement;
use crate::web::event::Listener;
use crate::web::gate::Gate;

/// The plane.
pub(super) struct LatentPlane {
    picture: PlanePicture,
    cadence: Cadence<(Version, Version, Theme)>,
}

impl LatentPlane {
    pub(super) fn new(document: &Document) -> Result<Self, MissingElement> {
        Ok(Self { picture: PlanePicture::new(document)?, cadence: Cadence::new(1) })
    }
}

impl Panel for LatentPlane {
    fn bind(&self, gate: &Gate) -> Vec<Listener> {
        plane_hand::listeners(gate, self.picture.element())
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let plane = app.plane();
        let key = (plane.version(), plane.manifold_version(), paint.theme);
        let mut is_due = || self.cadence.is_due(key, paint.at_rest) || self.picture.is_stale();
        if !paint.reaches(self.picture.canvas()) || !is_due() {
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
