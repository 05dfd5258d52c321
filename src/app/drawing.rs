//! The visitor's own digit on its way through the network.

use super::inspect::{DrawingResult, NEAREST_COUNT, Pad, PadMsg};
use super::plane::Drawn;
use super::{App, Changes, Code, Version};

/// All that findings depend on: the drawing, the network, and the codes of the digits beside it.
pub(super) type Studied = (Version, Version, Version);

/// Codes and errors beyond this are none to show.
const SOUND: f32 = 1e30;

impl App {
    /// The pad.
    #[must_use]
    pub fn pad(&self) -> &Pad {
        &self.pad
    }

    /// Does what a hand does on the pad.
    pub(super) fn update_pad(&mut self, msg: PadMsg) -> Changes {
        if self.pad.update(msg) {
            let has_digit = self.pad.digit().is_some();
            self.plane.select_drawing(has_digit);
            if !has_digit {
                self.plane.set_drawn(None);
            }
        }
        Changes::empty()
    }

    /// Finds out what the network makes of the drawn digit, unless that is known; returns how many digits it looked at.
    pub(super) fn analyze_drawing(&mut self) -> usize {
        let of_now = (self.pad.version(), self.model_version, self.plane.version());
        let Some(digit) = self.pad.digit().filter(|_| self.studied != Some(of_now)) else { return 0 };
        let model = self.runs.model_view();
        let code = self.inference.encode(model, digit, 0..1);
        let code = Code::of(code.as_slice().expect("outputs are contiguous"));
        let output = self.inference.reconstruct(model, digit, 0..1).to_vec();
        let pixels = digit.image(0).iter().zip(&output);
        let sum: f32 = pixels.map(|(x, y)| (f32::from(*x) / 255.0 - y).powi(2)).sum();
        let error = sum / output.len() as f32;
        // Of a network that has broken nothing is known.
        if code.iter().chain([&error]).all(|number| number.abs() <= SOUND) {
            let nearest = self.plane.nearest_codes(&code, NEAREST_COUNT);
            self.pad.find(DrawingResult { output, error, nearest });
            let outputs = self.plane.shown_layer().and_then(|layer| self.inference.output(layer));
            let axes = self.plane.axes();
            let seen = axes.map(|axis| outputs.and_then(|of| of.get(axis).copied()).unwrap_or_default());
            self.plane.set_drawn(Some(Drawn { code, seen }));
        }
        self.studied = Some((of_now.0, of_now.1, self.plane.version()));
        1
    }
}
