//! The test error by class, the digits reconstructed worst, and the difference between the selected digit and its reconstruction.

use web_sys::{Document, Element, Event, HtmlElement};

use super::{DrawContext, Panel, REFRESH_AFTER_FRAMES};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, ClassError, InspectMsg, MAX_WORST_DIGITS, PlaneMsg, Version, pixel_mse};
use crate::view::colors::{Theme, class_color};
use crate::view::plot::group_digits;
use crate::view::raster::DigitPixels::{Bytes, Floats};
use crate::view::raster::{Grid, PIXELS, SIDE};
use crate::web::canvas::DigitCanvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The worst digits are in one row on a canvas of this width in CSS px, and in two on a narrower one.
const ONE_ROW_WIDTH: f64 = 520.0;

/// The room below a pair for its button's text, in CSS px.
const TEXT_HEIGHT: f64 = 22.0;

/// The panel, drawn only while it is open.
pub(super) struct Errors {
    document: Document,
    note: Element,
    classes: Element,
    worst: DigitCanvas,
    worst_list: Element,
    /// A button over each of the worst digits, and its text.
    buttons: Vec<(HtmlElement, Element)>,
    difference: DigitCanvas,
    difference_note: Element,
    worst_throttle: RedrawThrottle<(Version, Theme)>,
    selected_throttle: RedrawThrottle<(Version, Version, Theme)>,
}

impl Errors {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let worst_list: Element = dom::element(document, id::WORST_NAMES)?;
        let buttons = (0..MAX_WORST_DIGITS).filter_map(|number| {
            let button = dom::create(document, "button", "");
            let text = dom::create(document, "span", "");
            dom::set_attribute(&button, "type", "button");
            dom::set_attribute(&button, "data-number", &number.to_string());
            dom::append(&button, &text);
            dom::append(&worst_list, &button);
            Some((dom::cast(button)?, text))
        });
        Ok(Self {
            buttons: buttons.collect(),
            document: document.clone(),
            note: dom::element(document, id::ERRORS_NOTE)?,
            classes: dom::element(document, id::CLASS_ERRORS)?,
            worst: DigitCanvas::new(document, id::WORST)?,
            worst_list,
            difference: DigitCanvas::new(document, id::DIFFERENCE)?,
            difference_note: dom::element(document, id::DIFFERENCE_NOTE)?,
            worst_throttle: RedrawThrottle::new(1),
            selected_throttle: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
        })
    }

    /// Draws a bar for each class.
    fn draw_classes(&self, classes: &[ClassError], theme: &Theme) {
        for _ in self.classes.child_element_count()..classes.len() as u32 {
            let item = dom::create(&self.document, "li", "");
            for name in ["span", "i", "span"] {
                dom::append(&item, &dom::create(&self.document, name, ""));
            }
            dom::append(&self.classes, &item);
        }
        let largest = classes.iter().fold(f32::EPSILON, |largest, class| largest.max(class.mse));
        let items = self.classes.children();
        for number in 0..items.length() {
            let Some(item) = items.item(number) else { continue };
            let class = classes.get(number as usize).filter(|class| class.count > 0);
            dom::cast(item.clone()).into_iter().for_each(|item| dom::set_visible(&item, class.is_some()));
            let Some(class) = class else { continue };
            let color = theme.with_contrast(class_color(number as u8));
            dom::set_style(&item, "--c", &color.to_string());
            dom::set_style(&item, "--part", &(class.mse / largest).to_string());
            let texts = [number.to_string(), format!("{:.4}", class.mse)];
            let ends = [item.first_element_child(), item.last_element_child()];
            ends.iter().flatten().zip(&texts).for_each(|(end, text)| dom::set_text(end, text));
        }
    }

    /// Draws the worst digits above their reconstructions, with a button over each pair.
    fn draw_worst(&mut self, app: &App, theme: &Theme) {
        let DigitCanvas { canvas, image } = &mut self.worst;
        canvas.measure();
        let width = canvas.css_size().0.max(1.0);
        let columns = if width >= ONE_ROW_WIDTH { MAX_WORST_DIGITS } else { MAX_WORST_DIGITS / 2 };
        let pairs = Grid::pairs(app.inspect().worst_digits.worst.len(), columns);
        let pixels = (columns * SIDE) as f64;
        let grid = Grid { gap: (TEXT_HEIGHT * pixels / width).ceil() as usize, ..pairs };
        if grid.count > 0 {
            image.resize(grid.width(), grid.height() + grid.gap, theme.paper);
            let (inputs, outputs) = app.outputs().worst();
            image.pairs(&grid, &inputs, outputs, &theme.greys());
            canvas.put(image);
            dom::set_style(&self.worst_list, "--columns", &columns.to_string());
        }
        let worst = &app.inspect().worst_digits.worst;
        for (number, (button, text)) in self.buttons.iter().enumerate() {
            let digit = worst.get(number);
            dom::set_visible(button, digit.is_some());
            let Some(&(index, error)) = digit else { continue };
            let (name, what) = match app.dataset().pair().test.label(index) {
                Some(label) => (format!("{label} · {error:.3}"), label.to_string()),
                None => (format!("{error:.3}"), "digit".to_owned()),
            };
            dom::set_text(text, &name);
            dom::set_attribute(button, "aria-label", &["Pin this ", &what, ", ", &name].concat());
        }
    }

    /// Draws the digit that was pinned last, its reconstruction, and the difference.
    fn draw_difference(&mut self, app: &App, theme: &Theme) {
        let Some((input, label, output)) = app.outputs().selected() else {
            self.difference.draw((3, 1), 1, theme.plane, theme, &mut std::iter::empty());
            let text = "No digit is selected. Click one of the worst, or a point on the plane.";
            return dom::set_text(&self.difference_note, text);
        };
        let mut difference = [0.0; PIXELS];
        for ((difference, y), x) in difference.iter_mut().zip(output).zip(input) {
            *difference = y - f32::from(*x) * (1.0 / 255.0);
        }
        let pair = [Bytes(input), Floats(output)];
        self.difference.draw((3, 1), 1, theme.line, theme, &mut pair.into_iter().enumerate());
        let DigitCanvas { canvas, image } = &mut self.difference;
        let colors = theme.diverging();
        image.blit(2 * (SIDE + 1), 0, &difference, |value| colors.color(value));
        canvas.put(image);
        let name = label.map_or("A test digit".to_owned(), |label| format!("A {label}"));
        let text = format!(
            "{name}, its reconstruction, and their difference: error {:.4}. Orange is too much ink, blue is too little.",
            pixel_mse(input, output)
        );
        dom::set_text(&self.difference_note, &text);
    }
}

impl Panel for Errors {
    fn bind(&self, handle: &PageHandle) -> Vec<Listener> {
        let hold = |name, is_held| {
            let handle = handle.clone();
            Listener::new(&self.worst_list, name, Mode::Passive, move |_: Event| {
                handle.send(InspectMsg::HoldWorstDigits(is_held));
            })
        };
        let holds = [("pointerenter", true), ("focusin", true), ("pointerleave", false), ("focusout", false)];
        let mut listeners: Vec<_> = holds.into_iter().map(|(name, is_held)| hold(name, is_held)).collect();
        let handle = handle.clone();
        listeners.push(Listener::new(&self.worst_list, "click", Mode::Passive, move |event: Event| {
            let number =
                dom::attribute_at(&event, "data-number").and_then(|number| number.parse::<usize>().ok());
            let worst = |number: usize| {
                handle.read(|app| Some(app.inspect().worst_digits.worst.get(number)?.0)).flatten()
            };
            if let Some(index) = number.and_then(worst) {
                handle.send(PlaneMsg::PinDigit(index));
            }
        }));
        listeners
    }

    fn draw(&mut self, app: &App, context: &DrawContext) {
        if !app.inspect().worst_digits.is_open {
            return;
        }
        let key = (app.inspect().worst_digits.version(), context.theme);
        if self.worst_throttle.is_due(key, true) || self.worst.canvas.is_stale() {
            self.draw_classes(&app.inspect().worst_digits.classes, &context.theme);
            self.draw_worst(app, &context.theme);
            let text = match app.inspect().worst_digits.digits {
                0 => "measuring".to_owned(),
                digits => format!(
                    "mean squared error per pixel over the first {} test digits",
                    group_digits(digits as u64)
                ),
            };
            dom::set_text(&self.note, &text);
        }
        let key = (app.model_version(), app.plane().version(), context.theme);
        if self.selected_throttle.is_due(key, context.immediate) {
            self.draw_difference(app, &context.theme);
        }
    }
}
