//! The connection of the drawing pad with the plane: the drawn digit is encoded, reconstructed and placed among the others.

use super::code::Code;
use super::inference::{Inference, pixel_mse};
use super::inspect::{DrawingResult, NEAREST_COUNT, Pad, PadMsg};
use super::model_view::ModelView;
use super::plane::{DrawnDigit, Plane};
use super::tracked::{Tracked, Version};

/// The largest value of a code or an error that is shown.
const MAX_VALUE: f32 = 1e30;

/// Remembers which versions of pad, network and plane the last result belongs to.
#[derive(Debug, Default)]
pub struct DrawingAnalysis {
    analyzed: Option<[Version; 3]>,
}

impl DrawingAnalysis {
    /// Encodes and reconstructs the drawn digit, unless nothing has changed. Returns how many digits were analyzed.
    pub fn advance(
        &mut self,
        pad: &mut Tracked<Pad>,
        plane: &mut Tracked<Plane>,
        (model, model_version): (ModelView<'_>, Version),
        inference: &mut Inference,
    ) -> usize {
        let versions = [pad.version(), model_version, plane.version()];
        let Some(digit) = pad.digit.as_ref().filter(|_| self.analyzed != Some(versions)) else { return 0 };
        let code = inference.encode(model, digit, 0..1);
        let code = Code::new(code.as_slice().expect("outputs are contiguous"));
        let output = inference.reconstruct(model, digit, 0..1).to_vec();
        let error = pixel_mse(digit.image(0), &output);
        // A diverged network has no result.
        if code.iter().chain([&error]).all(|value| value.abs() <= MAX_VALUE) {
            let nearest = plane.nearest_codes(&code, NEAREST_COUNT);
            pad.bypass().set_result(DrawingResult { output, error, nearest });
            let layer = plane.shown_layer().and_then(|layer| inference.output(layer));
            let outputs = layer.map_or([0.0; 2], |outputs| plane.layer_place(outputs));
            plane.write_if(|plane| plane.set_drawing(Some(DrawnDigit { code, outputs })));
        }
        self.analyzed = Some([versions[0], versions[1], plane.version()]);
        1
    }
}

/// Handles a message of the pad, and selects the drawn digit when it changes.
pub fn update(msg: PadMsg, pad: &mut Tracked<Pad>, plane: &mut Tracked<Plane>) {
    if pad.write().update(msg) {
        let exists = pad.digit.is_some();
        let plane = plane.write();
        plane.select_drawing(exists);
        if !exists {
            plane.set_drawing(None);
        }
    }
}

/// Shows an image of the user's on the pad, and selects it.
pub fn show(image: &[u8], pad: &mut Tracked<Pad>, plane: &mut Tracked<Plane>) {
    pad.write().show(image);
    plane.write().select_drawing(true);
}
