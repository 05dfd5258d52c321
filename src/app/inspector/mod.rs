//! What is seen of the network beyond the plane: reconstructions, the layer that was opened, errors, samples from the prior, and the
//! visitor's own digit.

mod edit;
mod gallery;
mod opened;
mod pad;
mod prior;
mod ranking;
mod tally;
mod weights;

pub use edit::LayerEdit;
pub use gallery::{Gallery, SHOWN};
pub use opened::{Numbers, Opened, PAGE};
pub use pad::{Findings, NEAREST, Pad, PadMsg};
pub use prior::{Prior, SAMPLES};
pub use ranking::{ClassError, MOST_WORST, Ranking};
pub use tally::{Figures as UnitFigures, Mute, Tally};
pub use weights::{Reach, Weights};
