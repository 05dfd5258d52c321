//! The decoded manifold behind the points: the decoder's output at a grid of places, a few tiles at a time.

use crate::app::code::Code;
use crate::app::inference::Inference;
use crate::app::model_view::ModelView;
use crate::app::sampled::{Progress, Sampled};
use crate::view::plot::{Bounds, ManifoldGrid};

/// Tiles across the plane, and from [`FINE_MAGNIFICATION`] on.
const TILES: usize = 14;
const FINE_TILES: usize = 20;
const FINE_MAGNIFICATION: f32 = 1.5;

/// The grid of tiles that is shown, and the one being decoded.
#[derive(Debug)]
pub struct Manifold {
    grid: Sampled<ManifoldGrid>,
    /// Across the grid being decoded, and in all of it.
    columns: usize,
    tiles: usize,
}

impl Default for Manifold {
    fn default() -> Self {
        let blank = ManifoldGrid::new(TILES, Bounds::new((0.0, 0.0), 1.0, 1.0));
        Self { grid: Sampled::in_rounds(blank, 0), columns: TILES, tiles: 0 }
    }
}

impl Manifold {
    /// Returns the last complete grid.
    pub fn grid(&self) -> &ManifoldGrid {
        &self.grid
    }

    /// Marks the grid as outdated, for other parameters or another window.
    pub fn invalidate(&mut self) {
        self.grid.invalidate();
    }

    /// Decodes up to `units` outdated tiles of the window `bounds`; `code_at` returns the code at a place.
    pub fn decode(
        &mut self,
        units: usize,
        model: ModelView<'_>,
        (bounds, magnification): (&Bounds, f32),
        code_at: impl Fn([f32; 2]) -> Code,
        inference: &mut Inference,
    ) -> Progress {
        if !self.grid.is_in_progress() {
            self.columns = if magnification >= FINE_MAGNIFICATION { FINE_TILES } else { TILES };
            self.tiles = self.columns * ManifoldGrid::rows(self.columns, bounds);
        }
        self.grid.advance(units, self.tiles, true, |grid, range| {
            if range.start == 0 {
                grid.set_window(self.columns, *bounds);
            }
            let places = grid.points().skip(range.start).take(range.len());
            let digits = inference.decode(model, places.map(code_at));
            grid.set(range.start, digits);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::{Preset, Trainer};

    #[test]
    fn a_grid_is_shown_when_its_last_tile_is_decoded_and_is_not_decoded_again_without_a_change() {
        let trainer = Trainer::new(&Preset::Deep.config()).unwrap();
        let network = trainer.network();
        let model = ModelView { network, parameters: trainer.parameters(), step: 0 };
        let mut inference = Inference::new(network);
        let mut manifold = Manifold::default();
        let bounds = Bounds::new((1.0, 2.0), 3.0, 1.0);
        let mut decode = |manifold: &mut Manifold, units, magnification| {
            let window = (&bounds, magnification);
            let progress = manifold.decode(units, model, window, |place| Code::new(&place), &mut inference);
            (progress.samples, progress.is_complete)
        };
        assert_eq!(decode(&mut manifold, 100, 1.0), (100, false));
        assert_eq!(decode(&mut manifold, 100, 1.0), (96, true));
        assert_eq!(
            manifold.grid().points().next(),
            Some([-2.0 + 3.0 / TILES as f32, 5.0 - 3.0 / TILES as f32])
        );
        assert_eq!(decode(&mut manifold, 100, 1.0), (0, false), "nothing has changed");
        manifold.invalidate();
        assert_eq!([98, 98].map(|units| decode(&mut manifold, units, 1.0)), [(98, false), (98, true)]);
        manifold.invalidate();
        let pieces = [120; 4].map(|units| decode(&mut manifold, units, 3.0));
        let all = FINE_TILES * FINE_TILES;
        assert_eq!(
            pieces,
            [(120, false), (120, false), (120, false), (all - 360, true)],
            "finer when zoomed in"
        );
    }
}
