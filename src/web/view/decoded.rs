//! What the decoder draws at the chosen point, and beside it the digit that a chosen point came from.

use web_sys::{Document, Element, HtmlElement};

use crate::raster::{RgbaImage, SIDE, Theme};
use crate::web::canvas::Canvas;
use crate::web::dom::{self, MissingElement, id};

/// The decoded digit and its two numbers.
#[derive(Debug)]
pub(crate) struct Decoded {
    canvas: Canvas,
    numbers: Element,
    image: RgbaImage,
}

impl Decoded {
    /// The digit on the page.
    ///
    /// # Errors
    /// If the page lacks its canvas or its numbers.
    pub(crate) fn new(document: &Document) -> Result<Self, MissingElement> {
        Ok(Self {
            canvas: Canvas::new(document, id::DECODED)?,
            numbers: dom::element(document, id::DECODED_Z)?,
            image: RgbaImage::new(SIDE, SIDE, Theme::LIGHT.plane),
        })
    }

    /// Draws `image`, the 784 pixels decoded at `z`, and says where that is.
    pub(crate) fn draw(&mut self, image: &[f32], z: [f32; 2], theme: &Theme) {
        self.image.blit_gray(0, 0, image, &theme.greys());
        self.canvas.put(&self.image);
        dom::set_data(self.canvas.element(), "data-z1", &format!("{:.4}", z[0]));
        dom::set_data(self.canvas.element(), "data-z2", &format!("{:.4}", z[1]));
        let numbers = format!("z = ({:.2}, {:.2})", z[0], z[1]).replace('-', "−");
        dom::set_text(&self.numbers, &numbers);
    }
}

/// A test digit beside its reconstruction.
#[derive(Debug)]
pub(crate) struct Original {
    figure: HtmlElement,
    canvas: Canvas,
    caption: Element,
    image: RgbaImage,
}

impl Original {
    /// The figure on the page.
    ///
    /// # Errors
    /// If the page lacks the figure, its canvas or its caption.
    pub(crate) fn new(document: &Document) -> Result<Self, MissingElement> {
        Ok(Self {
            figure: dom::element(document, id::ORIGINAL_FIGURE)?,
            canvas: Canvas::new(document, id::ORIGINAL)?,
            caption: dom::element(document, id::ORIGINAL_CAPTION)?,
            image: RgbaImage::new(0, 0, Theme::LIGHT.line),
        })
    }

    /// Shows a digit with its label, if that is known, beside what the network makes of it; or hides the figure.
    pub(crate) fn draw(&mut self, selected: Option<(&[u8], Option<u8>, &[f32])>, theme: &Theme) {
        dom::set_shown(&self.figure, selected.is_some());
        let Some((original, label, reconstruction)) = selected else { return };
        let greys = theme.greys();
        // A column between the two is left in the colour of lines.
        self.image.resize(2 * SIDE + 1, SIDE, theme.line);
        self.image.blit_gray(0, 0, original, &greys);
        self.image.blit_gray(SIDE + 1, 0, reconstruction, &greys);
        self.canvas.put(&self.image);
        let caption = match label {
            Some(label) => format!("a test digit, {label}: input, output"),
            None => "a test digit: input, output".to_owned(),
        };
        dom::set_text(&self.caption, &caption);
    }
}
