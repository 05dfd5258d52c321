//! Labels by name.

/// The label of each image, as an index of the names of the classes, which are in the order in which they appear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Labels {
    pub(crate) ids: Vec<u16>,
    pub(crate) names: Vec<String>,
    /// The indices of the names in the order of these.
    sorted: Vec<u16>,
}

impl Labels {
    /// The most classes: a label is a byte.
    pub(crate) const MAX_CLASSES: usize = 256;

    /// Returns labels that are numbers.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let mut labels = Self::default();
        bytes.iter().for_each(|byte| labels.push(&byte.to_string()));
        labels
    }

    /// Adds a label. All classes beyond the most count as one, which is too many.
    pub(crate) fn push(&mut self, name: &str) {
        let compare = |&id: &u16| self.names[usize::from(id)].as_str().cmp(name);
        let id = match self.sorted.binary_search_by(compare) {
            Ok(at) => self.sorted[at],
            Err(_) if self.names.len() > Self::MAX_CLASSES => Self::MAX_CLASSES as u16,
            Err(at) => {
                let id = self.names.len() as u16;
                self.sorted.insert(at, id);
                self.names.push(name.to_owned());
                id
            }
        };
        self.ids.push(id);
    }

    /// Returns whether each class has a label of its own.
    pub(crate) fn fit_into_bytes(&self) -> bool {
        self.names.len() <= Self::MAX_CLASSES
    }

    /// Returns the number of labels.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// Returns the labels of a range of images.
    pub(crate) fn range(&self, range: std::ops::Range<usize>) -> Self {
        Self { ids: self.ids[range].to_vec(), names: self.names.clone(), sorted: Vec::new() }
    }

    /// Returns the name of a label.
    pub(crate) fn name(&self, index: usize) -> &str {
        &self.names[usize::from(self.ids[index])]
    }
}
