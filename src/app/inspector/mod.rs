//! What is seen of the network beyond the plane: reconstructions, the layer that was opened, errors, samples from the prior.

mod edit;
mod gallery;
mod opened;
mod prior;
mod ranking;
mod tally;
mod weights;

pub use edit::LayerEdit;
pub use gallery::{Gallery, SHOWN};
pub use opened::{Numbers, Opened, PAGE};
pub use prior::{Prior, SAMPLES};
pub use ranking::{ClassError, MOST_WORST, Ranking};
pub use tally::{Figures as UnitFigures, Mute, Tally};
pub use weights::{Reach, Weights};
