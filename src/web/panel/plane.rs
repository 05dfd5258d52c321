//! The latent plane: its picture, the handles over it, and the magnifier beside a finger.

use std::cell::Cell;
use std::rc::Rc;

use web_sys::{Document, HtmlElement, PointerEvent};

use super::plane_input::{self, HandleButton};
use super::{DrawContext, Panel};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, Handle, MAX_PINS, Msg, PATH_POINTS, Plane, PlaneMsg, Posterior, Version, View};
use crate::view::colors::{MarkerColors, Theme};
use crate::view::plot::{Bounds, Scale, ScaleKind, Thumbnails, Tick};
use crate::view::raster::DigitPixels::Floats;
use crate::view::raster::RgbaImage;
use crate::web::canvas::{Align, Canvas, DigitCanvas};
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// A point's radius as a share of the plane's width, and its bounds in CSS px. All lengths below are in CSS px.
const POINT_RADIUS: f64 = 0.0046;
const POINT_RADIUS_BOUNDS: (f64, f64) = (1.9, 3.2);
const PIN_RADIUS: f64 = 8.5;
const CURSOR_RADIUS: f64 = 7.0;
/// The ring around the test digit nearest to the cursor, and the distance of its name.
const NEAREST_RADIUS: f64 = 5.5;
const NAME_OFFSET: f64 = 11.0;
/// The length of the four lines at the cursor's ring.
const CURSOR_ARM: f64 = 6.0;
/// The distance of tick labels from the left edge, and from the lower one, where the tools are.
const INSET: f64 = 9.0;
const LOWER_INSET: f64 = 46.0;
/// The approximate distance between ticks.
const TICK_SPACING: f64 = 100.0;

/// The labels of the pins.
const PIN_LABELS: [&str; MAX_PINS] = ["1", "2", "3", "4", "5", "6", "7", "8"];

/// The side of a thumbnail, and on a plane narrower than `SMALL_PLANE`.
const THUMBNAIL: f64 = 28.0;
const SMALL_THUMBNAIL: f64 = 20.0;
const SMALL_PLANE: f64 = 420.0;
const THUMBNAIL_FRAME: f64 = 1.5;
/// The room around a thumbnail, in multiples of its side.
const THUMBNAIL_SPACING: f64 = 1.12;

/// Half the diagonal of the lozenge at the user's drawing, while it is selected and while it is not.
const DRAWING_SELECTED: f64 = 11.0;
const DRAWING: f64 = 8.0;

/// The length of the longest gradient arrow.
const ARROW: f64 = 22.0;

/// Identifies the picture of the manifold, without what is drawn on it.
pub(super) const MANIFOLD: &str = "manifold";

/// Half the length of the marks across the path.
const PATH_MARK: f64 = 4.0;
/// The sides of the polygon drawn as the circle.
const CIRCLE_SIDES: usize = 96;

/// Returns the angle of a corner of that polygon.
fn turn(side: usize) -> f32 {
    std::f32::consts::TAU * side as f32 / CIRCLE_SIDES as f32
}

/// The latent plane.
pub(super) struct LatentPlane {
    canvas: Canvas,
    image: RgbaImage,
    background: Background,
    marker_colors: MarkerColors,
    thumbnails: Thumbnails,
    throttle: RedrawThrottle<(Version, Version, Theme)>,
    /// The height relative to the width that the app was told last.
    aspect: f32,
    overlay: HtmlElement,
    handles: Vec<HandleButton>,
    magnifier: Magnifier,
}

/// What lies behind the points, painted again only when it changes.
#[derive(Debug)]
struct Background {
    image: RgbaImage,
    horizontal: Vec<Tick>,
    vertical: Vec<Tick>,
    painted: Option<BackgroundKey>,
}

/// What the background depends on: bounds, theme, size, and the manifold where it is shown.
type BackgroundKey = (Bounds, Theme, (usize, usize), Option<Version>);

/// The decoded digit in a corner of the plane while a finger hides the point below it.
struct Magnifier {
    digit: DigitCanvas,
    /// While a finger is down: whether it is on the left half.
    finger: Rc<Cell<Option<bool>>>,
    throttle: RedrawThrottle<(Version, Version, Theme, Option<bool>)>,
}

impl LatentPlane {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let blank = RgbaImage::new(0, 0, Theme::LIGHT.plane);
        let background =
            Background { image: blank.clone(), horizontal: Vec::new(), vertical: Vec::new(), painted: None };
        let overlay: HtmlElement = dom::element(document, id::HANDLES)?;
        Ok(Self {
            canvas: Canvas::new(document, id::LATENT)?,
            image: blank,
            background,
            marker_colors: MarkerColors::new(&Theme::LIGHT),
            thumbnails: Thumbnails::default(),
            throttle: RedrawThrottle::new(1),
            aspect: 1.0,
            handles: Handle::ALL.iter().filter_map(|&handle| HandleButton::new(&overlay, handle)).collect(),
            overlay,
            magnifier: Magnifier {
                digit: DigitCanvas::new(document, id::MAGNIFIER)?,
                finger: Rc::default(),
                throttle: RedrawThrottle::new(1),
            },
        })
    }

    /// Draws the axes at zero, which is not part of the manifold's picture.
    fn paint_axes(&mut self, plane: &Plane, theme: &Theme) {
        let size = self.canvas.size();
        let (x, y) = plane.bounds().to_px((0.0, 0.0), size.0 as f32);
        // Zero may be outside the bounds, where a cast would clamp it to the edge.
        let within = |position: f32, length: usize| {
            (0.0..length as f32).contains(&position).then_some(position as usize)
        };
        let thick = self.canvas.ratio().round().max(1.0) as usize;
        if let Some(x) = within(x, size.0) {
            self.image.rect((x, 0), (thick, size.1), theme.line, 1.0);
        }
        if let Some(y) = within(y, size.1).filter(|_| !plane.is_line()) {
            self.image.rect((0, y), (size.0, thick), theme.line, 1.0);
        }
    }

    fn paint(&mut self, app: &App, theme: &Theme) {
        let plane = app.plane();
        let (cloud, bounds, display) = (plane.cloud(), plane.bounds(), plane.display);
        if self.marker_colors.theme() != theme {
            self.marker_colors = MarkerColors::new(theme);
        }
        self.canvas.fit();
        let (css, size) = (self.canvas.css_size().0, self.canvas.size());
        self.background.paint(size, css, plane, theme);
        self.image.copy_from(&self.background.image);
        self.paint_axes(plane, theme);

        let ratio = self.canvas.ratio();
        self.paint_gradients(plane, theme);
        if display.points {
            let radius = (POINT_RADIUS * css).clamp(POINT_RADIUS_BOUNDS.0, POINT_RADIUS_BOUNDS.1) * ratio;
            cloud.paint(&mut self.image, bounds, radius as f32, &self.marker_colors);
        }
        if display.thumbnails {
            let side = if css < SMALL_PLANE { SMALL_THUMBNAIL } else { THUMBNAIL };
            self.thumbnails.select(&cloud, bounds, (THUMBNAIL_SPACING * side / css.max(1.0)) as f32);
            let px = |length: f64| (length * ratio).round().max(1.0) as usize;
            let test = &app.dataset().pair().test;
            self.thumbnails.paint(
                &mut self.image,
                test.images(test.len().min(cloud.points.len())),
                &cloud,
                &self.marker_colors,
                (px(side - 2.0 * THUMBNAIL_FRAME), px(THUMBNAIL_FRAME)),
            );
        }
        let pins = plane.pins.iter().filter(|(_, pin)| plane.has_place(*pin));
        let pins: Vec<_> = pins.map(|(number, pin)| (number, plane.place(pin))).collect();
        let width = size.0 as f32;
        for &(_, [x, y]) in &pins {
            let (x, y) = bounds.to_px((x, y), width);
            let radius = (PIN_RADIUS * ratio) as f32;
            self.image.disc(x, y, radius, theme.plane, 1.0);
            self.image.ring(x, y, radius, (1.6 * ratio) as f32, theme.ink, 1.0);
        }
        // The mark of the user's drawing replaces the cursor.
        let focus = plane.focus_place();
        let is_drawing = plane.drawn_place() == Some(focus);
        let nearest = app.outputs().flow().nearest.and_then(|index| Some((index, *cloud.points.get(index)?)));
        if let Some((_, [x, y])) = nearest {
            self.paint_nearest(bounds.to_px(focus.into(), width), bounds.to_px((x, y), width), theme);
        }
        if !is_drawing {
            self.paint_cursor(bounds.to_px(focus.into(), width), theme);
        }
        self.paint_drawing(plane, is_drawing, theme);
        self.canvas.put(&self.image);
        self.draw_path_and_circle(plane, theme);
        self.draw_gaussians(app, theme);
        self.label(bounds, &pins, theme);
        if let Some((index, [x, y])) = nearest
            && let Some(class) = cloud.classes.get(index).copied().flatten()
        {
            let (x, y) = bounds.to_px((x, y), css as f32);
            let at = (f64::from(x) + NAME_OFFSET, f64::from(y) - NAME_OFFSET);
            self.canvas.label(&class.to_string(), at, Align::Center, theme.ink, theme.plane);
        }
    }

    /// Joins the selected place to the test digit nearest to it by a thin line, and marks that digit.
    fn paint_nearest(&mut self, from: (f32, f32), to: (f32, f32), theme: &Theme) {
        let px = |css: f64| (css * self.canvas.ratio()) as f32;
        let (radius, pen) = (px(NEAREST_RADIUS), px(1.2));
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let distance = dx.hypot(dy);
        let inner = px(CURSOR_RADIUS);
        if distance > inner + radius {
            let at = |length: f32| (from.0 + dx * length / distance, from.1 + dy * length / distance);
            self.image.line(at(inner), at(distance - radius), pen, theme.ink, 0.8);
        }
        self.image.ring(to.0, to.1, radius, pen, theme.ink, 1.0);
    }

    /// Draws an arrow at each of the first digits against the gradient of its error.
    fn paint_gradients(&mut self, plane: &Plane, theme: &Theme) {
        let Some(arrows) = plane.gradient_arrows() else { return };
        let (cloud, bounds, width) = (plane.cloud(), plane.bounds(), self.image.width() as f32);
        let (length, pen) = ((ARROW * self.canvas.ratio()) as f32, (1.3 * self.canvas.ratio()) as f32);
        let arrows: Vec<_> = arrows.collect();
        let digits = cloud.shown().filter(|(index, ..)| *index < arrows.len());
        for (index, point, class) in digits.filter(|(.., class)| !cloud.is_dimmed(*class)) {
            let (x, y) = bounds.to_px(point, width);
            let [dx, dy] = arrows[index];
            let color = cloud.marker_color(index, class, &self.marker_colors).outline;
            self.image.line((x, y), (x + length * dx, y - length * dy), pen, color.mix(theme.ink, 0.25), 0.9);
        }
    }

    /// Draws a lozenge with a halo at the code of the user's drawing.
    fn paint_drawing(&mut self, plane: &Plane, is_selected: bool, theme: &Theme) {
        let Some(place) = plane.drawn_place() else { return };
        let (x, y) = plane.bounds().to_px(place.into(), self.image.width() as f32);
        let reach = if is_selected { DRAWING_SELECTED } else { DRAWING } * self.canvas.ratio();
        for (part, color) in [(1.0, theme.plane), (0.75, theme.accent)] {
            // Vertical lines from the left corner to the right one.
            let reach = (reach as f32 * part).round();
            for i in 0..=2 * reach as usize {
                let dx = i as f32 - reach;
                let dy = reach - dx.abs();
                self.image.line((x + dx, y - dy), (x + dx, y + dy), 2.0, color, 1.0);
            }
        }
    }

    /// Draws the path from A to B with a mark at each digit of its filmstrip, and the circle.
    fn draw_path_and_circle(&self, plane: &Plane, theme: &Theme) {
        let css = self.canvas.css_size().0 as f32;
        let px = |place: [f32; 2]| {
            let (x, y) = plane.bounds().to_px(place.into(), css);
            (f64::from(x), f64::from(y))
        };
        // With a halo, to stand out from the points.
        let line = |points: &[(f64, f64)]| {
            self.canvas.line(points.iter().copied(), 4.0, theme.plane);
            self.canvas.line(points.iter().copied(), 1.6, theme.ink);
        };
        if let Some([a, b]) = plane.path().map(|ends| ends.map(px)) {
            line(&[a, b]);
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            let unit = PATH_MARK / dx.hypot(dy).max(1e-3);
            let (across, along) = (-dy * unit, dx * unit);
            for mark in 1..PATH_POINTS - 1 {
                let t = mark as f64 / (PATH_POINTS - 1) as f64;
                let (x, y) = (a.0 + t * dx, a.1 + t * dy);
                line(&[(x - across, y - along), (x + across, y + along)]);
            }
        }
        if let Some(circle) = plane.circle() {
            let points: Vec<_> = (0..=CIRCLE_SIDES).map(|side| px(circle.at(turn(side)))).collect();
            line(&points);
        }
    }

    /// Draws what is Gaussian: rings at one and two standard deviations of the prior, and the posterior of the selected digit as an
    /// ellipse at one, with its sample.
    fn draw_gaussians(&self, app: &App, theme: &Theme) {
        let plane = app.plane();
        let is_shown = app.prior_dim().is_some() && plane.view() == View::Code && plane.latent_dim > 1;
        if !is_shown {
            return;
        }
        let css = self.canvas.css_size().0 as f32;
        let px = |(x, y): (f32, f32)| {
            let (x, y) = plane.bounds().to_px((x, y), css);
            (f64::from(x), f64::from(y))
        };
        let ellipse = |[x, y]: [f32; 2], [across, up]: [f32; 2], width: f64, color| {
            let at = |side: usize| {
                let (sin, cos) = libm::sincosf(turn(side));
                px((x + across * cos, y + up * sin))
            };
            self.canvas.line((0..=CIRCLE_SIDES).map(at), width, color);
        };
        for deviations in [1.0, 2.0] {
            ellipse([0.0; 2], [deviations; 2], 1.2, theme.muted);
        }
        if let Some(Posterior { mean, log_variance, sample }) = &app.outputs().flow().posterior {
            let axes = |code: &[f32]| plane.axes().map(|axis| code.get(axis).copied().unwrap_or_default());
            let deviations = axes(log_variance).map(|log_variance| libm::expf(0.5 * log_variance));
            ellipse(axes(mean), deviations, 3.0, theme.plane);
            ellipse(axes(mean), deviations, 1.6, theme.accent);
            let ((x, y), reach) = (px(axes(sample).into()), PATH_MARK);
            self.canvas.line([(x - reach, y - reach), (x + reach, y + reach)], 1.6, theme.accent);
            self.canvas.line([(x - reach, y + reach), (x + reach, y - reach)], 1.6, theme.accent);
        }
    }

    /// Draws a ring with four arms and a halo.
    fn paint_cursor(&mut self, (x, y): (f32, f32), theme: &Theme) {
        let px = |css: f64| (css * self.canvas.ratio()) as f32;
        let (radius, pen) = (px(CURSOR_RADIUS), px(1.4));
        self.image.ring(x, y, radius, 3.0 * pen, theme.plane, 0.85);
        self.image.ring(x, y, radius, pen, theme.ink, 1.0);
        let (near, long, thick) = (radius + pen, px(CURSOR_ARM), pen.round().max(1.0));
        for (dx, dy) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
            let (from, to) =
                ((x + dx * near, y + dy * near), (x + dx * (near + long), y + dy * (near + long)));
            let corner =
                (from.0.min(to.0) - 0.5 * thick * dy.abs(), from.1.min(to.1) - 0.5 * thick * dx.abs());
            // Arms that cross the left or the top edge are left out.
            if corner.0 >= 0.0 && corner.1 >= 0.0 {
                let extent = |d: f32| if d == 0.0 { thick } else { long } as usize;
                let corner = (corner.0.round() as usize, corner.1.round() as usize);
                self.image.rect(corner, (extent(dx), extent(dy)), theme.ink, 1.0);
            }
        }
    }

    fn label(&self, bounds: &Bounds, pins: &[(usize, [f32; 2])], theme: &Theme) {
        let (css, height) = self.canvas.css_size();
        for tick in &self.background.horizontal {
            let x = f64::from(bounds.to_px((tick.value as f32, 0.0), css as f32).0);
            self.canvas.text(&tick.label, (x, height - LOWER_INSET), Align::Center, theme.muted);
        }
        for tick in &self.background.vertical {
            let y = f64::from(bounds.to_px((0.0, tick.value as f32), css as f32).1);
            self.canvas.text(&tick.label, (INSET - 3.0, y), Align::Left, theme.muted);
        }
        for &(number, [x, y]) in pins {
            let (x, y) = bounds.to_px((x, y), css as f32);
            self.canvas.text(
                PIN_LABELS[number],
                (f64::from(x), f64::from(y) + 0.5),
                Align::Center,
                theme.ink,
            );
        }
    }
}

impl Background {
    fn paint(&mut self, size: (usize, usize), css: f64, plane: &Plane, theme: &Theme) {
        let (bounds, manifold) = (plane.bounds(), plane.manifold());
        let key = (*bounds, *theme, size, manifold.map(|_| plane.manifold_version()));
        if self.painted.replace(key) == Some(key) {
            return;
        }
        self.image.resize(size.0, size.1, theme.plane);
        if let Some(manifold) = manifold {
            manifold.paint(&mut self.image, bounds, theme);
        }
        // Labels in the corners would be clipped or overlap.
        let margin = 3.0 * INSET;
        let ticks = |low: f32, high: f32, length: f64| {
            let scale = Scale::new(ScaleKind::Linear, (f64::from(low), f64::from(high)), (0.0, length));
            let mut ticks = scale.ticks((length / TICK_SPACING).round() as usize);
            ticks.retain(|tick| (margin..length - margin).contains(&scale.to_px(tick.value)));
            ticks
        };
        self.horizontal = ticks(bounds.x0, bounds.x1, css);
        // One number is a line: the strips of the classes have no scale.
        self.vertical = if plane.is_line() {
            Vec::new()
        } else {
            ticks(bounds.y0, bounds.y1, css * f64::from(bounds.aspect()))
        };
    }
}

impl Magnifier {
    /// Follows fingers on the plane.
    fn bind(&self, plane: &HtmlElement) -> [Listener; 4] {
        [("pointerdown", true), ("pointermove", true), ("pointerup", false), ("pointercancel", false)].map(
            |(name, is_down)| {
                let (finger, side) = (Rc::clone(&self.finger), plane.clone());
                Listener::new(plane, name, Mode::Passive, move |event: PointerEvent| {
                    if event.pointer_type() == "touch" {
                        let ([x, _], [width, _]) = dom::point_on(&side, &event);
                        finger.set(is_down.then_some(2.0 * x < width));
                    }
                })
            },
        )
    }

    fn draw(&mut self, app: &App, theme: &Theme) {
        let finger = self.finger.get();
        let versions = finger.map(|_| (app.plane().version(), app.model_version())).unwrap_or_default();
        if !self.throttle.is_due((versions.0, versions.1, *theme, finger), true) {
            return;
        }
        dom::set_visible(self.digit.element(), finger.is_some());
        if let Some(is_left) = finger {
            dom::set_attribute(self.digit.element(), "data-side", if is_left { "right" } else { "left" });
            self.digit.draw(
                (1, 1),
                0,
                theme.plane,
                theme,
                &mut std::iter::once((0, Floats(app.outputs().decoded()))),
            );
        }
    }
}

impl Panel for LatentPlane {
    fn image(&self, id: &str) -> Option<&RgbaImage> {
        let has_manifold = self.background.painted.is_some_and(|(.., manifold)| manifold.is_some());
        (id == MANIFOLD && has_manifold).then_some(&self.background.image)
    }

    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let mut listeners = plane_input::listeners(handle, self.canvas.element());
        listeners.extend(self.handles.iter().flat_map(|button| button.listeners(handle, &self.overlay)));
        listeners.extend(self.magnifier.bind(self.canvas.element()));
        listeners
    }

    fn measure(&mut self) -> Option<Msg> {
        if !self.canvas.is_stale() {
            return None;
        }
        let canvas = self.canvas.element();
        let aspect = canvas.client_height() as f32 / canvas.client_width() as f32;
        let is_other = aspect.is_finite() && aspect > 0.0 && aspect != self.aspect;
        is_other.then(|| {
            self.aspect = aspect;
            PlaneMsg::Aspect(aspect).into()
        })
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        self.handles.iter_mut().for_each(|button| button.place(app.plane()));
        self.magnifier.draw(app, &context.theme);
        let key = (app.plane().version(), app.plane().manifold_version(), context.theme);
        if context.should_draw(&self.canvas)
            && (self.throttle.is_due(key, context.immediate) || self.canvas.is_stale())
        {
            self.paint(app, &context.theme);
        }
    }
}
