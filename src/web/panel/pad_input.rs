//! The hand over the drawing pad: pointers and keys become messages.

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent, PointerEvent};

use crate::app::PadMsg;
use crate::data::synthetic::PenSample;
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// How many steps of the pen an arrow key moves it together with Shift.
const SHIFT: f32 = 3.0;

/// Listens to pointers and keys on the canvas.
pub(super) fn listeners(handle: &PageHandle, canvas: &HtmlElement) -> Vec<Listener> {
    let mut listeners = vec![on_key(handle, canvas)];
    for name in ["pointerdown", "pointermove", "pointerup", "pointercancel", "blur"] {
        let (handle, canvas) = (handle.clone(), canvas.clone());
        listeners.push(Listener::new(&canvas.clone(), name, Mode::Passive, move |event: Event| {
            let Some(event) = event.dyn_ref::<PointerEvent>() else { return handle.send(PadMsg::Leave) };
            if !event.is_primary() {
                return;
            }
            match name {
                "pointerdown" if event.button() == 0 => {
                    // It fails for a pointer that is gone, which then draws nothing anyway.
                    let _ = canvas.set_pointer_capture(event.pointer_id());
                    handle.send(PadMsg::Down(sample(event, &canvas)));
                }
                // A pointer that only hovers presses nothing.
                "pointermove" if event.buttons() & 1 != 0 => {
                    handle.send(PadMsg::Move(sample(event, &canvas)))
                }
                "pointerup" | "pointercancel" => handle.send(PadMsg::Up),
                _ => {}
            }
        }));
    }
    listeners
}

fn sample(event: &PointerEvent, canvas: &HtmlElement) -> PenSample {
    let side = canvas.client_width().max(1) as f32;
    // What knows no pressure tells 0.5, but some fingers tell nothing.
    let pressure = if event.pressure() > 0.0 { event.pressure() } else { 0.5 };
    PenSample { at: [event.offset_x() as f32 / side, event.offset_y() as f32 / side], pressure }
}

fn on_key(handle: &PageHandle, canvas: &HtmlElement) -> Listener {
    let handle = handle.clone();
    Listener::new(canvas, "keydown", Mode::Active, move |event: KeyboardEvent| {
        if let Some(msg) = key(&event) {
            event.prevent_default();
            // A pen that is held down does not flicker.
            if !(event.repeat() && msg == PadMsg::Toggle) {
                handle.send(msg);
            }
        }
    })
}

/// What a key means on the pad, if anything.
fn key(event: &KeyboardEvent) -> Option<PadMsg> {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return None;
    }
    let step = if event.shift_key() { SHIFT } else { 1.0 };
    Some(match event.key().as_str() {
        "ArrowLeft" => PadMsg::Nudge(-step, 0.0),
        "ArrowRight" => PadMsg::Nudge(step, 0.0),
        "ArrowUp" => PadMsg::Nudge(0.0, -step),
        "ArrowDown" => PadMsg::Nudge(0.0, step),
        " " => PadMsg::Toggle,
        "Backspace" => PadMsg::Undo,
        "Delete" => PadMsg::Clear,
        _ => return None,
    })
}
