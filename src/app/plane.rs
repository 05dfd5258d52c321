//! The latent plane: where the test digits lie, what is pointed at and what is pinned.

use ndarray::{Array2, Axis, Slice};

use crate::data::{Dataset, PIXELS};
use crate::nn::{Network, Workspace};
use crate::plot::{Bounds, ClassSet};

/// The most digits that are shown.
pub const MOST_POINTS: usize = 1_000;

/// The most points that are pinned; a further one replaces the oldest.
pub const MOST_PINS: usize = 8;

/// Digits encoded by one call of [`Plane::encode_some`].
const CHUNK: usize = 200;

/// The time in which a point covers about two thirds of its way to where it belongs, in milliseconds.
const GLIDE: f32 = 120.0;

/// Codes beyond this are not followed: differences between them would leave the floats.
const FARTHEST: f32 = 1e30;

/// A point that stays chosen while the network changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pin {
    /// A place of the plane.
    Place([f32; 2]),
    /// A test digit, wherever the network puts it.
    Digit(usize),
}

/// The first test digits on the plane, gliding to where the network puts them.
#[derive(Debug)]
pub struct Plane {
    codes: Vec<[f32; 2]>,
    points: Vec<[f32; 2]>,
    classes: Vec<Option<u8>>,
    hidden: ClassSet,
    bounds: Bounds,
    bounds_target: Bounds,
    hover: Option<[f32; 2]>,
    pins: Vec<Pin>,
    next: usize,
    fresh: usize,
    input: Array2<f32>,
    workspace: Workspace,
}

impl Plane {
    /// An empty plane for `network`.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let bounds = Bounds::square((0.0, 0.0), 1.0);
        Self {
            codes: Vec::with_capacity(MOST_POINTS),
            points: Vec::with_capacity(MOST_POINTS),
            classes: Vec::with_capacity(MOST_POINTS),
            hidden: ClassSet::EMPTY,
            bounds,
            bounds_target: bounds,
            hover: None,
            pins: Vec::with_capacity(MOST_PINS),
            next: 0,
            fresh: 0,
            input: Array2::zeros((CHUNK, PIXELS)),
            workspace: Workspace::new(network, CHUNK),
        }
    }

    /// Where the digits are shown, `(z1, z2)` each.
    #[must_use]
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// The class of each point, where its label is known.
    #[must_use]
    pub fn classes(&self) -> &[Option<u8>] {
        &self.classes
    }

    /// Which classes are not shown.
    #[must_use]
    pub fn hidden(&self) -> &ClassSet {
        &self.hidden
    }

    /// The part of the plane that is shown.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// What is pinned, oldest first.
    #[must_use]
    pub fn pins(&self) -> &[Pin] {
        &self.pins
    }

    /// Where a pin is at this moment.
    #[must_use]
    pub fn place(&self, pin: Pin) -> [f32; 2] {
        match pin {
            Pin::Place(place) => place,
            Pin::Digit(index) => self.codes.get(index).copied().unwrap_or_default(),
        }
    }

    /// What the decoder is to draw: where the pointer is, else what was pinned last, else the middle.
    #[must_use]
    pub fn focus(&self) -> [f32; 2] {
        let pinned = || self.pins.last().map(|&pin| self.place(pin));
        self.hover.or_else(pinned).unwrap_or([self.bounds.centre().0, self.bounds.centre().1])
    }

    /// The test digit that was pinned last, if a digit was.
    #[must_use]
    pub fn selected(&self) -> Option<usize> {
        match self.pins.last() {
            Some(&Pin::Digit(index)) => Some(index),
            _ => None,
        }
    }

    /// Points at a place, or away from the plane.
    pub fn point_at(&mut self, place: Option<[f32; 2]>) {
        self.hover = place.filter(|[x, y]| x.is_finite() && y.is_finite());
    }

    /// Moves what is pointed at by parts of the plane's half width.
    pub fn nudge(&mut self, dx: f32, dy: f32) {
        let [x, y] = self.focus();
        let half = self.bounds.half();
        self.point_at(Some([x + dx * half, y + dy * half]));
    }

    /// Pins a point, which is then no longer merely pointed at; one that is not there is passed over.
    pub fn pin(&mut self, pin: Pin) {
        let is_there = match pin {
            Pin::Place(place) => place.iter().all(|z| z.is_finite()),
            Pin::Digit(index) => index < self.codes.len(),
        };
        if !is_there {
            return;
        }
        if self.pins.len() == MOST_PINS {
            self.pins.remove(0);
        }
        self.pins.push(pin);
        self.hover = None;
    }

    /// Forgets every pin.
    pub fn clear_pins(&mut self) {
        self.pins.clear();
    }

    /// Shows a class or hides it.
    pub fn toggle_class(&mut self, class: u8) {
        self.hidden.toggle(class);
    }

    /// Shows every class.
    pub fn show_all(&mut self) {
        self.hidden.clear();
    }

    /// Shows the same digits as another network sees them.
    pub fn use_network(&mut self, network: &Network) {
        self.workspace = Workspace::new(network, CHUNK);
        self.next = 0;
        self.fresh = 0;
    }

    /// Takes note that the codes are no longer what the network makes of the digits, or that labels have come.
    pub fn outdate(&mut self) {
        self.fresh = 0;
    }

    /// Forgets the digits, but not what is hidden; for other images.
    pub fn clear(&mut self) {
        self.codes.clear();
        self.points.clear();
        self.classes.clear();
        self.pins.clear();
        self.hover = None;
        self.next = 0;
        self.fresh = 0;
    }

    /// Encodes the next few of the first test digits; false if all are as the network has them.
    pub fn encode_some(&mut self, network: &Network, parameters: &[f32], test: &Dataset) -> bool {
        let count = test.len().min(MOST_POINTS);
        if self.fresh >= count {
            return false;
        }
        if self.next >= count {
            self.next = 0;
        }
        let chunk = self.next..(self.next + CHUNK).min(count);
        test.fill(&mut self.input, chunk.clone());
        let input = self.input.slice_axis(Axis(0), Slice::from(..chunk.len()));
        let latent = network.encode(parameters, input, &mut self.workspace);
        for (index, code) in chunk.clone().zip(latent.rows()) {
            let code = [code[0], code.get(1).copied().unwrap_or_default()];
            let code = code.iter().all(|z| z.abs() <= FARTHEST).then_some(code);
            if index < self.codes.len() {
                self.codes[index] = code.unwrap_or(self.codes[index]);
                self.classes[index] = test.label(index);
            } else {
                // A digit without a code has its place all the same, or those after it would move up.
                let code = code.unwrap_or_default();
                self.codes.push(code);
                self.points.push(code);
                self.classes.push(test.label(index));
            }
        }
        self.next = chunk.end;
        self.fresh += chunk.len();
        if self.next == count || self.fresh >= count {
            self.bounds_target = Bounds::fit(self.codes.iter().map(|&[x, y]| (x, y)));
        }
        true
    }

    /// Lets points and bounds glide on for `dt` milliseconds; false if all is at rest.
    pub fn glide(&mut self, dt: f32) -> bool {
        let share = 1.0 - (-dt / GLIDE).exp();
        let rest = 1e-3 * self.bounds.half();
        let mut moved = self.bounds.ease_towards(&self.bounds_target, dt);
        for (point, code) in self.points.iter_mut().zip(&self.codes) {
            for (p, c) in point.iter_mut().zip(code) {
                moved |= p != c;
                // The last bit of the way is taken at once, so that a point at rest is where it belongs.
                *p = if (c - *p).abs() > rest { *p + share * (c - *p) } else { *c };
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;
    use crate::trainer::Trainer;

    fn plane(images: usize) -> (Plane, Trainer, Dataset) {
        let trainer = Trainer::new(&Preset::Fast.config());
        let pixels = (0..images * PIXELS).map(|i| (i * i % 251) as u8).collect();
        let labels = (0..images).map(|i| (i % 10) as u8).collect();
        (Plane::new(trainer.network()), trainer, Dataset::new(pixels, labels))
    }

    #[test]
    fn all_digits_are_encoded_in_turn_up_to_the_most() {
        let (mut plane, trainer, test) = plane(1_100);
        for _ in 0..5 {
            plane.encode_some(trainer.network(), trainer.parameters(), &test);
        }
        assert_eq!(plane.points().len(), MOST_POINTS);
        assert_eq!(plane.classes()[999], Some(9));
        plane.encode_some(trainer.network(), trainer.parameters(), &test);
        assert_eq!(plane.points().len(), MOST_POINTS);
    }

    #[test]
    fn a_digit_without_a_finite_code_does_not_displace_the_others() {
        let (mut plane, trainer, test) = plane(30);
        let broken = vec![f32::NAN; trainer.parameters().len()];
        plane.encode_some(trainer.network(), &broken, &test);
        assert_eq!((plane.points().len(), plane.classes()[29]), (30, Some(9)));
        assert!(plane.points().iter().flatten().all(|z| z.is_finite()));
    }

    #[test]
    fn what_is_not_there_is_not_pinned() {
        let (mut plane, ..) = plane(30);
        plane.pin(Pin::Digit(0));
        plane.pin(Pin::Place([f32::NAN, 0.0]));
        assert_eq!(plane.pins(), []);
    }

    #[test]
    fn points_glide_and_come_to_rest() {
        let (mut plane, trainer, test) = plane(30);
        plane.encode_some(trainer.network(), trainer.parameters(), &test);
        let before = plane.points()[0];
        let moved_parameters: Vec<f32> = trainer.parameters().iter().map(|p| 3.0 * p).collect();
        assert!(
            !plane.encode_some(trainer.network(), &moved_parameters, &test),
            "nothing is known to be new"
        );
        plane.outdate();
        assert!(plane.encode_some(trainer.network(), &moved_parameters, &test));
        let target = plane.place(Pin::Digit(0));
        let distance = |p: [f32; 2]| (p[0] - target[0]).hypot(p[1] - target[1]);
        assert!(plane.glide(16.0));
        assert!(distance(plane.points()[0]) < distance(before));
        assert!(distance(plane.points()[0]) > 0.5 * distance(before), "points do not jump");
        assert!((0..2_000).any(|_| !plane.glide(16.0)), "points come to rest");
        assert!(distance(plane.points()[0]) < 0.01 * plane.bounds().half());
    }

    #[test]
    fn what_is_pointed_at_comes_before_what_is_pinned() {
        let (mut plane, trainer, test) = plane(30);
        plane.encode_some(trainer.network(), trainer.parameters(), &test);
        plane.pin(Pin::Place([0.5, -0.5]));
        assert_eq!(plane.focus(), [0.5, -0.5]);
        plane.point_at(Some([0.1, 0.2]));
        assert_eq!(plane.focus(), [0.1, 0.2]);
        plane.point_at(None);
        assert_eq!(plane.focus(), [0.5, -0.5]);
        plane.pin(Pin::Digit(3));
        assert_eq!((plane.selected(), plane.focus()), (Some(3), plane.place(Pin::Digit(3))));
        plane.nudge(0.1, 0.0);
        assert!(plane.focus()[0] > plane.place(Pin::Digit(3))[0]);
        (0..20).for_each(|i| plane.pin(Pin::Digit(i)));
        assert_eq!((plane.pins().len(), plane.pins()[0]), (MOST_PINS, Pin::Digit(20 - MOST_PINS)));
    }
}
