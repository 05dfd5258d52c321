//! The points of the latent plane.

use super::{Bounds, ClassSet};
use crate::view::colors::{MarkerColor, MarkerColors};
use crate::view::raster::RgbaImage;

/// How strong those are that stand back.
const DIMMED: f32 = 0.16;

/// Half the width of the outline, in parts of the radius: it lies half within and half around it.
const OUTLINE: f32 = 0.16;

/// Points of the latent plane, each of a class or of none.
#[derive(Clone, Copy, Debug)]
pub struct Scatter<'a> {
    /// Where they lie.
    pub points: &'a [[f32; 2]],
    /// The class of each one, if it is known. May be shorter than `points`: the remaining classes are unknown.
    pub classes: &'a [Option<u8>],
    /// The classes that are not shown.
    pub hidden: &'a ClassSet,
    /// The class that stands out from all others.
    pub highlighted: Option<u8>,
    /// If points are coloured by their error: the errors, and those that the ends of the scale stand for. There may be fewer
    /// than points.
    pub errors: Option<(&'a [f32], (f32, f32))>,
}

impl Scatter<'_> {
    /// The points that are shown: index, place and class.
    pub fn shown(&self) -> impl Iterator<Item = (usize, (f32, f32), Option<u8>)> + '_ {
        let class = |i: usize| self.classes.get(i).copied().flatten();
        let points = self.points.iter().enumerate().map(move |(i, &[x, y])| (i, (x, y), class(i)));
        points.filter(|(.., class)| !class.is_some_and(|class| self.hidden.contains(class)))
    }

    /// Whether a point stands back behind the class that stands out.
    pub fn is_dimmed(&self, class: Option<u8>) -> bool {
        self.highlighted.is_some() && self.highlighted != class
    }

    /// The colour of a point, and that of its outline: grey where neither class nor error is known.
    pub fn marker_color(&self, index: usize, class: Option<u8>, colors: &MarkerColors) -> MarkerColor {
        match self.errors {
            None => class.map_or(colors.unknown(), |class| colors.class(class)),
            Some((errors, (low, high))) => {
                let part = |error: &f32| (error - low) / (high - low).max(f32::MIN_POSITIVE);
                errors
                    .get(index)
                    .map(part)
                    .filter(|t| t.is_finite())
                    .map_or(colors.unknown(), |t| colors.scaled(t))
            }
        }
    }

    /// Paints the points as discs coloured by class or error, with a fine outline. `radius` in pixels of the image.
    pub fn paint(&self, image: &mut RgbaImage, bounds: &Bounds, radius: f32, colors: &MarkerColors) {
        let side = image.width() as f32;
        // What stands out is painted last, and lies above.
        for dimmed in [true, false] {
            for (index, point, class) in self.shown().filter(|(.., class)| self.is_dimmed(*class) == dimmed) {
                let MarkerColor { fill, outline } = self.marker_color(index, class, colors);
                let (x, y) = bounds.to_px(point, side);
                if dimmed {
                    image.disc(x, y, radius, fill, DIMMED);
                    continue;
                }
                let rim = OUTLINE * radius;
                if outline != fill {
                    image.disc(x, y, radius + rim, outline, 1.0);
                }
                image.disc(x, y, if outline == fill { radius + rim } else { radius - rim }, fill, 1.0);
            }
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
    use crate::view::colors::{Color, Theme, class_color};

    const POINTS: [[f32; 2]; 4] = [[0.0, 0.0], [0.5, 0.5], [-0.5, 0.5], [f32::NAN, 0.0]];
    const CLASSES: [Option<u8>; 3] = [Some(3), Some(7), None];

    fn paint(hidden: &ClassSet) -> RgbaImage {
        let mut image = RgbaImage::new(40, 40, Theme::LIGHT.plane);
        let cloud = Scatter { points: &POINTS, classes: &CLASSES, hidden, ..blank() };
        cloud.paint(&mut image, &Bounds::default(), 3.0, &MarkerColors::new(&Theme::LIGHT));
        image
    }

    fn blank() -> Scatter<'static> {
        Scatter { points: &[], classes: &[], hidden: &ClassSet::EMPTY, highlighted: None, errors: None }
    }

    fn assert_near(found: Option<Color>, wanted: Color) {
        let found = found.unwrap();
        assert!(found.r.abs_diff(wanted.r) < 3 && found.b.abs_diff(wanted.b) < 3, "{found} {wanted}");
    }

    #[test]
    fn points_have_the_colour_of_their_class_where_they_lie() {
        let image = paint(&ClassSet::EMPTY);
        for ((x, y), color) in
            [((20, 20), class_color(3)), ((30, 10), class_color(7)), ((10, 10), Theme::LIGHT.muted)]
        {
            assert_near(image.get(x, y), color);
        }
    }

    #[test]
    fn errors_colour_the_points_where_they_are_known() {
        let colors = MarkerColors::new(&Theme::LIGHT);
        let mut image = RgbaImage::new(40, 40, Theme::LIGHT.plane);
        let errors = [0.02, 0.08];
        let cloud =
            Scatter { points: &POINTS, classes: &CLASSES, errors: Some((&errors, (0.02, 0.08))), ..blank() };
        cloud.paint(&mut image, &Bounds::default(), 3.0, &colors);
        for ((x, y), marker) in
            [((20, 20), colors.scaled(0.0)), ((30, 10), colors.scaled(1.0)), ((10, 10), colors.unknown())]
        {
            assert_near(image.get(x, y), marker.fill);
        }
    }

    #[test]
    fn all_but_the_highlighted_class_stand_back() {
        let mut image = RgbaImage::new(40, 40, Theme::LIGHT.plane);
        let cloud = Scatter { points: &POINTS, classes: &CLASSES, highlighted: Some(7), ..blank() };
        cloud.paint(&mut image, &Bounds::default(), 3.0, &MarkerColors::new(&Theme::LIGHT));
        assert_near(image.get(30, 10), class_color(7));
        assert_near(image.get(20, 20), Theme::LIGHT.plane.mix(class_color(3), DIMMED));
    }

    #[test]
    fn hidden_classes_are_neither_painted_nor_found() {
        let mut hidden = ClassSet::EMPTY;
        hidden.insert(3);
        assert_eq!(paint(&hidden).get(20, 20), Some(Theme::LIGHT.plane));
        assert_ne!(paint(&hidden).get(30, 10), Some(Theme::LIGHT.plane));
        let cloud = Scatter { points: &POINTS, classes: &CLASSES, hidden: &hidden, ..blank() };
        assert_eq!(cloud.nearest(&Bounds::default(), 40.0, (20.0, 20.0), 5.0), None);
    }

    #[test]
    fn a_class_beyond_the_digits_has_a_colour_and_can_be_hidden() {
        let paint = |hidden: &ClassSet| {
            let mut image = RgbaImage::new(40, 40, Theme::LIGHT.plane);
            let cloud = Scatter { points: &POINTS[..1], classes: &[Some(48)], hidden, ..blank() };
            cloud.paint(&mut image, &Bounds::default(), 3.0, &MarkerColors::new(&Theme::LIGHT));
            image.get(20, 20)
        };
        assert_near(paint(&ClassSet::EMPTY), class_color(48));
        let mut hidden = ClassSet::EMPTY;
        hidden.insert(48);
        assert_eq!(paint(&hidden), Some(Theme::LIGHT.plane));
    }

    #[test]
    fn the_nearest_point_within_reach_is_found() {
        let cloud = Scatter { points: &POINTS, classes: &CLASSES, ..blank() };
        let nearest = |at, reach| cloud.nearest(&Bounds::default(), 40.0, at, reach);
        assert_eq!(nearest((21.0, 19.0), 5.0), Some(0));
        assert_eq!(nearest((27.0, 12.0), 50.0), Some(1));
        assert_eq!(nearest((10.0, 14.0), 3.9), None);
        assert_eq!(nearest((10.0, 14.0), 4.1), Some(2));
    }
}
