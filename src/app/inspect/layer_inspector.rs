//! The layer that was opened, and what is shown of it.

use crate::app::tracked::Version;

/// The most units whose weights are shown at once: more could not be told apart, and would take too long to draw.
pub const UNITS_PER_PAGE: usize = 64;

/// The numbers of a layer that are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantity {
    /// Its weights.
    #[default]
    Weights,
    /// Their gradients, as the last step has followed them.
    Gradients,
}

/// Which layer is open, if one is, and what is shown of it.
#[derive(Debug, Default)]
pub struct LayerInspector {
    layer: Option<usize>,
    numbers: Quantity,
    /// The first unit shown.
    first: usize,
    version: Version,
}

impl LayerInspector {
    /// The layer, by its index.
    #[must_use]
    pub fn layer(&self) -> Option<usize> {
        self.layer
    }

    /// Which of its numbers are shown.
    #[must_use]
    pub fn numbers(&self) -> Quantity {
        self.numbers
    }

    /// The first of up to [`UNITS_PER_PAGE`] units that are shown.
    #[must_use]
    pub fn first(&self) -> usize {
        self.first
    }

    /// The number of changes.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Opens a layer, or closes it if it is open.
    pub fn toggle(&mut self, layer: usize) {
        self.set(Some(layer).filter(|_| self.layer != Some(layer)));
    }

    /// Closes the layer.
    pub fn close(&mut self) {
        self.set(None);
    }

    /// Shows other numbers of the layer.
    pub fn show(&mut self, numbers: Quantity) {
        self.numbers = numbers;
        self.version.bump();
    }

    /// Goes to the next page of `units`, or to the one before; stays where there is none.
    pub fn turn(&mut self, forward: bool, units: usize) {
        let first =
            if forward { self.first + UNITS_PER_PAGE } else { self.first.saturating_sub(UNITS_PER_PAGE) };
        if first < units {
            self.first = first;
            self.version.bump();
        }
    }

    /// Stays open only if there still is such a layer among `count`.
    pub fn use_network(&mut self, count: usize) {
        self.set(self.layer.filter(|&layer| layer < count));
    }

    fn set(&mut self, layer: Option<usize>) {
        self.layer = layer;
        self.first = 0;
        self.version.bump();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_with_the_units_and_another_layer_begins_at_its_first() {
        let mut layer_inspector = LayerInspector::default();
        layer_inspector.toggle(1);
        let mut firsts = Vec::new();
        for forward in [true, true, true, false] {
            layer_inspector.turn(forward, 130);
            firsts.push(layer_inspector.first());
        }
        assert_eq!(firsts, [64, 128, 128, 64]);
        layer_inspector.toggle(2);
        assert_eq!((layer_inspector.layer(), layer_inspector.first()), (Some(2), 0));
        layer_inspector.turn(false, 130);
        assert_eq!(layer_inspector.first(), 0);
    }
}
