//! Runs the program on a small dataset.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use bottleneck::data::idx::{Kind, encode_header};
use bottleneck::data::{Dataset, synthetic};
use tempfile::TempDir;

/// The numbers of training and test digits.
pub(crate) const TRAIN: usize = 2_500;
pub(crate) const TEST: usize = 1_100;

/// The path of the program, which is built first: `cargo test --test train` builds no examples.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let arguments = ["build", "--locked", "--example", "train", "--message-format", "json"];
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo");
    let messages = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<serde_json::Value>();
    let executable = messages
        .map_while(Result::ok)
        .filter_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
        .last();
    executable.expect("the example is built")
});

/// Returns the command without the user's MNIST.
pub(crate) fn command() -> Command {
    let mut command = Command::new(&*PROGRAM);
    command.env_remove("MNIST_DIR");
    command
}

/// Returns the command with a limited file size.
#[cfg(unix)]
pub(crate) fn limited(bytes: usize) -> Command {
    let mut command = Command::new("sh");
    // An ignored signal stays ignored, so that writing fails instead; `ulimit` counts blocks of 512 bytes.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", bytes / 512);
    command.arg("-c").arg(script).arg(&*PROGRAM).env_remove("MNIST_DIR");
    command
}

pub(crate) fn run(digits: &Digits, arguments: &[&str]) -> Output {
    let mut command = command();
    if !arguments.contains(&"--data") {
        command.arg("--data").arg(digits.folder());
    }
    command.args(arguments).output().expect("the program")
}

/// Runs the program until the first step, then sends SIGINT.
#[cfg(unix)]
pub(crate) fn interrupted(mut command: Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the program");
    let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
    let mut text = String::new();
    while !text.contains("step 0") {
        assert!(stdout.read_line(&mut text).expect("text") > 0, "it ended: {text}");
    }
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    stdout.read_to_string(&mut text).expect("text");
    Output { stdout: text.into_bytes(), ..child.wait_with_output().expect("its end") }
}

pub(crate) fn succeeded(output: Output) -> Output {
    assert!(output.status.success(), "{output:?}");
    output
}

/// Returns the error message of a run that failed without a panic.
pub(crate) fn refused(output: Output) -> String {
    assert!(matches!(output.status.code(), Some(1 | 2)), "{output:?}");
    let message = String::from_utf8(output.stderr).expect("text");
    assert!(!message.is_empty() && !message.contains("panicked"), "{message}");
    // Errors of the command line, with status 2, end in a hint.
    let has_one_full_stop = message.ends_with(".\n") && !message.ends_with("..\n");
    assert!(has_one_full_stop || output.status.code() == Some(2), "{message}");
    message
}

pub(crate) fn lines(output: &Output) -> Vec<String> {
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// Returns the sorted file names of a folder, hidden files included.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("a file").file_name().into_string().expect("text")).collect();
    names.sort();
    names
}

/// Built-in digits in files with MNIST's names.
pub(crate) struct Digits {
    folder: TempDir,
    pub(crate) train: Dataset,
    pub(crate) test: Dataset,
}

impl Digits {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let [train, test] = [("train", 0..TRAIN), ("t10k", TRAIN..TRAIN + TEST)].map(|(name, indices)| {
            let digits = synthetic::dataset(3, indices);
            let (images, labels) = (digits.images(digits.len()), digits.labels());
            let parts = [("images-idx3", Kind::Images, images), ("labels-idx1", Kind::Labels, labels)];
            for (part, kind, items) in parts {
                let path = folder.path().join(format!("{name}-{part}-ubyte"));
                let bytes = [&encode_header(kind, labels.len() as u32)[..], items].concat();
                fs::write(path, bytes).expect("a file");
            }
            digits
        });
        Self { folder, train, test }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}
