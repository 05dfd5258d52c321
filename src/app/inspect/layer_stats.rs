//! What the open layer makes of a sample of test digits: mean, spread, and the units that are saturated or dead.

use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::app::tracked::Version;
use crate::data::Dataset;
use crate::nn::Activation;

/// The most digits of the sample: the first test digits.
pub const SAMPLE: usize = 500;

/// The frames from one round to the next while the network changes all the time.
const CALM: u32 = 20;

/// What is counted of activations that say little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mute {
    /// Nothing is.
    Nothing,
    /// Activations near an end of their range, where the gradient all but vanishes.
    Saturated,
    /// Activations of zero. A unit that has no other for any digit is dead.
    Zero,
}

impl Mute {
    fn of(activation: Activation) -> Self {
        match activation {
            Activation::Tanh | Activation::Sigmoid => Self::Saturated,
            Activation::Relu => Self::Zero,
            Activation::Linear | Activation::LeakyRelu => Self::Nothing,
        }
    }

    fn is(self, activation: Activation, number: f32) -> bool {
        match (self, activation) {
            (Self::Nothing, _) => false,
            (Self::Zero, _) => number <= 0.0,
            (Self::Saturated, Activation::Sigmoid) => (number - 0.5).abs() > 0.485,
            (Self::Saturated, _) => number.abs() > 0.97,
        }
    }
}

/// What was found out about a unit, or about all of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// The mean of the activations.
    pub mean: f32,
    /// Their standard deviation.
    pub spread: f32,
    /// The share of them that [`LayerStats::mute`] tells of.
    pub mute: f32,
}

/// Sums over activations.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    sum: f32,
    squares: f32,
    mute: f32,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.squares += other.squares;
        self.mute += other.mute;
    }

    fn figures(self, count: f32) -> Figures {
        let mean = self.sum / count;
        Figures {
            mean,
            spread: (self.squares / count - mean * mean).max(0.0).sqrt(),
            mute: self.mute / count,
        }
    }
}

/// The tally of a layer.
#[derive(Debug)]
pub struct LayerStats {
    /// The layer that is counted, and what is counted of it.
    layer: Option<usize>,
    mute: Mute,
    /// The round under way.
    coming: Vec<Sums>,
    next: usize,
    /// The last round, and how many digits it has seen.
    shown: Vec<Sums>,
    digits: usize,
    is_outdated: bool,
    age: u32,
    version: Version,
}

impl Default for LayerStats {
    fn default() -> Self {
        Self {
            layer: None,
            mute: Mute::Nothing,
            coming: Vec::new(),
            next: 0,
            shown: Vec::new(),
            digits: 0,
            is_outdated: true,
            age: CALM,
            version: Version::default(),
        }
    }
}

impl LayerStats {
    /// The number of rounds so far.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// What is counted of activations that say little.
    #[must_use]
    pub fn mute(&self) -> Mute {
        self.mute
    }

    /// How many digits were counted; zero before the first round.
    #[must_use]
    pub fn digits(&self) -> usize {
        self.digits
    }

    /// What was found out about a unit.
    #[must_use]
    pub fn unit(&self, unit: usize) -> Option<Figures> {
        self.shown.get(unit).map(|sums| sums.figures(self.digits as f32))
    }

    /// What was found out about the layer as a whole; nothing before the first round.
    #[must_use]
    pub fn layer(&self) -> Option<Figures> {
        let mut all = Sums::default();
        self.shown.iter().for_each(|&sums| all.add(sums));
        (!self.shown.is_empty()).then(|| all.figures((self.shown.len() * self.digits) as f32))
    }

    /// How many units are mute for every digit.
    #[must_use]
    pub fn mute_units(&self) -> usize {
        self.shown.iter().filter(|sums| sums.mute >= self.digits as f32).count()
    }

    /// Takes note that the network, or the digits, are no longer the same.
    pub fn invalidate(&mut self) {
        self.is_outdated = true;
    }

    /// Forgets what was found, for another layer, other images or another network.
    pub fn clear(&mut self) {
        *self = Self { version: self.version, ..Self::default() };
        self.version.bump();
    }

    /// Takes note of a frame.
    pub fn frame(&mut self) {
        self.age = self.age.saturating_add(1);
    }

    /// Counts up to `units` digits in a layer, unless all is up to date; returns how many. A round that is begun at rest need
    /// not wait for its turn.
    pub fn count(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        (layer, activation): (usize, Activation),
        test: &Dataset,
        at_rest: bool,
        inference: &mut Inference,
    ) -> usize {
        if self.layer != Some(layer) {
            self.clear();
            self.layer = Some(layer);
            self.mute = Mute::of(activation);
        }
        let count = test.len().min(SAMPLE);
        if self.next == 0 {
            if count == 0 || !self.is_outdated || !(at_rest || self.age >= CALM) {
                return 0;
            }
            self.is_outdated = false;
            self.age = 0;
            self.coming.clear();
        }
        let end = (self.next + units.min(Inference::CAPACITY)).min(count);
        let outputs = inference.outputs(model, test, self.next..end, layer);
        self.coming.resize(outputs.ncols(), Sums::default());
        for row in outputs.rows() {
            for (sums, &number) in self.coming.iter_mut().zip(row) {
                let mute = f32::from(u8::from(self.mute.is(activation, number)));
                sums.add(Sums { sum: number, squares: number * number, mute });
            }
        }
        let done = end.saturating_sub(self.next);
        self.next = end;
        if end == count {
            std::mem::swap(&mut self.shown, &mut self.coming);
            self.next = 0;
            self.digits = count;
            self.version.bump();
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::PIXELS;
    use crate::train::{Trainer, TrainerConfig};

    fn trainer(layers: &str) -> Trainer {
        let config = crate::train::Preset::Blog.config();
        Trainer::new(&TrainerConfig { spec: layers.parse().unwrap(), ..config }).unwrap()
    }

    fn digits(count: usize) -> Dataset {
        Dataset::new((0..count * PIXELS).map(|i| (i * i % 251) as u8).collect(), Vec::new())
    }

    /// The tally of a layer, counted in pieces.
    fn layer_stats(trainer: &Trainer, parameters: &[f32], layer: usize, units: usize) -> LayerStats {
        let network = trainer.network();
        let model = ModelView { network, parameters, step: 0 };
        let (test, mut inference) = (digits(70), Inference::new(network));
        let activation = network.layers()[layer].activation;
        let mut layer_stats = LayerStats::default();
        while layer_stats.digits() == 0 {
            assert!(layer_stats.count(units, model, (layer, activation), &test, true, &mut inference) > 0);
        }
        assert_eq!(layer_stats.count(units, model, (layer, activation), &test, true, &mut inference), 0);
        layer_stats
    }

    #[test]
    fn pieces_of_any_size_come_to_the_same_as_all_at_once() {
        let trainer = trainer("784 9t 2 8r 784");
        let all = layer_stats(&trainer, trainer.parameters(), 0, 70);
        let pieces = layer_stats(&trainer, trainer.parameters(), 0, 11);
        for unit in 0..9 {
            let (a, b) = (all.unit(unit).unwrap(), pieces.unit(unit).unwrap());
            assert!((a.mean - b.mean).abs() < 1e-5 && (a.spread - b.spread).abs() < 1e-4, "{a:?} {b:?}");
        }
        assert!(all.unit(9).is_none());
        // By hand: the same from the outputs themselves.
        let network = trainer.network();
        let model = ModelView { network, parameters: trainer.parameters(), step: 0 };
        let mut inference = Inference::new(network);
        let outputs = inference.outputs(model, &digits(70), 0..70, 0).to_owned();
        let (mean, spread) = (outputs.mean().unwrap(), outputs.std(0.0));
        let found = all.layer().unwrap();
        assert!((found.mean - mean).abs() < 1e-5 && (found.spread - spread).abs() < 1e-4, "{found:?}");
        let saturated = outputs.iter().filter(|x| x.abs() > 0.97).count() as f32 / outputs.len() as f32;
        assert!((found.mute - saturated).abs() < 1e-6);
    }

    #[test]
    fn dead_and_saturated_units_are_found() {
        let trainer = trainer("784 9t 2 8r 784");
        let mut parameters = trainer.parameters().to_vec();
        let layers = trainer.network().layers();
        // Two of the ReLU units can only be below zero, and all of the tanh units are driven to their ends.
        parameters[layers[2].bias_range()][..2].fill(-1e6);
        parameters[layers[0].bias_range()].fill(1e3);
        let dead = layer_stats(&trainer, &parameters, 2, 30);
        assert_eq!(dead.mute(), Mute::Zero);
        assert_eq!((dead.unit(0).unwrap().mute, dead.unit(1).unwrap().mute), (1.0, 1.0));
        assert!(dead.mute_units() >= 2);
        let saturated = layer_stats(&trainer, &parameters, 0, 30);
        assert_eq!((saturated.mute(), saturated.layer().unwrap().mute), (Mute::Saturated, 1.0));
        assert_eq!(layer_stats(&trainer, &parameters, 1, 30).mute(), Mute::Nothing);
    }
}
