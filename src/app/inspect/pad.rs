//! The drawing pad: the user's own digit, stroke by stroke, and its reconstruction.

use crate::app::tracked::Tracked;
use crate::data::synthetic::{self, PenSample};
use crate::data::{Dataset, PIXELS};

/// The number of nearest test digits that are shown.
pub const NEAREST_COUNT: usize = 6;

/// The most samples of a drawing.
const MAX_SAMPLES: usize = 4_000;

/// The least distance between two samples, in fractions of the pad's side.
const MIN_DISTANCE: f32 = 0.004;

/// How far a key moves the pen, in fractions of the pad's side.
const KEY_STEP: f32 = 0.04;

/// The pressure of the keys' pen.
const PRESSURE: f32 = 0.5;

/// An action of the user on the pad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PadMsg {
    /// Puts the pen down.
    Down(PenSample),
    /// Moves the pen, which draws if it is down.
    Move(PenSample),
    /// Lifts the pen.
    Up,
    /// A key moves the pen right and down by some steps.
    Nudge(f32, f32),
    /// A key puts the pen down or lifts it.
    Toggle,
    /// The pad loses the focus: the keys' pen is lifted and hidden.
    Leave,
    /// Removes the last stroke.
    Undo,
    /// Removes all strokes.
    Clear,
}

/// The pad. Points are in fractions of its side, from the top left corner.
#[derive(Debug, Default)]
pub struct Pad {
    /// The strokes.
    pub strokes: Vec<Vec<PenSample>>,
    is_down: bool,
    /// The point of the keys' pen, while they are used.
    pen: Option<[f32; 2]>,
    /// The drawing, or the shown picture, as a single image.
    pub digit: Option<Dataset>,
    /// The network's result, once computed.
    pub result: Tracked<Option<DrawingResult>>,
}

/// The network's result for the drawing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrawingResult {
    /// The reconstruction, 784 pixels.
    pub output: Vec<f32>,
    /// Its mean squared error per pixel.
    pub error: f32,
    /// The test digits with the nearest codes, the nearest first, and their labels where known.
    pub nearest: Vec<(usize, Option<u8>)>,
}

impl DrawingResult {
    /// Returns the most frequent label of the nearest digits, and how many have it; of equals, the nearer one. None without
    /// labels.
    pub fn vote(&self) -> Option<(u8, usize)> {
        let labels = || self.nearest.iter().filter_map(|(_, label)| *label);
        let count = |label| labels().filter(|&other| other == label).count();
        // Of equals the last one wins: from the farthest to the nearest.
        let labels: Vec<_> = labels().collect();
        labels.into_iter().rev().map(|label| (label, count(label))).max_by_key(|(_, votes)| *votes)
    }
}

impl Pad {
    /// Returns the point of the keys' pen, and whether it is down.
    pub fn pen(&self) -> Option<([f32; 2], bool)> {
        self.pen.map(|at| (at, self.is_down))
    }

    /// Sets the network's result.
    pub fn set_result(&mut self, result: DrawingResult) {
        let result = Some(result);
        self.result.write_if(|old| {
            *old != result && {
                *old = result;
                true
            }
        });
    }

    /// Handles a message. Returns whether the drawing has changed.
    pub fn update(&mut self, msg: PadMsg) -> bool {
        let has_changed = match msg {
            PadMsg::Down(sample) => {
                self.pen = None;
                self.put_down(sample)
            }
            PadMsg::Move(sample) => self.draw(sample),
            PadMsg::Up => {
                self.is_down = false;
                false
            }
            PadMsg::Nudge(dx, dy) => {
                let [x, y] = self.pen.unwrap_or([0.5; 2]);
                let at = [x + KEY_STEP * dx, y + KEY_STEP * dy].map(|x| x.clamp(0.0, 1.0));
                self.pen = Some(at);
                self.draw(PenSample { at, pressure: PRESSURE })
            }
            PadMsg::Toggle if self.is_down => {
                self.is_down = false;
                false
            }
            PadMsg::Toggle => {
                let at = *self.pen.get_or_insert([0.5; 2]);
                self.put_down(PenSample { at, pressure: PRESSURE })
            }
            PadMsg::Leave => {
                (self.is_down, self.pen) = (false, None);
                false
            }
            PadMsg::Undo => {
                self.is_down = false;
                self.strokes.pop().is_some()
            }
            PadMsg::Clear => {
                self.is_down = false;
                self.strokes.clear();
                self.digit.is_some()
            }
        };
        if has_changed {
            self.rasterize();
        }
        has_changed
    }

    /// Shows an image of 28 x 28 pixels in place of the drawing.
    pub fn show(&mut self, image: &[u8]) {
        (self.is_down, self.pen) = (false, None);
        self.strokes.clear();
        self.digit = Some(Dataset::from_bytes(PIXELS, image.to_vec(), Vec::new()));
    }

    fn put_down(&mut self, sample: PenSample) -> bool {
        self.is_down = true;
        self.strokes.push(Vec::new());
        self.draw(sample)
    }

    /// Draws to a sample, if the pen is down and the sample is valid. Returns whether it did.
    fn draw(&mut self, sample: PenSample) -> bool {
        let is_valid = sample.at.iter().all(|x| (-1.0..=2.0).contains(x));
        let count: usize = self.strokes.iter().map(Vec::len).sum();
        let Some(stroke) = self.strokes.last_mut().filter(|_| self.is_down) else { return false };
        let is_apart = stroke
            .last()
            .is_none_or(|last| (last.at[0] - sample.at[0]).hypot(last.at[1] - sample.at[1]) >= MIN_DISTANCE);
        let is_drawn = is_valid && is_apart && count < MAX_SAMPLES;
        if is_drawn {
            stroke.push(sample);
        }
        is_drawn
    }

    /// Rasterizes the strokes.
    fn rasterize(&mut self) {
        self.strokes.retain(|stroke| !stroke.is_empty());
        let mut pixels = [0; PIXELS];
        synthetic::rasterize(&self.strokes, &mut pixels);
        let has_ink = !self.strokes.is_empty();
        self.digit = has_ink.then(|| Dataset::from_bytes(PIXELS, pixels.to_vec(), Vec::new()));
        if !has_ink {
            self.result.replace(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(x: f32, y: f32) -> PenSample {
        PenSample { at: [x, y], pressure: 0.5 }
    }

    #[test]
    fn strokes_are_drawn_undone_and_cleared() {
        let mut pad = Pad::default();
        assert!(!pad.update(PadMsg::Move(sample(0.5, 0.5))) && pad.digit.is_none(), "the pen is not down");
        for x in [0.3, 0.7] {
            assert!(pad.update(PadMsg::Down(sample(x, 0.1))));
            assert!(pad.update(PadMsg::Move(sample(x, 0.9))));
            assert!(!pad.update(PadMsg::Move(sample(x, 0.901))), "too near to be another sample");
            pad.update(PadMsg::Up);
            assert!(!pad.update(PadMsg::Move(sample(0.0, 0.0))));
        }
        let both = pad.digit.as_ref().unwrap().image(0).to_vec();
        assert!(pad.update(PadMsg::Undo));
        assert_eq!(pad.strokes.len(), 1);
        assert_ne!(pad.digit.as_ref().unwrap().image(0), both);
        pad.set_result(DrawingResult::default());
        assert!(pad.update(PadMsg::Clear) && !pad.update(PadMsg::Undo));
        assert!(pad.digit.is_none() && pad.result.is_none() && pad.strokes.is_empty());
    }

    #[test]
    fn keys_move_a_pen_that_draws_while_down() {
        let mut pad = Pad::default();
        pad.update(PadMsg::Nudge(0.0, -8.0));
        assert!(pad.strokes.is_empty() && pad.pen().is_some_and(|(_, is_down)| !is_down));
        pad.update(PadMsg::Toggle);
        (0..16).for_each(|_| assert!(pad.update(PadMsg::Nudge(0.0, 1.0))));
        pad.update(PadMsg::Toggle);
        assert!(!pad.update(PadMsg::Nudge(1.0, 0.0)), "the pen is lifted");
        let ink: u32 = pad.digit.as_ref().unwrap().image(0).iter().map(|&p| u32::from(p)).sum();
        assert!((5_000..20_000).contains(&ink), "a one: {ink}");
        pad.update(PadMsg::Nudge(99.0, 99.0));
        assert_eq!(pad.pen(), Some(([1.0; 2], false)), "it stays on the pad");
        pad.update(PadMsg::Leave);
        assert_eq!(pad.pen(), None);
    }

    #[test]
    fn invalid_samples_and_endless_scribbles_are_ignored() {
        let mut pad = Pad::default();
        for wrong in [f32::NAN, f32::INFINITY, 1e30] {
            assert!(!pad.update(PadMsg::Down(sample(wrong, 0.5))), "{wrong}");
        }
        for i in 0..3 * MAX_SAMPLES {
            pad.update(PadMsg::Move(sample((i % 7) as f32 / 7.0, (i % 11) as f32 / 11.0)));
        }
        assert_eq!(pad.strokes.iter().map(Vec::len).sum::<usize>(), MAX_SAMPLES);
    }

    #[test]
    fn the_nearest_digits_vote_and_the_nearer_of_equals_wins() {
        let of = |labels: &[Option<u8>]| {
            let nearest = labels.iter().copied().enumerate().collect();
            DrawingResult { nearest, ..DrawingResult::default() }.vote()
        };
        assert_eq!(of(&[Some(3), Some(5), Some(3), Some(8)]), Some((3, 2)));
        assert_eq!(of(&[Some(5), Some(3), Some(3), Some(5)]), Some((5, 2)));
        assert_eq!(of(&[None, Some(4)]), Some((4, 1)));
        assert_eq!(of(&[None, None]), None);
    }
}
