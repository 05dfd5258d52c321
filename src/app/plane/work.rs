//! The plane's share of a frame: encoding digits, decoding the manifold, measuring errors, and animation.

use super::Plane;
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::data::Dataset;

impl Plane {
    /// Encodes up to `units` outdated digits. Returns how many.
    pub fn encode(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        inference: &mut Inference,
    ) -> usize {
        let (done, bounds) = self.cloud.encode(units, model, test, &mut self.projection, inference);
        if let Some(bounds) = bounds {
            self.camera.set_digit_bounds(bounds);
        }
        done
    }

    /// Decodes up to `units` outdated tiles of the manifold, if visible. Returns how many.
    pub fn decode_manifold(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        inference: &mut Inference,
    ) -> usize {
        if self.cloud.points().is_empty() || !self.shows_manifold() {
            return 0;
        }
        let (projection, base) = (&self.projection, self.base_code());
        let window = (self.camera.bounds(), self.camera.magnification());
        let code_at = |place| projection.code_at(place, base);
        self.manifold.advance(|manifold| manifold.decode(units, model, window, code_at, inference))
    }

    /// Measures up to `units` outdated errors. Returns how many.
    pub fn measure_errors(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        inference: &mut Inference,
    ) -> usize {
        let count = self.cloud.points().len();
        self.errors.advance(|errors| errors.measure(units, model, test, count, inference))
    }

    /// Finds up to `units` outdated nearest neighbours. Returns how many.
    pub fn compare_neighbours(&mut self, units: usize, at_rest: bool) -> usize {
        let Self { cloud, projection, hidden, neighbours, latent_dim, .. } = self;
        let is_line = *latent_dim == 1 && projection.is_decodable();
        neighbours.frame();
        let place = |index: usize| {
            let class =
                cloud.classes().get(index).copied().flatten().filter(|&class| !hidden.contains(class))?;
            let [x, y] = cloud.target(index, projection)?;
            // The strips of a line tell the classes by themselves.
            Some(([x, if is_line { 0.0 } else { y }], class))
        };
        neighbours.compare(units, cloud.points().len(), at_rest, place).samples
    }

    /// Computes up to `units` outdated gradient arrows, if visible. Returns how many.
    pub fn compute_arrows(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        test: &Dataset,
        inference: &mut Inference,
    ) -> usize {
        if !self.shows_arrows() {
            return 0;
        }
        let digits = (self.cloud.points().len(), &self.projection);
        self.arrows.compute(units, model, test, digits, inference)
    }

    /// Starts the showcase, which runs until the user selects something.
    pub(super) fn start_showcase(&mut self) {
        self.hover = None;
        self.selects_drawing = false;
        self.showcase.start();
    }

    /// Advances the showcase by `dt` milliseconds. Returns whether it selects something else.
    pub fn advance_showcase(&mut self, dt: f32) -> bool {
        let is_visible = self.selected_drawing().is_none()
            && self.pointed().is_none()
            && self.chosen().is_none()
            && self.is_decodable();
        is_visible && !self.stands_still() && self.showcase.advance(dt, &self.cloud)
    }

    /// Advances points, bounds and the circle's marker by `dt` milliseconds. Returns false if nothing moves.
    pub fn animate(&mut self, dt: f32) -> bool {
        let stands_still = self.stands_still();
        let circle_moves = !stands_still && self.advance_circle(dt);
        // With reduced motion everything jumps to where it belongs.
        let dt = if stands_still { f32::MAX } else { dt };
        let before = *self.bounds();
        let camera_moves = self.camera.animate(dt);
        let points_move = self.cloud.animate(dt, self.camera.bounds().half_width(), &self.projection);
        if before != *self.bounds() {
            self.manifold.bypass().invalidate();
        }
        circle_moves || camera_moves || points_move
    }
}
