//! Two courses through the plane: the straight path from A to B, and the walk around a circle. Both are held by handles.

use std::f32::consts::TAU;

use super::Plane;
use crate::app::code::Code;
use crate::app::pins::Pin;

/// The digits that are decoded along the path, its ends included.
pub const PATH_POINTS: usize = 12;

/// What can be dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// The beginning of the path.
    A,
    /// The end of the path.
    B,
    /// The centre of the walk.
    Centre,
    /// The rim of the walk, which sets its radius.
    Rim,
    /// The point that walks.
    Walker,
}

impl Handle {
    /// Every handle.
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::Centre, Self::Rim, Self::Walker];
}

/// The angle by which a key moves the walker, for each part of the plane's half width that it would move a place.
const TURN: f32 = TAU / 72.0 / 0.02;

/// The walk around a circle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circle {
    /// The centre, on the plane.
    pub centre: [f32; 2],
    /// The radius, in the plane's units.
    pub radius: f32,
    /// Where the walker is, in radians from the right, counterclockwise.
    pub angle: f32,
    /// Times around in a second.
    pub speed: f32,
}

impl Circle {
    /// Where the walker is.
    #[must_use]
    pub fn marker(&self) -> [f32; 2] {
        self.at(self.angle)
    }

    /// The place on the circle at an angle.
    #[must_use]
    pub fn at(&self, angle: f32) -> [f32; 2] {
        let (sin, cos) = angle.sin_cos();
        [self.centre[0] + self.radius * cos, self.centre[1] + self.radius * sin]
    }

    /// Walks on for `dt` milliseconds; false if it stands.
    fn advance(&mut self, dt: f32) -> bool {
        let moves = self.speed > 0.0;
        if moves {
            self.angle = (self.angle + TAU * self.speed * 1e-3 * dt) % TAU;
        }
        moves
    }
}

/// The times around in a second with which a walk begins: the digit can be followed.
pub const DEFAULT_CIRCLE_SPEED: f32 = 0.06;

/// The radius with which a walk begins, in parts of the plane's half width: it meets the digits around the middle.
const FIRST_RADIUS: f32 = 0.55;

impl Plane {
    /// The path's ends, where there is a path.
    #[must_use]
    pub fn path(&self) -> Option<[[f32; 2]; 2]> {
        let ends = self.path.filter(|_| self.projection.is_decodable())?;
        Some(ends.map(|end| self.place(end)))
    }

    /// The codes at the stops of the path, evenly from A to B; none where there is no path.
    #[must_use]
    pub fn path_codes(&self) -> Vec<Code> {
        let Some(ends) = self.path.filter(|_| self.projection.is_decodable()) else { return Vec::new() };
        let [a, b] = ends.map(|end| self.code(end));
        let at = |stop: usize| {
            let t = stop as f32 / (PATH_POINTS - 1) as f32;
            let mut code = a;
            code.iter_mut().zip(&*b).for_each(|(z, to)| *z += t * (to - *z));
            code
        };
        (0..PATH_POINTS).map(at).collect()
    }

    /// The walk, where there is one.
    #[must_use]
    pub fn circle(&self) -> Option<Circle> {
        self.circle.filter(|_| self.projection.is_decodable())
    }

    /// Where a handle is, if it is there.
    #[must_use]
    pub fn handle(&self, handle: Handle) -> Option<[f32; 2]> {
        match handle {
            Handle::A => self.path().map(|[a, _]| a),
            Handle::B => self.path().map(|[_, b]| b),
            Handle::Centre => self.circle().map(|circle| circle.centre),
            Handle::Rim => self.circle().map(|circle| self.rim(&circle)),
            Handle::Walker => self.circle().map(|circle| circle.marker()),
        }
    }

    /// Where the radius is held: to the right of the centre, or on another side if that is out of sight.
    fn rim(&self, circle: &Circle) -> [f32; 2] {
        let sides = [0.0, 0.5, 0.25, 0.75].map(|turn| circle.at(turn * TAU));
        sides.into_iter().find(|&[x, y]| self.bounds().contains((x, y))).unwrap_or(sides[0])
    }

    /// Lays a path or takes it away. It leads between the two newest pins, else between the two classes whose middles lie
    /// farthest apart.
    pub fn toggle_path(&mut self) {
        self.path = match self.path {
            Some(_) => None,
            None => Some(self.pins.two_newest().unwrap_or_else(|| self.farthest_classes())),
        };
        self.version.bump();
    }

    /// Draws a circle to walk around, or takes it away. The walker goes by itself, where that is not unwanted.
    pub fn toggle_circle(&mut self) {
        let (centre, half) = (self.bounds().centre().into(), self.bounds().half_side());
        let begun =
            Circle { centre, radius: FIRST_RADIUS * half, angle: 0.25 * TAU, speed: DEFAULT_CIRCLE_SPEED };
        self.circle = if self.circle.is_none() { Some(begun) } else { None };
        self.regards_drawn = false;
        self.showcase.end();
        self.version.bump();
    }

    /// Sets how many times around the walker goes in a second.
    pub fn set_circle_speed(&mut self, speed: f32) {
        if let Some(circle) = self.circle.as_mut().filter(|_| (0.0..=10.0).contains(&speed)) {
            circle.speed = speed;
            self.version.bump();
        }
    }

    /// Walks around zero, as far from it as the digit in the middle of all.
    pub fn circle_around_origin(&mut self) {
        let places = (0..self.cloud.points().len()).filter_map(|i| self.cloud.target(i, &self.projection));
        let mut distances: Vec<f32> = places.map(|[x, y]| x.hypot(y)).filter(|d| d.is_finite()).collect();
        distances.sort_unstable_by(f32::total_cmp);
        let median = distances.get(distances.len() / 2).copied().unwrap_or(1.0);
        if let Some(circle) = &mut self.circle {
            (circle.centre, circle.radius) = ([0.0; 2], median);
            self.version.bump();
        }
    }

    /// Puts a handle to a place of the plane.
    fn put_handle(&mut self, handle: Handle, place: [f32; 2]) {
        if !place.iter().all(|x| x.is_finite()) {
            return;
        }
        let end = match handle {
            Handle::A => Some(0),
            Handle::B => Some(1),
            _ => None,
        };
        if let (Some(end), Some(path)) = (end, self.path) {
            // What is not shown of a code stays as it is.
            let code = self.projection.code_at(place, self.code(path[end]));
            self.path =
                Some(std::array::from_fn(|i| if i == end { Pin::Place(place, code) } else { path[i] }));
        }
        if let Some(circle) = &mut self.circle {
            let [dx, dy] = [place[0] - circle.centre[0], place[1] - circle.centre[1]];
            match handle {
                Handle::Centre => circle.centre = place,
                Handle::Rim => circle.radius = dx.hypot(dy),
                Handle::Walker => circle.angle = dy.atan2(dx),
                _ => {}
            }
        }
        self.showcase.end();
        self.version.bump();
    }

    /// Drags a handle to a point of the picture, in parts of its side.
    pub fn drag_handle(&mut self, handle: Handle, at: [f32; 2]) {
        if let Some(place) = self.at(at) {
            self.put_handle(handle, place);
        }
    }

    /// Moves a handle by parts of the plane's half width; the walker, which keeps to its circle, goes on or back.
    pub fn nudge_handle(&mut self, handle: Handle, dx: f32, dy: f32) {
        let half = self.bounds().half_side();
        match (self.handle(handle), &mut self.circle) {
            (Some(_), Some(circle)) if handle == Handle::Walker => {
                circle.angle = (circle.angle + TURN * (dx + dy)) % TAU;
                self.version.bump();
            }
            (Some(_), Some(circle)) if handle == Handle::Rim => {
                circle.radius = (circle.radius + half * (dx + dy)).max(0.0);
                self.version.bump();
            }
            (Some([x, y]), _) => self.put_handle(handle, [x + dx * half, y + dy * half]),
            (None, _) => {}
        }
    }

    /// Walks on for `dt` milliseconds.
    pub(super) fn advance_circle(&mut self, dt: f32) {
        let is_seen = self.projection.is_decodable();
        if self.circle.as_mut().is_some_and(|circle| is_seen && circle.advance(dt)) {
            self.version.bump();
        }
    }

    /// The middles of the two classes that lie farthest apart; where there are no two, places left and right.
    fn farthest_classes(&self) -> [Pin; 2] {
        let middles = self.class_middles();
        let pairs = (0..middles.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let distance = |(i, j): (usize, usize)| {
            let places = [i, j].map(|index| self.projection.place(&middles[index]));
            (places[0][0] - places[1][0]).hypot(places[0][1] - places[1][1])
        };
        let farthest = pairs.max_by(|a, b| distance(*a).total_cmp(&distance(*b)));
        if let Some((i, j)) = farthest {
            return [j, i].map(|index| Pin::Place(self.projection.place(&middles[index]), middles[index]));
        }
        [0.25, 0.75].map(|x| {
            let place = self.bounds().to_data((x, 0.5), 1.0).into();
            Pin::Place(place, self.code_at(place))
        })
    }

    /// The mean code of each class that is there.
    fn class_middles(&self) -> Vec<Code> {
        let mut sums: Vec<(f32, Code)> = Vec::new();
        for (code, class) in self.cloud.codes().iter().zip(self.cloud.classes()) {
            let Some(class) = class.map(usize::from).filter(|_| code.len() == self.width) else { continue };
            if sums.len() <= class {
                sums.resize(class + 1, (0.0, Code::zero(self.width)));
            }
            let (count, sum) = &mut sums[class];
            *count += 1.0;
            sum.iter_mut().zip(&**code).for_each(|(sum, z)| *sum += z);
        }
        let there = sums.into_iter().filter(|(count, _)| *count > 0.0);
        there
            .map(|(count, mut sum)| {
                sum.iter_mut().for_each(|z| *z /= count);
                sum
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane() -> Plane {
        Plane::new(2)
    }

    fn near(a: [f32; 2], b: [f32; 2]) -> bool {
        (a[0] - b[0]).abs() < 1e-5 && (a[1] - b[1]).abs() < 1e-5
    }

    #[test]
    fn a_path_between_places_is_straight_and_even_and_its_ends_can_be_moved() {
        let mut plane = plane();
        assert!(plane.path().is_none() && plane.path_codes().is_empty() && plane.handle(Handle::A).is_none());
        plane.toggle_path();
        plane.drag_handle(Handle::A, [0.0, 0.5]);
        plane.drag_handle(Handle::B, [1.0, 0.0]);
        assert_eq!(plane.path(), Some([[-1.0, 0.0], [1.0, 1.0]]));
        let codes = plane.path_codes();
        assert_eq!((&*codes[0], &*codes[PATH_POINTS - 1]), (&[-1.0, 0.0][..], &[1.0, 1.0][..]));
        assert!(codes.windows(2).all(|pair| (pair[1][0] - pair[0][0] - 2.0 / 11.0).abs() < 1e-5));
        plane.nudge_handle(Handle::B, -0.5, -0.25);
        assert_eq!(plane.handle(Handle::B), Some([0.5, 0.75]));
        plane.drag_handle(Handle::B, [f32::NAN, 0.0]);
        assert_eq!(plane.handle(Handle::B), Some([0.5, 0.75]));
        plane.toggle_path();
        assert_eq!(plane.path(), None);
    }

    #[test]
    fn the_walker_goes_around_at_its_speed_and_keeps_to_the_circle() {
        let mut plane = plane();
        plane.toggle_circle();
        plane.set_circle_speed(0.25);
        plane.drag_handle(Handle::Centre, [0.5, 0.5]);
        plane.drag_handle(Handle::Rim, [0.75, 0.5]);
        plane.drag_handle(Handle::Walker, [0.9, 0.5]);
        assert!(near(plane.circle().unwrap().marker(), [0.5, 0.0]));
        plane.advance_circle(1_000.0);
        assert!(near(plane.circle().unwrap().marker(), [0.0, 0.5]), "a quarter in a second");
        plane.nudge_handle(Handle::Walker, -0.02, 0.0);
        assert!((plane.circle().unwrap().angle - (0.25 * TAU - TAU / 72.0)).abs() < 1e-5);
        plane.nudge_handle(Handle::Rim, 0.25, 0.0);
        assert!((plane.circle().unwrap().radius - 0.75).abs() < 1e-6);
    }

    #[test]
    fn the_radius_is_held_where_it_can_be_seen() {
        let mut plane = plane();
        plane.toggle_circle();
        for (at, side) in [([0.5, 0.5], [0.5, 0.0]), ([0.9, 0.5], [-0.5, 0.0]), ([0.9, 0.9], [-0.5, 0.0])] {
            plane.drag_handle(Handle::Centre, at);
            plane.drag_handle(Handle::Rim, [at[0] - 0.25, at[1]]);
            let Circle { centre: [x, y], .. } = plane.circle().unwrap();
            let [rim_x, rim_y] = plane.handle(Handle::Rim).unwrap();
            assert!(near([rim_x - x, rim_y - y], side), "centre {at:?}: {rim_x}, {rim_y}");
        }
    }

    #[test]
    fn where_nothing_is_to_move_the_walker_stands_until_it_is_moved() {
        let mut plane = plane();
        plane.reduce_motion(true);
        plane.toggle_circle();
        plane.animate(16.0);
        let (marker, version) = (plane.circle().unwrap().marker(), plane.version());
        plane.animate(500.0);
        assert_eq!((plane.circle().unwrap().marker(), plane.version()), (marker, version));
        plane.nudge_handle(Handle::Walker, 0.02, 0.0);
        assert_ne!(plane.circle().unwrap().marker(), marker);
    }
}
