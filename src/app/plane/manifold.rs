//! The decoded manifold: what the decoder draws all over the plane, a few tiles at a time.

use std::mem;

use crate::app::code::Code;
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::app::tracked::Version;
use crate::view::plot::{Bounds, ManifoldGrid};

/// Tiles along a side of the plane, and where one looks closer than at the whole.
const TILES: usize = 14;
const FINE: usize = 20;

/// From how many times closer on tiles are finer.
const CLOSE: f32 = 1.5;

/// Two backdrops: a complete one that is shown, and one that is being drawn.
#[derive(Debug)]
pub struct Manifold {
    shown: ManifoldGrid,
    coming: ManifoldGrid,
    next: usize,
    places: Vec<[f32; 2]>,
    is_outdated: bool,
    version: Version,
}

impl Default for Manifold {
    fn default() -> Self {
        let blank = ManifoldGrid::new(TILES, Bounds::square((0.0, 0.0), 1.0));
        Self {
            coming: blank.clone(),
            shown: blank,
            next: 0,
            places: Vec::with_capacity(FINE * FINE),
            is_outdated: true,
            version: Version::default(),
        }
    }
}

impl Manifold {
    /// The backdrop to be shown.
    #[must_use]
    pub fn shown(&self) -> &ManifoldGrid {
        &self.shown
    }

    /// The number of backdrops shown so far.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Takes note that the decoder, or the part of the plane that is shown, is no longer the same.
    pub fn invalidate(&mut self) {
        self.is_outdated = true;
    }

    /// Decodes up to `units` tiles, unless all are up to date; with the last, another backdrop is shown. Returns how many.
    /// `lift` is the code at a place of the plane, `magnification` how many times closer one looks than at the whole.
    pub fn decode(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        (bounds, magnification): (&Bounds, f32),
        lift: impl Fn([f32; 2]) -> Code,
        inference: &mut Inference,
    ) -> usize {
        if self.next == 0 {
            if !mem::take(&mut self.is_outdated) {
                return 0;
            }
            let tiles = if magnification >= CLOSE { FINE } else { TILES };
            self.coming.set_window(tiles, *bounds);
            self.places.clear();
            self.places.extend(self.coming.points());
        }
        let places = self.places[self.next..].iter().take(units);
        let done = places.len();
        let digits = inference.decode(model, places.map(|&place| lift(place)));
        self.coming.set(self.next, digits);
        self.next += done;
        if self.next == self.places.len() {
            self.next = 0;
            mem::swap(&mut self.shown, &mut self.coming);
            self.version.bump();
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Preset;
    use crate::train::Trainer;

    #[test]
    fn the_whole_is_shown_when_its_last_tile_is_done_and_then_there_is_rest() {
        let trainer = Trainer::new(&Preset::Deep.config()).unwrap();
        let network = trainer.network();
        let model = ModelView { network, parameters: trainer.parameters(), step: 0 };
        let mut inference = Inference::new(network);
        let mut manifold = Manifold::default();
        let bounds = Bounds::square((1.0, 2.0), 3.0);
        let mut decode = |manifold: &mut Manifold, units, closer| {
            let before = manifold.version();
            let done =
                manifold.decode(units, model, (&bounds, closer), |place| Code::of(&place), &mut inference);
            (done, manifold.version() != before)
        };
        assert_eq!(decode(&mut manifold, 100, 1.0), (100, false));
        assert_eq!(decode(&mut manifold, 100, 1.0), (96, true));
        assert_eq!(manifold.shown().points().next(), Some(bounds.to_data((0.5, 0.5), TILES as f32).into()));
        assert_eq!(decode(&mut manifold, 100, 1.0), (0, false), "nothing is new");
        manifold.invalidate();
        assert_eq!(decode(&mut manifold, 196, 1.0), (196, true));
        manifold.invalidate();
        let pieces = [250, 250].map(|units| decode(&mut manifold, units, 3.0));
        assert_eq!(pieces, [(250, false), (FINE * FINE - 250, true)], "finer from close by");
    }
}
