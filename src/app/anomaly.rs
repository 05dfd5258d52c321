//! An autoencoder as a detector: a digit of the class that it has never seen comes back with a larger error than others.

use super::App;
use crate::view::detection::{auc, quantile, share_above};

/// The share of the other digits that the first threshold lets pass.
const FIRST_PASSED: f32 = 0.95;

/// The errors of the digits on the plane, when one class is left out of training.
#[derive(Clone, Debug)]
pub struct Anomaly {
    /// The class.
    pub class: u8,
    /// The errors of the digits of the other classes, and of this one.
    pub others: Vec<f32>,
    pub left_out: Vec<f32>,
    /// The error above which a digit is taken for one of the class.
    pub threshold: f32,
}

impl Anomaly {
    /// Collects the errors, once those of all digits are known; nothing if no class is left out, or its digits have no labels.
    pub fn of(app: &App) -> Option<Self> {
        let class = app.settings().config.leave_out?;
        let (errors, classes) = (app.plane().errors().0, app.plane().cloud().classes);
        let (mut others, mut left_out) = (Vec::new(), Vec::new());
        for (error, label) in errors.iter().zip(classes).filter(|(error, _)| error.is_finite()) {
            let of = if *label == Some(class) { &mut left_out } else { &mut others };
            of.push(*error);
        }
        let first = quantile(&others, FIRST_PASSED)?;
        let threshold = app.inspect().threshold.unwrap_or(first);
        (!left_out.is_empty()).then_some(Self { class, others, left_out, threshold })
    }

    /// Returns the area under the ROC curve.
    pub fn auc(&self) -> f64 {
        auc(&self.others, &self.left_out).unwrap_or_default()
    }

    /// Returns the shares of the digits of the class, and of the others, above the threshold.
    pub fn detected(&self) -> (f32, f32) {
        (share_above(&self.left_out, self.threshold), share_above(&self.others, self.threshold))
    }

    /// Describes what the threshold detects.
    pub fn to_sentence(&self) -> String {
        let (found, taken) = self.detected();
        format!(
            "Above {:.3} are {:.0} % of the {}s, which the network has never seen, and {:.0} % of the others. Area under the ROC curve: \
             {:.2}.",
            self.threshold,
            100.0 * found,
            self.class,
            100.0 * taken,
            self.auc()
        )
    }
}
