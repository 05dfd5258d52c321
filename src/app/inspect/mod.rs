//! What is seen of the network beyond the plane: reconstructions, the layer that was opened, errors, samples from the prior, and the
//! visitor's own digit.

mod layer_edit;
mod layer_inspector;
mod layer_stats;
mod linear_code;
mod pad;
mod prior;
mod reconstructions;
mod weights;
mod worst_digits;

pub use layer_edit::LayerEdit;
pub use layer_inspector::{LayerInspector, Quantity, UNITS_PER_PAGE};
pub use layer_stats::{Figures as UnitFigures, LayerStats, Mute};
pub use linear_code::LinearCode;
pub use pad::{DrawingResult, NEAREST_COUNT, Pad, PadMsg};
pub use prior::{Prior, SAMPLE_COUNT};
pub use reconstructions::{Reconstructions, SHOWN};
pub use weights::{WeightLayout, Weights};
pub use worst_digits::{ClassError, MAX_WORST_DIGITS, WorstDigits};
