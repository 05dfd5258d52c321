//! The answers of the lessons, with the numbers of this run.

use super::Lesson;
use crate::app::article::short_error;
use crate::app::{Anomaly, App};
use crate::view::plot::group_digits;

/// The steps after which a lesson about what has been learnt is answered.
const LEARNT_AFTER_STEPS: u64 = 2_000;

/// The training error at which ten digits are memorized, and how far the test error has risen by then.
const MEMORIZED: f32 = 0.01;
const RISEN: f32 = 1.03;

/// How near to the linear code's error a linear network has to come.
const AT_THE_LINE: f32 = 1.02;

/// The training error of the lesson on Karpathy's demo.
const KARPATHY_ERROR: f32 = 0.06;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The choice that is right.
    pub right: usize,
    /// Why, with the numbers of this run.
    pub text: String,
}

impl Lesson {
    /// Returns the answer, once the run, which was at step `start` when the lesson began, has shown it.
    pub fn answer(self, app: &App, start: u64) -> Option<Answer> {
        let figures = app.figures();
        let history = app.run().curve().history();
        let reference = |name: &str| app.references().find(|(of, _)| *of == name).map(|(_, error)| error);
        let number = group_digits;
        let has_learnt = figures.step >= start + LEARNT_AFTER_STEPS;
        let (right, text) = match self {
            Self::BreakIt => {
                let diverged = app.run().diverged_at()?;
                let survived = diverged - start;
                let right = usize::from(survived >= 20);
                let text = format!(
                    "It survived {} steps: at step {} the loss was no longer finite. Each step overshoots, and the next one \
                     overshoots further. The page has kept the last good parameters: restore them.",
                    number(survived),
                    number(diverged)
                );
                (right, text)
            }
            Self::Overfit => {
                let (train, test) = (figures.train_mse?, figures.test_mse?);
                let tests: Vec<_> = history.test.iter().collect();
                let &(step, least) = tests.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
                if train > MEMORIZED || test < RISEN * least || !app.run().knows_past_errors() {
                    return None;
                }
                let &(now, last) = tests.last()?;
                let text = format!(
                    "The test error fell to {} by step {}, and had risen to {} by step {}, while the training error was {}: the network \
                     has memorized its ten digits. It draws them even where it should draw others.",
                    short_error(least),
                    number(step),
                    short_error(last),
                    number(now),
                    if train < 0.001 { "below 0.001".to_owned() } else { short_error(train) }
                );
                (1, text)
            }
            Self::OneNumber if has_learnt => {
                let found = app.plane().agreement()?;
                let text = format!(
                    "For {:.0} % of the test digits the nearest other on the line is the same digit; by chance it would be {:.0} %. \
                     The test error is {}. Some digits share their stretch of the line, and come back as a blend.",
                    100.0 * found.share,
                    100.0 * found.chance,
                    short_error(figures.test_mse?)
                );
                (1, text)
            }
            Self::Pca => {
                let (test, linear) = (figures.test_mse?, reference("linear code")?);
                if test > AT_THE_LINE * linear {
                    return None;
                }
                let text = format!(
                    "On the line: after {} steps the test error is {test:.4}, that of principal component analysis {linear:.4}. A \
                     product of matrices is a matrix, and no linear code is better than PCA.",
                    number(figures.step)
                );
                (1, text)
            }
            Self::Denoise if has_learnt => {
                let (corrupted, restored) = app.inspect().reconstructions.mean_errors()?;
                let text = format!(
                    "The whole digit: what the network sees is off by {} per pixel, what it draws by {}. It has learnt what digits \
                     look like, and fills in what is missing.",
                    short_error(corrupted),
                    short_error(restored)
                );
                (1, text)
            }
            Self::Variational if has_learnt => {
                let codes = app.plane().codes().0;
                let inside =
                    codes.iter().filter(|code| code.iter().map(|z| z * z).sum::<f32>() < 4.0).count();
                let text = format!(
                    "They close: {:.0} % of the test digits lie inside the outer ring, two standard deviations from the middle; of a \
                     Gaussian it would be 86 %. Nearly every place decodes to something like a digit, at the price of an error of {}.",
                    100.0 * inside as f32 / codes.len().max(1) as f32,
                    short_error(figures.test_mse?)
                );
                (0, text)
            }
            Self::LeaveOneOut if has_learnt => {
                let found = Anomaly::of(app)?;
                let mean = |errors: &[f32]| errors.iter().sum::<f32>() / errors.len() as f32;
                let text = format!(
                    "Another digit: the {}s have a mean error of {}, the others {}. A large error says that something is new, and \
                     autoencoders detect anomalies that way. Area under the ROC curve: {:.2}, where chance has 0.5.",
                    found.class,
                    short_error(mean(&found.left_out)),
                    short_error(mean(&found.others)),
                    found.auc()
                );
                (1, text)
            }
            Self::DrawYourOwn => {
                let error = app.inspect().pad.result.as_ref()?.error;
                let usual = figures.test_mse?;
                let (right, verdict) = match error / usual {
                    ..1.25 => (0, "as good as MNIST’s own"),
                    ..2.5 => (1, "not quite as good: place, size and stroke matter"),
                    _ => (2, "far worse: try a thicker, larger digit in the middle"),
                };
                let text = format!(
                    "Your digit came back with an error of {}, a test digit has {} on average: {verdict}.",
                    short_error(error),
                    short_error(usual)
                );
                (right, text)
            }
            Self::Karpathy => {
                let (step, _) = history.train.iter().find(|&(_, error)| error < KARPATHY_ERROR)?;
                let right = usize::from(step > 300) + usize::from(step > 3_000);
                let batch = app.run().settings().config.batch_size as u64;
                let text = format!(
                    "At step {}, after {} digits, the training error is below 0.06. It is {:.4} now.",
                    number(step),
                    number(step * batch),
                    figures.train_mse?
                );
                (right, text)
            }
            Self::VanDenBurg | Self::Hinton => {
                let linear = reference("linear code")?;
                let (step, _) = history.test.iter().find(|&(_, error)| error < linear)?;
                app.run().knows_past_errors().then_some(())?;
                let epochs = step as f64 / figures.step.max(1) as f64 * figures.epoch;
                let right = match self {
                    Self::Hinton => usize::from(epochs > 1.0) + usize::from(epochs > 5.0),
                    _ => usize::from(step > 1_000) + usize::from(step > 20_000),
                };
                let text = format!(
                    "At step {}, after {epochs:.1} epochs, the test error is below PCA’s {linear:.4}. It is {:.4} now.",
                    number(step),
                    figures.test_mse?
                );
                (right, text)
            }
            _ => return None,
        };
        Some(Answer { right, text: text.replace('-', "−") })
    }
}
