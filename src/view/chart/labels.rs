//! The placement of labels at the ends of curves, without overlaps.

/// The approximate width of a character and height of a line in the font of the canvas, in CSS px.
const CHAR_WIDTH: f64 = 6.0;
const LINE_HEIGHT: f64 = 13.0;

/// The gap between a curve and its label, in CSS px.
const GAP: f64 = 4.0;

/// An area in which labels are placed, each near its curve and clear of the labels before it.
#[derive(Clone, Debug)]
pub struct Labels {
    /// Left, top, right, bottom.
    area: [f64; 4],
    occupied: Vec<[f64; 4]>,
}

impl Labels {
    /// Creates an area without labels; all coordinates are in CSS px.
    pub fn new(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { area: [left, top, right, bottom], occupied: Vec::new() }
    }

    /// Reserves the area along a curve that labels must not cover, sampled every few CSS px.
    pub fn avoid(&mut self, points: impl Iterator<Item = (f64, f64)>) {
        let mut last = f64::NEG_INFINITY;
        for (x, y) in points {
            if x >= last + 0.5 * LINE_HEIGHT {
                last = x;
                self.occupied.push([x - GAP, y - 2.0, x + GAP, y + 2.0]);
            }
        }
    }

    /// Places the label of a curve that ends at a point, and returns the label's right edge and vertical centre; `None` if
    /// there is no room. The label is to the right of the point if it fits there, else above or below.
    pub fn place(&mut self, text: &str, point: (f64, f64)) -> Option<(f64, f64)> {
        // Above, below, then both one line further away, and so on.
        self.place_in(text, point, &[-1.0, 1.0])
    }

    /// Places the label of a line that ends at a point as [`place`](Self::place) does, but only above the line or only below it,
    /// so that labels stand in the order of their lines.
    pub fn place_beside(&mut self, text: &str, point: (f64, f64), is_above: bool) -> Option<(f64, f64)> {
        self.place_in(text, point, if is_above { &[-1.0] } else { &[1.0] })
    }

    fn place_in(&mut self, text: &str, (x, y): (f64, f64), directions: &[f64]) -> Option<(f64, f64)> {
        let [left, top, right, bottom] = self.area;
        let width = CHAR_WIDTH * text.chars().count() as f64;
        let beside = x + GAP + width;
        let (end, first) = if beside <= right { (beside, 0.0) } else { (right, 0.5 * LINE_HEIGHT + 1.0) };
        let start = end - width;
        let offsets = (0..8).flat_map(|line| {
            let far = first + LINE_HEIGHT * f64::from(line);
            directions.iter().map(move |direction| direction * far)
        });
        let middle = offsets.map(|offset| y + offset).find(|middle| {
            let (high, low) = (middle - 0.5 * LINE_HEIGHT, middle + 0.5 * LINE_HEIGHT);
            let is_inside = start >= left && high >= top && low <= bottom;
            let overlaps = |[l, t, r, b]: &[f64; 4]| start < *r && end > *l && high < *b && low > *t;
            is_inside && !self.occupied.iter().any(overlaps)
        })?;
        self.occupied.push([start, middle - 0.5 * LINE_HEIGHT, end, middle + 0.5 * LINE_HEIGHT]);
        Some((end, middle))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_curves_with_a_common_end_do_not_overlap() {
        let mut labels = Labels::new(40.0, 0.0, 300.0, 200.0);
        let texts = ["mean digit 0.0675", "lr 0.01", "lr 0.02, batch 128", "seed 3", "same settings", "blog"];
        let places: Vec<_> =
            texts.iter().map(|text| (*text, labels.place(text, (299.0, 100.0)).unwrap())).collect();
        for (index, (text, (x, y))) in places.iter().enumerate() {
            assert!(*x <= 300.0 && x - CHAR_WIDTH * text.len() as f64 >= 40.0);
            assert!((y - 100.0).abs() < 60.0, "{text} at {y}");
            for (other, (_, z)) in &places[..index] {
                assert!((y - z).abs() >= LINE_HEIGHT, "{text} and {other}: {y}, {z}");
            }
        }
    }

    #[test]
    fn labels_of_two_lines_stand_in_the_order_of_the_lines() {
        for distance in [0.0, 2.0, 10.0, 40.0] {
            let mut labels = Labels::new(40.0, 0.0, 300.0, 200.0);
            labels.avoid((40..300).map(|x| (f64::from(x), 92.0)));
            let (_, upper) = labels.place_beside("mean digit 0.0675", (298.0, 100.0), true).unwrap();
            let (_, lower) =
                labels.place_beside("linear code 0.0557", (298.0, 100.0 + distance), false).unwrap();
            assert!(upper < 100.0 && lower > 100.0 + distance, "{distance}: {upper}, {lower}");
        }
    }

    #[test]
    fn a_label_avoids_a_curve() {
        let mut labels = Labels::new(40.0, 0.0, 300.0, 200.0);
        labels.avoid((40..300).map(|x| (f64::from(x), 100.0)));
        let (_, y) = labels.place("seed 3", (100.0, 100.0)).unwrap();
        assert!((8.0..30.0).contains(&(y - 100.0).abs()), "{y}");
    }

    #[test]
    fn a_label_stays_within_the_area() {
        let mut labels = Labels::new(40.0, 0.0, 300.0, 200.0);
        assert_eq!(labels.place("seed 3", (100.0, 50.0)), Some((140.0, 50.0)));
        assert_eq!(labels.place("seed 4", (290.0, 198.0)).map(|(x, _)| x), Some(300.0));
        assert_eq!(labels.place(&"far too long ".repeat(9), (100.0, 50.0)), None);
        let mut low = Labels::new(0.0, 0.0, 100.0, 10.0);
        assert_eq!(low.place("x", (0.0, 5.0)), None);
    }
}
