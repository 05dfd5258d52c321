//! What there is to see of the open layer, of errors, and of samples from the prior.

use super::view::subject;
use super::{App, Numbers, Opened, Ranking, Tally, Version, Weights, square_error};
use crate::data::PIXELS;
use crate::nn::CodeKind;

impl App {
    /// The layer that is open, if one is, and what is shown of it.
    #[must_use]
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// The weights of the open layer, or their gradients; nothing of the gradients of a past moment, which nobody has kept.
    #[must_use]
    pub fn weights(&self) -> Option<Weights<'_>> {
        let subject = self.subject();
        let numbers = match self.opened.numbers() {
            Numbers::Weights => subject.parameters,
            Numbers::Gradients if self.timeline.shown().is_some() => return None,
            Numbers::Gradients => self.run.trainer().gradients(),
        };
        Weights::of(subject.network.layers(), self.opened.layer()?, numbers)
    }

    /// What the open layer makes of a sample of test digits.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The test error by class, and the worst digits, while somebody looks at them.
    #[must_use]
    pub fn ranking(&self) -> &Ranking {
        &self.ranking
    }

    /// The worst digits and their reconstructions, 784 pixels each.
    pub fn worst(&mut self) -> (Vec<u8>, &[f32]) {
        let test = &self.images.pair().test;
        let worst = self.ranking.worst().iter().map(|&(index, _)| index);
        let inputs = worst.clone().flat_map(|index| test.image(index)).copied().collect();
        (inputs, self.lens.reconstruct(subject(&self.run, &self.timeline), test, worst))
    }

    /// The error of each digit whose reconstruction is shown, against the digit as it was before corruption.
    pub fn shown_errors(&self) -> impl Iterator<Item = f32> {
        let (_, outputs) = self.reconstructions();
        let test = &self.images.pair().test;
        outputs
            .chunks_exact(PIXELS)
            .enumerate()
            .map(|(index, output)| square_error(test.image(index), output))
    }

    /// Whether the code is Gaussian, so that it has a prior.
    #[must_use]
    pub fn is_variational(&self) -> bool {
        self.run.trainer().network().code_kind() == CodeKind::Gaussian
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
        self.lens.decode(subject(&self.run, &self.timeline), self.prior.codes().iter().copied())
    }
}
