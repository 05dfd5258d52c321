//! What is done: train, print, look, save.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bottleneck::data::PIXELS;
use bottleneck::train::Trainer;
use indicatif::{ProgressBar, ProgressStyle};

use super::args::Args;
use super::digits::Digits;
use super::figures::Figures;
use super::held_out::{HeldOut, Seen};
use super::keep::{self, Keep};
use super::tensorboard::Log;
use super::{Told, latent};

/// Steps between two lines of output, and between two pictures.
const INTERVAL: u64 = 500;

pub fn run(args: &Args) -> Told<()> {
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&stopped);
    ctrlc::set_handler(move || stop.store(true, Ordering::Relaxed))
        .map_err(|error| format!("Ctrl-C cannot be listened to: {error}."))?;

    let mut trainer = keep::begin(args)?;
    let keep = args.save.as_deref().map(Keep::at).transpose()?;
    let mut figures = args.out.as_deref().map(Figures::begin).transpose()?;
    let log = args.logdir.as_deref().map(Log::begin).transpose()?;
    let digits = Digits::obtain(args.data.as_deref())?;
    say(&digits.told)?;
    let mut held_out = HeldOut::new(&digits.test, &trainer);
    if let Some(figures) = &figures {
        figures.input(&held_out.see(&trainer))?;
    }

    let mut watch =
        Watch { figures: figures.as_mut(), log, keep: keep.as_ref(), keep_every: args.save_every };
    let last = args.last_step(trainer.config());
    let trained = train(&mut trainer, &digits, &mut held_out, &mut watch, last, &stopped);
    // A picture that cannot be written is no reason to lose the run. One that has diverged is refused.
    let saved = keep.as_ref().map_or(Ok(()), |keep| keep.save(&trainer));
    let steps = trained?;
    saved?;
    if steps < last {
        say(&format!("Stopped after {steps} steps."))?;
    }
    let mse = held_out.mse(&trainer);
    say(&format!("test MSE after {steps} steps: {mse:.6}"))?;
    say(&format!("squared error of a test digit, summed over its pixels: {:.4}", mse * PIXELS as f64))?;
    if let Some(figures) = figures {
        figures.finish()?;
    }
    if let Some(folder) = &args.out
        && !latent::write(folder, &trainer, &mut held_out, &digits.test)?
    {
        say("The code does not have two numbers, so there is no latent.png and no walk.gif.")?;
    }
    Ok(())
}

/// Trains up to step `steps`, or until it is stopped, and returns how far it came.
fn train(
    trainer: &mut Trainer,
    digits: &Digits,
    held_out: &mut HeldOut,
    watch: &mut Watch<'_>,
    steps: u64,
    stopped: &AtomicBool,
) -> Told<u64> {
    let bar = progress_bar(trainer.steps(), steps);
    while trainer.steps() < steps && !stopped.load(Ordering::Relaxed) {
        let step = trainer.steps();
        let seen = watch.is_due(step).then(|| held_out.see(trainer));
        let stats = trainer.step(&digits.train).ok_or("There are no images to learn from.")?;
        if !stats.loss.is_finite() {
            bar.finish_and_clear();
            return Err(format!("The loss at step {step} is no longer a number: try a lower rate by --lr."));
        }
        if let Some(seen) = &seen {
            watch.look(step, Some(stats.loss), seen)?;
        }
        if step.is_multiple_of(INTERVAL) {
            bar.suspend(|| say(&format!("step {step}, training loss: {:.6}", stats.loss)))?;
        }
        bar.set_position(trainer.steps());
        watch.keep(trainer)?;
    }
    bar.finish_and_clear();
    watch.look(trainer.steps(), None, &held_out.see(trainer))?;
    Ok(trainer.steps())
}

/// Whoever looks on while the network learns.
struct Watch<'a> {
    figures: Option<&'a mut Figures>,
    log: Option<Log>,
    keep: Option<&'a Keep>,
    keep_every: Option<u64>,
}

impl Watch<'_> {
    /// Whether somebody wants to look at the network after this many steps. The animation does so more often at first,
    /// when most happens.
    fn is_due(&self, step: u64) -> bool {
        let every = match step {
            _ if self.figures.is_none() => INTERVAL,
            0..100 => 20,
            100..1_000 => 100,
            _ => INTERVAL,
        };
        step.is_multiple_of(every) && (self.figures.is_some() || self.log.is_some())
    }

    /// Saves the run if it is time to.
    fn keep(&self, trainer: &Trainer) -> Told<()> {
        match (self.keep, self.keep_every) {
            (Some(keep), Some(every)) if trainer.steps().is_multiple_of(every) => keep.save(trainer),
            _ => Ok(()),
        }
    }

    /// Shows the network after this many steps. The loss is that of the next batch; after the last step there is none.
    fn look(&mut self, step: u64, loss: Option<f32>, seen: &Seen) -> Told<()> {
        let noted = step.is_multiple_of(INTERVAL) || loss.is_none();
        if let Some(figures) = &mut self.figures {
            if noted {
                figures.output(step, seen)?;
            }
            figures.animate(step, seen)?;
        }
        match &mut self.log {
            Some(log) if noted => log.add(step, loss, seen),
            _ => Ok(()),
        }
    }
}

/// A line of output.
fn say(line: &str) -> Told<()> {
    writeln!(io::stdout(), "{line}").map_err(|error| format!("The output cannot be written: {error}."))
}

/// Shown only if a person watches.
fn progress_bar(from: u64, to: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} step {human_pos} of {human_len}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(to).with_style(style);
    bar.set_position(from);
    bar.reset_eta();
    bar
}
