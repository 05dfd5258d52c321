//! The script that fetches MNIST accepts valid files only and writes the page's manifest; the mean digit's error on MNIST.
#![cfg(unix)]

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bottleneck::data::{Dataset, mean_digit_error};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

/// The discard port, where nothing listens: a download fails immediately.
const UNREACHABLE: &str = "http://127.0.0.1:9/";

const NAMES: [&str; 4] = [
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
];

/// Runs the script for the folder `data`, with files from `source` if given.
fn run(data: &Path, source: Option<&Path>, arguments: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/data.sh");
    let mut command = Command::new(script);
    command.args(arguments).arg(data).env("MNIST_MIRRORS", UNREACHABLE);
    for name in ["MNIST_DIR", "FASHION_MNIST_DIR", "KMNIST_DIR"] {
        command.env_remove(name);
    }
    if let Some(source) = source {
        command.env("MNIST_DIR", source);
    }
    let output = command.output().expect("a shell");
    assert!(output.status.success(), "missing data is not an error: {output:?}");
    output
}

/// Checks that the output is one sentence, and returns it.
fn sentence_of(output: &Output) -> String {
    assert!(output.stdout.is_empty(), "{output:?}");
    let sentence = String::from_utf8(output.stderr.clone()).expect("text");
    assert_eq!(sentence.lines().count(), 1, "not one sentence: {sentence:?}");
    assert!(sentence.contains("MNIST") && sentence.trim_end().ends_with('.'), "{sentence:?}");
    sentence
}

fn manifest(data: &Path) -> serde_json::Value {
    let text = fs::read(data.join("manifest.json")).expect("a manifest");
    serde_json::from_slice(&text).expect("JSON")
}

/// Returns all files in the folder except the manifest.
fn files(data: &Path) -> Vec<PathBuf> {
    let below =
        |folder: &Path| fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
    let all = below(data).chain(below(&data.join("mnist")));
    all.filter(|path| path.is_file() && !path.ends_with("manifest.json")).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn without_a_network_the_manifest_has_no_mnist() {
    let data = TempDir::new().expect("a folder");
    let sentence = sentence_of(&run(data.path(), None, &[]));
    assert!(sentence.contains("mirror"), "{sentence:?}");
    assert_eq!(manifest(data.path())["mnist"], false);
    assert!(files(data.path()).is_empty(), "{:?}", files(data.path()));
}

#[test]
fn missing_and_other_files_are_refused() {
    let (data, source) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let sentence = sentence_of(&run(data.path(), Some(source.path()), &[]));
    assert!(sentence.contains(NAMES[0]), "{sentence:?}");

    for (name, bytes) in NAMES.iter().zip([gzip(b"other digits"), vec![], b"no gzip".to_vec(), gzip(b"")]) {
        fs::write(source.path().join(format!("{name}.gz")), bytes).expect("a file");
    }
    let sentence = sentence_of(&run(data.path(), Some(source.path()), &[]));
    assert!(sentence.contains("SHA-256"), "{sentence:?}");
    assert_eq!(manifest(data.path())["mnist"], false);
    assert!(files(data.path()).is_empty(), "{:?}", files(data.path()));
}

#[test]
fn a_file_that_was_damaged_later_is_removed() {
    let data = TempDir::new().expect("a folder");
    fs::create_dir_all(data.path().join("mnist")).expect("a folder");
    fs::write(data.path().join(format!("mnist/{}.gz", NAMES[0])), gzip(b"other digits")).expect("a file");
    fs::write(data.path().join("manifest.json"), "{\"mnist\": true}").expect("a file");
    sentence_of(&run(data.path(), None, &[]));
    assert_eq!(manifest(data.path())["mnist"], false);
    assert!(files(data.path()).is_empty(), "{:?}", files(data.path()));
}

#[test]
fn offline_nothing_is_fetched_and_an_unchanged_manifest_is_not_written() {
    let (data, source) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let sentence = sentence_of(&run(data.path(), Some(source.path()), &["--offline"]));
    assert!(sentence.contains("make data"), "{sentence:?}");
    // `trunk serve` watches the folder: rewriting the manifest would rebuild the page endlessly.
    let written =
        || fs::metadata(data.path().join("manifest.json")).and_then(|file| file.modified()).expect("a time");
    let before = written();
    sentence_of(&run(data.path(), None, &["--offline"]));
    assert_eq!(written(), before);
}

#[test]
fn datasets_beside_mnist_are_offered_only_from_their_folders() {
    let (data, source) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let beside = |arguments: &[&str]| {
        let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/data.sh"));
        command.args(arguments).arg(data.path()).env("MNIST_MIRRORS", UNREACHABLE).env_remove("MNIST_DIR");
        command.env("KMNIST_DIR", source.path()).env_remove("FASHION_MNIST_DIR").output().expect("a shell")
    };
    let output = String::from_utf8(beside(&[]).stderr).expect("text");
    assert!(
        output.contains("kmnist is not offered: ") && output.contains("no whole train-images"),
        "{output}"
    );
    assert_eq!(manifest(data.path()).get("kmnist"), None);
    for name in NAMES {
        fs::write(source.path().join(format!("{name}.gz")), gzip(b"characters")).expect("a file");
    }
    for arguments in [&[][..], &["--offline"]] {
        assert_eq!(sentence_of(&beside(arguments)).matches("kmnist").count(), 0);
        let manifest = manifest(data.path());
        assert_eq!((&manifest["kmnist"], manifest.get("fashion-mnist")), (&true.into(), None));
    }
    assert_eq!(fs::read_dir(data.path().join("kmnist")).expect("a folder").count(), 4);
}

/// Returns the folder of MNIST's files, which CI must have.
fn mnist() -> Option<PathBuf> {
    let source = std::env::var_os("MNIST_DIR").map(PathBuf::from);
    if source.is_none() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "MNIST_DIR must be set in CI");
        // Not by `eprintln!`, which the harness captures while the test passes.
        let _ = writeln!(io::stderr(), "MNIST_DIR is not set: tests that need MNIST are skipped.");
    }
    source
}

/// The baseline of every run.
#[test]
fn the_mean_digit_of_mnist_has_an_error_of_0_06747() {
    let Some(source) = mnist() else { return };
    let images = |name: &str| {
        let file = fs::read(source.join(format!("{name}.gz"))).expect("a file of MNIST");
        Dataset::from_idx(&file, None).expect("images")
    };
    let (train, test) = (images("train-images-idx3-ubyte"), images("t10k-images-idx3-ubyte"));
    assert_eq!((train.len(), test.len()), (60_000, 10_000));
    let error = mean_digit_error(&train, &test).expect("two datasets");
    assert!((error - 0.067_47).abs() < 5e-6, "{error}");
}

/// Needs MNIST itself, because of the files' digests.
#[test]
fn valid_files_are_copied_once() {
    let Some(source) = mnist() else { return };
    let data = TempDir::new().expect("a folder");
    let output = run(data.path(), Some(&source), &[]);
    assert!(output.stderr.is_empty() && output.stdout.is_empty(), "{output:?}");
    assert_eq!(manifest(data.path())["mnist"], true);
    assert_eq!(files(data.path()).len(), NAMES.len());

    // Neither a source nor a mirror is needed.
    let again = run(data.path(), None, &[]);
    assert!(again.stderr.is_empty(), "{again:?}");
    assert_eq!(manifest(data.path())["mnist"], true);
}
