//! The latent plane: where the test digits lie, what is pointed at and what is pinned.
//!
//! A code of two numbers is a place of the plane. Of a longer code two numbers are shown, and the others are those of the
//! pinned digit, or its two principal components; a single number is a line, with a strip for each class. Of another layer
//! two outputs are shown; there a place is not a code, and pointing finds the nearest digit.

mod camera;
mod cloud;
mod display;
mod drawing;
mod errors;
mod gesture;
mod gradients;
mod manifold;
mod path;
mod projection;
mod rounds;
mod selecting;
mod showcase;
mod work;

pub use cloud::MAX_POINTS;
pub use display::{Coloring, Display, Shown};
pub use drawing::Drawn;
pub use gesture::{Gesture, GestureEvent, Pointer};
pub use path::{Circle, DEFAULT_CIRCLE_SPEED, Handle, PATH_POINTS};
pub use projection::{Axes, View};

use self::camera::Camera;
use self::cloud::DigitCloud;
use self::errors::Errors;
use self::gradients::GradientArrows;
use self::manifold::Manifold;
use self::projection::Projection;
use self::showcase::Tour;
use super::code::Code;
use super::pins::{Pin, Pins};
use super::tracked::Version;
use crate::view::plot::{Bounds, ClassSet, ManifoldGrid, Scatter};

/// The plane.
#[derive(Debug)]
pub struct Plane {
    cloud: DigitCloud,
    hidden: ClassSet,
    /// The class that stands out, while the legend is pointed at.
    highlighted: Option<u8>,
    camera: Camera,
    display: Display,
    /// How many numbers a code has.
    width: usize,
    /// How many outputs each layer of the network has that is shown.
    layers: Vec<usize>,
    projection: Projection,
    hover: Option<[f32; 2]>,
    pins: Pins,
    /// What was pinned before the last click, which may turn out to be the first half of a double click.
    before_pick: Option<Pins>,
    path: Option<[Pin; 2]>,
    circle: Option<Circle>,
    manifold: Manifold,
    errors: Errors,
    arrows: GradientArrows,
    showcase: Tour,
    drawn: Option<Drawn>,
    /// The drawn digit is looked at, rather than what was pinned before.
    regards_drawn: bool,
    /// Nothing moves by itself: the visitor wants it so.
    is_still: bool,
    version: Version,
}

impl Plane {
    /// An empty plane of codes with `width` numbers.
    #[must_use]
    pub fn new(width: usize) -> Self {
        Self {
            cloud: DigitCloud::default(),
            hidden: ClassSet::default(),
            highlighted: None,
            camera: Camera::default(),
            display: Display::default(),
            width,
            layers: Vec::new(),
            projection: Projection::of_code(width),
            hover: None,
            pins: Pins::default(),
            before_pick: None,
            path: None,
            circle: None,
            manifold: Manifold::default(),
            errors: Errors::default(),
            arrows: GradientArrows::default(),
            showcase: Tour::default(),
            drawn: None,
            regards_drawn: false,
            is_still: false,
            version: Version::default(),
        }
    }

    /// The digits as they are drawn and found.
    #[must_use]
    pub fn cloud(&self) -> Scatter<'_> {
        let errors = match self.display.coloring {
            Coloring::Class => None,
            Coloring::Error => Some((self.errors.values(), self.errors.range())),
        };
        Scatter {
            points: self.cloud.points(),
            classes: self.cloud.classes(),
            hidden: &self.hidden,
            highlighted: self.highlighted,
            errors,
        }
    }

    /// The codes of the digits, and their labels where they are known.
    pub(super) fn codes(&self) -> (&[Code], &[Option<u8>]) {
        (self.cloud.codes(), self.cloud.classes())
    }

    /// The classes that are not shown.
    #[must_use]
    pub fn hidden(&self) -> &ClassSet {
        &self.hidden
    }

    /// The part of the plane that is shown.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        self.camera.bounds()
    }

    /// Whether the bounds stay where they were put, rather than follow the digits.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.camera.is_held()
    }

    /// What is shown, and in which colours.
    #[must_use]
    pub fn display(&self) -> Display {
        self.display
    }

    /// What the decoder draws all over the plane, if that is to be seen.
    #[must_use]
    pub fn backdrop(&self) -> Option<&ManifoldGrid> {
        self.has_manifold().then(|| self.manifold.shown())
    }

    fn has_manifold(&self) -> bool {
        self.display.manifold && self.projection.is_decodable()
    }

    /// Where each of the first digits is pulled, as directions with lengths from 0 to 1; nothing if that is not to be seen.
    pub fn gradient_arrows(&self) -> Option<impl Iterator<Item = [f32; 2]> + '_> {
        (self.display.pull && self.projection.is_decodable()).then(|| self.arrows.strokes())
    }

    /// The errors that the ends of the scale of colours stand for, mean squared per pixel.
    #[must_use]
    pub fn error_range(&self) -> (f32, f32) {
        self.errors.range()
    }

    /// The errors of the digits, mean squared per pixel, and how many times all of them were measured.
    #[must_use]
    pub fn errors(&self) -> (&[f32], Version) {
        (self.errors.values(), self.errors.version())
    }

    /// The number of changes of what there is to see of the plane.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The number of changes of what the decoder draws all over it.
    #[must_use]
    pub fn manifold_version(&self) -> Version {
        self.manifold.version()
    }

    /// How many numbers a code has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// What of the network is shown.
    #[must_use]
    pub fn view(&self) -> View {
        self.projection.view
    }

    /// The layer that is shown in place of the code.
    #[must_use]
    pub fn shown_layer(&self) -> Option<usize> {
        self.projection.layer()
    }

    /// Which two numbers of a code or a layer are shown, across and up.
    #[must_use]
    pub fn axes(&self) -> Axes {
        self.projection.axes
    }

    /// Whether a place of the plane stands for a code.
    #[must_use]
    pub fn is_decodable(&self) -> bool {
        self.projection.is_decodable()
    }

    /// Looks `factor` times closer about a point of the picture, in parts of its side; smoothly, if it is a single step.
    pub fn zoom(&mut self, at: [f32; 2], factor: f32, smoothly: bool) {
        if smoothly {
            self.camera.zoom_smoothly(at, factor);
        } else {
            self.camera.zoom(at, factor);
        }
        self.changed();
    }

    /// Drags the plane by parts of the picture's side.
    pub fn pan(&mut self, dx: f32, dy: f32) {
        self.camera.pan(dx, dy);
        self.changed();
    }

    /// Shows all digits again.
    pub fn fit(&mut self) {
        self.camera.fit();
        self.changed();
    }

    /// Shows something or hides it.
    pub fn toggle_shown(&mut self, shown: Shown) {
        self.display.toggle(shown);
        self.changed();
    }

    /// Colours the points by something else.
    pub fn set_coloring(&mut self, coloring: Coloring) {
        self.display.coloring = coloring;
        self.version.bump();
    }

    /// Lets a class stand out, or none.
    pub fn highlight(&mut self, class: Option<u8>) {
        if self.highlighted != class {
            self.highlighted = class;
            self.version.bump();
        }
    }

    /// Shows one class alone; if it is alone already, all of them.
    pub fn isolate(&mut self, class: u8) {
        let mut others = ClassSet::default();
        (0..=u8::MAX).filter(|&other| other != class).for_each(|other| others.insert(other));
        self.hidden = if self.hidden == others { ClassSet::default() } else { others };
        self.version.bump();
    }

    /// Shows a class or hides it.
    pub fn toggle_class(&mut self, class: u8) {
        self.hidden.toggle(class);
        self.version.bump();
    }

    /// Shows every class.
    pub fn show_all(&mut self) {
        self.hidden = ClassSet::default();
        self.version.bump();
    }

    /// Shows another number of the codes, or another output of the layer, across (0) or up (1).
    pub fn set_axis(&mut self, direction: usize, number: usize) {
        let outputs = self.outputs(self.projection.view);
        if let Some(axis) = self.projection.axes.get_mut(direction).filter(|_| number < outputs) {
            *axis = number;
            self.reproject();
        }
    }

    /// Shows something else of the network, if it has that.
    pub fn set_view(&mut self, view: View) {
        let outputs = self.outputs(view);
        let is_there = if view == View::Principal { outputs > 2 } else { outputs > 0 };
        if is_there && view != self.projection.view {
            self.projection = Projection { view, ..Projection::of_code(outputs) };
            self.reproject();
        }
    }

    /// How many numbers there are to choose two of.
    fn outputs(&self, view: View) -> usize {
        match view {
            View::Code | View::Principal => self.width,
            View::Layer(layer) => self.layers.get(layer).copied().unwrap_or_default(),
        }
    }

    /// Goes over to another projection.
    fn reproject(&mut self) {
        // What another layer makes of the digits has to be looked up; so have components.
        self.cloud.invalidate();
        self.camera.follow(self.cloud.bounds(&self.projection));
        self.camera.fit();
        self.hover = None;
        self.changed();
    }

    /// Shows the same digits as another network sees them, whose codes have `width` numbers and which has `layers`.
    pub fn use_network(&mut self, width: usize, layers: &[usize]) {
        let is_other = layers != self.layers;
        if width != self.width {
            self.width = width;
            self.drawn = None;
            self.pins.resize_codes(width);
            self.path = None;
            self.cloud.clear();
            self.showcase.forget_digits();
        }
        if is_other {
            self.layers = layers.to_vec();
            self.projection = Projection::first(width);
            self.camera.fit();
            self.circle = None;
        }
        self.cloud.restart();
        self.errors.invalidate();
        self.changed();
    }

    /// Takes note that the network has changed, or that labels have come.
    pub fn invalidate(&mut self) {
        self.cloud.invalidate();
        self.errors.invalidate();
        self.changed();
    }

    /// Forgets digits and pins, but not what is hidden; for other images.
    pub fn clear(&mut self) {
        self.cloud.clear();
        self.errors.clear();
        self.arrows.clear();
        self.showcase.forget_digits();
        self.pins.clear();
        self.before_pick = None;
        self.path = None;
        self.hover = None;
        self.changed();
    }

    fn changed(&mut self) {
        self.manifold.invalidate();
        self.arrows.invalidate();
        self.version.bump();
    }
}
