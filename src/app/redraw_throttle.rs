//! When a view has to be drawn: if it shows something else than it drew, and it is its turn.

/// What a view drew last, and how many painted frames ago.
///
/// The key is all that the picture depends on: versions, a size, a theme. A heavy view waits a few frames that paint from one drawing
/// to the next while everything changes in every frame; at rest it is drawn at once.
#[derive(Clone, Debug)]
pub struct RedrawThrottle<K> {
    drawn: Option<K>,
    every: u32,
    age: u32,
}

impl<K: PartialEq> RedrawThrottle<K> {
    /// A view that nothing was drawn of yet, and that is drawn in every `every`-th frame at most.
    #[must_use]
    pub fn new(every: u32) -> Self {
        Self { drawn: None, every, age: 0 }
    }

    /// Whether the view has to be drawn in this frame for what `key` stands for; it is taken for drawn then. Called once a
    /// frame.
    pub fn is_due(&mut self, key: K, at_rest: bool) -> bool {
        self.age = self.age.saturating_add(1);
        let is_outdated = self.drawn.as_ref() != Some(&key);
        let is_due = is_outdated && (at_rest || self.drawn.is_none() || self.age >= self.every);
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
    fn what_changes_in_every_frame_is_drawn_in_every_eighth() {
        let mut throttle = RedrawThrottle::new(8);
        let drawn: Vec<_> = (0..25).filter(|&frame| throttle.is_due(frame, false)).collect();
        assert_eq!(drawn, [0, 8, 16, 24]);
    }

    #[test]
    fn at_rest_a_change_is_drawn_at_once_and_nothing_else_ever() {
        let mut throttle = RedrawThrottle::new(8);
        assert!(throttle.is_due(1, true) && throttle.is_due(2, true));
        assert!((0..100).all(|_| !throttle.is_due(2, true)));
        assert!(throttle.is_due(3, true));
    }

    #[test]
    fn the_last_change_before_a_rest_is_drawn() {
        let mut throttle = RedrawThrottle::new(8);
        assert!(throttle.is_due(1, false) && !throttle.is_due(2, false));
        assert!(throttle.is_due(2, true) && !throttle.is_due(2, true));
    }
}
