//! Slow motion: at two steps a second and slower, the parts of a step one after another.

/// A part of a training step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepPart {
    /// A batch of training digits is taken.
    Batch,
    /// The batch passes through the layers.
    Forward,
    /// The outputs are compared with the inputs.
    Error,
    /// The gradients of the error pass back through the layers.
    Backward,
    /// The optimizer moves the weights.
    Update,
}

impl StepPart {
    /// The parts, and the share of the time between two steps at which each ends. The step itself is made at the end.
    const ENDS: [(Self, f64); 5] = [
        (Self::Batch, 0.15),
        (Self::Forward, 0.45),
        (Self::Error, 0.58),
        (Self::Backward, 0.88),
        (Self::Update, 1.0),
    ];

    /// Returns the part that is shown after a share of the time between two steps, and how much of the part is over, in [0, 1].
    pub fn at(share: f64) -> (Self, f32) {
        let mut start = 0.0;
        for (part, end) in Self::ENDS {
            if share < end {
                return (part, ((share - start) / (end - start)).clamp(0.0, 1.0) as f32);
            }
            start = end;
        }
        (Self::Update, 1.0)
    }

    /// Describes the part, in a step with `batch` digits of a network with `parameters` weights and biases.
    pub fn to_sentence(self, batch: &str, parameters: &str) -> String {
        match self {
            Self::Batch => format!("A step begins: it takes a batch of {batch} training digits."),
            Self::Forward => {
                "Forward: the batch passes through the layers, into the code and out again.".to_owned()
            }
            Self::Error => "Error: each of the 784 output pixels is compared with the input’s.".to_owned(),
            Self::Backward => {
                "Back: from layer to layer goes the gradient, how the error changes with each weight."
                    .to_owned()
            }
            Self::Update => {
                format!(
                    "Update: the optimizer moves all {parameters} weights and biases a little, against the gradient."
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_step_follow_one_another() {
        let shown: Vec<_> = (0..100).map(|percent| StepPart::at(f64::from(percent) / 100.0)).collect();
        let mut order: Vec<_> = shown.iter().map(|(part, _)| *part).collect();
        order.dedup();
        assert_eq!(order, StepPart::ENDS.map(|(part, _)| part));
        for pair in shown.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            assert!(pair[0].1 < pair[1].1, "{pair:?}");
        }
        assert_eq!(StepPart::at(7.0), (StepPart::Update, 1.0));
    }
}
