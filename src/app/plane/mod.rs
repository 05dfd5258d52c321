//! The latent plane: where the test digits lie, what is pointed at and what is pinned.
//!
//! A code of two numbers is a place of the plane. Of a longer code two numbers are shown, and the others are those of the
//! pinned digit; a single number is a line, with a strip for each class.

mod cloud;
mod manifold;
mod pins;
mod tour;

pub use cloud::{Axes, MOST_POINTS};
pub use pins::{MOST_PINS, Pin, Pins};

use self::cloud::DigitCloud;
use self::manifold::Manifold;
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
    bounds: Bounds,
    bounds_target: Bounds,
    /// How many numbers a code has, and which two are shown.
    width: usize,
    axes: Axes,
    hover: Option<[f32; 2]>,
    pins: Pins,
    manifold: Manifold,
    tour: Tour,
    /// Nothing moves by itself: the visitor wants it so.
    is_still: bool,
    version: Version,
}

impl Plane {
    /// An empty plane of codes with `width` numbers.
    #[must_use]
    pub fn new(width: usize) -> Self {
        let bounds = Bounds::default();
        Self {
            cloud: DigitCloud::default(),
            hidden: ClassSet::default(),
            bounds,
            bounds_target: bounds,
            width,
            axes: [0, 1],
            hover: None,
            pins: Pins::default(),
            manifold: Manifold::default(),
            tour: Tour::default(),
            is_still: false,
            version: Version::default(),
        }
    }

    /// The digits as they are drawn and found.
    #[must_use]
    pub fn cloud(&self) -> Cloud<'_> {
        Cloud { points: self.cloud.points(), classes: self.cloud.classes(), hidden: &self.hidden }
    }

    /// The classes that are not shown.
    #[must_use]
    pub fn hidden(&self) -> &ClassSet {
        &self.hidden
    }

    /// The part of the plane that is shown.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// What the decoder draws all over the plane.
    #[must_use]
    pub fn backdrop(&self) -> &Backdrop {
        self.manifold.shown()
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

    /// Which two numbers of a code are shown, across and up.
    #[must_use]
    pub fn axes(&self) -> Axes {
        self.axes
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
            Pin::Place(_, code) => self.axes.map(|axis| code.get(axis).copied().unwrap_or_default()),
            Pin::Digit(index) => self.cloud.target(index, self.axes).unwrap_or_default(),
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
        lift(place, self.axes, self.base())
    }

    /// What the numbers that are not shown are.
    fn base(&self) -> Code {
        match self.pins.newest() {
            Some(pin) if self.width > 2 => self.code(pin),
            _ => Code::zero(self.width),
        }
    }

    /// What the decoder is to draw: where the pointer is, else what was pinned last, else the middle.
    #[must_use]
    pub fn focus(&self) -> Code {
        match (self.hover, self.pins.newest()) {
            (Some(place), _) => self.lift(place),
            (None, Some(pin)) => self.code(pin),
            (None, None) => match self.tour.look(&self.cloud) {
                Some(Look::Digit(index)) => self.code(Pin::Digit(index)),
                Some(Look::Place(code)) => code.resized(self.width),
                None => self.lift(self.bounds.centre().into()),
            },
        }
    }

    /// What is looked at: a place is a code and no image, a pinned digit is both.
    #[must_use]
    pub fn look(&self) -> Look {
        let toured = || self.tour.look(&self.cloud);
        match (self.hover, self.pins.newest()) {
            (None, Some(Pin::Digit(index))) => Look::Digit(index),
            (None, None) => toured().unwrap_or(Look::Place(self.focus())),
            _ => Look::Place(self.focus()),
        }
    }

    /// Where that is on the plane.
    #[must_use]
    pub fn focus_place(&self) -> [f32; 2] {
        let pinned = || self.pins.newest().map(|pin| self.place(pin));
        let toured = || {
            Some(match self.tour.look(&self.cloud)? {
                Look::Digit(index) => self.place(Pin::Digit(index)),
                Look::Place(code) => {
                    self.place(Pin::Place([code.first().copied().unwrap_or_default(), 0.0], code))
                }
            })
        };
        self.hover.or_else(pinned).or_else(toured).unwrap_or(self.bounds.centre().into())
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
        let place: [f32; 2] = self.bounds.to_data((x, y), 1.0).into();
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
        let half = self.bounds.half();
        let place = [x + dx * half, y + dy * half];
        self.hover = Some(place).filter(|place| place.iter().all(|number| number.is_finite()));
        self.tour.end();
        self.version.bump();
    }

    /// Pins the digit at a point of the picture, or the place if there is no digit within `reach`; all in parts of its
    /// side.
    pub fn pick(&mut self, at: [f32; 2], reach: f32) {
        let nearest = self.cloud().nearest(&self.bounds, 1.0, at.into(), reach);
        let place = || self.at(at).map(|place| Pin::Place(place, self.lift(place)));
        if let Some(pin) = nearest.map(Pin::Digit).or_else(place) {
            self.pin(pin);
        }
    }

    /// Pins what is pointed at.
    pub fn pin_focus(&mut self) {
        self.pin(Pin::Place(self.focus_place(), self.focus()));
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

    /// Shows another number of the codes across (0) or up (1).
    pub fn set_axis(&mut self, direction: usize, number: usize) {
        if let Some(axis) = self.axes.get_mut(direction).filter(|_| number < self.width) {
            *axis = number;
            self.bounds_target = self.cloud.bounds(self.axes);
            self.changed();
        }
    }

    /// Shows the same digits as another network sees them, whose codes have `width` numbers.
    pub fn use_network(&mut self, width: usize) {
        if width != self.width {
            self.width = width;
            self.axes = [0, usize::from(width > 1)];
            self.pins.resize_codes(width);
            self.cloud.clear();
            self.tour.forget_digits();
        }
        self.cloud.restart();
        self.changed();
    }

    /// Takes note that the network has changed, or that labels have come.
    pub fn outdate(&mut self) {
        self.cloud.outdate();
        self.changed();
    }

    /// Forgets digits and pins, but not what is hidden; for other images.
    pub fn clear(&mut self) {
        self.cloud.clear();
        self.tour.forget_digits();
        self.pins.clear();
        self.hover = None;
        self.changed();
    }

    fn changed(&mut self) {
        self.manifold.outdate();
        self.version.bump();
    }

    /// Encodes up to `units` of the digits that are outdated; returns how many.
    pub fn encode(&mut self, units: usize, subject: Subject<'_>, test: &Dataset, lens: &mut Lens) -> usize {
        let (done, bounds) = self.cloud.encode(units, subject, test, self.axes, lens);
        self.bounds_target = bounds.unwrap_or(self.bounds_target);
        if done > 0 {
            self.version.bump();
        }
        done
    }

    /// Decodes up to `units` tiles of what lies behind the digits; returns how many.
    pub fn decode_manifold(&mut self, units: usize, subject: Subject<'_>, lens: &mut Lens) -> usize {
        if self.cloud.points().is_empty() {
            return 0;
        }
        let (axes, base) = (self.axes, self.base());
        let done = self.manifold.decode(units, subject, &self.bounds, |place| lift(place, axes, base), lens);
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
        let is_watched = self.hover.is_none() && self.pins.newest().is_none();
        if is_watched && !self.is_still && self.tour.advance(dt, &self.cloud) {
            self.version.bump();
        }
    }

    /// Lets points and bounds glide on for `dt` milliseconds.
    pub fn glide(&mut self, dt: f32) {
        // What may not move is at once where it belongs.
        let dt = if self.is_still { f32::MAX } else { dt };
        let before = self.bounds;
        let moved = self.bounds.ease_towards(&self.bounds_target, dt);
        let glided = self.cloud.glide(dt, self.bounds.half(), self.axes);
        if moved || glided {
            self.version.bump();
        }
        if before != self.bounds {
            self.manifold.outdate();
        }
    }
}

/// `base` with the numbers of `axes` as `place` has them.
fn lift(place: [f32; 2], axes: Axes, base: Code) -> Code {
    let mut code = base;
    for (axis, number) in axes.into_iter().zip(place).rev() {
        if let Some(z) = code.get_mut(axis) {
            *z = number;
        }
    }
    code
}
