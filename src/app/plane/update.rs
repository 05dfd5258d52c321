//! The messages of the plane.

use super::{Coloring, GestureEvent, Handle, Overlay, Plane, View};
use crate::view::plot::ClassSet;

/// An action of the user on the plane. Points of its picture are in fractions of its width, from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PlaneMsg {
    /// The pointer is at a point of the picture, or has left it.
    PointAt(Option<[f32; 2]>),
    /// A key moves the selection, in fractions of the plane's half width.
    Nudge(f32, f32),
    /// Pins the digit nearest to a point, or the point if there is no digit within reach.
    Pick {
        /// The point.
        at: [f32; 2],
        /// The largest distance of a digit, in fractions of the width.
        reach: f32,
    },
    /// Pins the selection.
    PinFocus,
    /// Pins the digit nearest to the selection.
    PinNearest,
    /// Pins a test digit, by its index.
    PinDigit(usize),
    /// Removes all pins.
    ClearPins,
    /// Shows or hides a class.
    ToggleClass(u8),
    /// Shows all classes.
    ShowAllClasses,
    /// Shows a dimension of the code, or a unit of the layer, on the x (0) or y (1) axis.
    Axis(usize, usize),
    /// Chooses what the plane shows of the network.
    View(View),
    /// Shows or hides an overlay.
    Toggle(Overlay),
    /// Chooses what colours stand for.
    Color(Coloring),
    /// The height of the picture relative to its width.
    Aspect(f32),
    /// Zooms about a point.
    Zoom {
        /// The point; none for the centre.
        at: Option<[f32; 2]>,
        /// The magnification; out below one.
        factor: f32,
        /// Whether to animate it: a single step, rather than one of many small ones.
        smoothly: bool,
    },
    /// Drags the plane right and down.
    Pan(f32, f32),
    /// Shows all digits again.
    Fit,
    /// A double click at a point.
    DoublePick([f32; 2]),
    /// Removes a pin by its number, counted from zero.
    RemovePin(usize),
    /// Removes the pin nearest to the selection, within this distance.
    RemovePinHere(f32),
    /// Shows a class alone, or all again.
    Isolate(u8),
    /// Highlights a class, or none.
    Highlight(Option<u8>),
    /// Shows or hides the path from A to B.
    TogglePath,
    /// Shows or hides the circle.
    ToggleCircle,
    /// Sets the marker's speed around the circle, in turns per second.
    CircleSpeed(f32),
    /// Sets the angle of the circle's marker, in degrees.
    CircleAngle(f32),
    /// Centres the circle on the origin, with the median distance of the digits as its radius.
    CircleAroundOrigin,
    /// Drags a handle to a point.
    DragHandle(Handle, [f32; 2]),
    /// A key moves a handle, in fractions of the plane's half width.
    NudgeHandle(Handle, f32, f32),
    /// Switches animation by itself off, or on again.
    ReduceMotion(bool),
    /// A video begins or ends, in which everything moves all the same.
    Recording(bool),
    /// Starts the showcase.
    Tour,
}

impl From<GestureEvent> for PlaneMsg {
    fn from(event: GestureEvent) -> Self {
        match event {
            GestureEvent::Point(at) => Self::PointAt(Some(at)),
            GestureEvent::Click { at, reach } => Self::Pick { at, reach },
            GestureEvent::DoubleClick(at) => Self::DoublePick(at),
            GestureEvent::Pan(dx, dy) => Self::Pan(dx, dy),
            GestureEvent::Zoom(at, factor) => Self::Zoom { at: Some(at), factor, smoothly: false },
        }
    }
}

impl Plane {
    /// Handles a message. Returns whether the plane may look different.
    pub fn update(&mut self, msg: PlaneMsg) -> bool {
        let hidden = self.hidden;
        match msg {
            PlaneMsg::PointAt(at) => return self.point_at(at),
            PlaneMsg::Highlight(class) => return std::mem::replace(&mut self.highlighted, class) != class,
            PlaneMsg::ReduceMotion(is_reduced) => {
                self.reduces_motion = is_reduced;
                return false;
            }
            PlaneMsg::Recording(is_recording) => {
                self.is_recording = is_recording;
                return false;
            }
            PlaneMsg::Aspect(aspect) => {
                self.camera.set_aspect(aspect);
                self.invalidate_overlays();
            }
            PlaneMsg::Nudge(dx, dy) => self.nudge(dx, dy),
            PlaneMsg::Pick { at, reach } => self.pick(at, reach),
            PlaneMsg::DoublePick(at) => self.double_pick(at),
            PlaneMsg::PinFocus => self.pin_focus(),
            PlaneMsg::PinNearest => {
                self.nearest(self.focus_place()).into_iter().for_each(|index| self.pin_digit(index));
            }
            PlaneMsg::PinDigit(index) => self.pin_digit(index),
            PlaneMsg::RemovePin(number) => self.remove_pin(number),
            PlaneMsg::RemovePinHere(reach) => self.remove_pin_here(reach),
            PlaneMsg::ClearPins => self.clear_pins(),
            PlaneMsg::ToggleClass(class) => self.hidden.toggle(class),
            PlaneMsg::ShowAllClasses => self.hidden = ClassSet::default(),
            PlaneMsg::Isolate(class) => self.isolate(class),
            PlaneMsg::Axis(direction, output) => self.set_axis(direction, output),
            PlaneMsg::View(view) => self.set_view(view),
            PlaneMsg::Color(coloring) => self.display.coloring = coloring,
            PlaneMsg::Toggle(overlay) => {
                self.display.toggle(overlay);
                self.invalidate_overlays();
            }
            PlaneMsg::Zoom { at, factor, smoothly } => self.zoom(at, factor, smoothly),
            PlaneMsg::Pan(dx, dy) => {
                self.camera.pan(dx, dy);
                self.invalidate_overlays();
            }
            PlaneMsg::Fit => {
                self.camera.follow_digits();
                self.invalidate_overlays();
            }
            PlaneMsg::TogglePath => self.toggle_path(),
            PlaneMsg::ToggleCircle => self.toggle_circle(),
            PlaneMsg::CircleSpeed(speed) => self.set_circle_speed(speed),
            PlaneMsg::CircleAngle(degrees) => self.set_circle_angle(degrees),
            PlaneMsg::CircleAroundOrigin => self.circle_around_origin(),
            PlaneMsg::DragHandle(handle, at) => self.drag_handle(handle, at),
            PlaneMsg::NudgeHandle(handle, dx, dy) => self.nudge_handle(handle, dx, dy),
            PlaneMsg::Tour => self.start_showcase(),
        }
        if self.hidden != hidden {
            self.neighbours.invalidate();
        }
        true
    }

    pub(super) fn zoom(&mut self, at: Option<[f32; 2]>, factor: f32, smoothly: bool) {
        let at = at.unwrap_or([0.5, 0.5 * self.bounds().aspect()]);
        if smoothly {
            self.camera.zoom_smoothly(at, factor);
        } else {
            self.camera.zoom(at, factor);
        }
        self.invalidate_overlays();
    }

    /// Shows one class alone; if it is alone already, all of them.
    fn isolate(&mut self, class: u8) {
        let mut others = ClassSet::default();
        (0..=u8::MAX).filter(|&other| other != class).for_each(|other| others.insert(other));
        self.hidden = if self.hidden == others { ClassSet::default() } else { others };
    }
}
