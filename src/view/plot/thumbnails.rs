//! Thumbnails in place of points: as many as fit without overlaps, and stable from frame to frame.

use super::{Bounds, Scatter};
use crate::view::colors::{MarkerColor, MarkerColors};
use crate::view::raster::{PIXELS, RgbaImage, ThumbnailStyle};

/// The minimum distance of two thumbnails that are already shown, relative to the spacing of new ones.
const MIN_DISTANCE: f32 = 0.62;

/// The limit of the number of thumbnails.
const MAX_THUMBNAILS: usize = 400;

/// The share of the marker's colour in the background of a thumbnail.
const TINT: f32 = 0.1;

/// The opacity of dimmed thumbnails.
const DIMMED_OPACITY: f32 = 0.15;

/// The selection of digits that are shown as thumbnails.
#[derive(Clone, Debug, Default)]
pub struct Thumbnails {
    /// Indices and positions, relative to the width of the plane.
    selected: Vec<(usize, (f32, f32))>,
    previous: Vec<(usize, (f32, f32))>,
}

impl Thumbnails {
    /// Selects visible points within `bounds`: first those that were selected before and still do not crowd one another, then
    /// others for which there is room. `spacing` is the minimum distance of new thumbnails, relative to the width of the plane.
    pub fn select(&mut self, scatter: &Scatter<'_>, bounds: &Bounds, spacing: f32) {
        std::mem::swap(&mut self.selected, &mut self.previous);
        self.selected.clear();
        let position = |point| bounds.to_px(point, 1.0);
        let height = bounds.aspect();
        let is_inside = |(x, y): (f32, f32)| (0.0..=1.0).contains(&x) && (0.0..=height).contains(&y);
        let has_room = |selected: &[(usize, (f32, f32))], (x, y): (f32, f32), distance: f32| {
            selected.iter().all(|&(_, (a, b))| (a - x).abs().max((b - y).abs()) >= distance)
        };
        let class = |index: usize| scatter.classes.get(index).copied().flatten();
        for &(index, _) in &self.previous {
            let is_shown = !class(index).is_some_and(|class| scatter.hidden.contains(class));
            let Some(&[x, y]) = scatter.points.get(index).filter(|_| is_shown) else { continue };
            let at = position((x, y));
            if is_inside(at) && has_room(&self.selected, at, MIN_DISTANCE * spacing) {
                self.selected.push((index, at));
            }
        }
        for (index, point, _) in scatter.shown() {
            let at = position(point);
            if self.selected.len() < MAX_THUMBNAILS && is_inside(at) && has_room(&self.selected, at, spacing)
            {
                self.selected.push((index, at));
            }
        }
    }

    /// Returns the indices of the selected digits.
    pub fn selected(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.selected.iter().map(|&(index, _)| index)
    }

    /// Paints the thumbnails onto an image, each framed in the colour of its point. `side` is that of a thumbnail and
    /// `frame_width` that of its frame, in pixels of the image.
    ///
    /// # Shapes
    /// `digits`: `[N, 784]`, the digits that have arrived
    pub fn paint(
        &self,
        image: &mut RgbaImage,
        digits: &[u8],
        scatter: &Scatter<'_>,
        colors: &MarkerColors,
        (side, frame_width): (usize, usize),
    ) {
        let (extent, theme) = (image.width() as f32, colors.theme());
        for &(index, (x, y)) in &self.selected {
            let Some(digit) = digits.chunks_exact(PIXELS).nth(index) else { continue };
            let class = scatter.classes.get(index).copied().flatten();
            let MarkerColor { fill, .. } = scatter.marker_color(index, class, colors);
            let opacity = if scatter.is_dimmed(class) { DIMMED_OPACITY } else { 1.0 };
            let background = theme.plane.mix(fill, TINT);
            let ink = theme.ink;
            let style = ThumbnailStyle { side, frame_width, background, ink, frame_color: fill, opacity };
            image.thumbnail((x * extent, y * extent), digit, &style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::colors::{Theme, class_color};
    use crate::view::plot::ClassSet;

    /// Points on a spiral.
    fn points(count: usize, jitter: f32) -> Vec<[f32; 2]> {
        let at = |i: usize| {
            let (sin, cos) = (2.4 * i as f32).sin_cos();
            let radius = 0.9 * (i as f32 / count as f32).powi(2) + jitter * (i as f32).sin();
            [radius * cos, radius * sin]
        };
        (0..count).map(at).collect()
    }

    fn scatter<'a>(points: &'a [[f32; 2]], hidden: &'a ClassSet) -> Scatter<'a> {
        Scatter { points, classes: &[Some(3), Some(7)], hidden, highlighted: None, errors: None }
    }

    #[test]
    fn thumbnails_fill_the_plane_without_overlaps() {
        let points = points(1_000, 0.0);
        let (scatter, bounds) = (scatter(&points, &ClassSet::EMPTY), Bounds::default());
        let mut thumbnails = Thumbnails::default();
        thumbnails.select(&scatter, &bounds, 0.05);
        let selected: Vec<_> = thumbnails.selected().collect();
        assert!((100..400).contains(&selected.len()), "{} thumbnails", selected.len());
        let apart = |a: usize, b: usize| {
            let [(x, y), (u, v)] = [a, b].map(|i| bounds.to_px(points[i].into(), 1.0));
            (x - u).abs().max((y - v).abs())
        };
        assert!(selected.iter().all(|&a| selected.iter().all(|&b| a == b || apart(a, b) >= 0.05)));
    }

    #[test]
    fn the_selection_is_stable_while_points_jitter() {
        let mut thumbnails = Thumbnails::default();
        let mut changes = 0;
        let mut before = Vec::new();
        for frame in 0..20 {
            let points = points(1_000, 0.005 * (frame % 2) as f32);
            thumbnails.select(&scatter(&points, &ClassSet::EMPTY), &Bounds::default(), 0.05);
            let selected: Vec<_> = thumbnails.selected().collect();
            changes += before.iter().filter(|index| !selected.contains(index)).count();
            before = selected;
        }
        assert!(changes <= 2, "{changes} thumbnails came and went");
    }

    #[test]
    fn hidden_and_outside_digits_are_not_selected() {
        let points = [[0.0, 0.0], [0.5, 0.5], [4.0, 0.0], [f32::NAN, 0.0]];
        let mut thumbnails = Thumbnails::default();
        let mut hidden = ClassSet::EMPTY;
        thumbnails.select(&scatter(&points, &hidden), &Bounds::default(), 0.05);
        assert!(thumbnails.selected().eq([0, 1]));
        hidden.insert(3);
        thumbnails.select(&scatter(&points, &hidden), &Bounds::default(), 0.05);
        assert!(thumbnails.selected().eq([1]));
    }

    #[test]
    fn a_thumbnail_is_framed_in_the_colour_of_its_class() {
        let points = [[0.0, 0.0], [0.5, 0.5]];
        let scatter = scatter(&points, &ClassSet::EMPTY);
        let mut thumbnails = Thumbnails::default();
        thumbnails.select(&scatter, &Bounds::default(), 0.1);
        let mut image = RgbaImage::new(200, 200, Theme::LIGHT.plane);
        let digits = [vec![255; PIXELS], vec![0; PIXELS]].concat();
        thumbnails.paint(&mut image, &digits, &scatter, &MarkerColors::new(&Theme::LIGHT), (28, 2));
        assert_eq!(image.get(100, 100), Some(Theme::LIGHT.ink));
        assert_eq!(image.get(100, 85), Some(class_color(3)));
        assert_eq!(image.get(150, 65), Some(class_color(7)));
        // Fewer digits than points.
        thumbnails.paint(&mut image, &digits[..PIXELS], &scatter, &MarkerColors::new(&Theme::LIGHT), (28, 2));
    }
}
