//! The tour: six things to do on the running page.

use crate::app::App;

/// A stop of the tour: it ends when the user has done what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Digit,
    Code,
    Output,
    Plane,
    Rate,
    Past,
}

/// The tour at one of its stops.
#[derive(Clone, Copy, Debug)]
pub struct Tour {
    /// The stop; none at the end.
    pub stop: Option<Stop>,
    /// The number of places that the user has pointed at during this stop.
    places: u32,
    last_place: Option<[f32; 2]>,
    /// Whether training has diverged during this stop.
    has_diverged: bool,
}

/// The number of places to point at before the stop at the plane ends.
const MIN_PLACES: u32 = 12;

impl Stop {
    /// The stops in order.
    pub const ALL: [Self; 6] = [Self::Digit, Self::Code, Self::Output, Self::Plane, Self::Rate, Self::Past];

    /// Returns the sentence that describes the stop and asks the user to act.
    pub fn sentence(self, has_diverged: bool) -> &'static str {
        match self {
            Self::Digit => {
                "A digit goes in on the left, 784 pixels: click a coloured point of the plane, or press Shift and Enter on it."
            }
            Self::Code => {
                "It becomes its code, a few numbers and its place on the plane: click z, in the middle of the pipeline."
            }
            Self::Output => {
                "From the code alone the decoder draws it again: click the reconstruction, at the right end of the pipeline."
            }
            Self::Plane => {
                "Every place of the plane decodes to a picture: move the pointer across it, or press the arrow keys on it."
            }
            Self::Rate if has_diverged => {
                "The steps were too large and ruined the weights: press Restore to bring back the last good ones."
            }
            Self::Rate => {
                "The learning rate sets how far each step goes: drag it all the way to the right until training breaks."
            }
            Self::Past => {
                "The page keeps earlier steps: drag the cursor of the chart, below the plane, back to the beginning."
            }
        }
    }

    /// Returns the ids of the elements to look at.
    pub fn highlighted_ids(self) -> &'static [&'static str] {
        match self {
            Self::Digit | Self::Plane => &["latent"],
            Self::Code | Self::Output => &["pipeline"],
            Self::Rate => &["learning-rate-slider"],
            Self::Past => &["loss"],
        }
    }
}

impl Default for Tour {
    fn default() -> Self {
        Self::at(Some(Stop::Digit))
    }
}

impl Tour {
    fn at(stop: Option<Stop>) -> Self {
        Self { stop, places: 0, last_place: None, has_diverged: false }
    }

    /// Returns whether training has diverged at this stop.
    pub fn has_diverged(&self) -> bool {
        self.has_diverged
    }

    /// Returns the tour after what the user has done by now.
    pub fn advance(self, app: &App) -> Self {
        let Some(stop) = self.stop else { return self };
        let mut tour = self;
        let (layer, spec) = (app.inspect().layer.layer, &app.settings().config.spec);
        let is_done = match stop {
            Stop::Digit => app.plane().selected().is_some(),
            Stop::Code => layer == Some(spec.code),
            Stop::Output => layer == Some(spec.layers.len() - 1),
            Stop::Plane => {
                let place = app.plane().pointed_place();
                if place.is_some() && place != self.last_place {
                    (tour.places, tour.last_place) = (self.places + 1, place);
                }
                tour.places >= MIN_PLACES
            }
            Stop::Rate => {
                tour.has_diverged |= app.run().has_diverged();
                tour.has_diverged && !app.run().has_diverged()
            }
            Stop::Past => app
                .runs()
                .timeline()
                .shown()
                .is_some_and(|shown| 2 * shown.step < app.run().trainer().steps()),
        };
        if !is_done {
            return tour;
        }
        Self::at(Stop::ALL.get(stop as usize + 1).copied())
    }
}
