//! How many steps a second are made: as many as can be, or fewer, to be watched one by one.

use std::fmt;

/// How fast to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speed {
    /// So many steps a second.
    PerSecond(u16),
    /// As many steps as there is time for.
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

    /// Up to this many steps a second, each is drawn on its own.
    const SLOW: u16 = 20;

    /// Whether most frames make no step.
    #[must_use]
    pub fn is_slow(self) -> bool {
        matches!(self, Self::PerSecond(steps) if steps <= Self::SLOW)
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

/// Says when a step is due. Parts of a step add up from frame to frame.
#[derive(Clone, Copy, Debug)]
pub struct Pacer {
    speed: Speed,
    /// Steps that are due.
    due: f64,
}

impl Default for Pacer {
    fn default() -> Self {
        Self { speed: Speed::Full, due: 1.0 }
    }
}

impl Pacer {
    /// So much time may be caught up on, in milliseconds: what a busy machine misses is not made up for in a burst.
    const MOST: f64 = 100.0;

    /// How fast to go.
    #[must_use]
    pub fn speed(self) -> Speed {
        self.speed
    }

    /// Goes at another speed.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
        self.due = self.due.min(1.0);
    }

    /// Begins with a step at once.
    pub fn begin(&mut self) {
        self.due = 1.0;
    }

    /// Lets `elapsed` milliseconds pass.
    pub fn frame(&mut self, elapsed: f64) {
        if let Speed::PerSecond(steps) = self.speed {
            let per_millisecond = f64::from(steps) / 1_000.0;
            self.due = (self.due + per_millisecond * elapsed).min((per_millisecond * Self::MOST).max(2.0));
        }
    }

    /// Whether a step is due.
    #[must_use]
    pub fn wants_step(self) -> bool {
        self.speed == Speed::Full || self.due >= 1.0
    }

    /// Takes note that a step was made.
    pub fn stepped(&mut self) {
        self.due = (self.due - 1.0).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The steps that are made in ten seconds of frames.
    fn steps(speed: Speed, frame: f64) -> u32 {
        let mut pacer = Pacer::default();
        pacer.set_speed(speed);
        let mut steps = 0;
        for _ in 0..(10_000.0 / frame) as u32 {
            pacer.frame(frame);
            while pacer.wants_step() {
                pacer.stepped();
                steps += 1;
            }
        }
        steps
    }

    #[test]
    fn the_speed_does_not_depend_on_the_frames() {
        for frame in [4.0, 1_000.0 / 60.0, 1_000.0 / 144.0, 33.3] {
            for speed in Speed::ALL {
                let Speed::PerSecond(wanted) = speed else { continue };
                let made = f64::from(steps(speed, frame));
                assert!((made - 10.0 * f64::from(wanted)).abs() <= 2.0 + 0.01 * made, "{made} at {speed}");
            }
        }
    }

    #[test]
    fn a_page_that_was_held_up_does_not_make_up_for_it() {
        let mut pacer = Pacer::default();
        pacer.set_speed(Speed::PerSecond(100));
        pacer.frame(1_000.0);
        let burst = (0..).take_while(|_| {
            let wants = pacer.wants_step();
            pacer.stepped();
            wants
        });
        assert_eq!(burst.count(), 10);
    }

    #[test]
    fn speeds_ascend_and_say_what_they_are() {
        let number = |speed| match speed {
            Speed::PerSecond(steps) => f64::from(steps),
            Speed::Full => f64::INFINITY,
        };
        assert!(Speed::ALL.windows(2).all(|pair| number(pair[0]) < number(pair[1])));
        let texts = [Speed::ALL[0], Speed::ALL[6], Speed::ALL[13]].map(|speed| speed.to_string());
        assert_eq!(texts, ["1 step/s", "30 steps/s", "full"]);
    }
}
