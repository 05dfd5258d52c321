//! Atomic writes: a file is complete or unchanged.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::Builder;

use super::Result;

/// The beginning of the names of temporary files.
const PREFIX: &str = ".train-";

/// Creates a folder and its parents, if they do not exist, and checks that files can be written to it.
pub fn folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path)
        .map_err(|error| format!("The folder {} cannot be made: {error}", path.display()))?;
    check_folder(path)
}

/// Checks that files can be written to a folder.
pub fn check_folder(path: &Path) -> Result<()> {
    // On a full disk only the content fails.
    let written = Builder::new().prefix(PREFIX).tempfile_in(path).and_then(|mut file| file.write_all(b"."));
    // Without the temporary name, which says nothing to the user.
    let reason = |error: io::Error| io::Error::from(error.kind());
    written.map_err(|error| format!("The folder {} cannot be written to: {}", path.display(), reason(error)))
}

/// Returns the folder of a file.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file by renaming a temporary one in the same folder.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes).map_err(|error| cannot_be_written(path, &error))
}

/// Returns the sentence for a file that cannot be written.
pub fn cannot_be_written(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be written: {error}", path.display())
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The default of new files; that of temporary files is private.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder_of(path))?;
    file.write_all(bytes)?;
    // A full disk may be reported only here.
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
