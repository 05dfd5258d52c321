//! The pictures of `--out` after training: the scatter plot of the latent plane, and a circle through it.

use std::f32::consts::TAU;
use std::fmt::Write;
use std::path::Path;

use bottleneck::data::{Dataset, SIDE};
use bottleneck::train::Trainer;
use bottleneck::view::colors::{Theme, class_color};
use bottleneck::view::plot::{Bounds, Scale, ScaleKind};
use bottleneck::view::raster::RgbaImage;
use ndarray::{Array2, Axis};

use super::Result;
use super::animation::Animation;
use super::atomic_file;
use super::canvas::{self, Align, LINE_HEIGHT};
use super::evaluation::TestDigits;

/// The digits in the scatter plot.
const POINTS: usize = 1_000;
/// The frames of the circle, and their duration.
const WALK_FRAMES: usize = 72;
const FRAME_MS: u16 = 110;

/// Writes `latent.csv`, and for a code of two dimensions `latent.png` and `walk.gif`. Returns whether there are two.
pub fn write(folder: &Path, trainer: &Trainer, test_digits: &TestDigits, test: &Dataset) -> Result<bool> {
    let latent = test_digits.latent(trainer);
    atomic_file::write(&folder.join("latent.csv"), csv(&latent, test).as_bytes())?;
    if latent.ncols() != 2 {
        return Ok(false);
    }
    let points: Vec<_> = latent
        .rows()
        .into_iter()
        .enumerate()
        .map(|(index, z)| Point { position: (z[0], z[1]), label: test.label(index) })
        .take(POINTS)
        .collect();
    let scatter = Scatter::new(720, &points);
    atomic_file::write(&folder.join("latent.png"), &canvas::png(&scatter.image)?)?;
    atomic_file::write(&folder.join("walk.gif"), &walk(trainer, &points)?)?;
    Ok(true)
}

/// A test digit on the plane.
struct Point {
    position: (f32, f32),
    label: Option<u8>,
}

/// Returns the table that the page saves as codes: for each digit its index, its label and its code.
fn csv(latent: &Array2<f32>, test: &Dataset) -> String {
    let mut text = String::from("digit,label");
    // Writing to a string does not fail.
    (1..=latent.ncols()).for_each(|dimension| _ = write!(text, ",z{dimension}"));
    for (index, code) in latent.rows().into_iter().enumerate() {
        let label = test.label(index).map_or_else(String::new, |label| label.to_string());
        _ = write!(text, "\n{index},{label}");
        code.iter().for_each(|z| _ = write!(text, ",{z}"));
    }
    text.push('\n');
    text
}

/// The margins around the plane, for tick labels and the legend.
const LEFT: usize = 70;
const TOP: usize = 20;
const BOTTOM: usize = 56;
const LEGEND: usize = 76;

/// The scatter plot with axes and legend.
struct Scatter {
    image: RgbaImage,
    bounds: Bounds,
    side: usize,
}

impl Scatter {
    fn new(side: usize, points: &[Point]) -> Self {
        let bounds = Bounds::fit(points.iter().map(|point| point.position)).with_aspect(1.0);
        let image = RgbaImage::new(LEFT + side + LEGEND, TOP + side + BOTTOM, Theme::LIGHT.plane);
        let mut scatter = Self { image, bounds, side };
        scatter.axes();
        let classes = points.iter().filter_map(|point| point.label).max().unwrap_or(0).max(9);
        scatter.legend(classes);
        for point in points.iter().filter(|point| bounds.contains(point.position)) {
            let color = point.label.map_or(Theme::LIGHT.muted, class_color);
            let (x, y) = scatter.px(point.position);
            scatter.image.disc(x, y, side as f32 / 180.0, color, 0.86);
        }
        scatter
    }

    /// Maps a point to a pixel.
    fn px(&self, point: (f32, f32)) -> (f32, f32) {
        let (x, y) = self.bounds.to_px(point, self.side as f32);
        (LEFT as f32 + x, TOP as f32 + y)
    }

    fn axes(&mut self) {
        let Theme { line, muted, .. } = Theme::LIGHT;
        let (side, bounds) = (self.side, self.bounds);
        let (right, bottom) = (LEFT + side, TOP + side);
        let scale = |low: f32, high: f32, pixels| {
            Scale::new(ScaleKind::Linear, (f64::from(low), f64::from(high)), pixels)
        };
        let across = scale(bounds.x0, bounds.x1, (LEFT as f64, right as f64));
        for tick in across.ticks(6) {
            let x = across.to_px(tick.value) as usize;
            self.image.rect((x, TOP), (1, side), line, 1.0);
            canvas::write(&mut self.image, (x, bottom + 8), &tick.label, Align::Center, muted);
        }
        let up = scale(bounds.y0, bounds.y1, (bottom as f64, TOP as f64));
        for tick in up.ticks(6) {
            let y = up.to_px(tick.value) as usize;
            self.image.rect((LEFT, y), (side, 1), line, 1.0);
            let middle = y.saturating_sub(LINE_HEIGHT / 2);
            canvas::write(&mut self.image, (LEFT - 8, middle), &tick.label, Align::Right, muted);
        }
        for (at, size) in [
            ((LEFT, TOP), (side, 1)),
            ((LEFT, bottom), (side + 1, 1)),
            ((LEFT, TOP), (1, side)),
            ((right, TOP), (1, side)),
        ] {
            self.image.rect(at, size, muted, 1.0);
        }
        let ink = Theme::LIGHT.ink;
        canvas::write(&mut self.image, (LEFT + side / 2, bottom + 32), "z1", Align::Center, ink);
        canvas::write(&mut self.image, (4, TOP + side / 2 - LINE_HEIGHT / 2), "z2", Align::Left, ink);
    }

    /// Paints the legend of the classes up to `last`, as far as there is room.
    fn legend(&mut self, last: u8) {
        let x = LEFT + self.side + 26;
        for label in 0..=last {
            let y = TOP + 6 + usize::from(label) * (LINE_HEIGHT + 8);
            if y + LINE_HEIGHT > self.image.height() {
                break;
            }
            self.image.disc(x as f32, (y + LINE_HEIGHT / 2) as f32, 6.0, class_color(label), 1.0);
            canvas::write(&mut self.image, (x + 16, y), &label.to_string(), Align::Left, Theme::LIGHT.ink);
        }
    }
}

/// Animates a point on a circle, with the decoded digit beside it.
fn walk(trainer: &Trainer, points: &[Point]) -> Result<Vec<u8>> {
    const PLANE: usize = 400;
    const ZOOM: usize = 12;
    /// Relative to half the side of the plane.
    const RADIUS: f32 = 0.55;
    let theme = Theme::LIGHT;
    let mut scatter = Scatter::new(PLANE, points);
    let (centre, radius) = (scatter.bounds.centre(), RADIUS * scatter.bounds.half_width());
    let path: Vec<_> = (0..WALK_FRAMES)
        .map(|i| (TAU * i as f32 / WALK_FRAMES as f32).sin_cos())
        .map(|(sin, cos)| [centre.0 + radius * cos, centre.1 + radius * sin])
        .collect();
    let (x, y) = scatter.px(centre);
    scatter.image.ring(x, y, RADIUS * 0.5 * PLANE as f32, 2.0, theme.ink, 1.0);
    let digits = trainer.decode(Array2::from(path.clone()).view());

    let right = scatter.image.width();
    let (width, height) = (right + SIDE * ZOOM + 2 * TOP, scatter.image.height());
    let top = TOP + (PLANE - SIDE * ZOOM) / 2;
    let mut animation = Animation::new(width, height)?;
    let mut image = RgbaImage::new(width, height, theme.plane);
    canvas::paste(&mut image, (0, 0), &scatter.image, 1);
    // A hairline around the digit's background.
    let (frame, digit_side) = (SIDE * ZOOM + 2, SIDE * ZOOM);
    image.rect((right + TOP - 1, top - 1), (frame, frame), theme.line, 1.0);
    image.rect((right + TOP, top), (digit_side, digit_side), theme.plane, 1.0);
    let empty = image.clone();
    for (&[z1, z2], digit) in path.iter().zip(digits.axis_iter(Axis(0))) {
        image.copy_from(&empty);
        let (x, y) = scatter.px((z1, z2));
        image.disc(x, y, 8.0, theme.plane, 1.0);
        image.disc(x, y, 6.0, theme.ink, 1.0);
        let mut small = RgbaImage::new(SIDE, SIDE, theme.plane);
        small.blit_gray(
            0,
            0,
            digit.as_slice().expect("rows of a standard array are contiguous"),
            &theme.greys(),
        );
        canvas::paste(&mut image, (right + TOP, top), &small, ZOOM);
        let text = format!("z = ({z1:.2}, {z2:.2})");
        let middle = right + TOP + SIDE * ZOOM / 2;
        canvas::write(&mut image, (middle, TOP + PLANE + 8), &text, Align::Center, theme.muted);
        animation.push(&image, FRAME_MS)?;
    }
    animation.finish()
}
