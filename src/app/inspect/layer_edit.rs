//! Edits of single layers by the buttons of the pipeline.

use crate::nn::{Activation, LayerSpec, NetworkSpec};

/// The width of a layer that is inserted beside the code.
const DEFAULT_WIDTH: usize = 50;

/// An edit of one layer, by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerEdit {
    /// Widens the layer to the next round number.
    Wider(usize),
    /// Narrows the layer to the next round number.
    Narrower(usize),
    /// Sets the number of units.
    Width(usize, usize),
    /// Sets the activation.
    Activation(usize, Activation),
    /// Inserts a layer like this one after it.
    Insert(usize),
    /// Removes the layer.
    Remove(usize),
}

impl LayerEdit {
    /// Returns the edited layers; none if there is no such layer, or if the edit would remove the code, or change the output layer in
    /// anything but its activation.
    pub fn apply(self, spec: &NetworkSpec) -> Option<NetworkSpec> {
        let mut spec = spec.clone();
        let last = spec.layers.len().checked_sub(1)?;
        match self {
            Self::Activation(layer, activation) => spec.layers.get_mut(layer)?.activation = activation,
            Self::Wider(layer)
            | Self::Narrower(layer)
            | Self::Width(layer, _)
            | Self::Insert(layer)
            | Self::Remove(layer)
                if layer >= last =>
            {
                return None;
            }
            Self::Wider(layer) => spec.layers[layer].outputs = round_above(spec.layers[layer].outputs),
            Self::Narrower(layer) => spec.layers[layer].outputs = round_below(spec.layers[layer].outputs),
            Self::Width(layer, units) => spec.layers[layer].outputs = units,
            Self::Insert(layer) => {
                // A layer inserted after the code is one of the decoder, not a second code.
                let neighbour = if layer == spec.code { layer.saturating_sub(1) } else { layer };
                let LayerSpec { outputs, activation } = spec.layers[neighbour];
                let outputs = if neighbour == spec.code { DEFAULT_WIDTH } else { outputs };
                spec.layers.insert(layer + 1, LayerSpec { outputs, activation });
                spec.code += usize::from(layer < spec.code);
            }
            Self::Remove(layer) if layer == spec.code => return None,
            Self::Remove(layer) => {
                spec.layers.remove(layer);
                spec.code -= usize::from(layer < spec.code);
            }
        }
        Some(spec)
    }
}

/// Returns the step between round widths near `width`: one below ten, about a tenth above.
fn width_step(width: usize) -> usize {
    match width {
        0..10 => 1,
        10..50 => 5,
        50..100 => 10,
        100..500 => 50,
        _ => 100,
    }
}

fn round_above(width: usize) -> usize {
    let width_step = width_step(width);
    width / width_step * width_step + width_step
}

fn round_below(width: usize) -> usize {
    let width_step = width_step(width.saturating_sub(1));
    (width.saturating_sub(1) / width_step * width_step).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(layers: &str, edit: LayerEdit) -> Option<String> {
        edit.apply(&layers.parse().unwrap()).map(|spec| spec.to_string())
    }

    #[test]
    fn widths_step_from_one_round_number_to_the_next_and_back() {
        let mut width = 1;
        let mut seen = Vec::new();
        for _ in 0..30 {
            let above = round_above(width);
            assert!(above > width && round_below(above) == width, "{width} {above}");
            seen.push(above);
            width = above;
        }
        assert_eq!(seen[..12], [2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25]);
        assert_eq!((round_above(33), round_below(33), round_below(1)), (35, 30, 1));
    }

    #[test]
    fn an_edit_changes_one_layer() {
        let layers = "784 50t 50t 2 50t 50t 784";
        let edited = |edit| edited(layers, edit);
        assert_eq!(edited(LayerEdit::Wider(1)).unwrap(), "784 50t 60t 2 50t 50t 784");
        assert_eq!(edited(LayerEdit::Narrower(0)).unwrap(), "784 45t 50t 2 50t 50t 784");
        assert_eq!(edited(LayerEdit::Wider(2)).unwrap(), "784 50t 50t 3 50t 50t 784");
        assert_eq!(edited(LayerEdit::Width(4, 7)).unwrap(), "784 50t 50t 2 50t 7t 784");
        let rectified = LayerEdit::Activation(5, Activation::Relu);
        assert_eq!(edited(rectified).unwrap(), "784 50t 50t 2 50t 50t 784r");
        assert_eq!(edited(LayerEdit::Insert(0)).unwrap(), "784 50t 50t 50t 2 50t 50t 784");
        assert_eq!(edited(LayerEdit::Insert(2)).unwrap(), "784 50t 50t 2 50t 50t 50t 784");
        assert_eq!(edited(LayerEdit::Remove(3)).unwrap(), "784 50t 50t 2 50t 784");
    }

    #[test]
    fn edits_keep_the_code() {
        assert_eq!(edited("784 9t 9* 784", LayerEdit::Narrower(0)).unwrap(), "784 8t 9* 784");
        assert_eq!(edited("784 2 784", LayerEdit::Insert(0)).unwrap(), "784 2 50 784");
        let spec = LayerEdit::Remove(0).apply(&"784 50t 50t 2 784".parse().unwrap()).unwrap();
        assert_eq!((spec.code, spec.latent_dim()), (1, 2));
    }

    #[test]
    fn edits_that_leave_no_autoencoder_are_refused() {
        let layers = "784 50t 2 784";
        for edit in [
            LayerEdit::Remove(1),
            LayerEdit::Remove(2),
            LayerEdit::Wider(2),
            LayerEdit::Width(2, 5),
            LayerEdit::Insert(2),
            LayerEdit::Insert(9),
            LayerEdit::Activation(9, Activation::Tanh),
        ] {
            assert_eq!(edited(layers, edit), None, "{edit:?}");
        }
    }
}
