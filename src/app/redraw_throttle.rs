//! Limits how often a view is drawn.

/// The key of a view's last drawing, and its age in painted frames.
///
/// The key holds all that the picture depends on: versions, a size, a theme. While everything changes in every frame, an
/// expensive view is drawn only every few frames.
#[derive(Clone, Debug)]
pub struct RedrawThrottle<K> {
    drawn: Option<K>,
    every: u32,
    age: u32,
}

impl<K: PartialEq> RedrawThrottle<K> {
    /// Makes the throttle of a view that is drawn at most every `every` frames.
    pub fn new(every: u32) -> Self {
        Self { drawn: None, every, age: 0 }
    }

    /// Returns whether the view has to be drawn for `key`, and then takes it as drawn. Called once per painted frame; with
    /// `immediate` a change is drawn regardless of the age.
    pub fn is_due(&mut self, key: K, immediate: bool) -> bool {
        self.age = self.age.saturating_add(1);
        let is_outdated = self.drawn.as_ref() != Some(&key);
        let is_due = is_outdated && (immediate || self.drawn.is_none() || self.age >= self.every);
        if is_due {
            self.drawn = Some(key);
            self.age = 0;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_in_every_frame_are_drawn_in_every_eighth() {
        let mut throttle = RedrawThrottle::new(8);
        let drawn: Vec<_> = (0..25).filter(|&frame| throttle.is_due(frame, false)).collect();
        assert_eq!(drawn, [0, 8, 16, 24]);
    }

    #[test]
    fn an_immediate_change_is_drawn_once() {
        let mut throttle = RedrawThrottle::new(8);
        assert!(throttle.is_due(1, true) && throttle.is_due(2, true));
        assert!((0..100).all(|_| !throttle.is_due(2, true)));
        assert!(throttle.is_due(3, true));
    }

    #[test]
    fn the_last_change_is_drawn_as_soon_as_training_pauses() {
        let mut throttle = RedrawThrottle::new(8);
        assert!(throttle.is_due(1, false) && !throttle.is_due(2, false));
        assert!(throttle.is_due(2, true) && !throttle.is_due(2, true));
    }
}
