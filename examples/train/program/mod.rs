//! The native program.

mod animation;
mod args;
mod atomic_file;
mod baseline;
mod canvas;
mod dataset;
mod evaluation;
mod event;
mod latent;
mod pictures;
mod run;
mod save;
mod tensorboard;

use std::process::ExitCode;

use bottleneck::view::plot::group_digits;
use clap::Parser;

/// A result whose error is a sentence for the user, without its full stop.
type Result<T, E = String> = std::result::Result<T, E>;

pub fn main() -> ExitCode {
    match run::run(&args::Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            // Some of the library's sentences have their full stop.
            eprintln!("{}.", sentence.trim_end_matches('.'));
            ExitCode::FAILURE
        }
    }
}

/// Returns a number with its noun: `1 step`, `51,429 steps`.
fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", group_digits(number))
}
