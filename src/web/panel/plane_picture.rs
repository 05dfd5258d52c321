//! The picture of the latent plane.

use web_sys::{Document, HtmlCanvasElement};

use crate::app::{MAX_PINS, PATH_POINTS, Plane, Version};
use crate::view::colors::{MarkerColors, Theme};
use crate::view::plot::{Bounds, Scale, ScaleKind, Thumbnails, Tick};
use crate::view::raster::RgbaImage;
use crate::web::canvas::{Align, Canvas};
use crate::web::dom::{DomError, id};

/// A point's radius: a part of the plane's side, within bounds. In CSS pixels, as all that follows.
const POINT: f64 = 0.0046;
const POINT_BOUNDS: (f64, f64) = (1.9, 3.2);
const PIN: f64 = 8.5;
const CURSOR: f64 = 7.0;
/// The length of the four strokes at the cursor's ring.
const STROKE: f64 = 6.0;
/// The distance of labels from the edge.
const INSET: f64 = 9.0;
/// CSS pixels between a tick and the next, about.
const TICK: f64 = 100.0;

/// What is written on the pins.
const NAMES: [&str; MAX_PINS] = ["1", "2", "3", "4", "5", "6", "7", "8"];

/// The side of a digit's picture: twice this on a screen that is as fine. On a small plane it is smaller.
const PICTURE: f64 = 28.0;
const SMALL_PICTURE: f64 = 20.0;
const SMALL: f64 = 420.0;
const FRAME: f64 = 1.5;
/// The room that a picture takes, in parts of its side.
const SPACING: f64 = 1.12;

/// The drawn digit's mark, a lozenge, from its middle to its corners: while it is looked at, and while something else is.
const DRAWN: f64 = 11.0;
const DRAWN_ASIDE: f64 = 8.0;

/// The length of the strongest pull.
const PULL: f64 = 22.0;

/// The length of the marks across the path.
const STOP: f64 = 4.0;
/// The sides of the polygon that is the circle of the walk.
const SIDES: usize = 96;

/// The plane of the network's two numbers: points, pins, the cursor, and what the decoder draws behind them.
#[derive(Debug)]
pub(super) struct PlanePicture {
    canvas: Canvas,
    image: RgbaImage,
    ground: Ground,
    marker_colors: MarkerColors,
    thumbnails: Thumbnails,
}

/// What there is to see.
pub(super) struct Scene<'a> {
    /// The plane.
    pub(super) plane: &'a Plane,
    /// The pictures of its digits, `[N, 784]`.
    pub(super) digits: &'a [u8],
    /// The pins' numbers and places.
    pub(super) pins: &'a [(usize, [f32; 2])],
    pub(super) theme: Theme,
}

/// What lies behind the points; it is kept from frame to frame, as it changes more rarely than they do.
#[derive(Debug)]
struct Ground {
    image: RgbaImage,
    horizontal: Vec<Tick>,
    vertical: Vec<Tick>,
    /// What it was painted for; nothing, if it has to be painted again.
    painted: Option<Painted>,
}

/// All that the ground depends on: the part of the plane, the theme, the size, and the manifold where it is shown.
type Painted = (Bounds, Theme, (usize, usize), Option<Version>);

impl PlanePicture {
    /// The plane on the page.
    ///
    /// # Errors
    /// If the page lacks its canvas.
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let blank = RgbaImage::new(0, 0, Theme::LIGHT.plane);
        let ground =
            Ground { image: blank.clone(), horizontal: Vec::new(), vertical: Vec::new(), painted: None };
        Ok(Self {
            canvas: Canvas::new(document, id::LATENT)?,
            image: blank,
            ground,
            marker_colors: MarkerColors::new(&Theme::LIGHT),
            thumbnails: Thumbnails::default(),
        })
    }

    /// Where the pointer and the keys are listened to.
    pub(super) fn element(&self) -> &HtmlCanvasElement {
        self.canvas.element()
    }

    /// Whether it has to be drawn again because the page has been laid out otherwise.
    pub(super) fn is_stale(&self) -> bool {
        self.canvas.is_stale()
    }

    /// What it is painted on.
    pub(super) fn canvas(&self) -> &Canvas {
        &self.canvas
    }

    /// Draws the plane.
    pub(super) fn draw(&mut self, scene: &Scene<'_>) {
        let Scene { plane, pins, theme, .. } = scene;
        let (cloud, bounds, display) = (plane.cloud(), plane.bounds(), plane.display());
        if self.marker_colors.theme() != theme {
            self.marker_colors = MarkerColors::new(theme);
        }
        self.canvas.fit();
        let (css, size) = (self.canvas.css_size().0, self.canvas.size());
        self.ground.paint(size, css, scene);
        self.image.copy_from(&self.ground.image);

        let ratio = self.canvas.ratio();
        self.paint_pulls(plane, theme);
        if display.points {
            let radius = (POINT * css).clamp(POINT_BOUNDS.0, POINT_BOUNDS.1) * ratio;
            cloud.paint(&mut self.image, bounds, radius as f32, &self.marker_colors);
        }
        if display.thumbnails {
            let side = if css < SMALL { SMALL_PICTURE } else { PICTURE };
            self.thumbnails.choose(&cloud, bounds, (SPACING * side / css.max(1.0)) as f32);
            let px = |length: f64| (length * ratio).round().max(1.0) as usize;
            self.thumbnails.paint(
                &mut self.image,
                scene.digits,
                &cloud,
                &self.marker_colors,
                (px(side - 2.0 * FRAME), px(FRAME)),
            );
        }
        let side = size.0 as f32;
        for &(_, [x, y]) in *pins {
            let (x, y) = bounds.to_px((x, y), side);
            let radius = (PIN * ratio) as f32;
            self.image.disc(x, y, radius, theme.plane, 1.0);
            self.image.ring(x, y, radius, (1.6 * ratio) as f32, theme.ink, 1.0);
        }
        // The drawn digit's mark is a cursor of its own.
        let focus = plane.focus_place();
        let is_drawn = plane.drawn_place() == Some(focus);
        if !is_drawn {
            self.paint_cursor(bounds.to_px(focus.into(), side), theme);
        }
        self.paint_drawn(plane, is_drawn, theme);
        self.canvas.put(&self.image);
        self.draw_courses(plane, theme);
        self.label(bounds, pins, theme);
    }

    /// A stroke from each of the first digits to where it is pulled.
    fn paint_pulls(&mut self, plane: &Plane, theme: &Theme) {
        let Some(strokes) = plane.gradient_arrows() else { return };
        let (cloud, bounds, side) = (plane.cloud(), plane.bounds(), self.image.width() as f32);
        let (length, pen) = ((PULL * self.canvas.ratio()) as f32, (1.3 * self.canvas.ratio()) as f32);
        let strokes: Vec<_> = strokes.collect();
        let digits = cloud.shown().filter(|(index, ..)| *index < strokes.len());
        for (index, point, class) in digits.filter(|(.., class)| !cloud.is_dimmed(*class)) {
            let (x, y) = bounds.to_px(point, side);
            let [dx, dy] = strokes[index];
            let color = cloud.marker_color(index, class, &self.marker_colors).outline;
            self.image.line((x, y), (x + length * dx, y - length * dy), pen, color.mix(theme.ink, 0.25), 0.9);
        }
    }

    /// A lozenge where the drawn digit is, on a halo.
    fn paint_drawn(&mut self, plane: &Plane, is_looked_at: bool, theme: &Theme) {
        let Some(place) = plane.drawn_place() else { return };
        let (x, y) = plane.bounds().to_px(place.into(), self.image.width() as f32);
        let reach = if is_looked_at { DRAWN } else { DRAWN_ASIDE } * self.canvas.ratio();
        for (part, color) in [(1.0, theme.plane), (0.75, theme.accent)] {
            // Strokes side by side, from the left corner to the right one.
            let reach = (reach as f32 * part).round();
            for i in 0..=2 * reach as usize {
                let dx = i as f32 - reach;
                let dy = reach - dx.abs();
                self.image.line((x + dx, y - dy), (x + dx, y + dy), 2.0, color, 1.0);
            }
        }
    }

    /// The path from A to B with a mark at each digit of its filmstrip, and the circle of the walk.
    fn draw_courses(&self, plane: &Plane, theme: &Theme) {
        let css = self.canvas.css_size().0 as f32;
        let px = |place: [f32; 2]| {
            let (x, y) = plane.bounds().to_px(place.into(), css);
            (f64::from(x), f64::from(y))
        };
        // On a halo that parts them from the points below.
        let line = |points: &[(f64, f64)]| {
            self.canvas.line(points.iter().copied(), 4.0, theme.plane);
            self.canvas.line(points.iter().copied(), 1.6, theme.ink);
        };
        if let Some([a, b]) = plane.path().map(|ends| ends.map(px)) {
            line(&[a, b]);
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let unit = STOP / dx.hypot(dy).max(1e-3);
            let (across, along) = (-dy * unit, dx * unit);
            for stop in 1..PATH_POINTS - 1 {
                let t = stop as f64 / (PATH_POINTS - 1) as f64;
                let (x, y) = (a.0 + t * dx, a.1 + t * dy);
                line(&[(x - across, y - along), (x + across, y + along)]);
            }
        }
        if let Some(walk) = plane.circle() {
            let turn = |side: usize| std::f32::consts::TAU * side as f32 / SIDES as f32;
            let circle: Vec<_> = (0..=SIDES).map(|side| px(walk.at(turn(side)))).collect();
            line(&circle);
        }
    }

    /// A ring with four strokes, on a halo that parts it from the points below.
    fn paint_cursor(&mut self, (x, y): (f32, f32), theme: &Theme) {
        let px = |css: f64| (css * self.canvas.ratio()) as f32;
        let (radius, pen) = (px(CURSOR), px(1.4));
        self.image.ring(x, y, radius, 3.0 * pen, theme.plane, 0.85);
        self.image.ring(x, y, radius, pen, theme.ink, 1.0);
        let (near, long, thick) = (radius + pen, px(STROKE), pen.round().max(1.0));
        for (dx, dy) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
            let (from, to) =
                ((x + dx * near, y + dy * near), (x + dx * (near + long), y + dy * (near + long)));
            let corner =
                (from.0.min(to.0) - 0.5 * thick * dy.abs(), from.1.min(to.1) - 0.5 * thick * dx.abs());
            // What lies beyond the left or the upper edge is not painted there.
            if corner.0 >= 0.0 && corner.1 >= 0.0 {
                let extent = |d: f32| if d == 0.0 { thick } else { long } as usize;
                let corner = (corner.0.round() as usize, corner.1.round() as usize);
                self.image.rect(corner, (extent(dx), extent(dy)), theme.ink, 1.0);
            }
        }
    }

    fn label(&self, bounds: &Bounds, pins: &[(usize, [f32; 2])], theme: &Theme) {
        let (css, height) = self.canvas.css_size();
        for tick in &self.ground.horizontal {
            let x = f64::from(bounds.to_px((tick.value as f32, 0.0), css as f32).0);
            self.canvas.text(&tick.label, (x, height - INSET), Align::Center, theme.muted);
        }
        for tick in &self.ground.vertical {
            let y = f64::from(bounds.to_px((0.0, tick.value as f32), css as f32).1);
            self.canvas.text(&tick.label, (INSET - 3.0, y), Align::Left, theme.muted);
        }
        for &(number, [x, y]) in pins {
            let (x, y) = bounds.to_px((x, y), css as f32);
            self.canvas.text(NAMES[number], (f64::from(x), f64::from(y) + 0.5), Align::Center, theme.ink);
        }
    }
}

impl Ground {
    fn paint(&mut self, size: (usize, usize), css: f64, scene: &Scene<'_>) {
        let Scene { plane, theme, .. } = scene;
        let (bounds, backdrop) = (plane.bounds(), plane.backdrop());
        let wanted = (*bounds, *theme, size, backdrop.map(|_| plane.manifold_version()));
        if self.painted.replace(wanted) == Some(wanted) {
            return;
        }
        self.image.resize(size.0, size.1, theme.plane);
        if let Some(backdrop) = backdrop {
            backdrop.paint(&mut self.image, bounds, theme);
        }
        let (x, y) = bounds.to_px((0.0, 0.0), size.0 as f32);
        // Zero may be out of sight; a cast would bring it back to the edge.
        let within = |position: f32| (0.0..size.0 as f32).contains(&position).then_some(position as usize);
        let thick = (size.0 as f64 / css.max(1.0)).round().max(1.0) as usize;
        if let Some(x) = within(x) {
            self.image.rect((x, 0), (thick, size.1), theme.line, 1.0);
        }
        if let Some(y) = within(y) {
            self.image.rect((0, y), (size.0, thick), theme.line, 1.0);
        }
        // Labels in the corners would be cut off, or lie on one another.
        let margin = 3.0 * INSET;
        let ticks = |low: f32, high: f32| {
            let scale = Scale::new(ScaleKind::Linear, (f64::from(low), f64::from(high)), (0.0, css));
            let mut ticks = scale.ticks((css / TICK).round() as usize);
            ticks.retain(|tick| (margin..css - margin).contains(&scale.to_px(tick.value)));
            ticks
        };
        self.horizontal = ticks(bounds.x0, bounds.x1);
        self.vertical = ticks(bounds.y0, bounds.y1);
    }
}
