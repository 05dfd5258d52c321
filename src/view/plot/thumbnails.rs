//! Digits shown as small pictures where they lie: as many as can be read, and the same ones from frame to frame.

use super::{Bounds, Scatter};
use crate::view::colors::{MarkerColor, MarkerColors};
use crate::view::raster::{PIXELS, RgbaImage, ThumbnailStyle};

/// How far apart two pictures that are shown already may come, in parts of their side; new ones keep a whole side.
const CROWDED: f32 = 0.62;

/// The most pictures: a screen's worth.
const MOST: usize = 400;

/// How much of the ink's colour is in the paper of a picture, and how strong pictures are that stand back.
const TINT: f32 = 0.1;
const DIMMED: f32 = 0.15;

/// Which digits are shown as pictures.
#[derive(Clone, Debug, Default)]
pub struct Thumbnails {
    chosen: Vec<(usize, (f32, f32))>,
    /// Those of the time before.
    before: Vec<(usize, (f32, f32))>,
}

impl Thumbnails {
    /// Chooses among the digits that are shown and within `bounds`: first those that were chosen before, while they do not
    /// crowd one another, then whichever find room. `spacing` is the side of a picture, in parts of that of the plane.
    pub fn choose(&mut self, cloud: &Scatter<'_>, bounds: &Bounds, spacing: f32) {
        std::mem::swap(&mut self.chosen, &mut self.before);
        self.chosen.clear();
        let place = |point| bounds.to_px(point, 1.0);
        let is_inside = |(x, y): (f32, f32)| (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y);
        let has_room = |chosen: &[(usize, (f32, f32))], (x, y): (f32, f32), room: f32| {
            chosen.iter().all(|&(_, (a, b))| (a - x).abs().max((b - y).abs()) >= room)
        };
        let class = |index: usize| cloud.classes.get(index).copied().flatten();
        for &(index, _) in &self.before {
            let is_shown = !class(index).is_some_and(|class| cloud.hidden.contains(class));
            let Some(&[x, y]) = cloud.points.get(index).filter(|_| is_shown) else { continue };
            let at = place((x, y));
            if is_inside(at) && has_room(&self.chosen, at, CROWDED * spacing) {
                self.chosen.push((index, at));
            }
        }
        for (index, point, _) in cloud.shown() {
            let at = place(point);
            if self.chosen.len() < MOST && is_inside(at) && has_room(&self.chosen, at, spacing) {
                self.chosen.push((index, at));
            }
        }
    }

    /// The digits that are chosen.
    pub fn chosen(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.chosen.iter().map(|&(index, _)| index)
    }

    /// Paints them onto a square image, each framed in the colour of its point. `side` and `pen` are those of a picture and of
    /// its frame, in pixels of the image.
    ///
    /// # Shapes
    /// `digits`: `[N, 784]`, of as many digits as have arrived
    pub fn paint(
        &self,
        image: &mut RgbaImage,
        digits: &[u8],
        cloud: &Scatter<'_>,
        colors: &MarkerColors,
        (side, pen): (usize, usize),
    ) {
        let (extent, theme) = (image.width() as f32, colors.theme());
        for &(index, (x, y)) in &self.chosen {
            let Some(digit) = digits.chunks_exact(PIXELS).nth(index) else { continue };
            let class = cloud.classes.get(index).copied().flatten();
            let MarkerColor { fill, .. } = cloud.marker_color(index, class, colors);
            let opacity = if cloud.is_dimmed(class) { DIMMED } else { 1.0 };
            let paper = theme.plane.mix(fill, TINT);
            let frame = ThumbnailStyle { side, pen, paper, ink: theme.ink, color: fill, opacity };
            image.thumbnail((x * extent, y * extent), digit, &frame);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::colors::{Theme, class_color};
    use crate::view::plot::ClassSet;

    /// Points in a spiral that is dense in its middle.
    fn points(count: usize, tremble: f32) -> Vec<[f32; 2]> {
        let at = |i: usize| {
            let (sin, cos) = (2.4 * i as f32).sin_cos();
            let radius = 0.9 * (i as f32 / count as f32).powi(2) + tremble * (i as f32).sin();
            [radius * cos, radius * sin]
        };
        (0..count).map(at).collect()
    }

    fn cloud<'a>(points: &'a [[f32; 2]], hidden: &'a ClassSet) -> Scatter<'a> {
        Scatter { points, classes: &[Some(3), Some(7)], hidden, highlighted: None, errors: None }
    }

    #[test]
    fn pictures_leave_room_for_one_another_and_fill_the_plane() {
        let points = points(1_000, 0.0);
        let (cloud, bounds) = (cloud(&points, &ClassSet::EMPTY), Bounds::default());
        let mut thumbnails = Thumbnails::default();
        thumbnails.choose(&cloud, &bounds, 0.05);
        let chosen: Vec<_> = thumbnails.chosen().collect();
        assert!((100..400).contains(&chosen.len()), "{} pictures", chosen.len());
        let apart = |a: usize, b: usize| {
            let [(x, y), (u, v)] = [a, b].map(|i| bounds.to_px(points[i].into(), 1.0));
            (x - u).abs().max((y - v).abs())
        };
        assert!(chosen.iter().all(|&a| chosen.iter().all(|&b| a == b || apart(a, b) >= 0.05)));
    }

    #[test]
    fn the_same_digits_are_shown_while_points_tremble() {
        let mut thumbnails = Thumbnails::default();
        let mut changes = 0;
        let mut before = Vec::new();
        for frame in 0..20 {
            let points = points(1_000, 0.005 * (frame % 2) as f32);
            thumbnails.choose(&cloud(&points, &ClassSet::EMPTY), &Bounds::default(), 0.05);
            let chosen: Vec<_> = thumbnails.chosen().collect();
            changes += before.iter().filter(|index| !chosen.contains(index)).count();
            before = chosen;
        }
        assert!(changes <= 2, "{changes} pictures came and went");
    }

    #[test]
    fn hidden_digits_and_those_out_of_sight_are_no_pictures() {
        let points = [[0.0, 0.0], [0.5, 0.5], [4.0, 0.0], [f32::NAN, 0.0]];
        let mut thumbnails = Thumbnails::default();
        let mut hidden = ClassSet::EMPTY;
        thumbnails.choose(&cloud(&points, &hidden), &Bounds::default(), 0.05);
        assert!(thumbnails.chosen().eq([0, 1]));
        hidden.insert(3);
        thumbnails.choose(&cloud(&points, &hidden), &Bounds::default(), 0.05);
        assert!(thumbnails.chosen().eq([1]));
    }

    #[test]
    fn a_picture_is_framed_in_the_colour_of_its_class() {
        let points = [[0.0, 0.0], [0.5, 0.5]];
        let cloud = cloud(&points, &ClassSet::EMPTY);
        let mut thumbnails = Thumbnails::default();
        thumbnails.choose(&cloud, &Bounds::default(), 0.1);
        let mut image = RgbaImage::new(200, 200, Theme::LIGHT.plane);
        let digits = [vec![255; PIXELS], vec![0; PIXELS]].concat();
        thumbnails.paint(&mut image, &digits, &cloud, &MarkerColors::new(&Theme::LIGHT), (28, 2));
        assert_eq!(image.get(100, 100), Some(Theme::LIGHT.ink));
        assert_eq!(image.get(100, 85), Some(class_color(3)));
        assert_eq!(image.get(150, 65), Some(class_color(7)));
        // Fewer digits than points have arrived.
        thumbnails.paint(&mut image, &digits[..PIXELS], &cloud, &MarkerColors::new(&Theme::LIGHT), (28, 2));
    }
}
