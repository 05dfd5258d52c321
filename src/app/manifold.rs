//! The decoded manifold: what the decoder draws all over the plane, a few tiles a frame.

use std::mem;

use super::display::Display;
use crate::data::PIXELS;
use crate::nn::Network;
use crate::plot::{Backdrop, Bounds};

/// Tiles along a side of the plane.
const TILES: usize = 14;

/// Tiles decoded in a frame: the whole is drawn anew about twice a second.
const CHUNK: usize = 7;

/// Two backdrops: one that is complete and shown, one that is being drawn.
#[derive(Debug)]
pub struct Manifold {
    shown: Backdrop,
    coming: Backdrop,
    next: usize,
    places: Vec<[f32; 2]>,
    outdated: bool,
}

impl Default for Manifold {
    fn default() -> Self {
        let blank = Backdrop::new(TILES, Bounds::square((0.0, 0.0), 1.0));
        Self {
            coming: blank.clone(),
            shown: blank,
            next: 0,
            places: Vec::with_capacity(TILES * TILES),
            outdated: true,
        }
    }
}

impl Manifold {
    /// The backdrop to be shown.
    #[must_use]
    pub fn shown(&self) -> &Backdrop {
        &self.shown
    }

    /// Takes note that the decoder, or the part of the plane that is shown, is no longer the same.
    pub fn outdate(&mut self) {
        self.outdated = true;
    }

    /// Decodes the next few tiles, unless all are up to date; true when the last is done and another backdrop is shown.
    pub fn decode_some(
        &mut self,
        network: &Network,
        parameters: &[f32],
        bounds: &Bounds,
        display: &mut Display,
    ) -> bool {
        if self.next == 0 {
            if !mem::take(&mut self.outdated) {
                return false;
            }
            self.coming.set_window(*bounds);
            self.places.clear();
            self.places.extend(self.coming.points());
        }
        let places = self.places.iter().copied().skip(self.next).take(CHUNK);
        let digits = display.decode(network, parameters, places);
        self.coming.set(self.next, digits);
        self.next += digits.len() / PIXELS;
        if self.next < self.places.len() {
            return false;
        }
        self.next = 0;
        mem::swap(&mut self.shown, &mut self.coming);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;
    use crate::trainer::Trainer;

    #[test]
    fn the_whole_is_shown_when_its_last_tile_is_done_and_then_there_is_rest() {
        let trainer = Trainer::new(&Preset::Fast.config()).unwrap();
        let (network, parameters) = (trainer.network(), trainer.parameters());
        let mut display = Display::new(network);
        let mut manifold = Manifold::default();
        let bounds = Bounds::square((1.0, 2.0), 3.0);
        let mut decode =
            |manifold: &mut Manifold| manifold.decode_some(network, parameters, &bounds, &mut display);
        let frames = TILES * TILES / CHUNK;
        assert!((1..frames).all(|_| !decode(&mut manifold)));
        assert!(decode(&mut manifold));
        assert_eq!(manifold.shown().points().next(), Some(bounds.to_data((0.5, 0.5), TILES as f32).into()));
        assert!((0..2 * frames).all(|_| !decode(&mut manifold)), "nothing is new");
        manifold.outdate();
        assert_eq!((0..frames).filter(|_| decode(&mut manifold)).count(), 1);
    }
}
