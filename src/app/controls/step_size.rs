//! The number of steps of the button *Step*.

/// The number of steps of the button *Step*.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StepSize {
    /// One step.
    #[default]
    One,
    /// Ten steps.
    Ten,
    /// A hundred steps.
    Hundred,
    /// The steps that see every training image once.
    Epoch,
}

impl StepSize {
    /// Every size.
    pub const ALL: [Self; 4] = [Self::One, Self::Ten, Self::Hundred, Self::Epoch];

    /// Returns the name.
    pub fn name(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Ten => "10",
            Self::Hundred => "100",
            Self::Epoch => "epoch",
        }
    }

    /// Returns the number of steps; none for an epoch, which depends on the number of images.
    pub fn steps(self) -> Option<u64> {
        match self {
            Self::One => Some(1),
            Self::Ten => Some(10),
            Self::Hundred => Some(100),
            Self::Epoch => None,
        }
    }
}

/// Returns the number of steps of an epoch, with this many training images and `batch_size` of them in a step.
pub fn steps_per_epoch(images: usize, batch_size: usize) -> u64 {
    images.div_ceil(batch_size.max(1)).max(1) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_every_image_once() {
        let steps = steps_per_epoch;
        assert_eq!([steps(60_000, 50), steps(60_000, 128), steps(3, 50), steps(0, 0)], [1_200, 469, 1, 1]);
        assert_eq!(StepSize::ALL.map(StepSize::steps), [Some(1), Some(10), Some(100), None]);
    }
}
