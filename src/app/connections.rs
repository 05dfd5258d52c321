//! What happens to one part, and what the others have to do about it.

use super::controls::StopReason;
use super::dataset::LoadEvent;
use super::inference::Inference;
use super::messages::Action;
use super::runs::PartialStep;
use super::{App, DatasetChoice, Event, RunProblem};

impl App {
    /// Connects what has come of arriving images with the rest; false if there was nothing to do.
    pub(super) fn arrived(&mut self, event: LoadEvent) -> bool {
        match event {
            LoadEvent::Nothing => return false,
            LoadEvent::Piece => {}
            LoadEvent::Switched(dataset_ref) => {
                self.begin_from(self.settings().clone(), dataset_ref);
                self.tell_event(Event::OtherImages);
            }
            LoadEvent::Joined => self.tell_event(Event::OtherImages),
            LoadEvent::Complete => self.tell_event(Event::ImagesComplete),
            LoadEvent::UserFiles(given) => self.use_given(*given),
            LoadEvent::Refused(error) => self.notices.say(format!("{error} Nothing was changed.")),
            LoadEvent::Failed(error) => {
                let rest = match self.datasets.using() {
                    _ if self.datasets.is_coming() => "The page draws digits of its own instead.".to_owned(),
                    DatasetChoice::Mnist => {
                        let images = crate::view::plot::group_digits(self.datasets.pair().train.len() as u64);
                        format!("Training goes on with the {images} digits that have arrived.")
                    }
                    _ => "Training goes on as it was.".to_owned(),
                };
                self.notices.offer(format!("{error} {rest}"), Action::Retry, "Try again");
                self.want_dataset(self.datasets.requested());
                self.tell_event(Event::ImagesComplete);
            }
        }
        true
    }

    /// Tells the parts what has happened to one of them.
    pub(super) fn tell_event(&mut self, event: Event) {
        match event {
            Event::Restarted => {
                self.model.bump();
                let network = self.run.model_view().network;
                self.inference = Inference::new(network);
                let mut layers: Vec<_> = network.layers().iter().map(|layer| layer.outputs).collect();
                // The layer of a Gaussian code computes its log-variances as well.
                layers[network.encoder().len() - 1] = network.latent_dim();
                self.plane.use_network(network.latent_dim(), &layers);
                self.reconstructions.clear();
                self.layer_inspector.use_network(layers.len());
                self.layer_stats.clear();
                self.prior.use_network(self.is_variational().then(|| self.plane.width()));
                self.scheduler.forget_costs();
                self.pieces = PartialStep::default();
                self.transport.restart();
                self.autosave.forget();
                self.keeping = None;
                self.tell_event(Event::TroubleChanged);
            }
            // Views of the past stay as they are.
            Event::Trained if self.timeline.shown().is_some() => {}
            Event::Trained | Event::OtherSubject => {
                self.model.bump();
                self.plane.invalidate();
                self.reconstructions.invalidate();
                self.layer_stats.invalidate();
            }
            Event::OtherImages => {
                self.run.cancel_step();
                self.linear_code.clear();
                self.plane.clear();
                self.reconstructions.clear();
                self.layer_stats.clear();
                self.worst_digits.clear();
                self.run.measure_again();
            }
            Event::ImagesComplete => {
                self.plane.invalidate();
                self.reconstructions.invalidate();
                self.layer_stats.invalidate();
                self.run.measure_again();
            }
            Event::TroubleChanged => self.report_problem(),
        }
    }

    /// Says what is wrong with the run, and offers the way back.
    pub(super) fn report_problem(&mut self) {
        self.reported_problem = self.run.problem();
        let rate = self.settings().config.learning_rate;
        let text = match self.reported_problem {
            None => return self.notices.withdraw(Action::Recover),
            Some(RunProblem::Diverged { step }) => format!(
                "The run broke at step {}: the loss blew up. A learning rate of {rate} is too high for this network.",
                crate::view::plot::group_digits(step)
            ),
            Some(RunProblem::Degraded { step }) => format!(
                "The run is broken: since step {} its test error has been above that of the mean digit, though it was \
                 below before. A learning rate of {rate} may be too high.",
                crate::view::plot::group_digits(step)
            ),
        };
        let label = format!("Back to the last good parameters, at a rate of {}", self.run.good_rate());
        self.notices.offer(text, Action::Recover, label);
        if self.run.has_diverged() {
            self.transport.cancel_steps();
        }
    }

    /// Goes back to the last good parameters, with `rate`. A run that still trains is put away first.
    pub(super) fn recover(&mut self, rate: f32) {
        if self.run.problem().is_none() {
            return;
        }
        self.seek(|timeline| timeline.seek(1.0));
        if !self.run.has_diverged() {
            self.put_away(self.run.copy());
        }
        match self.run.go_back(rate) {
            Ok(()) => {
                self.tell_event(Event::Trained);
                self.tell_event(Event::TroubleChanged);
                self.update_url();
            }
            Err(error) => self.notices.say(format!("{error}.")),
        }
    }

    /// Pauses because of something that was to stop training, and says so.
    pub(super) fn stop(&mut self, stopped: StopReason) {
        self.transport.play(false);
        self.run.interrupt_pace();
        self.notices.say(match stopped {
            StopReason::AtStep(step) => format!("Training stopped at step {}.", crate::view::plot::group_digits(step)),
            StopReason::AtPlateau(step) => format!(
                "Training stopped at step {}: over the last third of the steps the test error has fallen by less \
                 than 1 %. Play goes on.",
                crate::view::plot::group_digits(step)
            ),
            StopReason::Idle => "Nobody has touched this page for 15 minutes, so training has paused. Press Play to go on.".into(),
        });
    }
}
