//! The user's own images that the browser keeps for their runs, once for all runs on the same ones.

use std::rc::Rc;

use super::storage::{StorageRequest, StoredRun, WriteOutcome};
use super::{OpenOutcome, Runs};
use crate::view::plot::group_digits;

/// The largest size of images that are kept, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// What the keys of images in the storage begin with; those of runs are hexadecimal.
pub const IMAGES_KEY: &str = "images-";

/// Images that the browser keeps.
#[derive(Debug)]
pub struct KeptImages {
    digest: u32,
    bytes: u64,
    /// The images, until they are written.
    content: Option<Rc<Vec<u8>>>,
}

impl KeptImages {
    /// Returns the key in the storage, which tells digest and size.
    fn key(&self) -> String {
        format!("{IMAGES_KEY}{}-{}", self.digest, self.bytes)
    }

    fn from_key(key: &str) -> Option<Self> {
        let (digest, bytes) = key.strip_prefix(IMAGES_KEY)?.split_once('-')?;
        Some(Self { digest: digest.parse().ok()?, bytes: bytes.parse().ok()?, content: None })
    }
}

impl Runs {
    /// Returns whether the browser keeps the images of a digest, or will as soon as a run on them is stored.
    pub fn keeps_images(&self, digest: u32) -> bool {
        self.kept_images.iter().any(|images| images.digest == digest)
    }

    /// Keeps images of about `len` bytes in the browser with the runs on them, or says why it cannot.
    pub fn keep_images(&mut self, digest: u32, len: usize, encode: impl FnOnce() -> Vec<u8>) {
        let (limit, is_memory) = self.storage.limit();
        let free = limit.saturating_sub(self.bytes(is_memory)).min(MAX_BYTES);
        if self.keeps_images(digest) {
            return;
        }
        if is_memory {
            self.refuse_images("this page stores nothing now");
        } else if len as u64 > free {
            let [needed, free] = [(len as u64).div_ceil(1 << 20), free >> 20].map(group_digits);
            self.refuse_images(&format!("they take {needed} MB, but there is room for {free} MB"));
        } else {
            let content = Rc::new(encode());
            self.kept_images.push(KeptImages { digest, bytes: content.len() as u64, content: Some(content) });
        }
        self.version.bump();
    }

    fn refuse_images(&mut self, reason: &str) {
        self.sentences.push(format!("Your images are not kept in the browser: {reason}."));
    }

    /// Removes images from the browser. The runs on them stay.
    pub fn forget_images(&mut self, digest: u32) {
        self.retain_images(|images| images.digest != digest);
    }

    fn retain_images(&mut self, stays: impl Fn(&KeptImages) -> bool) {
        self.kept_images.retain(|images| {
            let stays = stays(images);
            if !stays && (images.content.is_none() || self.storage.is_writing(&images.key())) {
                self.storage.requests.push(StorageRequest::Delete(images.key(), Default::default()));
            }
            stays
        });
        self.version.bump();
    }

    /// Takes over which images the storage has. Those without a run have no use.
    pub(super) fn list_images(&mut self, keys: &[String], used: &[u32]) {
        self.kept_images.retain(|images| images.content.is_some());
        for images in keys.iter().filter_map(|key| KeptImages::from_key(key)) {
            if !self.keeps_images(images.digest) {
                self.kept_images.push(images);
            }
        }
        self.retain_images(|images| images.content.is_some() || used.contains(&images.digest));
    }

    /// Asks the storage for images, if it has them.
    pub fn read_images(&mut self, digest: u32) {
        let images = self.kept_images.iter().find(|images| images.digest == digest);
        self.reading_images = images.map(KeptImages::key);
        self.storage.requests.extend(self.reading_images.clone().map(StorageRequest::Read));
    }

    /// Returns whether the storage is asked for images.
    pub fn is_reading_images(&self) -> bool {
        self.reading_images.is_some()
    }

    /// Takes images that the storage has read, if it was asked for them.
    pub(super) fn take_images(&mut self, key: &str, run: Option<StoredRun>) -> OpenOutcome {
        match self.reading_images.take_if(|reading| reading == key) {
            Some(_) => OpenOutcome::Images(run.map(|run| run.file)),
            None => OpenOutcome::Nothing,
        }
    }

    /// Returns whether images wait to be written, whose run is stored: no others are of use.
    pub(super) fn has_unwritten_images(&self) -> bool {
        self.unwritten_images().is_some()
    }

    fn unwritten_images(&self) -> Option<(String, Rc<Vec<u8>>)> {
        let is_stored =
            |digest| self.rows.iter().any(|row| row.stored.is_some() && row.header.images.digest == digest);
        let mut waiting = self.kept_images.iter().filter(|images| images.content.is_some());
        let images = waiting.find(|images| is_stored(images.digest))?;
        Some((images.key(), Rc::clone(images.content.as_ref()?)))
    }

    /// Writes the next images, if the storage is free.
    pub(super) fn write_images(&mut self, now: f64) {
        if let Some((key, content)) = self.unwritten_images() {
            self.storage.write_images(key, content, now);
        }
    }

    /// Records the answer to a write of images. Returns false if the key is not that of images.
    pub(super) fn record_images_write(&mut self, key: &str, outcome: &WriteOutcome) -> bool {
        let Some(index) = self.kept_images.iter().position(|images| images.key() == key) else {
            return key.starts_with(IMAGES_KEY);
        };
        let reason = match outcome {
            WriteOutcome::Done(_) => {
                self.kept_images[index].content = None;
                return true;
            }
            WriteOutcome::Refused(reason) => reason,
            _ => "it has no more room for this page",
        };
        self.kept_images.remove(index);
        self.refuse_images(reason);
        true
    }

    /// Returns the bytes of the images that the storage keeps for the runs of the list.
    pub(super) fn image_bytes(&self) -> u64 {
        let is_used =
            |images: &&KeptImages| self.rows.iter().any(|row| row.header.images.digest == images.digest);
        self.kept_images.iter().filter(is_used).map(|images| images.bytes).sum()
    }
}
