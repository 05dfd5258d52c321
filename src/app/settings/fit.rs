//! The networks that the page supports.

use thiserror::Error;

use crate::data::PIXELS;
use crate::nn::NetworkSpec;

/// The largest number of latent dimensions.
pub const MAX_CODE: usize = 64;

/// The largest number of parameters: a step updates all of them, and has to fit into a frame.
///
/// The network of Hinton and Salakhutdinov (2006), 784-1000-500-250-30-250-500-1000-784, has 2.8 million.
pub const MAX_PARAMETERS: usize = 3_000_000;

/// A network that the page does not support.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnfitNetwork {
    /// Its inputs and outputs are no images.
    #[error(
        "the first and the last number must be {PIXELS}, the pixels of a picture, but this network turns {inputs} numbers \
         into {outputs}"
    )]
    NotImages {
        /// The number of inputs.
        inputs: usize,
        /// The number of outputs.
        outputs: usize,
    },
    /// It has too few or too many latent dimensions.
    #[error("the code must have 1 to {MAX_CODE} numbers, got {found}")]
    Code {
        /// Their number.
        found: usize,
    },
    /// Nothing follows the code.
    #[error(
        "the code is the last layer, so nothing decodes it: add layers after it, or mark another one, as in “8*”"
    )]
    NoDecoder,
    /// It has too many parameters.
    #[error("a network on this page can have at most {MAX_PARAMETERS} parameters, got {found}")]
    TooManyParameters {
        /// Their number.
        found: usize,
    },
}

/// Checks that the page supports a network.
///
/// # Errors
/// [`UnfitNetwork`] if it does not.
///
/// # Panics
/// If there are no layers.
pub(super) fn check(spec: &NetworkSpec) -> Result<(), UnfitNetwork> {
    let outputs = spec.layers.last().expect("a network has layers").outputs;
    if (spec.inputs, outputs) != (PIXELS, PIXELS) {
        return Err(UnfitNetwork::NotImages { inputs: spec.inputs, outputs });
    }
    if spec.latent_dim() > MAX_CODE {
        return Err(UnfitNetwork::Code { found: spec.latent_dim() });
    }
    if spec.code + 1 == spec.layers.len() {
        return Err(UnfitNetwork::NoDecoder);
    }
    match spec.parameter_count() {
        found if found > MAX_PARAMETERS => Err(UnfitNetwork::TooManyParameters { found }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Option<String> {
        check(&text.parse().expect("the notation is right")).err().map(|error| error.to_string())
    }

    #[test]
    fn supported_networks_are_accepted() {
        for text in [
            "784 50t 50t 2 50t 50t 784",
            "784 2 784",
            "784 1000s 500s 250s 30 250s 500s 1000s 784s",
            "784 30r 2t 2 30l 784r",
            "784 1 784",
            "784 64 784",
            "784 8* 4 784",
        ] {
            assert_eq!(refused(text), None, "{text}");
        }
    }

    #[test]
    fn networks_that_cannot_be_shown_are_refused() {
        for (text, part) in [
            ("100 2 100", "turns 100 numbers into 100"),
            ("784 50t 2 10", "into 10"),
            ("784 65 784", "1 to 64 numbers, got 65"),
            ("784 2 784*", "numbers, got 784"),
            ("784 2000t 2 2000t 784", "at most 3000000 parameters, got 3148786"),
        ] {
            let sentence = refused(text).unwrap_or_else(|| panic!("{text}"));
            assert!(sentence.contains(part), "{text}: {sentence}");
        }
    }
}
