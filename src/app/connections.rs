//! What happens to one part, and what the others have to do about it.

use super::images::Arrival;
use super::lens::Lens;
use super::notices::Action;
use super::run::Pieces;
use super::transport::Stopped;
use super::{App, DatasetChoice, Event, Trouble};

impl App {
    /// Connects what has come of arriving images with the rest; false if there was nothing to do.
    pub(super) fn arrived(&mut self, arrival: Arrival) -> bool {
        match arrival {
            Arrival::Nothing => return false,
            Arrival::Piece => {}
            Arrival::Switched(origin) => {
                self.begin_from(self.settings().clone(), origin);
                self.tell_event(Event::OtherImages);
            }
            Arrival::Joined => self.tell_event(Event::OtherImages),
            Arrival::Complete => self.tell_event(Event::ImagesComplete),
            Arrival::Given(given) => self.use_given(*given),
            Arrival::Refused(error) => self.notices.say(format!("{error} Nothing was changed.")),
            Arrival::Failed(error) => {
                let rest = match self.images.using() {
                    _ if self.images.is_coming() => "The page draws digits of its own instead.".to_owned(),
                    DatasetChoice::Mnist => {
                        let images = crate::view::plot::group_digits(self.images.pair().train.len() as u64);
                        format!("Training goes on with the {images} digits that have arrived.")
                    }
                    _ => "Training goes on as it was.".to_owned(),
                };
                self.notices.offer(format!("{error} {rest}"), Action::Retry, "Try again");
                self.want_dataset(self.images.wish());
                self.tell_event(Event::ImagesComplete);
            }
        }
        true
    }

    /// Tells the parts what has happened to one of them.
    pub(super) fn tell_event(&mut self, event: Event) {
        match event {
            Event::Restarted => {
                self.subject.bump();
                let network = self.run.subject().network;
                self.lens = Lens::new(network);
                let mut layers: Vec<_> = network.layers().iter().map(|layer| layer.outputs).collect();
                // The layer of a Gaussian code computes its log-variances as well.
                layers[network.encoder().len() - 1] = network.latent_dim();
                self.plane.use_network(network.latent_dim(), &layers);
                self.gallery.clear();
                self.opened.use_network(layers.len());
                self.tally.clear();
                self.prior.use_network(self.is_variational().then(|| self.plane.width()));
                self.chores.forget_costs();
                self.pieces = Pieces::default();
                self.transport.restart();
                self.autosave.forget();
                self.keeping = None;
                self.tell_event(Event::TroubleChanged);
            }
            // Views of the past stay as they are.
            Event::Trained if self.timeline.shown().is_some() => {}
            Event::Trained | Event::OtherSubject => {
                self.subject.bump();
                self.plane.outdate();
                self.gallery.outdate();
                self.tally.outdate();
            }
            Event::OtherImages => {
                self.run.begin_step_anew();
                self.linear_code.clear();
                self.plane.clear();
                self.gallery.clear();
                self.tally.clear();
                self.ranking.clear();
                self.run.measure_again();
            }
            Event::ImagesComplete => {
                self.plane.outdate();
                self.gallery.outdate();
                self.tally.outdate();
                self.run.measure_again();
            }
            Event::TroubleChanged => self.tell_trouble(),
        }
    }

    /// Says what is wrong with the run, and offers the way back.
    pub(super) fn tell_trouble(&mut self) {
        self.told = self.run.trouble();
        let rate = self.settings().config.learning_rate;
        let text = match self.told {
            None => return self.notices.withdraw(Action::Recover),
            Some(Trouble::Diverged { step }) => format!(
                "The run broke at step {}: the loss blew up. A learning rate of {rate} is too high for this network.",
                crate::view::plot::group_digits(step)
            ),
            Some(Trouble::Worse { step }) => format!(
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
        if self.run.trouble().is_none() {
            return;
        }
        self.travel(|timeline| timeline.look_at(1.0));
        if !self.run.has_diverged() {
            self.put_away(self.run.copy());
        }
        match self.run.go_back(rate) {
            Ok(()) => {
                self.tell_event(Event::Trained);
                self.tell_event(Event::TroubleChanged);
                self.tell_address();
            }
            Err(error) => self.notices.say(format!("{error}.")),
        }
    }

    /// Pauses because of something that was to stop training, and says so.
    pub(super) fn stop(&mut self, stopped: Stopped) {
        self.transport.play(false);
        self.run.interrupt_pace();
        self.notices.say(match stopped {
            Stopped::AtStep(step) => format!("Training stopped at step {}.", crate::view::plot::group_digits(step)),
            Stopped::AtPlateau(step) => format!(
                "Training stopped at step {}: over the last third of the steps the test error has fallen by less \
                 than 1 %. Play goes on.",
                crate::view::plot::group_digits(step)
            ),
            Stopped::Alone => "Nobody has touched this page for 15 minutes, so training has paused. Press Play to go on.".into(),
        });
    }
}
