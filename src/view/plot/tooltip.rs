//! Where a bubble of words goes: beside what it explains, never on it, and within the window.

/// The room between the bubble and what it explains, and between the bubble and the window's edge.
const GAP: f64 = 8.0;

/// A rectangle of the window, in CSS px from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Its left edge.
    pub left: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// The top left corner of a bubble of a size: below what it explains, else above it, else to its right or left; where there
/// is no room on any side, at the foot of the window.
#[must_use]
pub fn place_tooltip(of: Rect, (width, height): (f64, f64), window: (f64, f64)) -> (f64, f64) {
    let within = |at: f64, length: f64, limit: f64| at.min(limit - GAP - length).max(GAP);
    let (x, y) = (within(of.left, width, window.0), within(of.top, height, window.1));
    let (below, right) = (of.top + of.height + GAP, of.left + of.width + GAP);
    let (above, left) = (of.top - GAP - height, of.left - GAP - width);
    let last_row = window.1 - GAP - height;
    if below <= last_row {
        (x, below)
    } else if above >= GAP {
        (x, above)
    } else if right + width + GAP <= window.0 {
        (right, y)
    } else if left >= GAP {
        (left, y)
    } else {
        (x, last_row.max(GAP))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: (f64, f64) = (1_000.0, 800.0);
    const SIZE: (f64, f64) = (280.0, 60.0);

    fn overlaps(of: Rect, (x, y): (f64, f64)) -> bool {
        x < of.left + of.width && of.left < x + SIZE.0 && y < of.top + of.height && of.top < y + SIZE.1
    }

    #[test]
    fn it_never_lies_on_what_it_explains_and_stays_in_the_window() {
        for left in [0.0, 10.0, 300.0, 700.0, 960.0] {
            for top in [0.0, 40.0, 400.0, 740.0, 780.0] {
                for (width, height) in [(20.0, 20.0), (200.0, 40.0), (600.0, 60.0), (300.0, 790.0)] {
                    let of = Rect { left, top, width, height };
                    let (x, y) = place_tooltip(of, SIZE, WINDOW);
                    assert!(x >= GAP && x + SIZE.0 <= WINDOW.0 - GAP, "{of:?}: {x}");
                    assert!(y >= GAP && y + SIZE.1 <= WINDOW.1 - GAP, "{of:?}: {y}");
                    let fills_the_window =
                        height > 700.0 && left < SIZE.0 && left + width + SIZE.0 > WINDOW.0;
                    assert!(fills_the_window || !overlaps(of, (x, y)), "{of:?}: {x}, {y}");
                }
            }
        }
    }

    #[test]
    fn below_is_the_usual_place() {
        let of = Rect { left: 100.0, top: 50.0, width: 90.0, height: 30.0 };
        assert_eq!(place_tooltip(of, SIZE, WINDOW), (100.0, 88.0));
        let at_the_foot = Rect { top: 760.0, ..of };
        assert_eq!(place_tooltip(at_the_foot, SIZE, WINDOW), (100.0, 692.0), "else above");
        let phone = Rect { left: 0.0, top: 0.0, width: 390.0, height: 800.0 };
        assert_eq!(place_tooltip(phone, SIZE, (390.0, 800.0)), (8.0, 732.0), "else at the foot");
    }
}
