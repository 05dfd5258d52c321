//! The drawing pad: the visitor's own digit, stroke by stroke, and what the network makes of it.

use crate::app::tracked::Version;
use crate::data::synthetic::{self, PenSample};
use crate::data::{Dataset, PIXELS};

/// How many of the test digits that are nearest to the drawn one are shown.
pub const NEAREST_COUNT: usize = 6;

/// The most samples of a drawing: a scribble beyond that is not followed.
const MAX_SAMPLES: usize = 4_000;

/// How far from the last sample the next one is, at least, in parts of the pad's side.
const APART: f32 = 0.004;

/// How far a key moves the pen, in parts of the pad's side.
const KEY: f32 = 0.04;

/// How hard keys and a mouse press.
const PRESSURE: f32 = 0.5;

/// What happens on the pad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PadMsg {
    /// The pen comes down.
    Down(PenSample),
    /// The pen, if it is down, goes on to here.
    Move(PenSample),
    /// The pen is lifted.
    Up,
    /// A key moves the pen right and down by so many steps, which draws if it is down.
    Nudge(f32, f32),
    /// A key puts the pen down, or lifts it.
    Toggle,
    /// The keys go elsewhere: their pen is lifted, and gone.
    Leave,
    /// The last stroke is taken back.
    Undo,
    /// All strokes are.
    Clear,
}

/// The pad. Places are in parts of its side, from the top left corner.
#[derive(Debug, Default)]
pub struct Pad {
    strokes: Vec<Vec<PenSample>>,
    is_down: bool,
    /// Where the pen of the keys is, while they are used.
    pen: Option<[f32; 2]>,
    /// The drawing as the network sees it: a single image; nothing without strokes.
    digit: Option<Dataset>,
    result: Option<DrawingResult>,
    version: Version,
    findings_version: Version,
}

/// What the network makes of the drawing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DrawingResult {
    /// The reconstruction, 784 pixels.
    pub output: Vec<f32>,
    /// Its mean squared error per pixel.
    pub error: f32,
    /// The test digits whose codes are nearest, the nearest first, with their labels where those are known.
    pub nearest: Vec<(usize, Option<u8>)>,
}

impl DrawingResult {
    /// The label that most of the nearest digits have, and how many; of as many, the nearer ones'. Nothing without labels.
    #[must_use]
    pub fn vote(&self) -> Option<(u8, usize)> {
        let labels = || self.nearest.iter().filter_map(|(_, label)| *label);
        let count = |label| labels().filter(|&other| other == label).count();
        // Of equals the last one wins: from the farthest to the nearest.
        let labels: Vec<_> = labels().collect();
        labels.into_iter().rev().map(|label| (label, count(label))).max_by_key(|(_, votes)| *votes)
    }
}

impl Pad {
    /// The strokes.
    #[must_use]
    pub fn strokes(&self) -> &[Vec<PenSample>] {
        &self.strokes
    }

    /// Where the pen of the keys is, and whether it is down.
    #[must_use]
    pub fn pen(&self) -> Option<([f32; 2], bool)> {
        self.pen.map(|at| (at, self.is_down))
    }

    /// The drawing as a dataset of one image; nothing without strokes.
    #[must_use]
    pub fn digit(&self) -> Option<&Dataset> {
        self.digit.as_ref()
    }

    /// What the network makes of it, once it has been asked.
    #[must_use]
    pub fn result(&self) -> Option<&DrawingResult> {
        self.result.as_ref()
    }

    /// The number of changes of strokes and pen.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The number of changes of what the network makes of it.
    #[must_use]
    pub fn findings_version(&self) -> Version {
        self.findings_version
    }

    /// Takes what the network makes of the drawing.
    pub fn find(&mut self, result: DrawingResult) {
        if self.result.as_ref() != Some(&result) {
            self.result = Some(result);
            self.findings_version.bump();
        }
    }

    /// Does what a message asks for; whether the drawing is another one now.
    pub fn update(&mut self, msg: PadMsg) -> bool {
        self.version.bump();
        let has_drawn = match msg {
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
                let at = [x + KEY * dx, y + KEY * dy].map(|x| x.clamp(0.0, 1.0));
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
                !std::mem::take(&mut self.strokes).is_empty()
            }
        };
        if has_drawn {
            self.ink();
        }
        has_drawn
    }

    fn put_down(&mut self, sample: PenSample) -> bool {
        self.is_down = true;
        self.strokes.push(Vec::new());
        self.draw(sample)
    }

    /// Draws on to a sample, if the pen is down and the sample is one: events tell anything.
    fn draw(&mut self, sample: PenSample) -> bool {
        let is_sound = sample.at.iter().all(|x| (-1.0..=2.0).contains(x));
        let count: usize = self.strokes.iter().map(Vec::len).sum();
        let Some(stroke) = self.strokes.last_mut().filter(|_| self.is_down) else { return false };
        let is_apart = stroke
            .last()
            .is_none_or(|last| (last.at[0] - sample.at[0]).hypot(last.at[1] - sample.at[1]) >= APART);
        let is_drawn = is_sound && is_apart && count < MAX_SAMPLES;
        if is_drawn {
            stroke.push(sample);
        }
        is_drawn
    }

    /// Makes an image of the strokes.
    fn ink(&mut self) {
        self.strokes.retain(|stroke| !stroke.is_empty());
        let mut pixels = [0; PIXELS];
        synthetic::rasterize(&self.strokes, &mut pixels);
        let has_ink = !self.strokes.is_empty();
        self.digit = has_ink.then(|| Dataset::new(pixels.to_vec(), Vec::new()));
        if !has_ink {
            self.result = None;
            self.findings_version.bump();
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
    fn strokes_are_drawn_taken_back_and_cleared() {
        let mut pad = Pad::default();
        assert!(!pad.update(PadMsg::Move(sample(0.5, 0.5))) && pad.digit().is_none(), "the pen is not down");
        for x in [0.3, 0.7] {
            assert!(pad.update(PadMsg::Down(sample(x, 0.1))));
            assert!(pad.update(PadMsg::Move(sample(x, 0.9))));
            assert!(!pad.update(PadMsg::Move(sample(x, 0.901))), "too near to be another sample");
            pad.update(PadMsg::Up);
            assert!(!pad.update(PadMsg::Move(sample(0.0, 0.0))));
        }
        let both = pad.digit().unwrap().image(0).to_vec();
        assert!(pad.update(PadMsg::Undo));
        assert_eq!(pad.strokes().len(), 1);
        assert_ne!(pad.digit().unwrap().image(0), both);
        pad.find(DrawingResult::default());
        assert!(pad.update(PadMsg::Clear) && !pad.update(PadMsg::Undo));
        assert!(pad.digit().is_none() && pad.result().is_none() && pad.strokes().is_empty());
    }

    #[test]
    fn keys_move_a_pen_that_draws_while_it_is_down() {
        let mut pad = Pad::default();
        pad.update(PadMsg::Nudge(0.0, -8.0));
        assert!(pad.strokes().is_empty() && pad.pen().is_some_and(|(_, is_down)| !is_down));
        pad.update(PadMsg::Toggle);
        (0..16).for_each(|_| assert!(pad.update(PadMsg::Nudge(0.0, 1.0))));
        pad.update(PadMsg::Toggle);
        assert!(!pad.update(PadMsg::Nudge(1.0, 0.0)), "the pen is lifted");
        let ink: u32 = pad.digit().unwrap().image(0).iter().map(|&p| u32::from(p)).sum();
        assert!((5_000..20_000).contains(&ink), "a one: {ink}");
        pad.update(PadMsg::Nudge(99.0, 99.0));
        assert_eq!(pad.pen(), Some(([1.0; 2], false)), "it stays on the pad");
        pad.update(PadMsg::Leave);
        assert_eq!(pad.pen(), None);
    }

    #[test]
    fn what_events_tell_is_not_believed() {
        let mut pad = Pad::default();
        for wrong in [f32::NAN, f32::INFINITY, 1e30] {
            assert!(!pad.update(PadMsg::Down(sample(wrong, 0.5))), "{wrong}");
        }
        for i in 0..3 * MAX_SAMPLES {
            pad.update(PadMsg::Move(sample((i % 7) as f32 / 7.0, (i % 11) as f32 / 11.0)));
        }
        assert_eq!(pad.strokes().iter().map(Vec::len).sum::<usize>(), MAX_SAMPLES);
    }

    #[test]
    fn the_nearest_vote_and_the_nearer_of_equals_win() {
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
