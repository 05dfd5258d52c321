//! Labels by name.

/// The label of each image, as an index of the names of the classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Labels {
    pub(crate) ids: Vec<u16>,
    pub(crate) names: Vec<String>,
}

impl Labels {
    /// The most classes: a label is a byte.
    pub(crate) const MAX_CLASSES: u16 = 256;

    /// Returns labels that are numbers.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        Self::from_names(bytes.iter().map(u8::to_string))
    }

    /// Returns labels by the name of each; classes have the order in which they appear.
    pub(crate) fn from_names(labels: impl Iterator<Item = String>) -> Self {
        let (mut names, mut ids) = (Vec::new(), Vec::new());
        let mut index = std::collections::BTreeMap::new();
        for label in labels {
            let id = *index.entry(label).or_insert_with_key(|label| {
                names.push(label.clone());
                (names.len() - 1).min(usize::from(u16::MAX)) as u16
            });
            ids.push(id);
        }
        Self { ids, names }
    }

    /// Returns the number of labels.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns the name of a label.
    pub(crate) fn name(&self, index: usize) -> &str {
        &self.names[usize::from(self.ids[index])]
    }
}
