//! A group of settings in a line, as its heading shows it while it is closed.

use super::Settings;
use crate::nn::Activation;
use crate::train::Schedule;
use crate::train::setting::Setting;
use crate::view::plot::group_digits;

impl Settings {
    /// Returns how the network is trained: `Adam, batch 50`.
    pub fn training_summary(&self) -> String {
        let config = &self.config;
        let mut parts = vec![config.method.title().to_owned(), format!("batch {}", config.batch_size)];
        if let Some(amount) = config.corruption.amount() {
            parts.push(format!("{} {amount}", config.corruption.name()));
        }
        if let Schedule::Cosine { steps } = config.schedule {
            parts.push(format!("cosine to step {}", group_digits(steps)));
        }
        parts.join(", ")
    }

    /// Returns the layers and the seed: `784 50t 50t 2 50t 50t 784, seed 0`.
    pub fn network_summary(&self) -> String {
        format!("{}, seed {}", self.config.spec, self.config.seed)
    }

    /// Returns what is minimized: `Mean squared error, L2 0.001`.
    pub fn objective_summary(&self) -> String {
        let mut parts = vec![self.config.loss.title().to_owned()];
        let output = self.config.spec.layers.last().map(|layer| layer.activation);
        let output = output.filter(|&activation| activation != Activation::Linear);
        parts.extend(output.map(|activation| format!("{} output", activation.name())));
        for setting in [Setting::L1, Setting::L2] {
            let value = self.get(setting).filter(|value| value != "0");
            parts.extend(value.map(|value| format!("{} {value}", setting.label())));
        }
        let beta = self.get(Setting::Beta);
        parts.extend(beta.map(|beta| format!("variational, beta {beta}")));
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Preset;

    #[test]
    fn a_group_is_told_in_a_line() {
        let default = Settings::default();
        assert_eq!(default.training_summary(), "Adam, batch 50");
        assert_eq!(default.network_summary(), "784 50t 50t 2 50t 50t 784, seed 0");
        assert_eq!(default.objective_summary(), "Mean squared error");
        let fragment = "corruption=masking&schedule=cosine&schedule-steps=20000&variational=yes&seed=7";
        let (settings, errors) = default.with_fragment(fragment);
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(settings.training_summary(), "Adam, batch 50, masking 0.3, cosine to step 20,000");
        assert_eq!(settings.network_summary(), "784 50t 50t 2~ 50t 50t 784, seed 7");
        assert!(settings.objective_summary().ends_with("variational, beta 1"));
        let karpathy = Settings::from_preset(Preset::Karpathy);
        assert!(karpathy.objective_summary().ends_with("L2 0.001"), "{}", karpathy.objective_summary());
    }
}
