//! Files that are whole or not there.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::Builder;

use super::Told;

/// Makes a folder and those above it, if they are not there.
pub fn folder(path: &Path) -> Told<()> {
    fs::create_dir_all(path)
        .map_err(|error| format!("The folder {} cannot be made: {error}.", path.display()))
}

/// Puts `bytes` into the file `path`, which has either all of them or what it had before.
///
/// They are written under another name in the same folder, which is then given the file's.
pub fn write(path: &Path, bytes: &[u8]) -> Told<()> {
    replace(path, bytes).map_err(|error| cannot_be_written(path, &error))
}

/// The sentence for a file that cannot be written.
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
        // As any new file; without, nobody else could read it.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    // Not before here does a full disk have to say so.
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
