//! The latent plane: the test digits at their codes, the selection, the pins, and the tools laid over it.
//!
//! A code of two dimensions is a place of the plane. For a longer code the plane shows two dimensions and takes the others from the
//! newest pin, or it shows two principal components; a code of one dimension is a line, with a strip for each class. It can also show
//! the outputs of another layer; then a place is not a code, and the pointer selects the nearest digit.

mod camera;
mod circle;
mod cloud;
mod display;
mod errors;
mod gesture;
mod gradients;
mod manifold;
mod neighbours;
mod path;
mod projection;
mod selecting;
mod showcase;
mod update;
mod work;

pub use circle::{Circle, DEFAULT_CIRCLE_SPEED, KEY_STEP};
pub use cloud::MAX_POINTS;
pub use display::{Coloring, Display, Overlay};
pub use gesture::{Gesture, GestureEvent, Pointer};
pub use neighbours::Agreement;
pub use path::{Handle, PATH_POINTS};
pub use projection::{Axes, View};
pub use selecting::DrawnDigit;
pub use update::PlaneMsg;

use self::camera::Camera;
use self::cloud::DigitCloud;
use self::errors::Errors;
use self::gradients::GradientArrows;
use self::manifold::Manifold;
use self::neighbours::Neighbours;
use self::projection::Projection;
use self::showcase::Showcase;
use super::code::Code;
use super::pins::{Pin, Pins};
use super::tracked::{Tracked, Version};
use crate::view::plot::{Bounds, ClassSet, ManifoldGrid, Scatter};

/// The plane.
#[derive(Debug)]
pub struct Plane {
    cloud: DigitCloud,
    /// The hidden classes.
    pub hidden: ClassSet,
    /// The class that the legend points at.
    highlighted: Option<u8>,
    camera: Camera,
    /// The visible overlays and the colouring.
    pub display: Display,
    /// The number of latent dimensions.
    pub latent_dim: usize,
    /// The number of outputs of each layer that can be shown.
    layer_widths: Vec<usize>,
    projection: Projection,
    hover: Option<[f32; 2]>,
    /// The pins.
    pub pins: Pins,
    /// The pins before the last click, which may be the first half of a double click.
    pins_before_click: Option<Pins>,
    path: Option<[Pin; 2]>,
    circle: Option<Circle>,
    manifold: Tracked<Manifold>,
    errors: Tracked<Errors>,
    arrows: GradientArrows,
    neighbours: Neighbours,
    showcase: Showcase,
    drawing: Option<DrawnDigit>,
    /// Whether the drawn digit was selected after the last pin.
    selects_drawing: bool,
    /// Whether the user prefers that nothing moves by itself.
    reduces_motion: bool,
    /// Whether a video is being recorded, in which everything moves all the same.
    is_recording: bool,
}

impl Plane {
    /// Creates an empty plane for codes of `latent_dim` dimensions.
    pub fn new(latent_dim: usize) -> Self {
        Self {
            cloud: DigitCloud::default(),
            hidden: ClassSet::default(),
            highlighted: None,
            camera: Camera::default(),
            display: Display::default(),
            latent_dim,
            layer_widths: Vec::new(),
            projection: Projection::of_code(latent_dim),
            hover: None,
            pins: Pins::default(),
            pins_before_click: None,
            path: None,
            circle: None,
            manifold: Tracked::default(),
            errors: Tracked::default(),
            arrows: GradientArrows::default(),
            neighbours: Neighbours::default(),
            showcase: Showcase::default(),
            drawing: None,
            selects_drawing: false,
            reduces_motion: false,
            is_recording: false,
        }
    }

    /// Returns whether the user prefers that nothing moves by itself.
    pub fn reduces_motion(&self) -> bool {
        self.reduces_motion
    }

    /// Returns whether nothing moves by itself now.
    pub fn stands_still(&self) -> bool {
        self.reduces_motion && !self.is_recording
    }

    /// Returns the digits' points as they are drawn.
    pub fn cloud(&self) -> Scatter<'_> {
        Scatter {
            points: self.cloud.points(),
            classes: self.cloud.classes(),
            hidden: &self.hidden,
            highlighted: self.highlighted,
            errors: self.shows_errors().then(|| (self.errors.values(), self.errors.range())),
        }
    }

    /// Returns the digits' codes, and their labels where known.
    pub(super) fn codes(&self) -> (&[Code], &[Option<u8>]) {
        (self.cloud.codes(), self.cloud.classes())
    }

    /// Returns the visible part of the plane.
    pub fn bounds(&self) -> &Bounds {
        self.camera.bounds()
    }

    /// Returns whether the bounds stay where the user put them instead of following the digits.
    pub fn is_held(&self) -> bool {
        self.camera.is_held()
    }

    pub(super) fn shows_errors(&self) -> bool {
        self.display.coloring == Coloring::Error
    }

    /// Returns the decoded manifold, if visible.
    pub fn manifold(&self) -> Option<&ManifoldGrid> {
        self.shows_manifold().then(|| self.manifold.grid())
    }

    fn shows_manifold(&self) -> bool {
        self.display.manifold && self.is_decodable()
    }

    /// Returns an arrow for each of the first digits along minus its gradient, with a length from 0 to 1, if visible.
    pub fn gradient_arrows(&self) -> Option<impl Iterator<Item = [f32; 2]> + '_> {
        self.shows_arrows().then(|| self.arrows.arrows())
    }

    fn shows_arrows(&self) -> bool {
        self.display.gradients && self.is_decodable()
    }

    /// Returns the errors at the ends of the colour scale, mean squared per pixel.
    pub fn error_range(&self) -> (f32, f32) {
        self.errors.range()
    }

    /// Returns the digits' errors, mean squared per pixel, and their version, which changes with each complete round.
    pub fn errors(&self) -> (&[f32], Version) {
        (self.errors.values(), self.errors.version())
    }

    /// Returns how many of the visible digits lie beside one of their class.
    pub fn agreement(&self) -> Option<Agreement> {
        let visible = |class: &Option<u8>| class.filter(|&class| !self.hidden.contains(class));
        let classes: Vec<_> = self.cloud.classes().iter().map(visible).collect();
        self.neighbours.agreement(&classes)
    }

    /// Returns the version of the decoded manifold.
    pub fn manifold_version(&self) -> Version {
        self.manifold.version()
    }

    /// Returns what the plane shows of the network.
    pub fn view(&self) -> View {
        self.projection.view
    }

    /// Returns the place of the outputs of the layer shown.
    pub(super) fn layer_place(&self, outputs: &[f32]) -> [f32; 2] {
        self.projection.layer_place(outputs)
    }

    /// Returns the layer shown in place of the code.
    pub fn shown_layer(&self) -> Option<usize> {
        self.projection.layer()
    }

    /// Returns which two dimensions of the code, or units of the layer, are shown on the x and y axes.
    pub fn axes(&self) -> Axes {
        self.projection.axes
    }

    /// Returns whether a place of the plane stands for a code.
    pub fn is_decodable(&self) -> bool {
        self.projection.is_decodable()
    }

    /// Returns whether the plane is a line, with a strip for each class: the code has one dimension.
    pub fn is_line(&self) -> bool {
        self.latent_dim == 1 && self.is_decodable()
    }

    fn set_axis(&mut self, axis: usize, output: usize) {
        let outputs = self.output_count(self.view());
        if let Some(shown) = self.projection.axes.get_mut(axis).filter(|_| output < outputs) {
            *shown = output;
            if let View::Layer(layer) = self.view() {
                self.projection = Projection { view: View::Units(layer), principal: None, ..self.projection };
            }
            self.reproject();
        }
    }

    fn set_view(&mut self, view: View) {
        let outputs = self.output_count(view);
        let is_available = if view == View::Principal { outputs > 2 } else { outputs > 0 };
        let view = match view {
            View::Layer(layer) if outputs <= 2 => View::Units(layer),
            view => view,
        };
        if is_available && view != self.view() {
            self.projection = Projection { view, ..Projection::of_code(outputs) };
            self.reproject();
        }
    }

    /// Returns the number of outputs to choose two axes from.
    fn output_count(&self, view: View) -> usize {
        match view {
            View::Code | View::Principal => self.latent_dim,
            View::Layer(layer) | View::Units(layer) => {
                self.layer_widths.get(layer).copied().unwrap_or_default()
            }
        }
    }

    /// Moves the digits to their places in another projection.
    fn reproject(&mut self) {
        // A layer's outputs and the components are not known yet.
        self.cloud.reproject();
        self.camera.set_digit_bounds(self.cloud.bounds(&self.projection));
        self.camera.follow_digits();
        self.hover = None;
        self.invalidate_overlays();
    }

    /// Shows the same digits in another network, with `latent_dim` dimensions and `layers` outputs in each layer.
    pub fn use_network(&mut self, latent_dim: usize, layers: &[usize]) {
        if latent_dim != self.latent_dim {
            self.latent_dim = latent_dim;
            self.drawing = None;
            self.pins.resize_codes(latent_dim);
            self.path = None;
            self.cloud = DigitCloud::default();
            self.showcase.forget_digits();
        }
        if layers != self.layer_widths {
            self.layer_widths = layers.to_vec();
            self.projection = Projection::first(latent_dim);
            self.camera.follow_digits();
            self.circle = None;
        }
        self.cloud.reproject();
        self.errors.bypass().invalidate();
        self.neighbours.invalidate();
        self.invalidate_overlays();
    }

    /// Marks everything computed as outdated, for other parameters or labels.
    pub fn invalidate(&mut self) {
        self.cloud.invalidate();
        self.errors.bypass().invalidate();
        self.neighbours.invalidate();
        self.invalidate_overlays();
    }

    /// Forgets digits and pins, but not which classes are hidden, for another dataset.
    pub fn clear(&mut self) {
        self.cloud = DigitCloud::default();
        self.errors.replace(Errors::default());
        self.arrows = GradientArrows::default();
        self.neighbours = Neighbours::default();
        self.showcase.forget_digits();
        self.pins.clear();
        self.pins_before_click = None;
        self.path = None;
        self.hover = None;
        self.invalidate_overlays();
    }

    /// Marks what depends on the network, the window and the base of the codes as outdated.
    fn invalidate_overlays(&mut self) {
        self.manifold.bypass().invalidate();
        self.arrows.invalidate();
    }
}

/// Returns the median, the higher one of two.
fn median(values: impl Iterator<Item = f32>) -> Option<f32> {
    let mut values: Vec<f32> = values.collect();
    values.sort_unstable_by(f32::total_cmp);
    values.get(values.len() / 2).copied()
}
