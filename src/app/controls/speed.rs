//! The speed: as many steps a second as possible, or fewer.

use std::fmt;

/// The speed of training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speed {
    /// This many steps a second.
    PerSecond(u16),
    /// As many steps as possible.
    #[default]
    Full,
}

impl Speed {
    /// The speeds to choose from, about evenly spaced in their logarithm.
    pub const ALL: [Self; 14] = [
        Self::PerSecond(1),
        Self::PerSecond(2),
        Self::PerSecond(3),
        Self::PerSecond(5),
        Self::PerSecond(10),
        Self::PerSecond(20),
        Self::PerSecond(30),
        Self::PerSecond(50),
        Self::PerSecond(100),
        Self::PerSecond(200),
        Self::PerSecond(300),
        Self::PerSecond(500),
        Self::PerSecond(1_000),
        Self::Full,
    ];

    /// Up to this many steps a second, each is drawn.
    const MAX_SLOW: u16 = 20;

    /// Up to this many, the parts of a step are shown.
    const MAX_SLOW_MOTION: u16 = 2;

    /// Returns whether most frames make no step.
    pub fn is_slow(self) -> bool {
        matches!(self, Self::PerSecond(steps) if steps <= Self::MAX_SLOW)
    }

    /// Returns whether there is time to show the parts of each step.
    pub fn is_slow_motion(self) -> bool {
        matches!(self, Self::PerSecond(steps) if steps <= Self::MAX_SLOW_MOTION)
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerSecond(1) => f.write_str("1 step/s"),
            Self::PerSecond(steps) => write!(f, "{steps} steps/s"),
            Self::Full => f.write_str("full"),
        }
    }
}

/// Decides when a step is due. Fractions of a step add up over frames.
#[derive(Clone, Copy, Debug)]
pub struct StepPacer {
    speed: Speed,
    due: f64,
}

impl Default for StepPacer {
    fn default() -> Self {
        Self { speed: Speed::Full, due: 1.0 }
    }
}

impl StepPacer {
    /// The largest backlog, in milliseconds of steps: a busy machine does not catch up in a burst.
    const MAX_CATCH_UP_MS: f64 = 100.0;

    /// Returns the speed of training.
    pub fn speed(self) -> Speed {
        self.speed
    }

    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
        self.due = self.due.min(1.0);
    }

    /// Makes a step due.
    pub fn restart(&mut self) {
        self.due = 1.0;
    }

    /// Advances the clock by `elapsed` milliseconds.
    pub fn frame(&mut self, elapsed: f64) {
        if let Speed::PerSecond(steps) = self.speed {
            let per_millisecond = f64::from(steps) / 1_000.0;
            self.due = (self.due + per_millisecond * elapsed)
                .min((per_millisecond * Self::MAX_CATCH_UP_MS).max(2.0));
        }
    }

    pub fn is_step_due(self) -> bool {
        self.speed == Speed::Full || self.due >= 1.0
    }

    /// Returns the share of the time to the next step that is over.
    pub fn due_share(self) -> f64 {
        self.due
    }

    pub fn record_step(&mut self) {
        self.due = (self.due - 1.0).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts the steps in ten seconds of frames.
    fn steps(speed: Speed, frame: f64) -> u32 {
        let mut pacer = StepPacer::default();
        pacer.set_speed(speed);
        let mut steps = 0;
        for _ in 0..(10_000.0 / frame) as u32 {
            pacer.frame(frame);
            while pacer.is_step_due() {
                pacer.record_step();
                steps += 1;
            }
        }
        steps
    }

    #[test]
    fn the_speed_does_not_depend_on_the_frames() {
        for frame in [4.0, 1_000.0 / 60.0, 1_000.0 / 144.0, 33.3] {
            for speed in Speed::ALL {
                let Speed::PerSecond(per_second) = speed else { continue };
                let made = f64::from(steps(speed, frame));
                assert!(
                    (made - 10.0 * f64::from(per_second)).abs() <= 2.0 + 0.01 * made,
                    "{made} at {speed}"
                );
            }
        }
    }

    #[test]
    fn steps_missed_in_a_long_frame_are_not_caught_up() {
        let mut pacer = StepPacer::default();
        pacer.set_speed(Speed::PerSecond(100));
        pacer.frame(1_000.0);
        let burst = (0..).take_while(|_| {
            let wants = pacer.is_step_due();
            pacer.record_step();
            wants
        });
        assert_eq!(burst.count(), 10);
    }

    #[test]
    fn speeds_ascend_and_are_displayed_per_second() {
        let number = |speed| match speed {
            Speed::PerSecond(steps) => f64::from(steps),
            Speed::Full => f64::INFINITY,
        };
        assert!(Speed::ALL.windows(2).all(|pair| number(pair[0]) < number(pair[1])));
        let texts = [Speed::ALL[0], Speed::ALL[6], Speed::ALL[13]].map(|speed| speed.to_string());
        assert_eq!(texts, ["1 step/s", "30 steps/s", "full"]);
    }
}
