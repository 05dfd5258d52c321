//! Atomic writes: a file is complete or unchanged.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::Builder;

use super::Result;

/// Creates a folder and its parents, if they do not exist.
pub fn folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path)
        .map_err(|error| format!("The folder {} cannot be made: {error}.", path.display()))
}

/// Writes a file by renaming a temporary one in the same folder.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    replace(path, bytes).map_err(|error| cannot_be_written(path, &error))
}

/// Returns the sentence for a file that cannot be written.
pub fn cannot_be_written(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be written: {error}.", path.display())
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = Builder::new();
    builder.prefix(".train-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The default of new files; that of temporary files is private.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    // A full disk may be reported only here.
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
