//! Statistics of the open layer's activations on a sample of test digits: mean, standard deviation, inactive units.

use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::app::sampled::{Progress, Sampled};
use crate::data::Dataset;
use crate::nn::Activation;

/// The most digits of the sample: the first test digits.
const SAMPLE_LEN: usize = 500;

/// The least number of frames between two rounds while the network trains.
const REFRESH_AFTER_FRAMES: u32 = 20;

/// How units of an activation function can be inactive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inactive {
    /// The activation is near an end of its range, where the gradient all but vanishes.
    Saturated,
    /// The activation is zero. A unit is dead if it is zero for every digit.
    Dead,
}

impl Inactive {
    fn from_activation(activation: Activation) -> Option<Self> {
        match activation {
            Activation::Tanh | Activation::Sigmoid => Some(Self::Saturated),
            Activation::Relu => Some(Self::Dead),
            Activation::Linear | Activation::LeakyRelu => None,
        }
    }
}

fn is_inactive(activation: Activation, value: f32) -> bool {
    match activation {
        Activation::Tanh => value.abs() > 0.97,
        Activation::Sigmoid => (value - 0.5).abs() > 0.485,
        Activation::Relu => value <= 0.0,
        Activation::Linear | Activation::LeakyRelu => false,
    }
}

/// Statistics of a unit, or of a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UnitStats {
    /// The mean activation.
    pub mean: f32,
    /// The standard deviation.
    pub deviation: f32,
    /// The share of activations that are inactive, see [`LayerStats::inactive`].
    pub inactive: f32,
}

/// Sums over activations.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    sum: f32,
    squares: f32,
    inactive: f32,
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.sum += other.sum;
        self.squares += other.squares;
        self.inactive += other.inactive;
    }

    fn stats(self, count: f32) -> UnitStats {
        let mean = self.sum / count;
        UnitStats {
            mean,
            deviation: (self.squares / count - mean * mean).max(0.0).sqrt(),
            inactive: self.inactive / count,
        }
    }
}

/// The statistics of a layer.
#[derive(Debug)]
pub struct LayerStats {
    layer: Option<usize>,
    /// How units of this layer can be inactive.
    pub inactive: Option<Inactive>,
    round: Sampled<Round>,
}

#[derive(Clone, Debug, Default)]
struct Round {
    units: Vec<Sums>,
    digits: usize,
}

impl Default for LayerStats {
    fn default() -> Self {
        let round = Sampled::in_rounds(Round::default(), REFRESH_AFTER_FRAMES);
        Self { layer: None, inactive: None, round }
    }
}

impl LayerStats {
    /// Returns the number of digits in the sample; zero before the first round.
    pub fn digits(&self) -> usize {
        self.round.digits
    }

    /// Returns the statistics of a unit.
    pub fn unit(&self, unit: usize) -> Option<UnitStats> {
        self.round.units.get(unit).map(|sums| sums.stats(self.digits() as f32))
    }

    /// Returns the statistics of the layer as a whole; none before the first round.
    pub fn layer(&self) -> Option<UnitStats> {
        let units = &self.round.units;
        let mut all = Sums::default();
        units.iter().for_each(|&sums| all.add(sums));
        (!units.is_empty()).then(|| all.stats((units.len() * self.digits()) as f32))
    }

    /// Returns the number of units that are inactive for every digit.
    pub fn inactive_units(&self) -> usize {
        self.round.units.iter().filter(|sums| sums.inactive >= self.digits() as f32).count()
    }

    /// Marks the statistics as outdated.
    pub fn invalidate(&mut self) {
        self.round.invalidate();
    }

    /// Forgets the statistics, for another layer, dataset or network.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Counts a frame.
    pub fn frame(&mut self) {
        self.round.frame();
    }

    /// Measures up to `units` outdated digits in a layer. A round at rest need not wait.
    pub fn measure(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        (layer, activation): (usize, Activation),
        test: &Dataset,
        at_rest: bool,
        inference: &mut Inference,
    ) -> Progress {
        let is_other = self.layer != Some(layer);
        if is_other {
            self.clear();
            self.layer = Some(layer);
            self.inactive = Inactive::from_activation(activation);
        }
        let (units, count) = (units.min(Inference::CAPACITY), test.len().min(SAMPLE_LEN));
        let progress = self.round.advance(units, count, at_rest, |round, range| {
            let outputs = inference.outputs(model, test, range.clone(), layer);
            if range.start == 0 {
                round.units.clear();
                round.units.resize(outputs.ncols(), Sums::default());
            }
            for row in outputs.rows() {
                for (sums, &sum) in round.units.iter_mut().zip(row) {
                    let inactive = f32::from(u8::from(is_inactive(activation, sum)));
                    sums.add(Sums { sum, squares: sum * sum, inactive });
                }
            }
            round.digits = range.end;
        });
        Progress { is_complete: progress.is_complete || is_other, ..progress }
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
        Dataset::from_bytes(PIXELS, (0..count * PIXELS).map(|i| (i * i % 251) as u8).collect(), Vec::new())
    }

    /// Measures a layer in pieces.
    fn layer_stats(trainer: &Trainer, parameters: &[f32], layer: usize, units: usize) -> LayerStats {
        let network = trainer.network();
        let model = ModelView { network, parameters, step: 0 };
        let (test, mut inference) = (digits(70), Inference::new(network));
        let activation = network.layers()[layer].activation;
        let mut layer_stats = LayerStats::default();
        while layer_stats.digits() == 0 {
            assert!(
                layer_stats.measure(units, model, (layer, activation), &test, true, &mut inference).samples
                    > 0
            );
        }
        let progress = layer_stats.measure(units, model, (layer, activation), &test, true, &mut inference);
        assert_eq!(progress, Progress::default());
        layer_stats
    }

    #[test]
    fn the_size_of_pieces_makes_no_difference() {
        let trainer = trainer("784 9t 2 8r 784");
        let all = layer_stats(&trainer, trainer.parameters(), 0, 70);
        let pieces = layer_stats(&trainer, trainer.parameters(), 0, 11);
        for unit in 0..9 {
            let (a, b) = (all.unit(unit).unwrap(), pieces.unit(unit).unwrap());
            assert!(
                (a.mean - b.mean).abs() < 1e-5 && (a.deviation - b.deviation).abs() < 1e-4,
                "{a:?} {b:?}"
            );
        }
        assert!(all.unit(9).is_none());
        // The same from the outputs themselves.
        let network = trainer.network();
        let model = ModelView { network, parameters: trainer.parameters(), step: 0 };
        let mut inference = Inference::new(network);
        let outputs = inference.outputs(model, &digits(70), 0..70, 0).to_owned();
        let (mean, deviation) = (outputs.mean().unwrap(), outputs.std(0.0));
        let found = all.layer().unwrap();
        assert!((found.mean - mean).abs() < 1e-5 && (found.deviation - deviation).abs() < 1e-4, "{found:?}");
        let saturated = outputs.iter().filter(|x| x.abs() > 0.97).count() as f32 / outputs.len() as f32;
        assert!((found.inactive - saturated).abs() < 1e-6);
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
        assert_eq!(dead.inactive, Some(Inactive::Dead));
        assert_eq!((dead.unit(0).unwrap().inactive, dead.unit(1).unwrap().inactive), (1.0, 1.0));
        assert!(dead.inactive_units() >= 2);
        let saturated = layer_stats(&trainer, &parameters, 0, 30);
        assert_eq!(
            (saturated.inactive, saturated.layer().unwrap().inactive),
            (Some(Inactive::Saturated), 1.0)
        );
        assert_eq!(layer_stats(&trainer, &parameters, 1, 30).inactive, None);
    }
}
