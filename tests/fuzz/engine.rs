//! Inputs without end for one parser, and the watch over what it does with them.

use std::collections::HashSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use allocation_counter::measure;
use rand::{RngExt, SeedableRng};

use super::mutation::{Dice, mutate};

/// How many inputs a parser gets in the tests.
const FEW: u64 = 20_000;

/// The longest input; longer ones are cut.
const LONGEST: usize = 1 << 14;

/// The most inputs that join the good files.
const MOST_LEARNT: usize = 400;

/// The memory that a parser may take: for what it always needs, and for each byte of the input's worth. JSON as a tree
/// takes the most of it.
const BASE: usize = 1 << 19;
const PER_BYTE: usize = 64;

/// How long an input may take before it counts as a hang: far more than any should, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Makes a file of its parts, with the lengths and checksums that belong to them.
pub(crate) type Join = fn(&[Vec<u8>]) -> Vec<u8>;

/// A good file.
#[derive(Clone)]
pub(crate) struct Good {
    pub(crate) parts: Vec<Vec<u8>>,
    pub(crate) join: Join,
}

/// A file that is one part.
pub(crate) fn whole(bytes: impl Into<Vec<u8>>) -> Good {
    Good { parts: vec![bytes.into()], join: |parts| parts.concat() }
}

/// What a parser made of an input.
pub(crate) struct Verdict {
    /// The sentence by which it was refused.
    pub(crate) refused: Option<String>,
    /// Bytes of the input, unpacked where it was packed.
    pub(crate) worth: usize,
}

/// Runs a parser on as many inputs as `FUZZ` says, and prints a line about them.
///
/// `check` gives its verdict on an input, and panics if something is wrong with the parser; it may throw dice for how the
/// input is to arrive.
pub(crate) fn run(name: &'static str, good: &[Good], words: &[&str], check: fn(&[u8], &mut Dice) -> Verdict) {
    let inputs = number("FUZZ").unwrap_or(FEW);
    let seed = number("FUZZ_SEED").unwrap_or(1);
    let mut dice = Dice::seed_from_u64(seed ^ name.bytes().fold(0, |hash, byte| hash * 31 + u64::from(byte)));
    for file in good {
        let bytes = (file.join)(&file.parts);
        // Not every way to arrive is the right one: labels are refused where images are expected.
        let is_accepted = (0..20).any(|_| check(&bytes, &mut dice).refused.is_none());
        assert!(is_accepted, "{name} refuses a good file: {}", String::from_utf8_lossy(&bytes));
    }
    let at_work = Arc::new(Mutex::new((0, Vec::new())));
    let watched = Arc::downgrade(&at_work);
    thread::spawn(move || {
        let mut last = u64::MAX;
        while let Some(at_work) = {
            thread::sleep(PATIENCE);
            watched.upgrade()
        } {
            let (index, bytes) = at_work.lock().map(|now| now.clone()).unwrap_or_default();
            if index == last {
                eprintln!("{name}: input {index} hangs; it is {}", keep(name, &bytes).display());
                std::process::exit(101);
            }
            last = index;
        }
    });
    let (mut pool, mut heard) = (good.to_vec(), HashSet::new());
    let (mut accepted, mut most_memory, begun) = (0, 0, Instant::now());
    for index in 1..=inputs {
        let bytes = input(&pool, words, &mut dice);
        {
            let mut now = at_work.lock().expect("the watch does not panic");
            now.0 = index;
            now.1.clone_from(&bytes);
        }
        let mut verdict = Err(String::new());
        let memory = measure(|| {
            verdict =
                catch_unwind(AssertUnwindSafe(|| check(&bytes, &mut dice))).map_err(|_| "a panic".to_owned());
        });
        let memory = memory.bytes_max as usize;
        most_memory = most_memory.max(memory);
        let verdict = verdict.and_then(|verdict| match &verdict.refused {
            _ if memory > BASE + PER_BYTE * verdict.worth => {
                Err(format!("{memory} bytes of memory for {} of input", verdict.worth))
            }
            Some(sentence) if !is_sentence(sentence) => Err(format!("this is no sentence: {sentence:?}")),
            _ => Ok(verdict),
        });
        match verdict {
            Err(fault) => panic!(
                "{name}: input {index} of seed {seed}: {fault}; it is {}",
                keep(name, &bytes).display()
            ),
            Ok(Verdict { refused: None, .. }) => accepted += 1,
            Ok(Verdict { refused: Some(sentence), .. }) => {
                if pool.len() < good.len() + MOST_LEARNT && heard.insert(gist(&sentence)) {
                    pool.push(whole(bytes));
                }
            }
        }
    }
    println!(
        "{name:12} {inputs:>9} inputs {:>7.1} s {accepted:>9} accepted {:>9} refused in {:>3} ways, at most {:>4} KB",
        begun.elapsed().as_secs_f64(),
        inputs - accepted,
        heard.len(),
        most_memory / 1_000,
    );
    if inputs >= FEW {
        assert!(
            accepted > inputs / 1_000,
            "{name}: only {accepted} of {inputs} accepted, so little was tested"
        );
        assert!(accepted < inputs, "{name} refuses nothing");
    }
}

/// A good file with something done to one of its parts, to all of it, or to both.
fn input(pool: &[Good], words: &[&str], dice: &mut Dice) -> Vec<u8> {
    let Good { mut parts, join } = pool[dice.random_range(0..pool.len())].clone();
    let other = &pool[dice.random_range(0..pool.len())].parts;
    let changed = dice.random_range(0..4);
    if changed > 0 {
        let index = dice.random_range(0..parts.len());
        mutate(&mut parts[index], &other[index.min(other.len() - 1)], words, dice);
    }
    let mut bytes = join(&parts);
    if changed == 0 {
        mutate(&mut bytes, &other.concat(), words, dice);
    }
    bytes.truncate(LONGEST);
    bytes
}

fn is_sentence(text: &str) -> bool {
    text == text.trim() && (5..400).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// A sentence without what it quotes of the input: excerpts, numbers, bytes.
fn gist(sentence: &str) -> String {
    let mut is_quoted = false;
    let mut unquoted = sentence.to_owned();
    unquoted.retain(|c| {
        is_quoted = (is_quoted || matches!(c, '“' | '(')) && !matches!(c, '”' | ')');
        !is_quoted
    });
    let is_plain = |c: char| c.is_ascii_lowercase() || ",.:;_".contains(c);
    let is_word = |word: &&str| word.len() > 2 && word.chars().all(is_plain);
    unquoted.split_whitespace().filter(is_word).collect()
}

/// Keeps an input where it can be looked at.
fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{name}"));
    fs::write(&path, bytes).expect("the target folder can be written");
    path
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} must be a whole number, got {text}")))
}
