//! The layers of a network: how a person writes them, and which of them the page can train and show.

use thiserror::Error;

use crate::data::PIXELS;
use crate::nn::NetworkSpec;

/// How many numbers a code has: one for each axis of the plane.
pub const CODE: usize = 2;

/// The most parameters that are taken: a step moves all of them, and a frame has to be long enough for one.
///
/// The network of Hinton and Salakhutdinov (2006), 784-1000-500-250-2-250-500-1000-784, has 2.8 million.
pub const MAX_PARAMETERS: usize = 3_000_000;

/// A network that the page cannot train or show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnfitNetwork {
    /// It does not take images, or does not give them back.
    #[error(
        "the network turns {inputs} numbers into {outputs}, but the images here have {PIXELS} pixels: its first and its \
         last number have to be {PIXELS}"
    )]
    NotImages {
        /// Its inputs.
        inputs: usize,
        /// Its outputs.
        outputs: usize,
    },
    /// Its code does not fit the plane.
    #[error(
        "the code of the network gives {found}, but the plane has {CODE} axes: that layer has to be {CODE} wide"
    )]
    Code {
        /// How many numbers the code has.
        found: usize,
    },
    /// It has more parameters than a frame has time for.
    #[error(
        "the network has {found} parameters, more than the {MAX_PARAMETERS} that a browser can train: make it narrower"
    )]
    TooManyParameters {
        /// How many it has.
        found: usize,
    },
}

/// Refuses networks that the page cannot train or show.
///
/// # Errors
/// [`UnfitNetwork`], which says why.
///
/// # Panics
/// If there are no layers.
pub fn check(spec: &NetworkSpec) -> Result<(), UnfitNetwork> {
    let outputs = spec.layers.last().expect("a network has layers").outputs;
    if (spec.inputs, outputs) != (PIXELS, PIXELS) {
        return Err(UnfitNetwork::NotImages { inputs: spec.inputs, outputs });
    }
    let found = spec.latent();
    if found != CODE {
        return Err(UnfitNetwork::Code { found });
    }
    match spec.parameter_count() {
        found if found > MAX_PARAMETERS => Err(UnfitNetwork::TooManyParameters { found }),
        _ => Ok(()),
    }
}

/// The layers as an address holds them: `784-50t-2-50t-784`.
pub(super) fn to_address(text: &str) -> String {
    text.replace(' ', "-")
}

/// The layers as a person writes them: with blanks, hyphens or what an address makes of a blank. The lines of a program
/// are left as they are.
pub(super) fn from_address(text: &str) -> String {
    if text.contains('{') { text.to_owned() } else { text.replace("%20", " ").replace(['-', '+'], " ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Option<String> {
        check(&text.parse().expect("the notation is right")).err().map(|error| error.to_string())
    }

    #[test]
    fn networks_of_the_classics_are_taken() {
        for text in [
            "784 50t 50t 2 50t 50t 784",
            "784 2 784",
            "784 1000s 500s 250s 2 250s 500s 1000s 784s",
            "784 30r 2t 2 30l 784r",
        ] {
            assert_eq!(refused(text), None, "{text}");
        }
    }

    #[test]
    fn networks_that_cannot_be_shown_are_refused() {
        for (text, part) in [
            ("100 2 100", "turns 100 numbers into 100, but the images here have 784 pixels"),
            ("784 50t 2 10", "into 10"),
            ("784 3 784", "gives 3, but the plane has 2 axes"),
            ("784 50t 1 50t 784", "gives 1,"),
            ("784 2000t 2 2000t 784", "has 3148786 parameters, more than the 3000000"),
        ] {
            let sentence = refused(text).unwrap_or_else(|| panic!("{text}"));
            assert!(sentence.contains(part), "{text}: {sentence}");
        }
    }
}
