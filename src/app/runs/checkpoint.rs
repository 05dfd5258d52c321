//! Checkpoints: the parameters of a run at one of its steps.

/// A network's parameters at a step of its run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checkpoint {
    /// The number of steps.
    pub step: u64,
    /// The number of examples trained on.
    pub examples: u64,
    /// The parameters, `[P]`.
    pub parameters: Vec<f32>,
}

impl Checkpoint {
    /// Returns the size in memory and in the storage, in bytes.
    pub fn bytes(&self) -> usize {
        size_of::<u64>() + size_of_val(&*self.parameters)
    }

    /// Encodes the examples and the parameters, little-endian; the storage knows the step.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.bytes());
        bytes.extend(self.examples.to_le_bytes());
        bytes.extend(self.parameters.iter().flat_map(|parameter| parameter.to_le_bytes()));
        bytes
    }

    /// Decodes the checkpoint of a network with `parameters` parameters. Returns nothing if the bytes are something else.
    pub fn decode(step: u64, bytes: &[u8], parameters: usize) -> Option<Self> {
        let (examples, values) = bytes.split_first_chunk()?;
        let (values, rest) = values.as_chunks();
        let is_whole = values.len() == parameters && rest.is_empty();
        is_whole.then(|| Self {
            step,
            examples: u64::from_le_bytes(*examples),
            parameters: values.iter().map(|&value| f32::from_le_bytes(value)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_round_trips_and_other_bytes_are_refused() {
        let checkpoint = Checkpoint { step: 9, examples: 450, parameters: vec![0.5, -1e-9, f32::MAX] };
        let bytes = checkpoint.encode();
        assert_eq!(bytes.len(), checkpoint.bytes());
        assert_eq!(Checkpoint::decode(9, &bytes, 3), Some(checkpoint));
        assert_eq!(Checkpoint::decode(9, &bytes, 2), None);
        assert_eq!(Checkpoint::decode(9, &bytes[..bytes.len() - 1], 3), None);
        assert_eq!(Checkpoint::decode(9, b"short", 0), None);
    }
}
