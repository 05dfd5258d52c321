//! The program, natively.

mod animation;
mod args;
mod atomic_file;
mod canvas;
mod digits;
mod event;
mod figures;
mod held_out;
mod keep;
mod latent;
mod run;
mod tensorboard;

use std::process::ExitCode;

use clap::Parser;

/// What went wrong, as a sentence for whoever started the program.
type Told<T> = Result<T, String>;

pub fn main() -> ExitCode {
    match run::run(&args::Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}
