//! What is looked at on the plane, and what is pinned.

use super::Plane;
use crate::app::code::Code;
use crate::app::pins::{Pin, Pins};
use crate::app::selection::Selection;

// Codes are long: inlined wherever they are asked for, these few functions would be a twentieth of the program.
impl Plane {
    /// The pins.
    #[must_use]
    pub fn pins(&self) -> &Pins {
        &self.pins
    }

    /// Where a pin is at this moment.
    #[must_use]
    #[inline(never)]
    pub fn place(&self, pin: Pin) -> [f32; 2] {
        match pin {
            Pin::Place(place, _) if self.width == 1 => place,
            Pin::Place(_, code) => self.projection.place(&code),
            Pin::Digit(index) => self.cloud.target(index, &self.projection).unwrap_or_default(),
        }
    }

    /// The code of a pin at this moment.
    #[must_use]
    #[inline(never)]
    pub fn code(&self, pin: Pin) -> Code {
        match pin {
            Pin::Place(_, code) => code,
            Pin::Digit(index) => self.cloud.code(index).unwrap_or(Code::zero(self.width)).resized(self.width),
        }
    }

    /// The code at a place: the numbers that are not shown are those of what was pinned last.
    #[must_use]
    #[inline(never)]
    pub fn code_at(&self, place: [f32; 2]) -> Code {
        self.projection.code_at(place, self.base())
    }

    /// What the numbers that are not shown are.
    pub(super) fn base(&self) -> Code {
        match self.pins.newest() {
            Some(pin) if self.width > 2 => self.code(pin),
            _ => Code::zero(self.width),
        }
    }

    /// What is looked at: where the pointer is, else what was drawn last, else where the walker is, else what was pinned last, else what the tour shows,
    /// else the middle. A place is a code and no image, a pinned digit is both; where places are no codes, it is the digit
    /// that is nearest.
    #[must_use]
    #[inline(never)]
    pub fn selection(&self) -> Selection {
        if self.selected_drawing().is_some() {
            return Selection::Drawn;
        }
        let middle = self.bounds().centre().into();
        match (self.pointed(), self.chosen()) {
            (Some(place), _) => Selection::Place(self.code_at(place)),
            (None, Some(Pin::Digit(index))) => Selection::Digit(index),
            (None, Some(Pin::Place(_, code))) => Selection::Place(code),
            (None, None) if self.is_decodable() => {
                self.showcase.selection(&self.cloud).unwrap_or_else(|| Selection::Place(self.code_at(middle)))
            }
            (None, None) => match self.nearest(middle) {
                Some(index) => Selection::Digit(index),
                None => Selection::Place(Code::zero(self.width)),
            },
        }
    }

    /// The code of what is looked at, which the decoder is to draw.
    #[must_use]
    #[inline(never)]
    pub fn focus(&self) -> Code {
        match self.selection() {
            Selection::Digit(index) => self.code(Pin::Digit(index)),
            Selection::Place(code) => code.resized(self.width),
            Selection::Drawn => self.drawn.map_or(Code::zero(self.width), |drawn| drawn.code),
        }
    }

    /// Where that is on the plane.
    #[must_use]
    #[inline(never)]
    pub fn focus_place(&self) -> [f32; 2] {
        if let Some(place) = self.selected_drawing().and_then(|_| self.drawn_place()) {
            return place;
        }
        let chosen = || self.chosen().map(|pin| self.place(pin));
        self.pointed().or_else(chosen).unwrap_or_else(|| match self.selection() {
            Selection::Digit(index) => self.place(Pin::Digit(index)),
            Selection::Place(code) => {
                let strip = [code.first().copied().unwrap_or_default(), 0.0];
                self.place(Pin::Place(strip, code))
            }
            Selection::Drawn => self.drawn_place().unwrap_or_default(),
        })
    }

    /// The place that the pointer or the walker is at, if it stands for a code.
    pub(super) fn pointed(&self) -> Option<[f32; 2]> {
        let marker = || self.circle().map(|circle| circle.marker());
        self.hover.or_else(marker).filter(|_| self.is_decodable())
    }

    /// What else was chosen: a pin, or the digit that is nearest to the pointer where places are no codes.
    pub(super) fn chosen(&self) -> Option<Pin> {
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
    pub(super) fn nearest(&self, place: [f32; 2]) -> Option<usize> {
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
    pub(super) fn at(&self, [x, y]: [f32; 2]) -> Option<[f32; 2]> {
        let place: [f32; 2] = self.bounds().to_data((x, y), 1.0).into();
        place.iter().all(|number| number.is_finite()).then_some(place)
    }

    /// Points at a point of the picture, in parts of its side, or away from it.
    pub fn point_at(&mut self, at: Option<[f32; 2]>) {
        let hover = at.and_then(|at| self.at(at));
        if hover.is_some() {
            self.showcase.end();
        }
        if hover != self.hover {
            self.hover = hover;
            self.version.bump();
        }
    }

    /// Moves what is pointed at by parts of the plane's half width.
    pub fn nudge(&mut self, dx: f32, dy: f32) {
        let [x, y] = self.focus_place();
        let half = self.bounds().half_side();
        let place = [x + dx * half, y + dy * half];
        self.hover = Some(place).filter(|place| place.iter().all(|number| number.is_finite()));
        self.showcase.end();
        self.version.bump();
    }

    /// Pins the digit at a point of the picture, or the place if there is no digit within `reach`; all in parts of its
    /// side.
    pub fn pick(&mut self, at: [f32; 2], reach: f32) {
        let reach = if self.is_decodable() { reach } else { f32::INFINITY };
        let nearest = self.cloud().nearest(self.bounds(), 1.0, at.into(), reach);
        let place = || self.at(at).map(|place| Pin::Place(place, self.code_at(place)));
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
        let pin = match self.selection() {
            Selection::Digit(index) if !self.is_decodable() => Pin::Digit(index),
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

    /// Pins a point, which is then no longer merely pointed at; one that is not there is passed over.
    pub fn pin(&mut self, pin: Pin) {
        let is_there = match pin {
            Pin::Place(place, _) => place.iter().all(|number| number.is_finite()),
            Pin::Digit(index) => self.cloud.code(index).is_some(),
        };
        if is_there {
            self.pins.pin(pin);
            self.hover = None;
            self.regards_drawn = false;
            self.showcase.end();
            self.changed();
        }
    }

    /// Pins a digit; one that is pinned already becomes the newest.
    pub fn pin_digit(&mut self, index: usize) {
        let pinned = self.pins.iter().find(|(_, pin)| *pin == Pin::Digit(index));
        pinned.into_iter().for_each(|(number, _)| self.pins.remove(number));
        self.pin(Pin::Digit(index));
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
}
