//! The native program.

mod animation;
mod args;
mod atomic_file;
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

use clap::Parser;

/// A result whose error is a sentence for the user.
type Result<T, E = String> = std::result::Result<T, E>;

pub fn main() -> ExitCode {
    match run::run(&args::Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
