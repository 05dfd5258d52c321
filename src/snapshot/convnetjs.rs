//! ConvNetJS's network JSON, as `net.toJSON()` makes and `net.fromJSON()` takes it.
use super::{Model, SnapshotError};
pub(super) fn write(_model: &Model) -> Result<Vec<u8>, SnapshotError> {
    Err(SnapshotError::NoLayers)
}
pub(super) fn read(_bytes: &[u8]) -> Result<Model, SnapshotError> {
    Err(SnapshotError::NoLayers)
}
