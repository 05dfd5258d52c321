//! The digits at the pinned points.

use web_sys::{Document, Element, HtmlElement};

use super::{Paint, Panel, on_click};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, MAX_PINS, PlaneMsg, Version};
use crate::view::colors::Theme;
use crate::view::raster::{Grid, PIXELS, RgbaImage};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::Listener;
use crate::web::page_handle::PageHandle;

/// What the text to be heard depends on: which points are pinned, and at rest the plane and the network, too.
type Heard = ([u64; MAX_PINS], Option<(Version, Version)>);

/// The strip of pinned digits, each in the place of its number.
pub(super) struct PinStrip {
    figure: HtmlElement,
    canvas: Canvas,
    clear: Element,
    /// A button below each digit, which removes it.
    names: Vec<Element>,
    image: RgbaImage,
    throttle: RedrawThrottle<(Version, Version, Theme)>,
    /// What is to be heard is written when other points are pinned, and at rest.
    aloud: RedrawThrottle<Heard>,
}

impl PinStrip {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let list: Element = dom::element(document, id::PIN_NAMES)?;
        let names = (0..MAX_PINS).map(|number| {
            let name = dom::create(document, "button", "");
            dom::set_attribute(&name, "type", "button");
            dom::set_attribute(&name, "aria-label", &format!("Remove pin {}", number + 1));
            dom::set_attribute(&name, "data-help", "Removes this pin.");
            dom::set_text(&name, &format!("{} ×", number + 1));
            dom::append(&list, &name);
            name
        });
        let names = names.collect();
        Ok(Self {
            names,
            figure: dom::element(document, id::PINS_FIGURE)?,
            canvas: Canvas::new(document, id::PINS)?,
            clear: dom::element(document, id::PINS_CLEAR)?,
            image: RgbaImage::new(0, 0, Theme::LIGHT.paper),
            throttle: RedrawThrottle::new(1),
            aloud: RedrawThrottle::new(1),
        })
    }
}

impl Panel for PinStrip {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let names = self.names.iter().enumerate();
        let remove = names.map(|(number, name)| on_click(handle, name, PlaneMsg::RemovePin(number)));
        remove.chain([on_click(handle, &self.clear, PlaneMsg::ClearPins)]).collect()
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        let key = (app.plane().version(), app.model_version(), paint.theme);
        if !self.throttle.is_due(key, paint.immediate) {
            return;
        }
        let versions = Some((key.0, key.1)).filter(|_| paint.immediate);
        if self.aloud.is_due((app.plane().pins().stamps(), versions), true) {
            dom::set_attribute(self.canvas.element(), "aria-label", &app.pins_aloud());
        }
        let mut numbers = [0; MAX_PINS];
        let pins = app.plane().pins();
        numbers.iter_mut().zip(pins.iter()).for_each(|(place, (number, _))| *place = number);
        dom::set_visible(&self.figure, !pins.is_empty());
        for (number, name) in self.names.iter().enumerate() {
            if pins.iter().any(|(pinned, _)| pinned == number) {
                // It cannot fail: an attribute that is absent may be removed.
                let _ = name.remove_attribute("data-empty");
            } else {
                dom::set_attribute(name, "data-empty", "");
            }
        }
        let grid = Grid::singles(MAX_PINS, MAX_PINS);
        let greys = paint.theme.greys();
        self.image.resize(grid.width(), grid.height(), paint.theme.paper);
        for (number, digit) in numbers.into_iter().zip(app.pinned().chunks_exact(PIXELS)) {
            let (x, y) = grid.origin(number);
            self.image.blit_gray(x, y, digit, &greys);
        }
        self.canvas.put(&self.image);
    }
}
