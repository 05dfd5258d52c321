//! The fuzzing loop of one parser, and its limits of time and memory.

use std::collections::HashSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use rand::{RngExt, SeedableRng};

use super::mutation::{Rng, mutate};

/// The inputs per parser if `FUZZ` is not set.
const DEFAULT_INPUTS: u64 = 20_000;

/// The longest input in bytes; longer ones are truncated.
const MAX_INPUT_LEN: usize = 1 << 14;

/// The most inputs that are added to the corpus.
const MAX_ADDED: usize = 400;

/// The memory that a parser may take: a constant, and for each unpacked byte of the input. JSON as a tree takes the most.
const BASE_MEMORY: usize = 1 << 19;
const MEMORY_PER_BYTE: usize = 64;

/// The time after which an input counts as a hang, long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Builds a file from its parts, with matching lengths and checksums.
pub(crate) type Join = fn(&[Vec<u8>]) -> Vec<u8>;

/// A valid file, in parts that are mutated separately.
#[derive(Clone)]
pub(crate) struct CorpusFile {
    pub(crate) parts: Vec<Vec<u8>>,
    pub(crate) join: Join,
}

/// Returns a file of a single part.
pub(crate) fn single_part(bytes: impl Into<Vec<u8>>) -> CorpusFile {
    CorpusFile { parts: vec![bytes.into()], join: |parts| parts.concat() }
}

/// The result of a parser for an input.
pub(crate) struct Outcome {
    /// The message by which the input was refused.
    pub(crate) error: Option<String>,
    /// The size of the input, unpacked where it is compressed.
    pub(crate) unpacked_len: usize,
}

/// Runs a parser on `FUZZ` mutated files, and prints a summary.
///
/// `check` runs the parser on an input and panics if an invariant is violated; its `Rng` decides how the input arrives.
pub(crate) fn run(
    name: &'static str,
    valid: &[CorpusFile],
    words: &[&str],
    check: fn(&[u8], &mut Rng) -> Outcome,
) {
    let inputs = env_number("FUZZ").unwrap_or(DEFAULT_INPUTS);
    let seed = env_number("FUZZ_SEED").unwrap_or(1);
    let mut rng = Rng::seed_from_u64(seed ^ name.bytes().fold(0, |hash, byte| hash * 31 + u64::from(byte)));
    for file in valid {
        let bytes = (file.join)(&file.parts);
        // Some ways to arrive are refused: labels where images are expected.
        let is_accepted = (0..20).any(|_| check(&bytes, &mut rng).error.is_none());
        assert!(is_accepted, "{name} refuses a valid file: {}", String::from_utf8_lossy(&bytes));
    }
    let current = Arc::new(Mutex::new((0, Vec::new())));
    let watched = Arc::downgrade(&current);
    thread::spawn(move || {
        let mut last = u64::MAX;
        while let Some(current) = {
            thread::sleep(TIMEOUT);
            watched.upgrade()
        } {
            let (index, bytes) = current.lock().map(|current| current.clone()).unwrap_or_default();
            if index == last {
                eprintln!("{name}: input {index} hangs; it is {}", save_input(name, &bytes).display());
                std::process::exit(101);
            }
            last = index;
        }
    });
    let (mut corpus, mut known_errors) = (valid.to_vec(), HashSet::new());
    let (mut accepted, mut max_memory, start) = (0, 0, Instant::now());
    for index in 1..=inputs {
        let bytes = next_input(&corpus, words, &mut rng);
        {
            let mut current = current.lock().expect("the watching thread does not panic");
            current.0 = index;
            current.1.clone_from(&bytes);
        }
        let mut outcome = Err(String::new());
        let memory = measure(|| {
            outcome =
                catch_unwind(AssertUnwindSafe(|| check(&bytes, &mut rng))).map_err(|_| "a panic".to_owned());
        });
        let memory = memory.bytes_max as usize;
        max_memory = max_memory.max(memory);
        let outcome = outcome.and_then(|outcome| match &outcome.error {
            _ if memory > BASE_MEMORY + MEMORY_PER_BYTE * outcome.unpacked_len => {
                Err(format!("{memory} bytes of memory for {} of input", outcome.unpacked_len))
            }
            Some(error) if !is_sentence(error) => Err(format!("this is not a sentence: {error:?}")),
            _ => Ok(outcome),
        });
        match outcome {
            Err(fault) => {
                let path = save_input(name, &bytes);
                panic!("{name}: input {index} of seed {seed}: {fault}; it is {}", path.display());
            }
            Ok(Outcome { error: None, .. }) => accepted += 1,
            Ok(Outcome { error: Some(error), .. }) => {
                if corpus.len() < valid.len() + MAX_ADDED && known_errors.insert(error_pattern(&error)) {
                    corpus.push(single_part(bytes));
                }
            }
        }
    }
    println!(
        "{name:12} {inputs:>9} inputs {:>7.1} s {accepted:>9} accepted {:>9} refused by {:>3} errors, {:>4} KB at most",
        start.elapsed().as_secs_f64(),
        inputs - accepted,
        known_errors.len(),
        max_memory / 1_000,
    );
    if inputs >= DEFAULT_INPUTS {
        assert!(accepted > inputs / 1_000, "{name}: only {accepted} of {inputs} inputs are accepted");
        assert!(accepted < inputs, "{name} refuses nothing");
    }
}

/// Returns a file of the corpus with a mutation of one of its parts or of the joined file.
fn next_input(corpus: &[CorpusFile], words: &[&str], rng: &mut Rng) -> Vec<u8> {
    let CorpusFile { mut parts, join } = corpus[rng.random_range(0..corpus.len())].clone();
    let other = &corpus[rng.random_range(0..corpus.len())].parts;
    let choice = rng.random_range(0..4);
    if choice > 0 {
        let index = rng.random_range(0..parts.len());
        mutate(&mut parts[index], &other[index.min(other.len() - 1)], words, rng);
    }
    let mut bytes = join(&parts);
    if choice == 0 {
        mutate(&mut bytes, &other.concat(), words, rng);
    }
    bytes.truncate(MAX_INPUT_LEN);
    bytes
}

fn is_sentence(text: &str) -> bool {
    text == text.trim() && (5..400).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Returns an error's message without the parts of the input that it quotes.
fn error_pattern(error: &str) -> String {
    let mut is_quoted = false;
    let mut unquoted = error.to_owned();
    unquoted.retain(|c| {
        is_quoted = (is_quoted || matches!(c, '“' | '(')) && !matches!(c, '”' | ')');
        !is_quoted
    });
    let is_plain = |c: char| c.is_ascii_lowercase() || ",.:;_".contains(c);
    let is_word = |word: &&str| word.len() > 2 && word.chars().all(is_plain);
    unquoted.split_whitespace().filter(is_word).collect()
}

fn save_input(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}"));
    fs::write(&path, bytes).expect("the target folder can be written");
    path
}

fn env_number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a whole number, got {text}")))
}
