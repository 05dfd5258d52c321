//! The run: train, print, write pictures and logs, save.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bottleneck::data::PIXELS;
use bottleneck::train::Trainer;
use bottleneck::view::detection::auc;
use bottleneck::view::plot::group_digits;
use indicatif::{ProgressBar, ProgressStyle};

use super::args::Args;
use super::baseline::Baseline;
use super::dataset::Digits;
use super::evaluation::{Reconstructions, TestDigits, TestError};
use super::pictures::Pictures;
use super::save::{self, SaveFile};
use super::tensorboard::Log;
use super::{Result, count, latent};

/// The steps between two lines of output, and between two pictures.
const INTERVAL: u64 = 500;

/// The steps between two points of TensorBoard's curves.
const SCALAR_INTERVAL: u64 = 100;

pub fn run(args: &Args) -> Result<()> {
    let stopped = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&stopped);
    ctrlc::set_handler(move || stop.store(true, Ordering::Relaxed))
        .map_err(|error| format!("Ctrl-C cannot be listened to: {error}"))?;

    if let Some(threads) = args.threads {
        bottleneck::nn::set_threads(usize::from(threads))?;
    }
    let digits = Digits::load(args.data.as_deref())?;
    let (mut trainer, activations) = save::start(args, &digits.test)?;
    if trainer.config().leave_out.is_some() && digits.train.labels().is_empty() {
        return Err("These images have no labels, so no class can be left out".to_owned());
    }
    let save_file = args.save.as_deref().map(|path| SaveFile::new(path, &trainer)).transpose()?;
    let mut pictures = args.out.as_deref().map(Pictures::new).transpose()?;
    let log = args.logdir.as_deref().map(Log::new).transpose()?;
    print_line(&digits.source)?;
    activations.map_or(Ok(()), |sentence| print_line(&sentence))?;
    let mut test_digits = TestDigits::new(&digits.test, &trainer);
    if let Some(pictures) = &pictures {
        pictures.input(&test_digits.reconstruct(&trainer))?;
        pictures.remove_earlier(trainer.steps())?;
    }

    let save_every = args.save_every;
    let mut outputs = Outputs { pictures: pictures.as_mut(), log, save_file: save_file.as_ref(), save_every };
    let last = args.last_step(trainer.config());
    let trained = train(&mut trainer, &digits, &mut test_digits, &mut outputs, last, &stopped);
    // The run is saved even if a picture could not be written or it is worse than the mean digit, but not if it diverged.
    let saved = save_file.as_ref().map_or(Ok(()), |file| file.save(&trainer));
    let TestError { mse, .. } = trained?;
    saved?;
    let steps = trainer.steps();
    if steps < last {
        print_line(&format!("Stopped after {}.", count(steps, "step")))?;
    }
    print_line(&format!("test MSE after {}: {mse:.6}", count(steps, "step")))?;
    print_line(&format!(
        "squared error of a test digit, summed over its pixels: {:.4}",
        mse * PIXELS as f64
    ))?;
    if let Some(class) = trainer.config().leave_out {
        print_line(&detection(class, &test_digits.errors(&trainer), digits.test.labels()))?;
    }
    if let Some(pictures) = pictures {
        pictures.finish()?;
    }
    if let Some(folder) = &args.out
        && !latent::write(folder, &trainer, &test_digits, &digits.test)?
    {
        print_line("The code does not have two numbers, so there is no latent.png and no walk.gif.")?;
    }
    Ok(())
}

/// Tells how well the errors tell the digits of a class that was left out from the others.
fn detection(class: u8, errors: &[f32], labels: &[u8]) -> String {
    let of = |is_left_out: bool| -> Vec<f32> {
        let digits = errors.iter().zip(labels).filter(|(_, label)| (**label == class) == is_left_out);
        digits.map(|(error, _)| *error).collect()
    };
    let (others, left_out) = (of(false), of(true));
    let mean = |errors: &[f32]| errors.iter().sum::<f32>() / errors.len().max(1) as f32;
    format!(
        "test MSE of class {class}, left out: {:.4}; of the others: {:.4}; area under the ROC curve: {:.3}",
        mean(&left_out),
        mean(&others),
        auc(&others, &left_out).unwrap_or(0.5)
    )
}

/// Trains up to step `steps` or until Ctrl-C, and returns the test error.
fn train(
    trainer: &mut Trainer,
    digits: &Digits,
    test_digits: &mut TestDigits,
    outputs: &mut Outputs<'_>,
    steps: u64,
    stopped: &AtomicBool,
) -> Result<TestError> {
    let mut baseline = Baseline::new(digits);
    let bar = progress_bar(trainer.steps(), steps);
    while trainer.steps() < steps && !stopped.load(Ordering::Relaxed) {
        let step = trainer.steps();
        let digits_before = outputs.is_due(step).then(|| test_digits.reconstruct(trainer));
        let test_error =
            step.is_multiple_of(outputs.scalar_interval()).then(|| test_digits.evaluate(trainer));
        if let Some(error) = test_error {
            baseline.record_test_error(step, error.mse)?;
        }
        let stats = trainer.step(&digits.train).ok_or("There are no images to learn from")?;
        if !stats.loss.is_finite() {
            let step = group_digits(step);
            return Err(format!("The loss at step {step} is no longer a number: try a lower rate by --lr"));
        }
        baseline.record_train_error(stats.mse);
        if let Some(error) = test_error {
            outputs.write_scalars(step, Some(stats.loss), error)?;
        }
        if let Some(digits) = &digits_before {
            outputs.write(step, digits, step.is_multiple_of(INTERVAL))?;
        }
        if step.is_multiple_of(INTERVAL) {
            bar.suspend(|| {
                print_line(&format!("step {}, training loss: {:.6}", group_digits(step), stats.loss))
            })?;
        }
        bar.set_position(trainer.steps());
        outputs.save(trainer)?;
    }
    let (step, error) = (trainer.steps(), test_digits.evaluate(trainer));
    baseline.record_test_error(step, error.mse)?;
    outputs.write_scalars(step, None, error)?;
    outputs.write(step, &test_digits.reconstruct(trainer), true)?;
    Ok(error)
}

/// The files that are written during training.
struct Outputs<'a> {
    pictures: Option<&'a mut Pictures>,
    log: Option<Log>,
    save_file: Option<&'a SaveFile>,
    save_every: Option<u64>,
}

impl Outputs<'_> {
    /// Returns whether there is something to write after `step` steps. The animation has more frames at first, when the network
    /// changes most.
    fn is_due(&self, step: u64) -> bool {
        let every = match step {
            _ if self.pictures.is_none() => INTERVAL,
            0..100 => 20,
            100..1_000 => 100,
            _ => INTERVAL,
        };
        step.is_multiple_of(every) && (self.pictures.is_some() || self.log.is_some())
    }

    /// Saves the run if it is due.
    fn save(&self, trainer: &Trainer) -> Result<()> {
        match (self.save_file, self.save_every) {
            (Some(file), Some(every)) if trainer.steps().is_multiple_of(every) => file.save(trainer),
            _ => Ok(()),
        }
    }

    /// Returns the steps between two test errors.
    fn scalar_interval(&self) -> u64 {
        if self.log.is_some() { SCALAR_INTERVAL } else { INTERVAL }
    }

    /// Logs the errors after `step` steps. The loss is that of the next batch; there is none after the last step.
    fn write_scalars(&mut self, step: u64, loss: Option<f32>, test: TestError) -> Result<()> {
        let Some(log) = &mut self.log else { return Ok(()) };
        let scalars = [loss.map(|loss| ("Loss", loss)), Some(("Test loss", test.loss as f32))];
        log.add_scalars(step, &scalars.into_iter().flatten().collect::<Vec<_>>())
    }

    /// Writes the pictures after `step` steps: a frame of the animation, and if `is_logged` the others.
    fn write(&mut self, step: u64, digits: &Reconstructions, is_logged: bool) -> Result<()> {
        if let Some(pictures) = &mut self.pictures {
            if is_logged {
                pictures.output(step, digits)?;
            }
            pictures.animate(step, digits)?;
        }
        match &mut self.log {
            Some(log) if is_logged => log.add_images(step, digits),
            _ => Ok(()),
        }
    }
}

/// Prints a line.
fn print_line(line: &str) -> Result<()> {
    writeln!(io::stdout(), "{line}").map_err(|error| format!("The output cannot be written: {error}"))
}

/// Returns a progress bar, which is hidden unless the output is a terminal.
fn progress_bar(from: u64, to: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} step {human_pos} of {human_len}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(to).with_style(style);
    bar.set_position(from);
    bar.reset_eta();
    bar
}
