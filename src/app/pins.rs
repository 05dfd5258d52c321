//! Pinned points. A pin keeps its number until it is removed.

use crate::app::code::Code;
use crate::files::SavedPin;

/// The largest number of pins; another replaces the oldest.
pub const MAX_PINS: usize = 8;

/// A pinned point.
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there are eight at most, and all are copied together")]
pub enum Pin {
    /// A point of the plane, and its code.
    Place([f32; 2], Code),
    /// A test digit, which moves with the network.
    Digit(usize),
}

/// The pins by their numbers.
#[derive(Clone, Debug, Default)]
pub struct Pins {
    slots: [Option<(Pin, u64)>; MAX_PINS],
    /// The number of points pinned so far, for the stamp of each.
    count: u64,
}

impl Pins {
    /// Pins a point, with the first free number or that of the oldest.
    pub fn pin(&mut self, pin: Pin) {
        self.count += 1;
        let free = self.slots.iter().position(Option::is_none);
        let oldest = || (0..MAX_PINS).min_by_key(|&i| self.slots[i].map(|(_, stamp)| stamp));
        if let Some(slot) = free.or_else(oldest) {
            self.slots[slot] = Some((pin, self.count));
        }
    }

    /// Removes a pin by its number, counted from zero.
    pub fn remove(&mut self, number: usize) {
        if let Some(slot) = self.slots.get_mut(number) {
            *slot = None;
        }
    }

    /// Iterates over the pins with their numbers, counted from zero.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Pin)> + '_ {
        self.slots.iter().enumerate().filter_map(|(number, slot)| Some((number, slot.as_ref()?.0)))
    }

    /// Returns the number of pins.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Returns whether there are no pins.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the stamp of each pin, larger for newer ones; zero without a pin.
    pub fn stamps(&self) -> [u64; MAX_PINS] {
        self.slots.map(|slot| slot.map_or(0, |(_, stamp)| stamp))
    }

    /// Returns whether a pin has taken the place of another since `before`.
    pub fn have_replaced(&self, before: &Self) -> bool {
        let is_gone = |(_, pin): &(usize, Pin)| self.iter().all(|(_, other)| other != *pin);
        self.len() == MAX_PINS && before.len() == MAX_PINS && before.iter().any(|pin| is_gone(&pin))
    }

    /// Returns the newest pin.
    pub fn newest(&self) -> Option<Pin> {
        self.slots.iter().flatten().max_by_key(|(_, stamp)| *stamp).map(|(pin, _)| *pin)
    }

    /// Returns the two newest pins, the older one first.
    pub fn two_newest(&self) -> Option<[Pin; 2]> {
        let newest = self.slots.iter().flatten().max_by_key(|(_, stamp)| *stamp)?;
        let others = self.slots.iter().flatten().filter(|(_, stamp)| *stamp != newest.1);
        Some([others.max_by_key(|(_, stamp)| *stamp)?.0, newest.0])
    }

    /// Returns the pins to be saved, the oldest first.
    pub fn to_saved(&self) -> Vec<SavedPin> {
        let mut last = 0;
        let oldest = std::iter::from_fn(|| {
            let later = self.slots.iter().flatten().filter(|(_, stamp)| *stamp > last);
            let (pin, stamp) = later.min_by_key(|(_, stamp)| *stamp)?;
            last = *stamp;
            Some(match pin {
                Pin::Place(place, code) => SavedPin::Place(*place, code.to_vec()),
                Pin::Digit(index) => SavedPin::Digit(*index),
            })
        });
        oldest.collect()
    }

    /// Pins what was saved, with codes of `latent_dim` dimensions.
    pub fn from_saved(saved: &[SavedPin], latent_dim: usize) -> Self {
        let mut pins = Self::default();
        for pin in saved {
            pins.pin(match pin {
                SavedPin::Place(place, code) => {
                    let code = &code[..code.len().min(latent_dim)];
                    Pin::Place(*place, Code::new(code).resized(latent_dim))
                }
                SavedPin::Digit(index) => Pin::Digit(*index),
            });
        }
        pins
    }

    /// Resizes the codes for another network.
    pub fn resize_codes(&mut self, latent_dim: usize) {
        for (pin, _) in self.slots.iter_mut().flatten() {
            if let Pin::Place(_, code) = pin {
                *code = code.resized(latent_dim);
            }
        }
    }

    /// Removes every pin.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ninth_pin_replaces_the_oldest_and_the_others_keep_their_numbers() {
        let mut pins = Pins::default();
        (0..9).for_each(|index| pins.pin(Pin::Digit(index)));
        let expected = [8, 1, 2, 3, 4, 5, 6, 7].map(Pin::Digit);
        assert!(pins.iter().eq(expected.into_iter().enumerate()), "{pins:?}");
        assert_eq!(pins.newest(), Some(Pin::Digit(8)));
        let mut others = pins.clone();
        assert!(!others.have_replaced(&pins));
        others.pin(Pin::Digit(9));
        assert!(others.have_replaced(&pins));
        pins.remove(3);
        assert_eq!(pins.iter().map(|(number, _)| number).collect::<Vec<_>>(), [0, 1, 2, 4, 5, 6, 7]);
        assert_eq!(pins.two_newest(), Some([7, 8].map(Pin::Digit)));
        pins.pin(Pin::Digit(30));
        assert_eq!(pins.iter().nth(3), Some((3, Pin::Digit(30))));
    }
}
