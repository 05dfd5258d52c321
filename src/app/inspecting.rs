//! What there is to see of the open layer, of errors, and of samples from the prior.

use super::{App, LayerInspector, LayerStats, Quantity, Version, Weights, WorstDigits, pixel_mse};
use crate::data::PIXELS;
use crate::nn::CodeKind;

impl App {
    /// The layer that is open, if one is, and what is shown of it.
    #[must_use]
    pub fn layer_inspector(&self) -> &LayerInspector {
        &self.layer_inspector
    }

    /// The weights of the open layer, or their gradients; nothing of the gradients of a past moment, which nobody has kept.
    #[must_use]
    pub fn weights(&self) -> Option<Weights<'_>> {
        let model = self.model_view();
        let numbers = match self.layer_inspector.numbers() {
            Quantity::Weights => model.parameters,
            Quantity::Gradients if self.runs.timeline().shown().is_some() => return None,
            Quantity::Gradients => self.runs.run().trainer().gradients(),
        };
        Weights::of(model.network.layers(), self.layer_inspector.layer()?, numbers)
    }

    /// What the open layer makes of a sample of test digits.
    #[must_use]
    pub fn layer_stats(&self) -> &LayerStats {
        &self.layer_stats
    }

    /// The test error by class, and the worst digits, while somebody looks at them.
    #[must_use]
    pub fn worst_digits(&self) -> &WorstDigits {
        &self.worst_digits
    }

    /// The worst digits and their reconstructions, 784 pixels each.
    pub fn worst(&mut self) -> (Vec<u8>, &[f32]) {
        let test = &self.datasets.pair().test;
        let worst = self.worst_digits.worst().iter().map(|&(index, _)| index);
        let inputs = worst.clone().flat_map(|index| test.image(index)).copied().collect();
        (inputs, self.inference.reconstruct(self.runs.model_view(), test, worst))
    }

    /// The error of each digit whose reconstruction is shown, against the digit as it was before corruption.
    pub fn shown_errors(&self) -> impl Iterator<Item = f32> {
        let (_, outputs) = self.reconstructions();
        let test = &self.datasets.pair().test;
        outputs.chunks_exact(PIXELS).enumerate().map(|(index, output)| pixel_mse(test.image(index), output))
    }

    /// Whether the code is Gaussian, so that it has a prior.
    #[must_use]
    pub fn is_variational(&self) -> bool {
        self.runs.run().trainer().network().code_kind() == CodeKind::Gaussian
    }

    /// The number of changes of the samples from the prior.
    #[must_use]
    pub fn samples_version(&self) -> Version {
        self.prior.version()
    }

    /// What the decoder draws of samples from the prior, 784 pixels each; nothing before they were asked for.
    pub fn samples(&mut self) -> &[f32] {
        if self.prior.codes().is_empty() {
            return &[];
        }
        self.inference.decode(self.runs.model_view(), self.prior.codes().iter().copied())
    }
}
