//! The digit that the visitor draws: where it lies among the others.

use super::Plane;
use crate::app::code::Code;
use crate::app::pins::Pin;

/// A drawn digit as the network sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// Its code.
    pub code: Code,
    /// The two outputs of another layer, where the plane shows that.
    pub seen: [f32; 2],
}

impl Plane {
    /// Has the code of the drawn digit, or of none.
    pub fn set_drawn(&mut self, drawn: Option<Drawn>) {
        if drawn != self.drawn {
            self.drawn = drawn;
            self.version.bump();
        }
    }

    /// Looks at the drawn digit from now on, until something else is chosen.
    pub fn select_drawing(&mut self, is_regarded: bool) {
        self.regards_drawn = is_regarded;
        self.hover = None;
        self.showcase.end();
        self.version.bump();
    }

    /// The drawn digit, if it is what is looked at.
    pub(super) fn selected_drawing(&self) -> Option<&Drawn> {
        self.drawn.as_ref().filter(|_| self.regards_drawn && self.hover.is_none())
    }

    /// Where the drawn digit is on the plane.
    #[must_use]
    pub fn drawn_place(&self) -> Option<[f32; 2]> {
        let drawn = self.drawn?;
        Some(match (self.is_decodable(), self.width) {
            (false, _) => drawn.seen,
            // As a pin is: on the line.
            (true, 1) => [drawn.code.first().copied().unwrap_or_default(), 0.0],
            (true, _) => self.place(Pin::Place([0.0; 2], drawn.code)),
        })
    }

    /// The digits whose codes are nearest to one, the nearest first, with their classes: `most` of them.
    pub fn nearest_codes(&self, code: &Code, most: usize) -> Vec<(usize, Option<u8>)> {
        let mut nearest: Vec<(f32, usize)> = Vec::with_capacity(most + 1);
        for (index, other) in
            self.cloud.codes().iter().enumerate().filter(|(_, other)| other.len() == code.len())
        {
            let distance: f32 = other.iter().zip(&**code).map(|(a, b)| (a - b).powi(2)).sum();
            let rank = nearest.iter().take_while(|(nearer, _)| *nearer <= distance).count();
            if rank < most {
                nearest.insert(rank, (distance, index));
                nearest.truncate(most);
            }
        }
        nearest.into_iter().map(|(_, index)| (index, self.cloud.classes()[index])).collect()
    }
}
