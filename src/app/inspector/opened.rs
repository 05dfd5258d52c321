//! The layer that was opened.

use crate::app::version::Version;

/// Which layer is open, if one is.
#[derive(Debug, Default)]
pub struct Opened {
    layer: Option<usize>,
    version: Version,
}

impl Opened {
    /// The layer, by its index.
    #[must_use]
    pub fn layer(&self) -> Option<usize> {
        self.layer
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

    /// Stays open only if there still is such a layer among `count`.
    pub fn use_network(&mut self, count: usize) {
        self.set(self.layer.filter(|&layer| layer < count));
    }

    fn set(&mut self, layer: Option<usize>) {
        self.layer = layer;
        self.version.bump();
    }
}
