//! Gestures of pointers on the picture of the plane: pointing, clicking, dragging and pinching.

/// How far a mouse or a finger may move between down and up to have clicked, in CSS px.
const CLICK_SLOP: f32 = 5.0;
const TOUCH_SLOP: f32 = 12.0;

/// The distance within which a click of a mouse or a finger picks a digit, in CSS px.
const CLICK_REACH: f32 = 7.0;
const TOUCH_REACH: f32 = 16.0;

/// The longest time between the clicks of a double click, in milliseconds.
const DOUBLE_CLICK_MS: f64 = 350.0;

/// The logarithm of the zoom for each pixel of a wheel, or of a pinch on a touchpad; and the most pixels of one event.
const WHEEL_ZOOM_PER_PX: f32 = 0.0016;
const PINCH_ZOOM_PER_PX: f32 = 0.01;
const MAX_WHEEL_PX: f32 = 240.0;
const MAX_PINCH_PX: f32 = 40.0;

/// A recognized gesture. Points of the picture are in fractions of its width, from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GestureEvent {
    /// Points at a point.
    Point([f32; 2]),
    /// Clicks at the digit nearest to a point, or at the point if no digit is within reach.
    Click {
        /// The point.
        at: [f32; 2],
        /// The largest distance of a digit, in fractions of the width.
        reach: f32,
    },
    /// Clicks a second time.
    DoubleClick([f32; 2]),
    /// Drags the plane right and down.
    Pan(f32, f32),
    /// Zooms about a point by a factor.
    Zoom([f32; 2], f32),
}

/// A pointer event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointer {
    /// The pointer's id.
    pub id: i32,
    /// The point, in CSS px from the top left corner of the picture.
    pub at: [f32; 2],
    /// Whether it is a finger.
    pub by_touch: bool,
    /// Whether it is the mouse, or the first finger.
    pub is_primary: bool,
    /// Whether the main button went down.
    pub is_main: bool,
    /// Whether a button is down, or the finger.
    pub is_pressed: bool,
    /// The time, in milliseconds.
    pub time: f64,
}

/// Recognizes gestures on a picture that is `width` CSS px wide.
#[derive(Clone, Debug, Default)]
pub struct Gesture {
    width: f32,
    /// The pointers that are down, and their last points: a mouse, or up to two fingers.
    down: Vec<(i32, [f32; 2])>,
    /// Where the first of them went down, while it may become a click.
    press: Option<[f32; 2]>,
    is_panning: bool,
    /// Whether two fingers were down: the remaining one does nothing.
    was_pinching: bool,
    /// The point and time of the last click.
    clicked: Option<([f32; 2], f64)>,
}

impl Gesture {
    /// Sets the width of the picture, in CSS px.
    pub fn set_width(&mut self, width: f32) {
        self.width = width.max(1.0);
    }

    /// Returns whether the mouse drags the plane: then its events count beyond the picture, too.
    pub fn is_panning(&self) -> bool {
        self.is_panning
    }

    /// Handles a pointer that goes down.
    pub fn down(&mut self, pointer: Pointer) -> Vec<GestureEvent> {
        let is_second = self.down.len() == 1 && pointer.by_touch && self.down[0].0 != pointer.id;
        if is_second {
            (self.press, self.was_pinching) = (None, true);
            self.down.push((pointer.id, pointer.at));
            return Vec::new();
        }
        if !pointer.is_primary {
            return Vec::new();
        }
        // A pointer that was lifted without an event is forgotten.
        *self = Self { width: self.width, clicked: self.clicked, ..Self::default() };
        if pointer.is_main {
            self.down.push((pointer.id, pointer.at));
            self.press = Some(pointer.at);
        }
        vec![GestureEvent::Point(self.fraction(pointer.at))]
    }

    /// Handles a pointer that moves.
    pub fn moved(&mut self, pointer: Pointer) -> Vec<GestureEvent> {
        if !pointer.is_pressed {
            // It was lifted beyond the picture.
            self.cancel(pointer.id);
        }
        let Some(index) = self.down.iter().position(|(id, _)| *id == pointer.id) else {
            let hovers = pointer.is_primary && self.down.is_empty();
            return if hovers { vec![GestureEvent::Point(self.fraction(pointer.at))] } else { Vec::new() };
        };
        let before = self.down[index].1;
        self.down[index].1 = pointer.at;
        if let [(_, a), (_, b)] = self.down[..] {
            let other = if index == 0 { b } else { a };
            return self.pinch(other, before, pointer.at);
        }
        if self.was_pinching {
            return Vec::new();
        }
        if let Some(press) = self.press.filter(|&press| !is_near(press, pointer.at, slop(pointer))) {
            self.press = None;
            self.is_panning = !pointer.by_touch;
            if self.is_panning {
                return self.pan(press, pointer.at);
            }
        }
        if self.is_panning {
            return self.pan(before, pointer.at);
        }
        vec![GestureEvent::Point(self.fraction(pointer.at))]
    }

    /// Handles a pointer that is lifted.
    pub fn up(&mut self, pointer: Pointer) -> Vec<GestureEvent> {
        let was_down = self.release(pointer.id);
        let Some(press) = self.press.take().filter(|_| was_down && !self.was_pinching) else {
            return Vec::new();
        };
        if !is_near(press, pointer.at, slop(pointer)) {
            return Vec::new();
        }
        let at = self.fraction(pointer.at);
        let is_double = self.clicked.take().is_some_and(|(before, time)| {
            is_near(before, pointer.at, 2.0 * slop(pointer))
                && (0.0..DOUBLE_CLICK_MS).contains(&(pointer.time - time))
        });
        if is_double {
            return vec![GestureEvent::DoubleClick(at)];
        }
        self.clicked = Some((pointer.at, pointer.time));
        let reach = if pointer.by_touch { TOUCH_REACH } else { CLICK_REACH } / self.width;
        vec![GestureEvent::Click { at, reach }]
    }

    /// Handles a pointer that the browser takes over, to scroll for example.
    pub fn cancel(&mut self, id: i32) {
        self.release(id);
        self.press = None;
    }

    /// Returns the zoom factor of a wheel event of this many CSS px; `is_pinch` is for a pinch on a touchpad, or a key that
    /// makes the wheel zoom.
    pub fn wheel(pixels: f32, is_pinch: bool) -> f32 {
        let (speed, longest) =
            if is_pinch { (PINCH_ZOOM_PER_PX, MAX_PINCH_PX) } else { (WHEEL_ZOOM_PER_PX, MAX_WHEEL_PX) };
        libm::expf(-speed * pixels.clamp(-longest, longest))
    }

    /// Returns whether the pointer was down.
    fn release(&mut self, id: i32) -> bool {
        let count = self.down.len();
        self.down.retain(|(other, _)| *other != id);
        if self.down.is_empty() {
            self.is_panning = false;
        }
        self.down.len() < count
    }

    /// Zooms by a finger that moves from `before` to `now` while another rests at `other`.
    fn pinch(&self, other: [f32; 2], before: [f32; 2], now: [f32; 2]) -> Vec<GestureEvent> {
        let distance = |at: [f32; 2]| (at[0] - other[0]).hypot(at[1] - other[1]).max(8.0);
        let middle = |at: [f32; 2]| [0.5 * (at[0] + other[0]), 0.5 * (at[1] + other[1])];
        let mut events = self.pan(middle(before), middle(now));
        events.truncate(1);
        events.push(GestureEvent::Zoom(self.fraction(middle(now)), distance(now) / distance(before)));
        events
    }

    fn pan(&self, from: [f32; 2], to: [f32; 2]) -> Vec<GestureEvent> {
        let way = [(to[0] - from[0]) / self.width, (to[1] - from[1]) / self.width];
        vec![GestureEvent::Pan(way[0], way[1]), GestureEvent::Point(self.fraction(to))]
    }

    fn fraction(&self, at: [f32; 2]) -> [f32; 2] {
        at.map(|px| px / self.width)
    }
}

fn slop(pointer: Pointer) -> f32 {
    if pointer.by_touch { TOUCH_SLOP } else { CLICK_SLOP }
}

fn is_near(a: [f32; 2], b: [f32; 2], within: f32) -> bool {
    (a[0] - b[0]).hypot(a[1] - b[1]) <= within
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gesture() -> Gesture {
        let mut gesture = Gesture::default();
        gesture.set_width(100.0);
        gesture
    }

    fn mouse(x: f32, y: f32, time: f64) -> Pointer {
        Pointer {
            id: 1,
            at: [x, y],
            by_touch: false,
            is_primary: true,
            is_main: true,
            is_pressed: true,
            time,
        }
    }

    fn finger(id: i32, x: f32, y: f32) -> Pointer {
        Pointer {
            id,
            at: [x, y],
            by_touch: true,
            is_primary: id == 1,
            is_main: true,
            is_pressed: true,
            time: 0.0,
        }
    }

    #[test]
    fn a_mouse_points_clicks_and_double_clicks() {
        let mut gesture = gesture();
        assert_eq!(gesture.moved(mouse(20.0, 30.0, 0.0)), [GestureEvent::Point([0.2, 0.3])]);
        gesture.down(mouse(20.0, 30.0, 10.0));
        gesture.moved(mouse(23.0, 30.0, 15.0));
        assert_eq!(
            gesture.up(mouse(23.0, 30.0, 20.0)),
            [GestureEvent::Click { at: [0.23, 0.3], reach: 0.07 }]
        );
        gesture.down(mouse(23.0, 30.0, 100.0));
        assert_eq!(gesture.up(mouse(23.0, 30.0, 120.0)), [GestureEvent::DoubleClick([0.23, 0.3])]);
        gesture.down(mouse(23.0, 30.0, 200.0));
        assert!(
            matches!(gesture.up(mouse(23.0, 30.0, 220.0))[..], [GestureEvent::Click { .. }]),
            "a third is a first"
        );
        gesture.down(mouse(23.0, 30.0, 900.0));
        assert!(matches!(gesture.up(mouse(23.0, 30.0, 920.0))[..], [GestureEvent::Click { .. }]), "too late");
        let right = Pointer { is_main: false, ..mouse(5.0, 5.0, 0.0) };
        gesture.down(right);
        assert_eq!(gesture.up(right), []);
    }

    #[test]
    fn a_mouse_that_moves_beyond_the_slop_drags_and_does_not_click() {
        let mut gesture = gesture();
        gesture.down(mouse(20.0, 20.0, 0.0));
        assert_eq!(gesture.moved(mouse(24.0, 20.0, 0.0)), [GestureEvent::Point([0.24, 0.2])]);
        let [GestureEvent::Pan(dx, dy), GestureEvent::Point(_)] = gesture.moved(mouse(40.0, 10.0, 0.0))[..]
        else {
            panic!()
        };
        assert!((dx - 0.2).abs() < 1e-6 && (dy + 0.1).abs() < 1e-6 && gesture.is_panning(), "all of the way");
        assert_eq!(gesture.moved(mouse(30.0, 10.0, 0.0))[0], GestureEvent::Pan(-0.1, 0.0));
        assert_eq!(gesture.up(mouse(20.0, 20.0, 0.0)), []);
        assert!(!gesture.is_panning());
    }

    #[test]
    fn a_press_that_is_released_beyond_the_picture_is_over() {
        let hover = |x, y| Pointer { is_main: false, is_pressed: false, ..mouse(x, y, 0.0) };
        // Two px outwards are no drag yet, so the picture does not see the button go up there.
        let mut gesture = gesture();
        gesture.down(mouse(98.0, 50.0, 0.0));
        assert_eq!(gesture.moved(hover(40.0, 50.0)), [GestureEvent::Point([0.4, 0.5])]);
        assert!(!gesture.is_panning());
        assert_eq!(gesture.moved(hover(60.0, 50.0)), [GestureEvent::Point([0.6, 0.5])]);
        assert_eq!(gesture.up(mouse(60.0, 50.0, 0.0)), [], "nor is it a click");
    }

    #[test]
    fn one_finger_points_and_two_pinch_and_pan() {
        let mut gesture = gesture();
        gesture.down(finger(1, 40.0, 50.0));
        assert_eq!(
            gesture.moved(finger(1, 20.0, 50.0)),
            [GestureEvent::Point([0.2, 0.5])],
            "it does not pan"
        );
        gesture.down(finger(2, 60.0, 50.0));
        assert_eq!(
            gesture.moved(finger(2, 100.0, 50.0)),
            [GestureEvent::Pan(0.2, 0.0), GestureEvent::Zoom([0.6, 0.5], 2.0)]
        );
        assert_eq!(
            (gesture.up(finger(2, 100.0, 50.0)), gesture.moved(finger(1, 0.0, 0.0))),
            (vec![], vec![])
        );
        assert_eq!(gesture.up(finger(1, 0.0, 0.0)), [], "a pinch is not a tap");
        gesture.down(finger(1, 40.0, 50.0));
        assert!(
            matches!(gesture.up(finger(1, 45.0, 55.0))[..], [GestureEvent::Click { reach, .. }] if reach == 0.16)
        );
    }

    #[test]
    fn a_second_finger_alone_or_a_cancelled_one_does_nothing() {
        let mut gesture = gesture();
        assert_eq!((gesture.down(finger(2, 1.0, 1.0)), gesture.up(finger(2, 1.0, 1.0))), (vec![], vec![]));
        gesture.down(finger(1, 1.0, 1.0));
        gesture.cancel(1);
        assert_eq!(gesture.up(finger(1, 1.0, 1.0)), []);
    }

    #[test]
    fn the_wheel_zooms_in_upward_within_bounds() {
        assert!(Gesture::wheel(-100.0, false) > 1.1 && Gesture::wheel(100.0, false) < 0.9);
        assert!((Gesture::wheel(-30.0, true) * Gesture::wheel(30.0, true) - 1.0).abs() < 1e-6);
        assert!(Gesture::wheel(-1e9, true) < 1.6 && Gesture::wheel(-1e9, false) < 1.6);
    }
}
