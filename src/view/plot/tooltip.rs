//! The placement of a tooltip: beside its target, never over it, and within the viewport.

/// The gap between the tooltip and its target or the viewport's edge, in CSS px.
const GAP: f64 = 8.0;

/// A rectangle in CSS px from the viewport's top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// The left edge.
    pub left: f64,
    /// The upper edge.
    pub top: f64,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

/// Returns the top left corner of a tooltip: below the target, else above it, else to the right or left, else at the bottom of
/// the viewport.
pub fn place_tooltip(target: Rect, (width, height): (f64, f64), viewport: (f64, f64)) -> (f64, f64) {
    let within = |at: f64, length: f64, limit: f64| at.min(limit - GAP - length).max(GAP);
    let (x, y) = (within(target.left, width, viewport.0), within(target.top, height, viewport.1));
    let (below, right) = (target.top + target.height + GAP, target.left + target.width + GAP);
    let (above, left) = (target.top - GAP - height, target.left - GAP - width);
    let last_row = viewport.1 - GAP - height;
    if below <= last_row {
        (x, below)
    } else if above >= GAP {
        (x, above)
    } else if right + width + GAP <= viewport.0 {
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

    const VIEWPORT: (f64, f64) = (1_000.0, 800.0);
    const SIZE: (f64, f64) = (280.0, 60.0);

    fn overlaps(target: Rect, (x, y): (f64, f64)) -> bool {
        x < target.left + target.width
            && target.left < x + SIZE.0
            && y < target.top + target.height
            && target.top < y + SIZE.1
    }

    #[test]
    fn it_does_not_cover_its_target_and_stays_in_the_viewport() {
        for left in [0.0, 10.0, 300.0, 700.0, 960.0] {
            for top in [0.0, 40.0, 400.0, 740.0, 780.0] {
                for (width, height) in [(20.0, 20.0), (200.0, 40.0), (600.0, 60.0), (300.0, 790.0)] {
                    let target = Rect { left, top, width, height };
                    let (x, y) = place_tooltip(target, SIZE, VIEWPORT);
                    assert!(x >= GAP && x + SIZE.0 <= VIEWPORT.0 - GAP, "{target:?}: {x}");
                    assert!(y >= GAP && y + SIZE.1 <= VIEWPORT.1 - GAP, "{target:?}: {y}");
                    let fills_the_viewport =
                        height > 700.0 && left < SIZE.0 && left + width + SIZE.0 > VIEWPORT.0;
                    assert!(fills_the_viewport || !overlaps(target, (x, y)), "{target:?}: {x}, {y}");
                }
            }
        }
    }

    #[test]
    fn it_is_below_its_target_if_there_is_room() {
        let target = Rect { left: 100.0, top: 50.0, width: 90.0, height: 30.0 };
        assert_eq!(place_tooltip(target, SIZE, VIEWPORT), (100.0, 88.0));
        let at_the_bottom = Rect { top: 760.0, ..target };
        assert_eq!(place_tooltip(at_the_bottom, SIZE, VIEWPORT), (100.0, 692.0), "else above");
        let phone = Rect { left: 0.0, top: 0.0, width: 390.0, height: 800.0 };
        assert_eq!(place_tooltip(phone, SIZE, (390.0, 800.0)), (8.0, 732.0), "else at the bottom");
    }
}
