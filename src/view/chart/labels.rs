//! Labels at the ends of curves, none above another.

/// About how wide a letter and how high a line is, in CSS px, in the font of a canvas.
const LETTER: f64 = 6.0;
const LINE: f64 = 13.0;

/// The room between a curve and its label, in CSS px.
const GAP: f64 = 4.0;

/// Puts labels into an area, each near its own place and clear of those before it.
#[derive(Clone, Debug)]
pub struct Labels {
    /// Left, top, right, bottom.
    area: [f64; 4],
    taken: Vec<[f64; 4]>,
}

impl Labels {
    /// An area without labels; all in CSS px.
    #[must_use]
    pub fn new(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { area: [left, top, right, bottom], taken: Vec::new() }
    }

    /// Keeps labels off points of a curve that matters more than they do, one in every few CSS px.
    pub fn avoid(&mut self, points: impl Iterator<Item = (f64, f64)>) {
        let mut last = f64::NEG_INFINITY;
        for (x, y) in points {
            if x >= last + 0.5 * LINE {
                last = x;
                self.taken.push([x - GAP, y - 2.0, x + GAP, y + 2.0]);
            }
        }
    }

    /// Where to put the label of a curve that ends at a point: the label's right end and the height of its middle; nothing
    /// if there is no room. It stands to the right of the point if it fits there, else above or below its end.
    pub fn place(&mut self, text: &str, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        let [left, top, right, bottom] = self.area;
        let width = LETTER * text.chars().count() as f64;
        let beside = x + GAP + width;
        let (end, first) = if beside <= right { (beside, 0.0) } else { (right, 0.5 * LINE + 1.0) };
        let start = end - width;
        // Nearest first: above, below, then a line further each.
        let offsets = (0..8).flat_map(|line| {
            let far = first + LINE * f64::from(line);
            [-far, far]
        });
        let middle = offsets.map(|offset| y + offset).find(|middle| {
            let (high, low) = (middle - 0.5 * LINE, middle + 0.5 * LINE);
            let is_inside = start >= left && high >= top && low <= bottom;
            let hits = |[l, t, r, b]: &[f64; 4]| start < *r && end > *l && high < *b && low > *t;
            is_inside && !self.taken.iter().any(hits)
        })?;
        self.taken.push([start, middle - 0.5 * LINE, end, middle + 0.5 * LINE]);
        Some((end, middle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_curves_that_end_together_lie_above_each_other() {
        let mut labels = Labels::new(40.0, 0.0, 300.0, 200.0);
        let texts = ["mean digit 0.0675", "lr 0.01", "lr 0.02, batch 128", "seed 3", "same settings", "blog"];
        let places: Vec<_> =
            texts.iter().map(|text| (*text, labels.place(text, (299.0, 100.0)).unwrap())).collect();
        for (index, (text, (x, y))) in places.iter().enumerate() {
            assert!(*x <= 300.0 && x - LETTER * text.len() as f64 >= 40.0);
            assert!((y - 100.0).abs() < 60.0, "{text} at {y}");
            for (other, (_, z)) in &places[..index] {
                assert!((y - z).abs() >= LINE, "{text} and {other}: {y}, {z}");
            }
        }
    }

    #[test]
    fn a_label_gives_way_to_a_curve() {
        let mut labels = Labels::new(40.0, 0.0, 300.0, 200.0);
        labels.avoid((40..300).map(|x| (f64::from(x), 100.0)));
        let (_, y) = labels.place("seed 3", (100.0, 100.0)).unwrap();
        assert!((8.0..30.0).contains(&(y - 100.0).abs()), "{y}");
    }

    #[test]
    fn a_label_stands_beside_an_end_where_there_is_room_and_else_nowhere_outside() {
        let mut labels = Labels::new(40.0, 0.0, 300.0, 200.0);
        assert_eq!(labels.place("seed 3", (100.0, 50.0)), Some((140.0, 50.0)));
        assert_eq!(labels.place("seed 4", (290.0, 198.0)).map(|(x, _)| x), Some(300.0));
        assert_eq!(labels.place(&"far too long ".repeat(9), (100.0, 50.0)), None);
        let mut low = Labels::new(0.0, 0.0, 100.0, 10.0);
        assert_eq!(low.place("x", (0.0, 5.0)), None);
    }
}
