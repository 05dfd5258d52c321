//! What frames do for the plane: digits are encoded, the manifold is decoded, and everything glides on.

use super::{Coloring, Plane};
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::data::Dataset;

impl Plane {
    /// Encodes up to `units` of the digits that are outdated; returns how many.
    pub fn encode(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        inference: &mut Inference,
    ) -> usize {
        let (done, bounds) = self.cloud.encode(units, model, test, &mut self.projection, inference);
        if let Some(bounds) = bounds {
            self.camera.follow(bounds);
        }
        if done > 0 {
            self.version.bump();
        }
        done
    }

    /// Decodes up to `units` tiles of what lies behind the digits; returns how many.
    pub fn decode_manifold(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        inference: &mut Inference,
    ) -> usize {
        if self.cloud.points().is_empty() || !self.has_manifold() {
            return 0;
        }
        let (projection, base) = (&self.projection, self.base());
        let window = (self.camera.bounds(), self.camera.magnification());
        let done =
            self.manifold.decode(units, model, window, |place| projection.code_at(place, base), inference);
        if done > 0 {
            self.version.bump();
        }
        done
    }

    /// Measures the errors of up to `units` digits, if they are to be seen here or are wanted elsewhere; returns how many.
    pub fn measure_errors(
        &mut self,
        units: usize,
        is_wanted: bool,
        model: ModelView<'_>,
        test: &Dataset,
        inference: &mut Inference,
    ) -> usize {
        let is_seen = self.display.coloring == Coloring::Error;
        if !is_seen && !is_wanted {
            return 0;
        }
        let count = self.cloud.points().len();
        let done = self.errors.measure(units, model, test, count, inference);
        if done > 0 && is_seen {
            self.version.bump();
        }
        done
    }

    /// Computes the pulls on up to `units` digits, if they are to be seen; returns how many.
    pub fn update_gradients(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        inference: &mut Inference,
    ) -> usize {
        if !(self.display.pull && self.projection.is_decodable()) {
            return 0;
        }
        let digits = (self.cloud.points().len(), &self.projection);
        let done = self.arrows.compute(units, model, test, digits, inference);
        if done > 0 {
            self.version.bump();
        }
        done
    }

    /// Has nothing move by itself, for those who want it so, or lets it move again.
    pub fn reduce_motion(&mut self, is_still: bool) {
        self.is_still = is_still;
    }

    /// Shows the visitor around, until somebody points.
    pub fn begin_showcase(&mut self) {
        self.hover = None;
        self.regards_drawn = false;
        self.showcase.begin();
        self.version.bump();
    }

    /// Goes on with the tour for `dt` milliseconds.
    pub fn advance_showcase(&mut self, dt: f32) {
        let is_watched = self.selected_drawing().is_none()
            && self.pointed().is_none()
            && self.chosen().is_none()
            && self.is_decodable();
        if is_watched && !self.is_still && self.showcase.advance(dt, &self.cloud) {
            self.version.bump();
        }
    }

    /// Lets points, bounds and the walker go on for `dt` milliseconds.
    pub fn animate(&mut self, dt: f32) {
        if !self.is_still {
            self.advance_circle(dt);
        }
        // What may not move is at once where it belongs.
        let dt = if self.is_still { f32::MAX } else { dt };
        let before = *self.bounds();
        let moved = self.camera.animate(dt);
        let glided = self.cloud.animate(dt, self.camera.bounds().half_side(), &self.projection);
        if moved || glided {
            self.version.bump();
        }
        if before != *self.bounds() {
            self.manifold.invalidate();
        }
    }
}
