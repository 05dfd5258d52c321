//! The straight path from A to B across the plane, and the handles of path and circle.

use super::Plane;
use crate::app::code::Code;
use crate::app::pins::Pin;

/// The points that are decoded along the path, its ends included.
pub const PATH_POINTS: usize = 12;

/// A handle that can be dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handle {
    /// The start of the path.
    A,
    /// The end of the path.
    B,
    /// The centre of the circle.
    Centre,
    /// A point on the circle that sets its radius.
    Radius,
    /// The marker on the circle.
    Marker,
}

impl Handle {
    /// Every handle.
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::Centre, Self::Radius, Self::Marker];
}

impl Plane {
    /// Returns the path's ends, if there is a path.
    pub fn path(&self) -> Option<[[f32; 2]; 2]> {
        let ends = self.path.filter(|_| self.is_decodable())?;
        Some(ends.map(|end| self.place(end)))
    }

    /// Returns evenly spaced codes from A to B; none without a path.
    pub fn path_codes(&self) -> Vec<Code> {
        let Some(ends) = self.path.filter(|_| self.is_decodable()) else { return Vec::new() };
        let [a, b] = ends.map(|end| self.code(end));
        let at = |point: usize| {
            let t = point as f32 / (PATH_POINTS - 1) as f32;
            let mut code = a;
            code.iter_mut().zip(&*b).for_each(|(z, to)| *z += t * (to - *z));
            code
        };
        (0..PATH_POINTS).map(at).collect()
    }

    /// Returns where a handle is, if visible.
    pub fn handle(&self, handle: Handle) -> Option<[f32; 2]> {
        match handle {
            Handle::A => self.path().map(|[a, _]| a),
            Handle::B => self.path().map(|[_, b]| b),
            Handle::Centre => self.circle().map(|circle| circle.centre),
            Handle::Radius => self.circle().map(|circle| self.radius_handle(&circle)),
            Handle::Marker => self.circle().map(|circle| circle.marker()),
        }
    }

    /// Shows a path between the two newest pins, or else between the two classes whose mean codes lie farthest apart; or hides
    /// it.
    pub(super) fn toggle_path(&mut self) {
        self.path = match self.path {
            Some(_) => None,
            None => Some(self.pins.two_newest().unwrap_or_else(|| self.farthest_classes())),
        };
    }

    fn put_handle(&mut self, handle: Handle, place: [f32; 2]) {
        if !place.iter().all(|x| x.is_finite()) {
            return;
        }
        let end = match handle {
            Handle::A => Some(0),
            Handle::B => Some(1),
            _ => None,
        };
        if let (Some(end), Some(mut path)) = (end, self.path) {
            // The dimensions that are not shown stay as they are.
            let code = self.projection.code_at(place, self.code(path[end]));
            path[end] = Pin::Place(place, code);
            self.path = Some(path);
        }
        if let Some(circle) = &mut self.circle {
            circle.put_handle(handle, place);
        }
        self.showcase.interrupt();
    }

    /// Moves a handle to a point of the picture, in fractions of its width.
    pub(super) fn drag_handle(&mut self, handle: Handle, at: [f32; 2]) {
        if let Some(place) = self.at(at) {
            self.put_handle(handle, place);
        }
    }

    /// Moves a handle by fractions of the plane's half width; the marker moves along its circle.
    pub(super) fn nudge_handle(&mut self, handle: Handle, dx: f32, dy: f32) {
        let half = self.bounds().half_width();
        let Some([x, y]) = self.handle(handle) else { return };
        match (handle, &mut self.circle) {
            (Handle::Marker, Some(circle)) => circle.turn(dx + dy),
            (Handle::Radius, Some(circle)) => circle.grow([x, y], [half * dx, half * dy]),
            _ => self.put_handle(handle, [x + dx * half, y + dy * half]),
        }
    }

    /// Returns the mean codes of the two classes that lie farthest apart; without two classes, a place left and one right.
    fn farthest_classes(&self) -> [Pin; 2] {
        let means = self.class_means();
        let places: Vec<_> = means.iter().map(|mean| self.projection.place(mean)).collect();
        let pairs = (0..means.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let distance =
            |(i, j): (usize, usize)| (places[i][0] - places[j][0]).hypot(places[i][1] - places[j][1]);
        if let Some((i, j)) = pairs.max_by(|a, b| distance(*a).total_cmp(&distance(*b))) {
            return [j, i].map(|index| Pin::Place(places[index], means[index]));
        }
        [0.25, 0.75].map(|x| {
            let place = self.bounds().to_data((x, 0.5 * self.bounds().aspect()), 1.0).into();
            Pin::Place(place, self.code_at(place))
        })
    }

    /// Computes the mean code of each class that has digits.
    fn class_means(&self) -> Vec<Code> {
        let mut sums: Vec<(f32, Code)> = Vec::new();
        for (code, class) in self.cloud.codes().iter().zip(self.cloud.classes()) {
            let Some(class) = class.map(usize::from).filter(|_| code.len() == self.latent_dim) else {
                continue;
            };
            if sums.len() <= class {
                sums.resize(class + 1, (0.0, Code::zero(self.latent_dim)));
            }
            let (count, sum) = &mut sums[class];
            *count += 1.0;
            sum.iter_mut().zip(&**code).for_each(|(sum, z)| *sum += z);
        }
        sums.retain(|(count, _)| *count > 0.0);
        sums.iter_mut().for_each(|(count, sum)| sum.iter_mut().for_each(|z| *z /= *count));
        sums.into_iter().map(|(_, mean)| mean).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_between_places_is_straight_and_even_and_its_ends_can_be_moved() {
        let mut plane = Plane::new(2);
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
}
