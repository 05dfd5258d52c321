//! The scatter plot of the latent plane.

use super::{Bounds, ClassSet};
use crate::view::colors::{MarkerColor, MarkerColors};
use crate::view::raster::{Marker, RgbaImage};

/// The opacity of dimmed points.
const DIMMED_OPACITY: f32 = 0.16;

/// Half the width of the outline, relative to the radius of the marker.
const OUTLINE: f32 = 0.16;

/// Points of the latent plane with their classes.
#[derive(Clone, Copy, Debug)]
pub struct Scatter<'a> {
    /// The coordinates.
    pub points: &'a [[f32; 2]],
    /// The classes, as far as they are known; may be shorter than `points`.
    pub classes: &'a [Option<u8>],
    /// The hidden classes.
    pub hidden: &'a ClassSet,
    /// The class that is highlighted; all others are dimmed.
    pub highlighted: Option<u8>,
    /// The errors to colour the points by, and the range of the colour scale. The errors may be shorter than `points`.
    pub errors: Option<(&'a [f32], (f32, f32))>,
}

impl Scatter<'_> {
    /// Returns the visible points: index, coordinates and class.
    pub fn shown(&self) -> impl Iterator<Item = (usize, (f32, f32), Option<u8>)> + '_ {
        let class = |i: usize| self.classes.get(i).copied().flatten();
        let points = self.points.iter().enumerate().map(move |(i, &[x, y])| (i, (x, y), class(i)));
        points.filter(|(.., class)| !class.is_some_and(|class| self.hidden.contains(class)))
    }

    /// Returns whether points of a class are dimmed, because another one is highlighted.
    pub fn is_dimmed(&self, class: Option<u8>) -> bool {
        self.highlighted.is_some() && self.highlighted != class
    }

    /// Returns the colours of a point, grey if its class or error is unknown.
    pub fn marker_color(&self, index: usize, class: Option<u8>, colors: &MarkerColors) -> MarkerColor {
        match self.errors {
            None => class.map_or(colors.unknown(), |class| colors.class(class)),
            Some((errors, (low, high))) => {
                let normalised = |error: &f32| (error - low) / (high - low).max(f32::MIN_POSITIVE);
                errors
                    .get(index)
                    .map(normalised)
                    .filter(|t| t.is_finite())
                    .map_or(colors.unknown(), |t| colors.scaled(t))
            }
        }
    }

    /// Paints the points as outlined discs; `radius` is in pixels of the image.
    pub fn paint(&self, image: &mut RgbaImage, bounds: &Bounds, radius: f32, colors: &MarkerColors) {
        let width = image.width() as f32;
        let marker = Marker::new(radius, OUTLINE * radius);
        // The highlighted points are painted last, on top.
        for dimmed in [true, false] {
            for (index, point, class) in self.shown().filter(|(.., class)| self.is_dimmed(*class) == dimmed) {
                let MarkerColor { fill, outline } = self.marker_color(index, class, colors);
                let (x, y) = bounds.to_px(point, width);
                if dimmed {
                    image.disc(x, y, radius, fill, DIMMED_OPACITY);
                } else {
                    marker.paint(image, (x, y), outline, fill);
                }
            }
        }
    }

    /// Returns the index of the visible point nearest to `at` within a distance of `max_distance`, both in pixels of a picture
    /// that is `width` pixels wide.
    pub fn nearest(&self, bounds: &Bounds, width: f32, at: (f32, f32), max_distance: f32) -> Option<usize> {
        let distance2 = |point| {
            let (x, y) = bounds.to_px(point, width);
            (x - at.0).powi(2) + (y - at.1).powi(2)
        };
        self.shown()
            .map(|(i, point, _)| (i, distance2(point)))
            .filter(|(_, d2)| *d2 <= max_distance * max_distance)
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
        let scatter = Scatter { points: &POINTS, classes: &CLASSES, hidden, ..empty() };
        scatter.paint(&mut image, &Bounds::default(), 3.0, &MarkerColors::new(&Theme::LIGHT));
        image
    }

    fn empty() -> Scatter<'static> {
        Scatter { points: &[], classes: &[], hidden: &ClassSet::EMPTY, highlighted: None, errors: None }
    }

    fn assert_near(found: Option<Color>, expected: Color) {
        let found = found.unwrap();
        assert!(found.r.abs_diff(expected.r) < 3 && found.b.abs_diff(expected.b) < 3, "{found} {expected}");
    }

    #[test]
    fn points_have_the_colour_of_their_class() {
        let image = paint(&ClassSet::EMPTY);
        for ((x, y), color) in
            [((20, 20), class_color(3)), ((30, 10), class_color(7)), ((10, 10), Theme::LIGHT.muted)]
        {
            assert_near(image.get(x, y), color);
        }
    }

    #[test]
    fn points_with_an_error_have_its_colour() {
        let colors = MarkerColors::new(&Theme::LIGHT);
        let mut image = RgbaImage::new(40, 40, Theme::LIGHT.plane);
        let errors = [0.02, 0.08];
        let scatter =
            Scatter { points: &POINTS, classes: &CLASSES, errors: Some((&errors, (0.02, 0.08))), ..empty() };
        scatter.paint(&mut image, &Bounds::default(), 3.0, &colors);
        for ((x, y), marker) in
            [((20, 20), colors.scaled(0.0)), ((30, 10), colors.scaled(1.0)), ((10, 10), colors.unknown())]
        {
            assert_near(image.get(x, y), marker.fill);
        }
    }

    #[test]
    fn all_classes_but_the_highlighted_one_are_dimmed() {
        let mut image = RgbaImage::new(40, 40, Theme::LIGHT.plane);
        let scatter = Scatter { points: &POINTS, classes: &CLASSES, highlighted: Some(7), ..empty() };
        scatter.paint(&mut image, &Bounds::default(), 3.0, &MarkerColors::new(&Theme::LIGHT));
        assert_near(image.get(30, 10), class_color(7));
        assert_near(image.get(20, 20), Theme::LIGHT.plane.mix(class_color(3), DIMMED_OPACITY));
    }

    #[test]
    fn hidden_classes_are_neither_painted_nor_found() {
        let mut hidden = ClassSet::EMPTY;
        hidden.insert(3);
        assert_eq!(paint(&hidden).get(20, 20), Some(Theme::LIGHT.plane));
        assert_ne!(paint(&hidden).get(30, 10), Some(Theme::LIGHT.plane));
        let scatter = Scatter { points: &POINTS, classes: &CLASSES, hidden: &hidden, ..empty() };
        assert_eq!(scatter.nearest(&Bounds::default(), 40.0, (20.0, 20.0), 5.0), None);
    }

    #[test]
    fn a_class_beyond_the_digits_has_a_colour_and_can_be_hidden() {
        let paint = |hidden: &ClassSet| {
            let mut image = RgbaImage::new(40, 40, Theme::LIGHT.plane);
            let scatter = Scatter { points: &POINTS[..1], classes: &[Some(48)], hidden, ..empty() };
            scatter.paint(&mut image, &Bounds::default(), 3.0, &MarkerColors::new(&Theme::LIGHT));
            image.get(20, 20)
        };
        assert_near(paint(&ClassSet::EMPTY), class_color(48));
        let mut hidden = ClassSet::EMPTY;
        hidden.insert(48);
        assert_eq!(paint(&hidden), Some(Theme::LIGHT.plane));
    }

    #[test]
    fn the_nearest_point_within_the_distance_is_found() {
        let scatter = Scatter { points: &POINTS, classes: &CLASSES, ..empty() };
        let nearest = |at, distance| scatter.nearest(&Bounds::default(), 40.0, at, distance);
        assert_eq!(nearest((21.0, 19.0), 5.0), Some(0));
        assert_eq!(nearest((27.0, 12.0), 50.0), Some(1));
        assert_eq!(nearest((10.0, 14.0), 3.9), None);
        assert_eq!(nearest((10.0, 14.0), 4.1), Some(2));
    }
}
