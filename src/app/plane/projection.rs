//! Which two numbers the plane shows: two of the code, its two principal components, or two neurons of another layer.

use crate::app::code::Code;
use crate::view::pca::Pca;

/// Two numbers of a layer's outputs, across and up.
pub type Axes = [usize; 2];

/// What the plane shows of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Two numbers of the code.
    #[default]
    Code,
    /// The two principal components of the codes of the digits on the plane.
    Principal,
    /// Two outputs of another layer, counted from zero. Its plane is not decoded: many codes may lie at one of its places.
    Layer(usize),
}

/// From codes to places of the plane and back.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    pub(super) view: View,
    pub(super) axes: Axes,
    /// The principal components, once they have been found.
    pub(super) principal: Option<Pca>,
}

/// The longest code of which two numbers are shown at first; of a longer one they say too little.
const FEW: usize = 8;

impl Projection {
    /// What is shown of a new network's code at first: two numbers, or two principal components of a long code.
    pub fn first(width: usize) -> Self {
        let view = if width > FEW { View::Principal } else { View::Code };
        Self { view, ..Self::of_code(width) }
    }

    /// Two numbers of a code that has `width`.
    pub fn of_code(width: usize) -> Self {
        Self { axes: [0, usize::from(width > 1)], ..Self::default() }
    }

    /// Whether a place of the plane stands for a code.
    pub fn is_decodable(&self) -> bool {
        !matches!(self.view, View::Layer(_))
    }

    /// The layer that is shown in place of the code.
    pub fn layer(&self) -> Option<usize> {
        match self.view {
            View::Layer(layer) => Some(layer),
            _ => None,
        }
    }

    fn basis(&self, width: usize) -> Option<&Pca> {
        self.principal.as_ref().filter(|found| self.view == View::Principal && found.mean.len() == width)
    }

    /// The place of a code. In another layer codes have no places.
    pub fn place(&self, code: &Code) -> [f32; 2] {
        let mut place = [0.0; 2];
        match self.basis(code.len()) {
            Some(basis) => basis.transform(code, &mut place),
            None => place = self.axes.map(|axis| code.get(axis).copied().unwrap_or_default()),
        }
        place
    }

    /// A change of the code as it is seen on the plane.
    pub fn direction(&self, change: &[f32]) -> [f32; 2] {
        match self.basis(change.len()) {
            Some(basis) => {
                let mut parts = basis.components.chunks_exact(change.len());
                [0, 1].map(|_| {
                    let part = parts.next().unwrap_or_default();
                    part.iter().zip(change).map(|(c, x)| c * x).sum()
                })
            }
            None => self.axes.map(|axis| change.get(axis).copied().unwrap_or_default()),
        }
    }

    /// The code at a place: the numbers that are not shown are those of `base`; beside principal components there are none.
    pub fn code_at(&self, place: [f32; 2], base: Code) -> Code {
        let mut code = base;
        if let Some(basis) = self.basis(base.len()) {
            basis.inverse_transform(&place, &mut code);
            return code;
        }
        for (axis, number) in self.axes.into_iter().zip(place).rev() {
            if let Some(z) = code.get_mut(axis) {
                *z = number;
            }
        }
        code
    }

    /// Takes components that were found anew; each keeps the side on which it was seen.
    pub fn set_principal(&mut self, mut found: Pca) {
        let d = found.mean.len();
        if let Some(old) = self.principal.as_ref().filter(|old| old.mean.len() == d) {
            for (new, old) in found.components.chunks_exact_mut(d).zip(old.components.chunks_exact(d)) {
                if new.iter().zip(old).map(|(a, b)| a * b).sum::<f32>() < 0.0 {
                    new.iter_mut().for_each(|x| *x = -*x);
                }
            }
        }
        self.principal = Some(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn components(sign: f32) -> Pca {
        let components = vec![0.6 * sign, 0.8 * sign, 0.0, 0.0, 0.0, 1.0];
        Pca { mean: vec![1.0, 2.0, 3.0], components, explained_variance: vec![2.0, 1.0], total_variance: 3.0 }
    }

    #[test]
    fn a_place_comes_back_from_its_code() {
        let mut projection = Projection { view: View::Principal, ..Projection::of_code(3) };
        let base = Code::of(&[9.0, 8.0, 7.0]);
        assert_eq!(
            projection.place(&projection.code_at([0.5, -0.5], base)),
            [0.5, -0.5],
            "before there are any"
        );
        projection.set_principal(components(1.0));
        let code = projection.code_at([0.5, -0.5], base);
        assert_eq!(&*code, [1.3, 2.4, 2.5], "nothing of the base");
        let back = projection.place(&code);
        assert!((back[0] - 0.5).abs() < 1e-6 && (back[1] + 0.5).abs() < 1e-6, "{back:?}");
        let seen = projection.direction(&[0.6, 0.8, 2.0]);
        assert!((seen[0] - 1.0).abs() < 1e-6 && seen[1] == 2.0);
        // Of a code of another width they say nothing.
        assert_eq!(projection.place(&Code::of(&[4.0, 5.0])), [4.0, 5.0]);
    }

    #[test]
    fn components_keep_their_side() {
        let mut projection = Projection { view: View::Principal, ..Projection::of_code(3) };
        projection.set_principal(components(1.0));
        let before = projection.place(&Code::of(&[4.0, 4.0, 4.0]));
        projection.set_principal(components(-1.0));
        assert_eq!(projection.place(&Code::of(&[4.0, 4.0, 4.0])), before);
    }
}
