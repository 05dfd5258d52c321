//! The points of the latent plane.

use super::{Bounds, ClassSet};
use crate::raster::{RgbaImage, Theme, class_color};

/// How strongly a point covers what lies below it: those that lie on one another remain to be seen.
const OPACITY: f32 = 0.86;

/// Points of the latent plane, each of a class or of none.
#[derive(Clone, Copy, Debug)]
pub struct Cloud<'a> {
    /// Where they lie.
    pub points: &'a [[f32; 2]],
    /// The class of each one, if it is known. May be shorter than `points`: the remaining classes are unknown.
    pub classes: &'a [Option<u8>],
    /// The classes that are not shown.
    pub hidden: &'a ClassSet,
}

impl Cloud<'_> {
    /// The points that are shown: index, place and class.
    pub fn shown(&self) -> impl Iterator<Item = (usize, (f32, f32), Option<u8>)> + '_ {
        let class = |i: usize| self.classes.get(i).copied().flatten();
        let points = self.points.iter().enumerate().map(move |(i, &[x, y])| (i, (x, y), class(i)));
        points.filter(|(.., class)| !class.is_some_and(|class| self.hidden.contains(class)))
    }

    /// Paints the points as discs coloured by class, grey where it is not known. `radius` in pixels of the image.
    pub fn paint(&self, image: &mut RgbaImage, bounds: &Bounds, radius: f32, theme: &Theme) {
        let side = image.width() as f32;
        for (_, point, class) in self.shown() {
            let color = class.map_or(theme.muted, class_color);
            let (x, y) = bounds.to_px(point, side);
            image.disc(x, y, radius, color, OPACITY);
        }
    }

    /// The index of the shown point nearest to `at`, if it is within `reach`: both in pixels of a square of
    /// `side` pixels.
    pub fn nearest(&self, bounds: &Bounds, side: f32, at: (f32, f32), reach: f32) -> Option<usize> {
        let distance2 = |point| {
            let (x, y) = bounds.to_px(point, side);
            (x - at.0).powi(2) + (y - at.1).powi(2)
        };
        self.shown()
            .map(|(i, point, _)| (i, distance2(point)))
            .filter(|(_, d2)| *d2 <= reach * reach)
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(i, _)| i)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::PALETTE;

    const POINTS: [[f32; 2]; 4] = [[0.0, 0.0], [0.5, 0.5], [-0.5, 0.5], [f32::NAN, 0.0]];
    const CLASSES: [Option<u8>; 3] = [Some(3), Some(7), None];

    fn paint(hidden: &ClassSet) -> RgbaImage {
        let mut image = RgbaImage::new(40, 40, Theme::LIGHT.plane);
        let cloud = Cloud { points: &POINTS, classes: &CLASSES, hidden };
        cloud.paint(&mut image, &Bounds::default(), 3.0, &Theme::LIGHT);
        image
    }

    #[test]
    fn points_have_the_colour_of_their_class_where_they_lie() {
        let image = paint(&ClassSet::EMPTY);
        let mixed = |color| Theme::LIGHT.plane.mix(color, OPACITY);
        for ((x, y), color) in
            [((20, 20), PALETTE[3]), ((30, 10), PALETTE[7]), ((10, 10), Theme::LIGHT.muted)]
        {
            let (found, wanted) = (image.get(x, y).unwrap(), mixed(color));
            assert!(found.r.abs_diff(wanted.r) < 3 && found.b.abs_diff(wanted.b) < 3, "{found} {wanted}");
        }
    }

    #[test]
    fn hidden_classes_are_neither_painted_nor_found() {
        let mut hidden = ClassSet::EMPTY;
        hidden.insert(3);
        assert_eq!(paint(&hidden).get(20, 20), Some(Theme::LIGHT.plane));
        assert_ne!(paint(&hidden).get(30, 10), Some(Theme::LIGHT.plane));
        let cloud = Cloud { points: &POINTS, classes: &CLASSES, hidden: &hidden };
        assert_eq!(cloud.nearest(&Bounds::default(), 40.0, (20.0, 20.0), 5.0), None);
    }

    #[test]
    fn a_class_beyond_the_digits_has_a_colour_and_can_be_hidden() {
        let paint = |hidden: &ClassSet| {
            let mut image = RgbaImage::new(40, 40, Theme::LIGHT.plane);
            let cloud = Cloud { points: &POINTS[..1], classes: &[Some(48)], hidden };
            cloud.paint(&mut image, &Bounds::default(), 3.0, &Theme::LIGHT);
            image.get(20, 20).unwrap()
        };
        let (found, wanted) = (paint(&ClassSet::EMPTY), Theme::LIGHT.plane.mix(class_color(48), OPACITY));
        assert!(found.r.abs_diff(wanted.r) < 3 && found.b.abs_diff(wanted.b) < 3, "{found} {wanted}");
        let mut hidden = ClassSet::EMPTY;
        hidden.insert(48);
        assert_eq!(paint(&hidden), Theme::LIGHT.plane);
    }

    #[test]
    fn the_nearest_point_within_reach_is_found() {
        let cloud = Cloud { points: &POINTS, classes: &CLASSES, hidden: &ClassSet::EMPTY };
        let nearest = |at, reach| cloud.nearest(&Bounds::default(), 40.0, at, reach);
        assert_eq!(nearest((21.0, 19.0), 5.0), Some(0));
        assert_eq!(nearest((27.0, 12.0), 50.0), Some(1));
        assert_eq!(nearest((10.0, 14.0), 3.9), None);
        assert_eq!(nearest((10.0, 14.0), 4.1), Some(2));
    }
}
