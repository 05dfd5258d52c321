//! The lessons: what each asks, and what it sets up.

use crate::app::settings::{FieldError, LESSON_KEY};
use crate::app::url::pairs;
use crate::train::setting::excerpt;

/// A lesson: a run of its own, a question before it, and the answer with the run's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    BreakIt,
    Overfit,
    OneNumber,
    Pca,
    Denoise,
    Variational,
    LeaveOneOut,
    DrawYourOwn,
    Karpathy,
    VanDenBurg,
    Hinton,
}

/// What a lesson says.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// The value of `lesson` in the URL's fragment.
    pub key: &'static str,
    pub title: &'static str,
    /// The settings, as a fragment. Without a preset they change the running run.
    pub setup: &'static str,
    pub question: &'static str,
    /// The answers to choose from.
    pub choices: &'static [&'static str],
    /// What to look at while it trains.
    pub look: &'static str,
    /// The ids of the elements to look at.
    pub highlighted_ids: &'static [&'static str],
}

impl Lesson {
    /// The lessons in the order of the strip *Try*.
    pub const ALL: [Self; 11] = [
        Self::BreakIt,
        Self::Overfit,
        Self::OneNumber,
        Self::Pca,
        Self::Denoise,
        Self::Variational,
        Self::LeaveOneOut,
        Self::DrawYourOwn,
        Self::Karpathy,
        Self::VanDenBurg,
        Self::Hinton,
    ];

    /// Returns the lesson of a key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lesson| lesson.script().key == key)
    }

    /// Returns the lesson that a URL's fragment opens, as in `lesson=overfit`.
    ///
    /// # Errors
    /// If there is no such lesson.
    pub fn from_fragment(fragment: &str) -> Result<Option<Self>, FieldError> {
        let Some((_, key)) = pairs(fragment).find(|(key, _)| key == LESSON_KEY) else { return Ok(None) };
        Self::from_key(&key).map(Some).ok_or_else(|| FieldError::UnknownLesson {
            found: excerpt(&key),
            known: Self::ALL.map(|lesson| lesson.script().key).join(", "),
        })
    }

    /// Returns what the lesson says.
    pub fn script(self) -> &'static Script {
        match self {
            Self::BreakIt => &Script {
                key: "break",
                title: "Break it",
                setup: "lr=1000",
                question: "The learning rate is 1,000 now. How many steps does the network survive?",
                choices: &["Fewer than 20", "A few hundred", "It adapts and goes on"],
                look: "Look at the loss: it leaves the chart.",
                highlighted_ids: &["loss"],
            },
            Self::Overfit => &Script {
                key: "overfit",
                title: "Overfit ten digits",
                setup: "preset=modern&train-images=10",
                question: "Only ten digits to learn from. What will the test curve do?",
                choices: &["Fall with the training curve", "Fall, then rise again", "Stay where it is"],
                look: "Look at the two curves, and at the reconstructions: the ten training digits above, test digits below.",
                highlighted_ids: &["loss", "reconstructions"],
            },
            Self::OneNumber => &Script {
                key: "one-number",
                title: "One number",
                setup: "preset=modern&network=784-50t-50t-1-50t-50t-784",
                question: "One number in place of two. Can it keep ten digits apart?",
                choices: &[
                    "Yes, each has its stretch of the line",
                    "Some of them",
                    "None better than by chance",
                ],
                look: "Look at the plane: it is a line now, drawn with a strip for each digit.",
                highlighted_ids: &["latent"],
            },
            Self::Pca => &Script {
                key: "pca",
                title: "PCA",
                setup: "preset=modern&network=784-50-50-2-50-50-784",
                question: "Without tanh, six layers are one matrix. Where will the test error end?",
                choices: &["Below the linear code’s line", "On that line", "Far above it"],
                look: "Look at the dashed line in the chart: the best that a linear code can do.",
                highlighted_ids: &["loss"],
            },
            Self::Denoise => &Script {
                key: "denoise",
                title: "Denoise",
                setup: "preset=modern&corruption=masking&corruption-amount=0.5",
                question: "Half of the pixels are black. What will the network draw?",
                choices: &["What it sees, holes and all", "The whole digit", "Always the same blur"],
                look: "Look at the reconstructions: above what the network sees, below what it makes of it.",
                highlighted_ids: &["reconstructions"],
            },
            Self::Variational => &Script {
                key: "variational",
                title: "Variational",
                setup: "preset=modern&variational=yes",
                question: "Each digit becomes a small cloud instead of a point, and all are pulled to the middle. \
                           What happens to the gaps between the digits?",
                choices: &["They close", "They grow", "Nothing"],
                look: "Look at the plane: the rings hold 39 % and 86 % of the Gaussian that the digits should fill.",
                highlighted_ids: &["latent"],
            },
            Self::LeaveOneOut => &Script {
                key: "leave-one-out",
                title: "Leave one out",
                setup: "preset=modern&leave-out=0",
                question: "It is trained without a single 0. What will it make of one?",
                choices: &["A 0, as good as any", "Another digit, with a larger error", "An empty picture"],
                look: "Look at the errors: the colour is the 0s. Drag the threshold that tells them from the others.",
                highlighted_ids: &["anomaly"],
            },
            Self::DrawYourOwn => &Script {
                key: "draw",
                title: "Draw your own",
                setup: "preset=modern",
                question: "The network knows 60,000 digits of other people. Will it know yours?",
                choices: &["As well as its test digits", "Not quite as well", "Not at all"],
                look: "Let it train for a while, then draw a digit, as large as the field.",
                highlighted_ids: &["pad"],
            },
            Self::Karpathy => &Script {
                key: "karpathy",
                title: "Karpathy 2014",
                setup: "preset=karpathy",
                question: "Adadelta finds its own step sizes. After how many steps is the training error below 0.06?",
                choices: &["About 100", "About 700", "More than 3,000"],
                look: "Look at the grey curve, and at the figure Train.",
                highlighted_ids: &["loss", "figures"],
            },
            Self::VanDenBurg => &Script {
                key: "blog",
                title: "Van den Burg 2017",
                setup: "preset=blog",
                question: "Adam at 0.0001, a thirtieth of this page’s default. When does it beat PCA, the dashed line?",
                choices: &["Before step 1,000", "At about step 5,000", "After step 20,000"],
                look: "Look at the blue curve, and at the dashed line of the linear code.",
                highlighted_ids: &["loss"],
            },
            Self::Hinton => &Script {
                key: "hinton",
                title: "Hinton 2006",
                setup: "preset=hinton",
                question: "Thirty numbers and 2.8 million weights. When does it beat PCA with thirty components?",
                choices: &["Within an epoch", "Within five epochs", "Later, or never"],
                look: "Look at the blue curve, and at the dashed line of the linear code. It is a large network: take your time.",
                highlighted_ids: &["loss"],
            },
        }
    }
}
