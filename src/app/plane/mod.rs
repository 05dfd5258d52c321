//! The latent plane: where the test digits lie, what is pointed at and what is pinned.
//!
//! A code of two numbers is a place of the plane. Of a longer code two numbers are shown, and the others are those of the
//! pinned digit, or its two principal components; a single number is a line, with a strip for each class. Of another layer
//! two outputs are shown; there a place is no code, and what is pointed at is the nearest digit.

mod camera;
mod cloud;
mod course;
mod display;
mod errors;
mod gesture;
mod manifold;
mod pins;
mod projection;
mod pull;
mod rounds;
mod tour;

pub use cloud::MOST_POINTS;
pub use course::{FIRST_SPEED, Handle, STOPS, Walk};
pub use display::{Coloring, Display, Shown};
pub use gesture::{Gesture, Pointer, Touch};
pub use pins::{MOST_PINS, Pin, Pins};
pub use projection::{Axes, View};

use self::camera::Camera;
use self::cloud::DigitCloud;
use self::errors::Errors;
use self::manifold::Manifold;
use self::projection::Projection;
use self::pull::Pulls;
use self::tour::Tour;
use super::code::Code;
use super::lens::Lens;
use super::look::Look;
use super::subject::Subject;
use super::version::Version;
use crate::data::Dataset;
use crate::plot::{Backdrop, Bounds, ClassSet, Cloud};

/// The plane.
#[derive(Debug)]
pub struct Plane {
    cloud: DigitCloud,
    hidden: ClassSet,
    /// The class that stands out, while the legend is pointed at.
    highlighted: Option<u8>,
    camera: Camera,
    display: Display,
    /// How many numbers a code has.
    width: usize,
    /// How many outputs each layer of the network has that is shown.
    layers: Vec<usize>,
    projection: Projection,
    hover: Option<[f32; 2]>,
    pins: Pins,
    /// What was pinned before the last click, which may turn out to be the first half of a double click.
    before_pick: Option<Pins>,
    path: Option<[Pin; 2]>,
    walk: Option<Walk>,
    manifold: Manifold,
    errors: Errors,
    pulls: Pulls,
    tour: Tour,
    /// Nothing moves by itself: the visitor wants it so.
    is_still: bool,
    version: Version,
}

impl Plane {
    /// An empty plane of codes with `width` numbers.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self {
            cloud: DigitCloud::default(),
            hidden: ClassSet::default(),
            highlighted: None,
            camera: Camera::default(),
            display: Display::default(),
            width,
            layers: Vec::new(),
            projection: Projection::of_code(width),
            hover: None,
            pins: Pins::default(),
            before_pick: None,
            path: None,
            walk: None,
            manifold: Manifold::default(),
            errors: Errors::default(),
            pulls: Pulls::default(),
            tour: Tour::default(),
            is_still: false,
            version: Version::default(),
        }
    }

    /// The digits as they are drawn and found.
    #[must_use]
    pub fn cloud(&self) -> Cloud<'_> {
        let errors = match self.display.coloring {
            Coloring::Class => None,
            Coloring::Error => Some((self.errors.values(), self.errors.range())),
        };
        Cloud {
            points: self.cloud.points(),
            classes: self.cloud.classes(),
            hidden: &self.hidden,
            highlighted: self.highlighted,
            errors,
        }
    }

    /// The classes that are not shown.
    #[must_use]
    pub fn hidden(&self) -> &ClassSet {
        &self.hidden
    }

    /// The part of the plane that is shown.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        self.camera.bounds()
    }

    /// Whether the bounds stay where they were put, rather than follow the digits.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.camera.is_held()
    }

    /// What is shown, and in which colours.
    #[must_use]
    pub fn display(&self) -> Display {
        self.display
    }

    /// What the decoder draws all over the plane, if that is to be seen.
    #[must_use]
    pub fn backdrop(&self) -> Option<&Backdrop> {
        self.has_manifold().then(|| self.manifold.shown())
    }

    fn has_manifold(&self) -> bool {
        self.display.manifold && self.projection.is_decodable()
    }

    /// Where each of the first digits is pulled, as directions with lengths from 0 to 1; nothing if that is not to be seen.
    pub fn pulls(&self) -> Option<impl Iterator<Item = [f32; 2]> + '_> {
        (self.display.pull && self.projection.is_decodable()).then(|| self.pulls.strokes())
    }

    /// The errors that the ends of the scale of colours stand for, mean squared per pixel.
    #[must_use]
    pub fn error_range(&self) -> (f32, f32) {
        self.errors.range()
    }

    /// The number of changes of what there is to see of the plane.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The number of changes of what the decoder draws all over it.
    #[must_use]
    pub fn manifold_version(&self) -> Version {
        self.manifold.version()
    }

    /// How many numbers a code has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// What of the network is shown.
    #[must_use]
    pub fn view(&self) -> View {
        self.projection.view
    }

    /// Which two numbers of a code or a layer are shown, across and up.
    #[must_use]
    pub fn axes(&self) -> Axes {
        self.projection.axes
    }

    /// Whether a place of the plane stands for a code.
    #[must_use]
    pub fn is_decodable(&self) -> bool {
        self.projection.is_decodable()
    }

    /// The pins.
    #[must_use]
    pub fn pins(&self) -> &Pins {
        &self.pins
    }

    /// Where a pin is at this moment.
    #[must_use]
    pub fn place(&self, pin: Pin) -> [f32; 2] {
        match pin {
            Pin::Place(place, _) if self.width == 1 => place,
            Pin::Place(_, code) => self.projection.place(&code),
            Pin::Digit(index) => self.cloud.target(index, &self.projection).unwrap_or_default(),
        }
    }

    /// The code of a pin at this moment.
    #[must_use]
    pub fn code(&self, pin: Pin) -> Code {
        match pin {
            Pin::Place(_, code) => code,
            Pin::Digit(index) => self.cloud.code(index).unwrap_or(Code::zero(self.width)).resized(self.width),
        }
    }

    /// The code at a place: the numbers that are not shown are those of what was pinned last.
    #[must_use]
    pub fn lift(&self, place: [f32; 2]) -> Code {
        self.projection.lift(place, self.base())
    }

    /// What the numbers that are not shown are.
    fn base(&self) -> Code {
        match self.pins.newest() {
            Some(pin) if self.width > 2 => self.code(pin),
            _ => Code::zero(self.width),
        }
    }

    /// What is looked at: where the pointer is, else where the walker is, else what was pinned last, else what the tour shows,
    /// else the middle. A place is a code and no image, a pinned digit is both; where places are no codes, it is the digit
    /// that is nearest.
    #[must_use]
    pub fn look(&self) -> Look {
        let middle = self.bounds().centre().into();
        match (self.pointed(), self.chosen()) {
            (Some(place), _) => Look::Place(self.lift(place)),
            (None, Some(Pin::Digit(index))) => Look::Digit(index),
            (None, Some(Pin::Place(_, code))) => Look::Place(code),
            (None, None) if self.is_decodable() => {
                self.tour.look(&self.cloud).unwrap_or_else(|| Look::Place(self.lift(middle)))
            }
            (None, None) => match self.nearest(middle) {
                Some(index) => Look::Digit(index),
                None => Look::Place(Code::zero(self.width)),
            },
        }
    }

    /// The code of what is looked at, which the decoder is to draw.
    #[must_use]
    pub fn focus(&self) -> Code {
        match self.look() {
            Look::Digit(index) => self.code(Pin::Digit(index)),
            Look::Place(code) => code.resized(self.width),
        }
    }

    /// Where that is on the plane.
    #[must_use]
    pub fn focus_place(&self) -> [f32; 2] {
        let chosen = || self.chosen().map(|pin| self.place(pin));
        self.pointed().or_else(chosen).unwrap_or_else(|| match self.look() {
            Look::Digit(index) => self.place(Pin::Digit(index)),
            Look::Place(code) => {
                let strip = [code.first().copied().unwrap_or_default(), 0.0];
                self.place(Pin::Place(strip, code))
            }
        })
    }

    /// The place that the pointer or the walker is at, if it stands for a code.
    fn pointed(&self) -> Option<[f32; 2]> {
        let walker = || self.walk().map(|walk| walk.walker());
        self.hover.or_else(walker).filter(|_| self.is_decodable())
    }

    /// What else was chosen: a pin, or the digit that is nearest to the pointer where places are no codes.
    fn chosen(&self) -> Option<Pin> {
        let newest = self.pins.newest();
        if self.is_decodable() {
            return newest;
        }
        let digit = self.hover.and_then(|place| self.nearest(place)).map(Pin::Digit);
        digit.or(newest.filter(|pin| matches!(pin, Pin::Digit(_))))
    }

    /// Whether a pin has a place on the plane: of another layer, places are no codes.
    #[must_use]
    pub fn has_place(&self, pin: Pin) -> bool {
        self.is_decodable() || matches!(pin, Pin::Digit(_))
    }

    /// The digit that is nearest to a place.
    fn nearest(&self, place: [f32; 2]) -> Option<usize> {
        let at = self.bounds().to_px(place.into(), 1.0);
        self.cloud().nearest(self.bounds(), 1.0, at, f32::INFINITY)
    }

    /// The test digit that was pinned last, if that was a digit.
    #[must_use]
    pub fn selected(&self) -> Option<usize> {
        match self.pins.newest() {
            Some(Pin::Digit(index)) => Some(index),
            _ => None,
        }
    }

    /// The place at a point of the picture of the plane, in parts of its side from the top left corner.
    fn at(&self, [x, y]: [f32; 2]) -> Option<[f32; 2]> {
        let place: [f32; 2] = self.bounds().to_data((x, y), 1.0).into();
        place.iter().all(|number| number.is_finite()).then_some(place)
    }

    /// Points at a point of the picture, in parts of its side, or away from it.
    pub fn point_at(&mut self, at: Option<[f32; 2]>) {
        let hover = at.and_then(|at| self.at(at));
        if hover.is_some() {
            self.tour.end();
        }
        if hover != self.hover {
            self.hover = hover;
            self.version.bump();
        }
    }

    /// Moves what is pointed at by parts of the plane's half width.
    pub fn nudge(&mut self, dx: f32, dy: f32) {
        let [x, y] = self.focus_place();
        let half = self.bounds().half();
        let place = [x + dx * half, y + dy * half];
        self.hover = Some(place).filter(|place| place.iter().all(|number| number.is_finite()));
        self.tour.end();
        self.version.bump();
    }

    /// Pins the digit at a point of the picture, or the place if there is no digit within `reach`; all in parts of its
    /// side.
    pub fn pick(&mut self, at: [f32; 2], reach: f32) {
        let reach = if self.is_decodable() { reach } else { f32::INFINITY };
        let nearest = self.cloud().nearest(self.bounds(), 1.0, at.into(), reach);
        let place = || self.at(at).map(|place| Pin::Place(place, self.lift(place)));
        if let Some(pin) = nearest.map(Pin::Digit).or_else(place) {
            self.before_pick = Some(self.pins.clone());
            self.pin(pin);
        }
    }

    /// Looks closer at a point of the picture, where a double click has ended whose first half has pinned something.
    pub fn double_pick(&mut self, at: [f32; 2]) {
        if let Some(pins) = self.before_pick.take() {
            self.pins = pins;
        }
        self.zoom(at, 2.0, true);
        self.changed();
    }

    /// Pins what is pointed at.
    pub fn pin_focus(&mut self) {
        let pin = match self.look() {
            Look::Digit(index) if !self.is_decodable() => Pin::Digit(index),
            _ => Pin::Place(self.focus_place(), self.focus()),
        };
        self.pin(pin);
    }

    /// Removes the pin of a number, counted from zero.
    pub fn remove_pin(&mut self, number: usize) {
        self.pins.remove(number);
        self.before_pick = None;
        self.changed();
    }

    /// Removes the pin that is nearest to what is pointed at, within `reach` parts of the picture's side.
    pub fn remove_pin_here(&mut self, reach: f32) {
        let side = |place: [f32; 2]| self.bounds().to_px(place.into(), 1.0);
        let (x, y) = side(self.focus_place());
        let distance = |pin| {
            let (px, py) = side(self.place(pin));
            (px - x).hypot(py - y)
        };
        let near = self
            .pins
            .iter()
            .filter(|(_, pin)| self.has_place(*pin))
            .map(|(number, pin)| (number, distance(pin)));
        let nearest = near.filter(|(_, d)| *d <= reach).min_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((number, _)) = nearest {
            self.remove_pin(number);
        }
    }

    /// Looks `factor` times closer about a point of the picture, in parts of its side; smoothly, if it is a single step.
    pub fn zoom(&mut self, at: [f32; 2], factor: f32, smoothly: bool) {
        if smoothly {
            self.camera.zoom_smoothly(at, factor);
        } else {
            self.camera.zoom(at, factor);
        }
        self.changed();
    }

    /// Drags the plane by parts of the picture's side.
    pub fn pan(&mut self, dx: f32, dy: f32) {
        self.camera.pan(dx, dy);
        self.changed();
    }

    /// Shows all digits again.
    pub fn fit(&mut self) {
        self.camera.fit();
        self.changed();
    }

    /// Shows something or hides it.
    pub fn toggle_shown(&mut self, shown: Shown) {
        self.display.toggle(shown);
        self.changed();
    }

    /// Colours the points by something else.
    pub fn set_coloring(&mut self, coloring: Coloring) {
        self.display.coloring = coloring;
        self.version.bump();
    }

    /// Lets a class stand out, or none.
    pub fn highlight(&mut self, class: Option<u8>) {
        if self.highlighted != class {
            self.highlighted = class;
            self.version.bump();
        }
    }

    /// Shows one class alone; if it is alone already, all of them.
    pub fn isolate(&mut self, class: u8) {
        let mut others = ClassSet::default();
        (0..=u8::MAX).filter(|&other| other != class).for_each(|other| others.insert(other));
        self.hidden = if self.hidden == others { ClassSet::default() } else { others };
        self.version.bump();
    }

    /// Pins a point, which is then no longer merely pointed at; one that is not there is passed over.
    pub fn pin(&mut self, pin: Pin) {
        let is_there = match pin {
            Pin::Place(place, _) => place.iter().all(|number| number.is_finite()),
            Pin::Digit(index) => self.cloud.code(index).is_some(),
        };
        if is_there {
            self.pins.pin(pin);
            self.hover = None;
            self.tour.end();
            self.changed();
        }
    }

    /// Removes every pin.
    pub fn clear_pins(&mut self) {
        self.pins.clear();
        self.before_pick = None;
        self.changed();
    }

    /// Has the pins of a run that was put away.
    pub fn set_pins(&mut self, pins: Pins) {
        self.pins = pins;
        self.pins.resize_codes(self.width);
        self.changed();
    }

    /// Shows a class or hides it.
    pub fn toggle_class(&mut self, class: u8) {
        self.hidden.toggle(class);
        self.version.bump();
    }

    /// Shows every class.
    pub fn show_all(&mut self) {
        self.hidden = ClassSet::default();
        self.version.bump();
    }

    /// Shows another number of the codes, or another output of the layer, across (0) or up (1).
    pub fn set_axis(&mut self, direction: usize, number: usize) {
        let outputs = self.outputs(self.projection.view);
        if let Some(axis) = self.projection.axes.get_mut(direction).filter(|_| number < outputs) {
            *axis = number;
            self.reproject();
        }
    }

    /// Shows something else of the network, if it has that.
    pub fn set_view(&mut self, view: View) {
        let outputs = self.outputs(view);
        let is_there = if view == View::Principal { outputs > 2 } else { outputs > 0 };
        if is_there && view != self.projection.view {
            self.projection = Projection { view, ..Projection::of_code(outputs) };
            self.reproject();
        }
    }

    /// How many numbers there are to choose two of.
    fn outputs(&self, view: View) -> usize {
        match view {
            View::Code | View::Principal => self.width,
            View::Layer(layer) => self.layers.get(layer).copied().unwrap_or_default(),
        }
    }

    /// Goes over to another projection.
    fn reproject(&mut self) {
        // What another layer makes of the digits has to be looked up; so have components.
        self.cloud.outdate();
        self.camera.follow(self.cloud.bounds(&self.projection));
        self.camera.fit();
        self.hover = None;
        self.changed();
    }

    /// Shows the same digits as another network sees them, whose codes have `width` numbers and which has `layers`.
    pub fn use_network(&mut self, width: usize, layers: &[usize]) {
        let is_other = layers != self.layers;
        if width != self.width {
            self.width = width;
            self.pins.resize_codes(width);
            self.path = None;
            self.cloud.clear();
            self.tour.forget_digits();
        }
        if is_other {
            self.layers = layers.to_vec();
            self.projection = Projection::of_code(width);
            self.camera.fit();
            self.walk = None;
        }
        self.cloud.restart();
        self.errors.outdate();
        self.changed();
    }

    /// Takes note that the network has changed, or that labels have come.
    pub fn outdate(&mut self) {
        self.cloud.outdate();
        self.errors.outdate();
        self.changed();
    }

    /// Forgets digits and pins, but not what is hidden; for other images.
    pub fn clear(&mut self) {
        self.cloud.clear();
        self.errors.clear();
        self.pulls.clear();
        self.tour.forget_digits();
        self.pins.clear();
        self.before_pick = None;
        self.path = None;
        self.hover = None;
        self.changed();
    }

    fn changed(&mut self) {
        self.manifold.outdate();
        self.pulls.outdate();
        self.version.bump();
    }

    /// Encodes up to `units` of the digits that are outdated; returns how many.
    pub fn encode(&mut self, units: usize, subject: Subject<'_>, test: &Dataset, lens: &mut Lens) -> usize {
        let (done, bounds) = self.cloud.encode(units, subject, test, &mut self.projection, lens);
        if let Some(bounds) = bounds {
            self.camera.follow(bounds);
        }
        if done > 0 {
            self.version.bump();
        }
        done
    }

    /// Decodes up to `units` tiles of what lies behind the digits; returns how many.
    pub fn decode_manifold(&mut self, units: usize, subject: Subject<'_>, lens: &mut Lens) -> usize {
        if self.cloud.points().is_empty() || !self.has_manifold() {
            return 0;
        }
        let (projection, base) = (&self.projection, self.base());
        let window = (self.camera.bounds(), self.camera.magnification());
        let done = self.manifold.decode(units, subject, window, |place| projection.lift(place, base), lens);
        if done > 0 {
            self.version.bump();
        }
        done
    }

    /// Measures the errors of up to `units` digits, if they are to be seen; returns how many.
    pub fn appraise(&mut self, units: usize, subject: Subject<'_>, test: &Dataset, lens: &mut Lens) -> usize {
        if self.display.coloring != Coloring::Error {
            return 0;
        }
        let count = self.cloud.points().len();
        let done = self.errors.measure(units, subject, test, count, lens);
        if done > 0 {
            self.version.bump();
        }
        done
    }

    /// Computes the pulls on up to `units` digits, if they are to be seen; returns how many.
    pub fn pull(&mut self, units: usize, subject: Subject<'_>, test: &Dataset, lens: &mut Lens) -> usize {
        if !(self.display.pull && self.projection.is_decodable()) {
            return 0;
        }
        let digits = (self.cloud.points().len(), &self.projection);
        let done = self.pulls.compute(units, subject, test, digits, lens);
        if done > 0 {
            self.version.bump();
        }
        done
    }

    /// Has nothing move by itself, for those who want it so, or lets it move again.
    pub fn keep_still(&mut self, is_still: bool) {
        self.is_still = is_still;
    }

    /// Shows the visitor around, until somebody points.
    pub fn begin_tour(&mut self) {
        self.hover = None;
        self.tour.begin();
        self.version.bump();
    }

    /// Goes on with the tour for `dt` milliseconds.
    pub fn tour(&mut self, dt: f32) {
        let is_watched = self.pointed().is_none() && self.chosen().is_none() && self.is_decodable();
        if is_watched && !self.is_still && self.tour.advance(dt, &self.cloud) {
            self.version.bump();
        }
    }

    /// Lets points, bounds and the walker go on for `dt` milliseconds.
    pub fn glide(&mut self, dt: f32) {
        if !self.is_still {
            self.advance_walk(dt);
        }
        // What may not move is at once where it belongs.
        let dt = if self.is_still { f32::MAX } else { dt };
        let before = *self.bounds();
        let moved = self.camera.glide(dt);
        let glided = self.cloud.glide(dt, self.camera.bounds().half(), &self.projection);
        if moved || glided {
            self.version.bump();
        }
        if before != *self.bounds() {
            self.manifold.outdate();
        }
    }
}
