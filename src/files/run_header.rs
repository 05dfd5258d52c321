//! What the page keeps of a run besides its trainer: its name, settings, images, curve and pins, and its place in the list of runs.
//!
//! It is the member `run` in the header of a `.bottleneck` file. The browser's storage holds it apart from the file as well, so
//! that a list of runs can be shown without reading their parameters.

use serde::Serialize;
use serde_json::Value;

use super::FileError;
use super::json::Field;

/// The version of the layout; a reader refuses later ones.
const VERSION: u64 = 1;

/// The largest number of characters of a name.
const MAX_NAME_CHARS: usize = 80;

/// The largest number of entries of a list in the header.
const MAX_ENTRIES: usize = 10_000;

/// What the page keeps of a run besides its trainer.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RunHeader {
    /// The name in the list.
    pub name: String,
    /// The key of each setting in the URL, and its value as text.
    pub settings: Vec<(String, String)>,
    /// The images it is trained on.
    pub images: Images,
    /// Whether settings, images and changes determine the parameters: it began with fresh ones and was never rolled back.
    pub is_reproducible: bool,
    /// The number of steps.
    pub steps: u64,
    /// The milliseconds of training.
    pub training_ms: u64,
    /// The test error: mean squared error per pixel.
    pub test_error: Option<f32>,
    /// The step at which it diverged, if it did; the parameters are the last good ones then.
    pub diverged_at: Option<u64>,
    /// The changes of settings during training.
    pub changes: Vec<SettingChange>,
    /// The errors at each step.
    pub curve: CurvePoints,
    /// The pins on its plane.
    pub pins: Vec<SavedPin>,
    /// Its place in the list and in the storage.
    pub slot: Slot,
}

/// The images of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Images {
    /// The name of the dataset: `mnist`, `strokes`, `own`.
    pub name: String,
    /// The number of training images.
    pub count: u64,
    /// The CRC-32 of the user's own images; 0 for a dataset that the page can get by its name.
    pub digest: u32,
}

/// A change of a setting during training.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SettingChange {
    /// The steps before it.
    pub step: u64,
    /// The setting's key in the URL.
    pub key: String,
    /// The value before.
    pub from: String,
    /// The value since.
    pub to: String,
}

/// The points of a curve: step and value.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CurvePoints {
    /// The smoothed training error.
    pub train: Vec<(u64, f32)>,
    /// The test error.
    pub test: Vec<(u64, f32)>,
    /// The KL divergence of a sampled code.
    pub kl: Vec<(u64, f32)>,
    /// The seconds of training.
    pub seconds: Vec<(u64, f32)>,
}

/// A pin on the plane.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum SavedPin {
    /// A place, and its code.
    Place([f32; 2], Vec<f32>),
    /// A test digit, by its index.
    Digit(usize),
}

/// The place of a run in the list and in the storage.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Slot {
    /// Identifies the run among all that the browser stores.
    pub key: String,
    /// The visit that wrote it last. With the time of writing it identifies the write, so that tabs notice each other.
    pub visit: u32,
    /// Whether that visit was training it.
    pub is_open: bool,
    /// When it began, in milliseconds since 1970.
    pub started: u64,
    /// When it was written last, in milliseconds since 1970.
    pub written: u64,
    /// The colour of its curve in the chart, if that is drawn.
    pub tick: Option<u8>,
    /// When the user removed it, in milliseconds since 1970.
    pub removed: Option<u64>,
    /// The steps of its timeline.
    pub checkpoints: Vec<u64>,
    /// The bytes of its file.
    pub file_bytes: u64,
    /// The bytes of one checkpoint.
    pub checkpoint_bytes: u64,
}

impl Slot {
    /// Returns the bytes that the run takes.
    pub fn bytes(&self) -> u64 {
        self.file_bytes.saturating_add(self.checkpoint_bytes.saturating_mul(self.checkpoints.len() as u64))
    }
}

impl RunHeader {
    /// Encodes the header as JSON.
    pub fn to_json(&self) -> String {
        // A map with string keys and plain values cannot fail.
        serde_json::to_string(&Versioned { version: VERSION, run: self }).unwrap_or_default()
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// If it is not such a header, or of a later version.
    pub fn parse(json: &str) -> Result<Self, FileError> {
        let value: Value = serde_json::from_str(json).map_err(|error| FileError::json(&error))?;
        let root = Field { name: "header", value: &value };
        if root.field("version").integer()? > VERSION {
            return Err(FileError::Json {
                reason: "it was written by a newer version of this page".to_owned(),
            });
        }
        Self::from_json(&root.field("run"))
    }

    pub(super) fn from_json(root: &Field<'_>) -> Result<Self, FileError> {
        let text = |field: Field<'_>| field.text().map(str::to_owned);
        let pair =
            |pair: Field<'_>| -> Result<_, FileError> { Ok((text(pair.item(0))?, text(pair.item(1))?)) };
        let (images, curve) = (root.field("images"), root.field("curve"));
        Ok(Self {
            name: text(root.field("name"))?.chars().take(MAX_NAME_CHARS).collect(),
            settings: root.field("settings").items().take(MAX_ENTRIES).map(pair).collect::<Result<_, _>>()?,
            images: Images {
                name: text(images.field("name"))?,
                count: images.field("count").integer()?,
                digest: images.field("digest").integer()? as u32,
            },
            is_reproducible: root.field("is_reproducible").value.as_bool().unwrap_or_default(),
            steps: root.field("steps").integer()?,
            training_ms: root.field("training_ms").integer()?,
            test_error: root.present("test_error").map(|error| error.float()).transpose()?,
            diverged_at: root.present("diverged_at").map(|step| step.integer()).transpose()?,
            changes: root.field("changes").items().take(MAX_ENTRIES).map(change).collect::<Result<_, _>>()?,
            curve: CurvePoints {
                train: points(&curve.field("train"))?,
                test: points(&curve.field("test"))?,
                kl: points(&curve.field("kl"))?,
                seconds: points(&curve.field("seconds"))?,
            },
            pins: root
                .field("pins")
                .items()
                .take(MAX_ENTRIES)
                .map(|from| pin(&from))
                .collect::<Result<_, _>>()?,
            slot: slot(&root.field("slot"))?,
        })
    }
}

#[derive(Serialize)]
struct Versioned<'a> {
    version: u64,
    run: &'a RunHeader,
}

fn change(from: Field<'_>) -> Result<SettingChange, FileError> {
    let text = |name| from.field(name).text().map(str::to_owned);
    Ok(SettingChange {
        step: from.field("step").integer()?,
        key: text("key")?,
        from: text("from")?,
        to: text("to")?,
    })
}

fn points(from: &Field<'_>) -> Result<Vec<(u64, f32)>, FileError> {
    let point = |point: Field<'_>| Ok((point.item(0).integer()?, point.item(1).float()?));
    from.items().take(MAX_ENTRIES).map(point).collect()
}

fn pin(from: &Field<'_>) -> Result<SavedPin, FileError> {
    if let Some(digit) = from.present("Digit") {
        return digit.size().map(SavedPin::Digit);
    }
    let place = from.field("Place");
    let (at, code) = (place.item(0), place.item(1));
    let code = code.items().take(MAX_ENTRIES).map(|value| value.float()).collect::<Result<_, _>>()?;
    Ok(SavedPin::Place([at.item(0).float()?, at.item(1).float()?], code))
}

fn slot(from: &Field<'_>) -> Result<Slot, FileError> {
    let checkpoints = from.field("checkpoints");
    Ok(Slot {
        key: from.field("key").text()?.to_owned(),
        visit: from.field("visit").integer()? as u32,
        is_open: from.field("is_open").value.as_bool().unwrap_or_default(),
        started: from.field("started").integer()?,
        written: from.field("written").integer()?,
        tick: from.present("tick").map(|tick| tick.integer()).transpose()?.map(|tick| tick as u8),
        removed: from.present("removed").map(|removed| removed.integer()).transpose()?,
        checkpoints: checkpoints
            .items()
            .take(MAX_ENTRIES)
            .map(|step| step.integer())
            .collect::<Result<_, _>>()?,
        file_bytes: from.field("file_bytes").integer()?,
        checkpoint_bytes: from.field("checkpoint_bytes").integer()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> RunHeader {
        RunHeader {
            name: "seed 5 · 2".to_owned(),
            settings: vec![("lr".to_owned(), "0.003".to_owned()), ("seed".to_owned(), "5".to_owned())],
            images: Images { name: "own".to_owned(), count: 70, digest: u32::MAX },
            is_reproducible: true,
            steps: 4_120,
            training_ms: 12_250,
            test_error: Some(0.0412),
            diverged_at: None,
            changes: vec![SettingChange {
                step: 7,
                key: "lr".into(),
                from: "0.003".into(),
                to: "0.01".into(),
            }],
            curve: CurvePoints {
                train: vec![(1, 0.1), (2, 1e-7)],
                test: vec![(2, 0.3)],
                kl: vec![],
                seconds: vec![(2, 0.5)],
            },
            pins: vec![SavedPin::Place([0.1, -2.5], vec![0.1, -2.5]), SavedPin::Digit(4)],
            slot: Slot {
                key: "a".to_owned(),
                visit: u32::MAX,
                is_open: true,
                started: 1_700_000_000_000,
                written: 1_700_000_000_001,
                tick: Some(2),
                removed: None,
                checkpoints: vec![0, 1, 4],
                file_bytes: 1_000,
                checkpoint_bytes: 300,
            },
        }
    }

    #[test]
    fn a_header_round_trips() {
        for tick in [None, Some(5)] {
            let mut header = header();
            (header.slot.tick, header.diverged_at) = (tick, tick.map(u64::from));
            assert_eq!(RunHeader::parse(&header.to_json()), Ok(header));
        }
        assert_eq!(header().slot.bytes(), 1_900);
    }

    #[test]
    fn other_texts_and_later_versions_are_refused_with_a_reason() {
        let json = header().to_json();
        for length in (0..json.len()).step_by(7) {
            assert!(RunHeader::parse(&json[..json.floor_char_boundary(length)]).is_err(), "{length} bytes");
        }
        let later = json.replacen("\"version\":1", "\"version\":2", 1);
        assert!(RunHeader::parse(&later).unwrap_err().to_string().contains("newer version"));
        let without = json.replace("\"steps\":4120", "\"steps\":\"many\"");
        assert!(RunHeader::parse(&without).unwrap_err().to_string().contains("steps"));
        let huge = json.replacen("-2.5", "-1.1e39", 1);
        assert!(RunHeader::parse(&huge).unwrap_err().to_string().contains("Place"));
    }
}
