//! The visible window of the plane: it follows the bulk of the digits, or stays where the user put it.

use crate::view::plot::Bounds;

/// The time constant of an animated zoom, in milliseconds.
const ZOOM_MS: f32 = 70.0;

/// The smallest window, relative to the bounds of the digits.
const MIN_WINDOW: f32 = 1.0 / 2_000.0;
/// The largest window.
const MAX_WINDOW: f32 = 30.0;

/// The visible window, in the plane's units.
#[derive(Debug, Default)]
pub struct Camera {
    bounds: Bounds,
    /// The bounds of the digits.
    digits: Bounds,
    /// The end of an animated zoom.
    target: Option<Bounds>,
    is_held: bool,
}

impl Camera {
    /// Returns the visible bounds.
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// Returns whether the window stays where the user put it instead of following the digits.
    pub fn is_held(&self) -> bool {
        self.is_held
    }

    /// Returns the magnification relative to a window on all digits.
    pub fn magnification(&self) -> f32 {
        if self.is_held { self.fitted().half_width() / self.bounds.half_width() } else { 1.0 }
    }

    /// Sets the bounds of the digits.
    pub fn set_digit_bounds(&mut self, digits: Bounds) {
        self.digits = digits;
    }

    /// Returns the window on all digits.
    fn fitted(&self) -> Bounds {
        self.digits.with_aspect(self.bounds.aspect())
    }

    /// Gives the window another shape: its height relative to its width. A held window keeps its centre and its area.
    pub fn set_aspect(&mut self, aspect: f32) {
        let reshaped = |bounds: Bounds| {
            let half = bounds.half_width() * (bounds.aspect() / aspect).sqrt();
            Bounds::new(bounds.centre(), half, aspect)
        };
        self.target = self.target.map(reshaped);
        self.bounds = if self.is_held { reshaped(self.bounds) } else { self.digits.with_aspect(aspect) };
    }

    /// Follows the digits again.
    pub fn follow_digits(&mut self) {
        (self.is_held, self.target) = (false, None);
    }

    /// Zooms in by `factor` about a point of the picture, in fractions of its width from the top left corner.
    pub fn zoom(&mut self, at: [f32; 2], factor: f32) {
        if let Some(bounds) = self.zoomed(self.bounds, at, factor) {
            (self.bounds, self.target, self.is_held) = (bounds, None, true);
        }
    }

    /// Zooms as [`zoom`](Self::zoom) does, animated; a further step adds to this one.
    pub fn zoom_smoothly(&mut self, at: [f32; 2], factor: f32) {
        if let Some(target) = self.zoomed(self.target.unwrap_or(self.bounds), at, factor) {
            (self.target, self.is_held) = (Some(target), true);
        }
    }

    /// Drags the plane right and down, in fractions of the picture's width.
    pub fn pan(&mut self, dx: f32, dy: f32) {
        let ((x, y), half) = (self.bounds.centre(), self.bounds.half_width());
        let moved = Bounds::new((x - 2.0 * half * dx, y + 2.0 * half * dy), half, self.bounds.aspect());
        if is_valid(&moved) {
            (self.bounds, self.target, self.is_held) = (moved, None, true);
        }
    }

    /// Advances the animation by `dt` milliseconds. Returns false at rest.
    pub fn animate(&mut self, dt: f32) -> bool {
        let Some(target) = self.target else {
            return !self.is_held && self.bounds.ease_towards(&self.fitted(), dt);
        };
        let share = 1.0 - libm::expf(-dt.max(0.0) / ZOOM_MS);
        let ((x, y), (to_x, to_y)) = (self.bounds.centre(), target.centre());
        let (half, to) = (self.bounds.half_width(), target.half_width());
        if (to - half).abs().max((to_x - x).abs()).max((to_y - y).abs()) < 2e-3 * to {
            (self.bounds, self.target) = (target, None);
        } else {
            let lerp = |from: f32, to: f32| from + share * (to - from);
            self.bounds = Bounds::new((lerp(x, to_x), lerp(y, to_y)), lerp(half, to), target.aspect());
        }
        true
    }

    fn zoomed(&self, from: Bounds, [px, py]: [f32; 2], factor: f32) -> Option<Bounds> {
        let (whole, aspect) = (self.fitted().half_width(), from.aspect());
        let half = (from.half_width() / factor).clamp(MIN_WINDOW * whole, MAX_WINDOW * whole);
        let (x, y) = from.to_data((px, py), 1.0);
        // The point stays where it is on the picture.
        let centre = (x + (1.0 - 2.0 * px) * half, y - (aspect - 2.0 * py) * half);
        let bounds = Bounds::new(centre, half, aspect);
        is_valid(&bounds).then_some(bounds)
    }
}

/// Returns whether the bounds are finite and neighbouring pixels have different coordinates.
fn is_valid(bounds: &Bounds) -> bool {
    let Bounds { x0, x1, y0, y1 } = *bounds;
    let size = [x0, x1, y0, y1].into_iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    size.is_finite() && bounds.half_width() > 1e-4 * size
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: f32 = 1000.0 / 60.0;

    fn camera() -> Camera {
        let mut camera = Camera::default();
        camera.set_digit_bounds(Bounds::new((1.0, 2.0), 4.0, 1.0));
        (0..2_000).for_each(|_| _ = camera.animate(FRAME));
        camera
    }

    #[test]
    fn it_follows_the_digits_until_it_is_moved_and_again_after_fit() {
        let mut camera = camera();
        assert!(!camera.is_held() && camera.bounds().contains((1.0, 2.0)));
        camera.pan(0.1, 0.0);
        let held = *camera.bounds();
        camera.set_digit_bounds(Bounds::new((50.0, 50.0), 1.0, 1.0));
        assert!(camera.is_held() && !camera.animate(FRAME) && *camera.bounds() == held);
        camera.follow_digits();
        (0..2_000).for_each(|_| _ = camera.animate(FRAME));
        assert!(camera.bounds().contains((50.0, 50.0)) && camera.bounds().half_width() < 2.0);
    }

    #[test]
    fn a_window_of_another_shape_shows_all_digits_and_keeps_what_is_held() {
        for aspect in [0.4, 1.0, 2.5] {
            let mut camera = camera();
            camera.set_digit_bounds(Bounds::new((1.0, 2.0), 4.0, 0.5));
            camera.set_aspect(aspect);
            let bounds = *camera.bounds();
            assert!(
                (bounds.aspect() - aspect).abs() < 1e-5 && bounds.half_width() >= 4.0 && bounds.y1 >= 4.0
            );
            camera.zoom([0.5, 0.5 * aspect], 2.0);
            let (centre, half) = (camera.bounds().centre(), camera.bounds().half_width());
            assert!((centre.0 - 1.0).abs() < 1e-4 && (centre.1 - 2.0).abs() < 1e-4, "{centre:?}");
            camera.set_aspect(1.0);
            assert_eq!(camera.bounds().centre(), centre);
            assert!((camera.bounds().half_width() / half - aspect.sqrt()).abs() < 1e-4);
        }
    }

    #[test]
    fn the_point_under_the_pointer_stays_there() {
        for (at, factor, aspect) in [([0.25, 0.75], 2.0, 1.0), ([0.9, 0.1], 0.5, 0.7), ([0.0, 1.0], 1.3, 1.4)]
        {
            let mut camera = camera();
            camera.set_aspect(aspect);
            let before = camera.bounds().to_data((at[0], at[1]), 1.0);
            let half = camera.bounds().half_width();
            camera.zoom(at, factor);
            let after = camera.bounds().to_data((at[0], at[1]), 1.0);
            assert!((before.0 - after.0).abs() < 1e-4 && (before.1 - after.1).abs() < 1e-4);
            assert!((camera.bounds().half_width() * factor / half - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn a_dragged_plane_stays_under_the_pointer() {
        let mut camera = camera();
        let grasped = camera.bounds().to_data((0.4, 0.4), 1.0);
        camera.pan(0.2, -0.1);
        let there = camera.bounds().to_data((0.6, 0.3), 1.0);
        assert!((there.0 - grasped.0).abs() < 1e-4 && (there.1 - grasped.1).abs() < 1e-4);
    }

    #[test]
    fn animated_steps_add_up_and_end() {
        let mut camera = camera();
        let half = camera.bounds().half_width();
        camera.zoom_smoothly([0.5; 2], 2.0);
        assert!(camera.animate(FRAME) && camera.bounds().half_width() < half);
        camera.zoom_smoothly([0.5; 2], 2.0);
        let frames = (0..200).take_while(|_| camera.animate(FRAME)).count();
        assert!(
            frames < 60 && (camera.bounds().half_width() * 4.0 / half - 1.0).abs() < 1e-3,
            "{frames} frames"
        );
    }

    #[test]
    fn zoom_is_bounded_and_invalid_values_move_nothing() {
        let mut camera = camera();
        (0..200).for_each(|_| camera.zoom([0.3, 0.3], 1.5));
        assert!(camera.bounds().half_width() >= 0.9 * MIN_WINDOW * 4.0);
        (0..400).for_each(|_| camera.zoom([0.3, 0.3], 0.5));
        assert!(camera.bounds().half_width() <= 1.1 * MAX_WINDOW * 4.0);
        let before = *camera.bounds();
        camera.zoom([f32::NAN, 0.0], 2.0);
        camera.pan(f32::INFINITY, 0.0);
        camera.zoom([0.5; 2], f32::NAN);
        assert_eq!(*camera.bounds(), before);
    }
}
