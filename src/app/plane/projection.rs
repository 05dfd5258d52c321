//! The two axes of the plane: two dimensions of the code, two principal components, or the same of another layer.

use crate::app::code::Code;
use crate::view::pca::Pca;

/// The indices of two outputs of a layer, on the x and y axes.
pub type Axes = [usize; 2];

/// What the plane shows of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Two dimensions of the code.
    #[default]
    Code,
    /// The first two principal components of the codes of the digits on the plane.
    Principal,
    /// The first two principal components of another layer's outputs; layers are counted from zero. They are not decoded: many
    /// codes may lie at one place.
    Layer(usize),
    /// Two units of another layer.
    Units(usize),
}

/// A mapping from codes to places of the plane and back.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    pub(super) view: View,
    pub(super) axes: Axes,
    /// The principal components, once known.
    pub(super) principal: Option<Pca>,
}

/// The longest code that is first shown by two of its dimensions; of a longer one they say too little.
const MAX_PLAIN_DIM: usize = 8;

impl Projection {
    /// Chooses what is first shown of a network: two dimensions, or two principal components of a long code.
    pub fn first(latent_dim: usize) -> Self {
        let view = if latent_dim > MAX_PLAIN_DIM { View::Principal } else { View::Code };
        Self { view, ..Self::of_code(latent_dim) }
    }

    /// Shows the first two dimensions.
    pub fn of_code(latent_dim: usize) -> Self {
        Self { axes: [0, usize::from(latent_dim > 1)], ..Self::default() }
    }

    /// Returns whether a place of the plane stands for a code.
    pub fn is_decodable(&self) -> bool {
        self.layer().is_none()
    }

    /// Returns the layer shown in place of the code.
    pub fn layer(&self) -> Option<usize> {
        match self.view {
            View::Layer(layer) | View::Units(layer) => Some(layer),
            _ => None,
        }
    }

    fn basis(&self, latent_dim: usize) -> Option<&Pca> {
        self.principal.as_ref().filter(|found| self.view == View::Principal && found.mean.len() == latent_dim)
    }

    /// Returns the place of a code. In another layer codes have no places.
    pub fn place(&self, code: &Code) -> [f32; 2] {
        let mut place = [0.0; 2];
        match self.basis(code.len()) {
            Some(basis) => basis.transform(code, &mut place),
            None => place = self.axes.map(|axis| code.get(axis).copied().unwrap_or_default()),
        }
        place
    }

    /// Returns the place of a layer's outputs.
    pub fn layer_place(&self, outputs: &[f32]) -> [f32; 2] {
        let mut place = [0.0; 2];
        match self.principal.as_ref().filter(|found| found.mean.len() == outputs.len()) {
            Some(found) => found.transform(outputs, &mut place),
            None => place = self.axes.map(|axis| outputs.get(axis).copied().unwrap_or_default()),
        }
        place
    }

    /// Projects a change of the code.
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

    /// Returns the code at a place. The dimensions that are not shown are those of `base`, or zero along the other principal
    /// components.
    pub fn code_at(&self, place: [f32; 2], base: Code) -> Code {
        let mut code = base;
        if let Some(basis) = self.basis(base.len()) {
            basis.inverse_transform(&place, &mut code);
            return code;
        }
        for (axis, value) in self.axes.into_iter().zip(place).rev() {
            if let Some(z) = code.get_mut(axis) {
                *z = value;
            }
        }
        code
    }

    /// Sets the principal components; each keeps the sign of the one before.
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
    fn a_place_and_its_code_convert_back_and_forth() {
        let mut projection = Projection { view: View::Principal, ..Projection::of_code(3) };
        let base = Code::new(&[9.0, 8.0, 7.0]);
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
        assert_eq!(projection.place(&Code::new(&[4.0, 5.0])), [4.0, 5.0]);
    }

    #[test]
    fn components_keep_their_sign() {
        let mut projection = Projection { view: View::Principal, ..Projection::of_code(3) };
        projection.set_principal(components(1.0));
        let before = projection.place(&Code::new(&[4.0, 4.0, 4.0]));
        projection.set_principal(components(-1.0));
        assert_eq!(projection.place(&Code::new(&[4.0, 4.0, 4.0])), before);
    }
}
