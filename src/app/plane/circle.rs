//! A circle on the plane, with a marker that moves around it.

use std::f32::consts::TAU;

use super::{Handle, Plane, median};

/// The turns per second with which a circle starts: slow enough for the digit to be followed.
pub const DEFAULT_CIRCLE_SPEED: f32 = 0.06;

/// The radius with which a circle starts, relative to the plane's half width: it crosses the digits around the centre.
const INITIAL_RADIUS: f32 = 0.55;

/// How far an arrow key moves a point, as a share of the plane's half width.
pub const KEY_STEP: f32 = 0.02;

/// The radians by which a key turns the marker, per unit by which it moves other handles: a key press turns it by 5°.
const KEY_ANGLE: f32 = TAU / 72.0 / KEY_STEP;

/// A circle with a marker on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    /// The centre, on the plane.
    pub centre: [f32; 2],
    /// The radius, in the plane's units.
    pub radius: f32,
    /// The marker's angle in radians from the right, counterclockwise.
    pub angle: f32,
    /// The marker's turns per second.
    pub speed: f32,
}

impl Circle {
    /// Returns the marker's angle in whole degrees, from 0 to 360.
    pub fn degrees(&self) -> f32 {
        self.angle.to_degrees().rem_euclid(360.0).round()
    }

    /// Returns the place of the marker.
    pub fn marker(&self) -> [f32; 2] {
        self.at(self.angle)
    }

    /// Returns the place at an angle.
    pub fn at(&self, angle: f32) -> [f32; 2] {
        let (sin, cos) = libm::sincosf(angle);
        [self.centre[0] + self.radius * cos, self.centre[1] + self.radius * sin]
    }

    pub(super) fn put_handle(&mut self, handle: Handle, place: [f32; 2]) {
        let [dx, dy] = [place[0] - self.centre[0], place[1] - self.centre[1]];
        match handle {
            Handle::Centre => self.centre = place,
            Handle::Radius => self.radius = dx.hypot(dy),
            Handle::Marker => self.angle = dy.atan2(dx),
            Handle::A | Handle::B => {}
        }
    }

    /// Changes the radius by keys at its handle: those that point away from the centre increase it, and so do up and right
    /// across that direction.
    pub(super) fn grow(&mut self, handle: [f32; 2], [dx, dy]: [f32; 2]) {
        let [x, y] = [handle[0] - self.centre[0], handle[1] - self.centre[1]];
        let (is_left, is_below) = (x < -y.abs(), y < -x.abs());
        let outwards = if is_left {
            dy - dx
        } else if is_below {
            dx - dy
        } else {
            dx + dy
        };
        self.radius = (self.radius + outwards).max(0.0);
    }

    pub(super) fn turn(&mut self, share: f32) {
        self.angle = (self.angle + KEY_ANGLE * share) % TAU;
    }

    /// Moves the marker for `dt` milliseconds. Returns whether it moves.
    fn advance(&mut self, dt: f32) -> bool {
        let moves = self.speed > 0.0;
        if moves {
            self.angle = (self.angle + TAU * self.speed * 1e-3 * dt) % TAU;
        }
        moves
    }
}

impl Plane {
    /// Returns the circle, if visible.
    pub fn circle(&self) -> Option<Circle> {
        self.circle.filter(|_| self.is_decodable())
    }

    /// Returns the place of the radius handle: right of the centre, or on another side if that is out of sight.
    pub(super) fn radius_handle(&self, circle: &Circle) -> [f32; 2] {
        let sides = [0.0, 0.5, 0.25, 0.75].map(|turn| circle.at(turn * TAU));
        sides.into_iter().find(|&[x, y]| self.bounds().contains((x, y))).unwrap_or(sides[0])
    }

    pub(super) fn toggle_circle(&mut self) {
        let (centre, half) = (self.bounds().centre().into(), self.bounds().half_width());
        let initial =
            Circle { centre, radius: INITIAL_RADIUS * half, angle: 0.25 * TAU, speed: DEFAULT_CIRCLE_SPEED };
        self.circle = if self.circle.is_none() { Some(initial) } else { None };
        self.selects_drawing = false;
        self.showcase.interrupt();
    }

    pub(super) fn set_circle_speed(&mut self, speed: f32) {
        if let Some(circle) = self.circle.as_mut().filter(|_| (0.0..=10.0).contains(&speed)) {
            circle.speed = speed;
        }
    }

    pub(super) fn set_circle_angle(&mut self, degrees: f32) {
        if let Some(circle) = self.circle.as_mut().filter(|_| degrees.is_finite()) {
            circle.angle = degrees.to_radians() % TAU;
        }
    }

    pub(super) fn circle_around_origin(&mut self) {
        let places = (0..self.cloud.points().len()).filter_map(|i| self.cloud.target(i, &self.projection));
        let radius = median(places.map(|[x, y]| x.hypot(y)).filter(|d| d.is_finite())).unwrap_or(1.0);
        if let Some(circle) = &mut self.circle {
            (circle.centre, circle.radius) = ([0.0; 2], radius);
        }
    }

    /// Moves the marker for `dt` milliseconds. Returns whether it moves.
    pub(super) fn advance_circle(&mut self, dt: f32) -> bool {
        let is_visible = self.is_decodable();
        self.circle.as_mut().is_some_and(|circle| is_visible && circle.advance(dt))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::plane::PlaneMsg;

    fn near(a: [f32; 2], b: [f32; 2]) -> bool {
        (a[0] - b[0]).abs() < 1e-5 && (a[1] - b[1]).abs() < 1e-5
    }

    #[test]
    fn the_marker_moves_at_its_speed_and_stays_on_the_circle() {
        let mut plane = Plane::new(2);
        plane.toggle_circle();
        plane.set_circle_speed(0.25);
        plane.drag_handle(Handle::Centre, [0.5, 0.5]);
        plane.drag_handle(Handle::Radius, [0.75, 0.5]);
        plane.drag_handle(Handle::Marker, [0.9, 0.5]);
        assert!(near(plane.circle().unwrap().marker(), [0.5, 0.0]));
        plane.advance_circle(1_000.0);
        assert!(near(plane.circle().unwrap().marker(), [0.0, 0.5]), "a quarter in a second");
        plane.nudge_handle(Handle::Marker, -0.02, 0.0);
        assert!((plane.circle().unwrap().angle - (0.25 * TAU - TAU / 72.0)).abs() < 1e-5);
        plane.nudge_handle(Handle::Radius, 0.25, 0.0);
        assert!((plane.circle().unwrap().radius - 0.75).abs() < 1e-6);
    }

    #[test]
    fn the_radius_handle_is_visible() {
        let mut plane = Plane::new(2);
        plane.toggle_circle();
        for (at, side) in [([0.5, 0.5], [0.5, 0.0]), ([0.9, 0.5], [-0.5, 0.0]), ([0.9, 0.9], [-0.5, 0.0])] {
            plane.drag_handle(Handle::Centre, at);
            plane.drag_handle(Handle::Radius, [at[0] - 0.25, at[1]]);
            let Circle { centre: [x, y], .. } = plane.circle().unwrap();
            let [handle_x, handle_y] = plane.handle(Handle::Radius).unwrap();
            assert!(near([handle_x - x, handle_y - y], side), "centre {at:?}: {handle_x}, {handle_y}");
        }
    }

    #[test]
    fn arrows_move_the_radius_handle_in_their_direction_on_every_side() {
        let arrows = [[0.1, 0.0], [-0.1, 0.0], [0.0, 0.1], [0.0, -0.1]];
        // Where the centre is, the handle is on the side that is in sight.
        for (centre, side) in [([0.5, 0.5], 0), ([0.95, 0.5], 1), ([0.95, 0.95], 2), ([0.95, 0.05], 3)] {
            for [dx, dy] in arrows {
                let mut plane = Plane::new(2);
                plane.toggle_circle();
                plane.drag_handle(Handle::Centre, centre);
                plane.circle.as_mut().unwrap().radius = if side < 2 { 0.4 } else { 1.0 };
                let circle = plane.circle().unwrap();
                let [x, y] = plane.handle(Handle::Radius).unwrap();
                let away = [x - circle.centre[0], y - circle.centre[1]];
                let inward_or_outward = dx * away[0] + dy * away[1];
                plane.nudge_handle(Handle::Radius, dx, dy);
                let grown = plane.circle().unwrap().radius - circle.radius;
                if inward_or_outward.abs() > 1e-3 {
                    assert!(grown * inward_or_outward > 0.0, "{side}: {dx}, {dy} grows it by {grown}");
                } else {
                    assert!(grown * (dx + dy) > 0.0, "{side}: across, {dx}, {dy} grows it by {grown}");
                }
            }
        }
    }

    #[test]
    fn with_reduced_motion_the_marker_moves_only_by_hand() {
        let mut plane = Plane::new(2);
        plane.reduces_motion = true;
        plane.toggle_circle();
        plane.animate(16.0);
        let marker = plane.circle().unwrap().marker();
        assert!(!plane.animate(500.0) && plane.circle().unwrap().marker() == marker);
        plane.nudge_handle(Handle::Marker, 0.02, 0.0);
        assert_ne!(plane.circle().unwrap().marker(), marker);
        plane.update(PlaneMsg::CircleAngle(180.0));
        assert!(near(plane.circle().unwrap().marker(), plane.circle().unwrap().at(0.5 * TAU)));
        plane.update(PlaneMsg::CircleAngle(f32::NAN));
        assert_eq!(plane.circle().unwrap().degrees(), 180.0);
    }

    #[test]
    fn a_video_is_the_same_with_reduced_motion() {
        let record = |reduces_motion| {
            let mut plane = Plane::new(2);
            plane.update(PlaneMsg::ReduceMotion(reduces_motion));
            plane.update(PlaneMsg::ToggleCircle);
            plane.update(PlaneMsg::Recording(true));
            plane.update(PlaneMsg::Zoom { at: Some([0.5; 2]), factor: 2.0, smoothly: true });
            let frame = |plane: &mut Plane| {
                plane.animate(16.0);
                (plane.circle().unwrap().marker(), *plane.bounds())
            };
            let frames: Vec<_> = (0..60).map(|_| frame(&mut plane)).collect();
            plane.update(PlaneMsg::Recording(false));
            (frames, plane)
        };
        let ((moving, _), (reduced, mut plane)) = (record(false), record(true));
        assert_eq!(reduced, moving);
        assert_ne!(reduced[0], reduced[59]);
        plane.animate(16.0);
        assert_eq!(plane.circle().unwrap().marker(), reduced[59].0, "then it stands still again");
        plane.update(PlaneMsg::Zoom { at: Some([0.5; 2]), factor: 2.0, smoothly: true });
        plane.animate(16.0);
        let jumped = *plane.bounds();
        plane.animate(16.0);
        assert_eq!(*plane.bounds(), jumped, "the camera jumps");
    }
}
