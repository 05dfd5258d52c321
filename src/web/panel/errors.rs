//! Which digits the network gets wrong: the error by class, the worst test digits, and where the chosen one's copy differs.

use web_sys::{Document, Element, Event, HtmlElement};

use super::{Paint, Panel, REFRESH_AFTER_FRAMES};
use crate::app::redraw_throttle::RedrawThrottle;
use crate::app::{App, ClassError, InspectMsg, MAX_WORST_DIGITS, PlaneMsg, Version, pixel_mse};
use crate::view::colors::{Theme, class_color};
use crate::view::plot::group_digits;
use crate::view::raster::{Grid, PIXELS, RgbaImage, SIDE};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, DomError, id};
use crate::web::listener::{Listener, Mode};
use crate::web::page_handle::PageHandle;

/// The worst digits in a row, where there is room for them in CSS px, and where there is not.
const COLUMNS: (f64, usize, usize) = (520.0, MAX_WORST_DIGITS, MAX_WORST_DIGITS / 2);

/// The room below a pair for its button's text, in CSS px.
const TEXT: f64 = 22.0;

/// The panel, which is drawn only while it is open.
pub(super) struct Errors {
    document: Document,
    details: Element,
    note: Element,
    classes: Element,
    worst: Canvas,
    names: Element,
    /// A button for each of the worst digits, and what is written on it.
    buttons: Vec<(HtmlElement, Element)>,
    difference: Canvas,
    difference_note: Element,
    image: RgbaImage,
    ranked: RedrawThrottle<(Version, Theme)>,
    chosen: RedrawThrottle<(Version, Version, Theme)>,
}

impl Errors {
    pub(super) fn new(document: &Document) -> Result<Self, DomError> {
        let names: Element = dom::element(document, id::WORST_NAMES)?;
        let buttons = (0..MAX_WORST_DIGITS).filter_map(|number| {
            let button = dom::create(document, "button", "");
            let text = dom::create(document, "span", "");
            dom::set_attribute(&button, "type", "button");
            dom::set_attribute(&button, "data-number", &number.to_string());
            dom::append(&button, &text);
            dom::append(&names, &button);
            Some((dom::cast(button)?, text))
        });
        Ok(Self {
            buttons: buttons.collect(),
            document: document.clone(),
            details: dom::element(document, id::ERRORS)?,
            note: dom::element(document, id::ERRORS_NOTE)?,
            classes: dom::element(document, id::CLASS_ERRORS)?,
            worst: Canvas::new(document, id::WORST)?,
            names,
            difference: Canvas::new(document, id::DIFFERENCE)?,
            difference_note: dom::element(document, id::DIFFERENCE_NOTE)?,
            image: RgbaImage::new(0, 0, Theme::LIGHT.paper),
            ranked: RedrawThrottle::new(1),
            chosen: RedrawThrottle::new(REFRESH_AFTER_FRAMES),
        })
    }

    /// A bar for each class.
    fn draw_classes(&self, classes: &[ClassError]) {
        for number in self.classes.child_element_count()..classes.len() as u32 {
            let item = dom::create(&self.document, "li", "");
            dom::set_style(&item, "--c", &class_color(number as u8).to_string());
            for name in ["span", "i", "span"] {
                dom::append(&item, &dom::create(&self.document, name, ""));
            }
            dom::append(&self.classes, &item);
        }
        let most = classes.iter().fold(f32::EPSILON, |most, class| most.max(class.mse));
        let items = self.classes.children();
        for number in 0..items.length() {
            let Some(item) = items.item(number) else { continue };
            let class = classes.get(number as usize).filter(|class| class.count > 0);
            dom::cast(item.clone()).into_iter().for_each(|item| dom::set_visible(&item, class.is_some()));
            let Some(class) = class else { continue };
            dom::set_style(&item, "--part", &(class.mse / most).to_string());
            let texts = [number.to_string(), format!("{:.4}", class.mse)];
            let ends = [item.first_element_child(), item.last_element_child()];
            ends.iter().flatten().zip(&texts).for_each(|(end, text)| dom::set_text(end, text));
        }
    }

    /// The worst digits, each above what the network makes of it, with a button on both.
    fn draw_worst(&mut self, app: &mut App, theme: &Theme) {
        self.worst.measure();
        let width = self.worst.css_size().0.max(1.0);
        let columns = if width >= COLUMNS.0 { COLUMNS.1 } else { COLUMNS.2 };
        let pixels = (columns * SIDE) as f64;
        let pairs = Grid::pairs(app.worst_digits().worst().len(), columns);
        let grid = Grid { gap: (TEXT * pixels / width).ceil() as usize, ..pairs };
        if grid.count > 0 {
            self.image.resize(grid.width(), grid.height() + grid.gap, theme.paper);
            let (inputs, outputs) = app.worst();
            self.image.pairs(&grid, &inputs, outputs, &theme.greys());
            self.worst.put(&self.image);
            dom::set_style(&self.names, "--columns", &columns.to_string());
        }
        let worst = app.worst_digits().worst();
        for (number, (button, text)) in self.buttons.iter().enumerate() {
            let digit = worst.get(number);
            dom::set_visible(button, digit.is_some());
            let Some(&(index, error)) = digit else { continue };
            let label = app.dataset().pair().test.label(index);
            let (name, what) = match label {
                Some(label) => (format!("{label} · {error:.3}"), label.to_string()),
                None => (format!("{error:.3}"), "digit".to_owned()),
            };
            dom::set_text(text, &name);
            dom::set_attribute(button, "aria-label", &["Pin this ", &what, ", ", &name].concat());
        }
    }

    /// The digit that was pinned last, its copy, and the difference.
    fn draw_difference(&mut self, app: &mut App, theme: &Theme) {
        let (width, greys, colors) = (3 * SIDE + 2, theme.greys(), theme.diverging());
        self.image.resize(width, SIDE, theme.line);
        let Some((input, label, output)) = app.selected() else {
            self.image.fill(theme.plane);
            self.difference.put(&self.image);
            let text = "No digit is selected. Click one of the worst, or a point on the plane.";
            return dom::set_text(&self.difference_note, text);
        };
        let mut difference = [0.0; PIXELS];
        for ((difference, y), x) in difference.iter_mut().zip(output).zip(input) {
            *difference = y - f32::from(*x) * (1.0 / 255.0);
        }
        self.image.blit_gray(0, 0, input, &greys);
        self.image.blit_gray(SIDE + 1, 0, output, &greys);
        self.image.blit(2 * SIDE + 2, 0, &difference, |share| colors.color(share));
        self.difference.put(&self.image);
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
        let (opening, details) = (handle.clone(), self.details.clone());
        let (pinning, names) = (handle.clone(), &self.names);
        vec![
            Listener::new(&self.details, "toggle", Mode::Passive, move |_: Event| {
                opening.send(InspectMsg::Errors(details.has_attribute("open")));
            }),
            // One listener for all buttons.
            Listener::new(names, "click", Mode::Passive, move |event: Event| {
                let target = event.target().and_then(dom::cast::<Element>);
                let button = target.and_then(|target| target.closest("[data-number]").ok().flatten());
                let number =
                    button.and_then(|button| button.get_attribute("data-number")?.parse::<usize>().ok());
                let index = number.and_then(|number| {
                    pinning.read(|app| Some(app.worst_digits().worst().get(number)?.0)).flatten()
                });
                index.into_iter().for_each(|index| pinning.send(PlaneMsg::PinDigit(index)));
            }),
        ]
    }

    fn draw(&mut self, app: &mut App, paint: &Paint) {
        if !app.worst_digits().is_open() {
            return;
        }
        if self.ranked.is_due((app.worst_digits().version(), paint.theme), true) || self.worst.is_stale() {
            self.draw_classes(app.worst_digits().classes());
            self.draw_worst(app, &paint.theme);
            let text = match app.worst_digits().digits() {
                0 => "measuring".to_owned(),
                digits => {
                    format!(
                        "over the first {} test digits, mean squared per pixel",
                        group_digits(digits as u64)
                    )
                }
            };
            dom::set_text(&self.note, &text);
        }
        let key = (app.model_version(), app.plane().version(), paint.theme);
        if self.chosen.is_due(key, paint.immediate) {
            self.draw_difference(app, &paint.theme);
        }
    }
}
