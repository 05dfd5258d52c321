//! The open layer, and what is shown of it.

/// The most units on a page: more could not be told apart, and would take too long to draw.
pub const UNITS_PER_PAGE: usize = 64;

/// The values of a layer that are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantity {
    /// Its weights.
    #[default]
    Weights,
    /// The gradients of the last step.
    Gradients,
}

/// The open layer, if any, and its page.
#[derive(Debug, Default)]
pub struct LayerInspector {
    /// The index of the open layer.
    pub layer: Option<usize>,
    /// What is shown of it.
    pub quantity: Quantity,
    /// The first of up to [`UNITS_PER_PAGE`] units on the page.
    pub first_unit: usize,
}

impl LayerInspector {
    /// Opens a layer, or closes it if it is open.
    pub fn toggle(&mut self, layer: usize) {
        self.set(Some(layer).filter(|_| self.layer != Some(layer)));
    }

    /// Closes the layer.
    pub fn close(&mut self) {
        self.set(None);
    }

    /// Turns to the next page of `units`, or to the one before. Returns false if there is none.
    pub fn turn(&mut self, forward: bool, units: usize) -> bool {
        let first = match forward {
            true => self.first_unit + UNITS_PER_PAGE,
            false => self.first_unit.saturating_sub(UNITS_PER_PAGE),
        };
        if first < units {
            self.first_unit = first;
        }
        first < units
    }

    /// Closes the layer if a network of `count` layers has no such layer.
    pub fn use_network(&mut self, count: usize) {
        self.set(self.layer.filter(|&layer| layer < count));
    }

    fn set(&mut self, layer: Option<usize>) {
        (self.layer, self.first_unit) = (layer, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_with_the_units_and_another_layer_starts_at_its_first() {
        let mut inspector = LayerInspector::default();
        inspector.toggle(1);
        let mut firsts = Vec::new();
        for forward in [true, true, true, false] {
            inspector.turn(forward, 130);
            firsts.push(inspector.first_unit);
        }
        assert_eq!(firsts, [64, 128, 128, 64]);
        inspector.toggle(2);
        assert_eq!((inspector.layer, inspector.first_unit), (Some(2), 0));
        inspector.turn(false, 130);
        assert_eq!(inspector.first_unit, 0);
    }
}
