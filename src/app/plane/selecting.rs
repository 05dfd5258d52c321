//! The selection on the plane, the pins, and the drawn digit.

use super::Plane;
use crate::app::code::Code;
use crate::app::pins::{Pin, Pins};
use crate::app::selection::Selection;

/// The drawn digit as the network encodes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DrawnDigit {
    /// Its code.
    pub code: Code,
    /// The two outputs of another layer, where the plane shows one.
    pub outputs: [f32; 2],
}

// Codes are long: inlined wherever they are called, these few functions would be a twentieth of the program.
impl Plane {
    /// Returns where a pin is now.
    #[inline(never)]
    pub fn place(&self, pin: Pin) -> [f32; 2] {
        match pin {
            Pin::Place(place, _) if self.latent_dim == 1 => place,
            Pin::Place(_, code) => self.projection.place(&code),
            Pin::Digit(index) => self.cloud.target(index, &self.projection).unwrap_or_default(),
        }
    }

    /// Returns the code of a pin now.
    #[inline(never)]
    pub fn code(&self, pin: Pin) -> Code {
        match pin {
            Pin::Place(_, code) => code,
            Pin::Digit(index) => {
                self.cloud.code(index).unwrap_or(Code::zero(self.latent_dim)).resized(self.latent_dim)
            }
        }
    }

    /// Returns the code at a place, with the dimensions that are not shown taken from the newest pin.
    #[inline(never)]
    pub fn code_at(&self, place: [f32; 2]) -> Code {
        self.projection.code_at(place, self.base_code())
    }

    /// Returns the code that supplies the dimensions that are not shown.
    pub(super) fn base_code(&self) -> Code {
        match self.pins.newest() {
            Some(pin) if self.latent_dim > 2 => self.code(pin),
            _ => Code::zero(self.latent_dim),
        }
    }

    /// Returns the selection: the first there is of the pointer, the drawn digit, the circle's marker, the newest pin, the
    /// showcase and the centre. A place is a code without an image, a pinned digit has both; where places are no codes, the
    /// digit nearest to the place is selected.
    #[inline(never)]
    pub fn selection(&self) -> Selection {
        if self.selected_drawing().is_some() {
            return Selection::Drawn;
        }
        let centre = self.bounds().centre().into();
        match (self.pointed(), self.chosen()) {
            (Some(place), _) => Selection::Place(self.code_at(place)),
            (None, Some(Pin::Digit(index))) => Selection::Digit(index),
            (None, Some(Pin::Place(_, code))) => Selection::Place(code),
            (None, None) if self.is_decodable() => {
                self.showcase.selection(&self.cloud).unwrap_or_else(|| Selection::Place(self.code_at(centre)))
            }
            (None, None) => match self.nearest(centre) {
                Some(index) => Selection::Digit(index),
                None => Selection::Place(Code::zero(self.latent_dim)),
            },
        }
    }

    /// Returns the test digit whose code is nearest to the selection, if that is a code without an image.
    pub fn nearest_digit(&self) -> Option<usize> {
        match self.selection() {
            Selection::Place(code) => Some(self.nearest_codes(&code.resized(self.latent_dim), 1).first()?.0),
            _ => None,
        }
    }

    /// Returns the code of the selection.
    #[inline(never)]
    pub fn focus(&self) -> Code {
        match self.selection() {
            Selection::Digit(index) => self.code(Pin::Digit(index)),
            Selection::Place(code) => code.resized(self.latent_dim),
            Selection::Drawn => self.drawing.map_or(Code::zero(self.latent_dim), |drawing| drawing.code),
        }
    }

    /// Returns the place of the selection.
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

    /// Returns the place of the pointer, or the one that keys have moved to.
    pub fn pointed_place(&self) -> Option<[f32; 2]> {
        self.hover
    }

    /// Returns the place of the pointer, or else of the circle's marker, if it stands for a code.
    pub(super) fn pointed(&self) -> Option<[f32; 2]> {
        let marker = || self.circle().map(|circle| circle.marker());
        self.hover.or_else(marker).filter(|_| self.is_decodable())
    }

    /// Returns the newest pin, or the digit nearest to the pointer where places are no codes.
    pub(super) fn chosen(&self) -> Option<Pin> {
        let newest = self.pins.newest();
        if self.is_decodable() {
            return newest;
        }
        let digit = self.hover.and_then(|place| self.nearest(place)).map(Pin::Digit);
        digit.or(newest.filter(|&pin| self.has_place(pin)))
    }

    /// Returns whether a pin has a place on the plane: where places are no codes, only digits have.
    pub fn has_place(&self, pin: Pin) -> bool {
        self.is_decodable() || matches!(pin, Pin::Digit(_))
    }

    pub(super) fn nearest(&self, place: [f32; 2]) -> Option<usize> {
        let at = self.bounds().to_px(place.into(), 1.0);
        self.cloud().nearest(self.bounds(), 1.0, at, f32::INFINITY)
    }

    /// Returns the test digit that was pinned last, unless a place was pinned since.
    pub fn selected(&self) -> Option<usize> {
        match self.pins.newest() {
            Some(Pin::Digit(index)) => Some(index),
            _ => None,
        }
    }

    /// Returns the place at a point of the picture, in fractions of its width from the top left corner.
    pub(super) fn at(&self, [x, y]: [f32; 2]) -> Option<[f32; 2]> {
        let place: [f32; 2] = self.bounds().to_data((x, y), 1.0).into();
        place.iter().all(|x| x.is_finite()).then_some(place)
    }

    /// Follows the pointer. Returns whether the selection has changed.
    pub(super) fn point_at(&mut self, at: Option<[f32; 2]>) -> bool {
        let hover = at.and_then(|at| self.at(at));
        if hover.is_some() {
            self.showcase.interrupt();
        }
        std::mem::replace(&mut self.hover, hover) != hover
    }

    pub(super) fn nudge(&mut self, dx: f32, dy: f32) {
        let [x, y] = self.focus_place();
        let half = self.bounds().half_width();
        let place = [x + dx * half, y + dy * half];
        self.hover = Some(place).filter(|place| place.iter().all(|x| x.is_finite()));
        self.showcase.interrupt();
    }

    pub(super) fn pick(&mut self, at: [f32; 2], reach: f32) {
        let reach = if self.is_decodable() { reach } else { f32::INFINITY };
        let nearest = self.cloud().nearest(self.bounds(), 1.0, at.into(), reach);
        let place = || self.at(at).map(|place| Pin::Place(place, self.code_at(place)));
        if let Some(pin) = nearest.map(Pin::Digit).or_else(place) {
            self.pins_before_click = Some(self.pins.clone());
            self.pin(pin);
        }
    }

    /// Takes back the pin of the double click's first half, and zooms.
    pub(super) fn double_pick(&mut self, at: [f32; 2]) {
        if let Some(pins) = self.pins_before_click.take() {
            self.pins = pins;
        }
        self.zoom(Some(at), 2.0, true);
    }

    pub(super) fn pin_focus(&mut self) {
        let pin = match self.selection() {
            Selection::Digit(index) if !self.is_decodable() => Pin::Digit(index),
            _ => Pin::Place(self.focus_place(), self.focus()),
        };
        self.pin(pin);
    }

    pub(super) fn remove_pin(&mut self, number: usize) {
        self.pins.remove(number);
        self.pins_before_click = None;
        self.invalidate_overlays();
    }

    pub(super) fn remove_pin_here(&mut self, reach: f32) {
        let point = |place: [f32; 2]| self.bounds().to_px(place.into(), 1.0);
        let (x, y) = point(self.focus_place());
        let distance = |pin| {
            let (px, py) = point(self.place(pin));
            (px - x).hypot(py - y)
        };
        let pins = self.pins.iter().filter(|(_, pin)| self.has_place(*pin));
        let near = pins.map(|(number, pin)| (number, distance(pin))).filter(|(_, d)| *d <= reach);
        if let Some((number, _)) = near.min_by(|a, b| a.1.total_cmp(&b.1)) {
            self.remove_pin(number);
        }
    }

    /// Pins a point and selects it; ignores a digit that is not on the plane.
    fn pin(&mut self, pin: Pin) {
        let exists = match pin {
            Pin::Place(place, _) => place.iter().all(|x| x.is_finite()),
            Pin::Digit(index) => self.cloud.code(index).is_some(),
        };
        if exists {
            self.pins.pin(pin);
            self.hover = None;
            self.selects_drawing = false;
            self.showcase.interrupt();
            self.invalidate_overlays();
        }
    }

    /// Pins a digit; one that is pinned already becomes the newest.
    pub(super) fn pin_digit(&mut self, index: usize) {
        let pinned = self.pins.iter().find(|(_, pin)| *pin == Pin::Digit(index));
        pinned.into_iter().for_each(|(number, _)| self.pins.remove(number));
        self.pin(Pin::Digit(index));
    }

    pub(super) fn clear_pins(&mut self) {
        self.pins.clear();
        self.pins_before_click = None;
        self.invalidate_overlays();
    }

    /// Replaces the pins, for another run.
    pub fn set_pins(&mut self, pins: Pins) {
        self.pins = pins;
        self.pins.resize_codes(self.latent_dim);
        self.invalidate_overlays();
    }

    /// Sets the drawn digit, or none. Returns whether it has changed.
    pub fn set_drawing(&mut self, drawing: Option<DrawnDigit>) -> bool {
        std::mem::replace(&mut self.drawing, drawing) != drawing
    }

    /// Selects the drawn digit until something else is selected; without one, deselects it.
    pub fn select_drawing(&mut self, exists: bool) {
        self.selects_drawing = exists;
        self.hover = None;
        self.showcase.interrupt();
    }

    /// Returns the drawn digit, if selected.
    pub(super) fn selected_drawing(&self) -> Option<&DrawnDigit> {
        self.drawing.as_ref().filter(|_| self.selects_drawing && self.hover.is_none())
    }

    /// Returns the place of the drawn digit.
    pub fn drawn_place(&self) -> Option<[f32; 2]> {
        let DrawnDigit { code, outputs } = self.drawing?;
        Some(match (self.is_decodable(), self.latent_dim) {
            (false, _) => outputs,
            // As a pin's: on the line.
            (true, 1) => [code.first().copied().unwrap_or_default(), 0.0],
            (true, _) => self.place(Pin::Place([0.0; 2], code)),
        })
    }

    /// Returns up to `count` digits with the nearest codes, the nearest first, and their classes.
    pub fn nearest_codes(&self, code: &Code, count: usize) -> Vec<(usize, Option<u8>)> {
        let mut nearest: Vec<(f32, usize)> = Vec::with_capacity(count + 1);
        let others = self.cloud.codes().iter().enumerate().filter(|(_, other)| other.len() == code.len());
        for (index, other) in others {
            let distance: f32 = other.iter().zip(&**code).map(|(a, b)| (a - b).powi(2)).sum();
            let rank = nearest.iter().take_while(|(nearer, _)| *nearer <= distance).count();
            if rank < count {
                nearest.insert(rank, (distance, index));
                nearest.truncate(count);
            }
        }
        nearest.into_iter().map(|(_, index)| (index, self.cloud.classes()[index])).collect()
    }
}
