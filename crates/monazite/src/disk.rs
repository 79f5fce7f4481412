//! Files that users name, read with a limit; files that the program makes, never through a link, neither written nor read.

pub mod place;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// Largest table that is held in memory as text, in bytes: edge lists, code tables, candidates, indicators of governance.
pub const LARGEST_TABLE: u64 = 256 << 20;

/// Largest file that is held in memory whole, in bytes: models, recordings of a mapping, tables of a run.
pub const LARGEST_FILE: u64 = 4 << 30;

fn refused(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// Opens a file to be read; a folder, a pipe or a device is no file, and to wait for one could take for ever.
///
/// # Errors
/// What the system says, or what the path is instead of a file.
pub fn open(path: &Path) -> io::Result<File> {
    let kind = fs::metadata(path)?;
    if kind.is_dir() {
        return Err(refused("this is a folder, and a file is needed".to_owned()));
    }
    if !kind.is_file() {
        return Err(refused(
            "this is a pipe or a device, and a file is needed; write what it gives into a file".to_owned(),
        ));
    }
    File::open(path)
}

const NOT_BELOW: &str = "this is a link, or lies behind one, and the files of a run or a store are read from its own folder only; put the file \
                         itself into its place";

/// Refuses a path below a folder on the way to which there is a link. The folder itself may be one.
///
/// # Errors
/// What the system says, or that there is a link.
pub fn refuse_links_to(folder: &Path, name: &Path) -> io::Result<()> {
    let mut at = folder.to_owned();
    for part in name.components() {
        at.push(part);
        if fs::symlink_metadata(&at)?.file_type().is_symlink() {
            return Err(refused(NOT_BELOW.to_owned()));
        }
    }
    Ok(())
}

/// Opens a file that lies below a folder, as the files of a run and of a store do: no link leads there from outside.
///
/// # Errors
/// As [`open`] and [`refuse_links_to`].
pub fn open_below(folder: &Path, name: &str) -> io::Result<File> {
    refuse_links_to(folder, Path::new(name))?;
    open(&folder.join(name))
}

/// The content of a file of at most `most` bytes that lies below a folder.
///
/// # Errors
/// As [`open_below`] and [`read_to_limit`].
pub fn read_below(folder: &Path, name: &str, most: u64) -> io::Result<Vec<u8>> {
    read_to_limit(&mut open_below(folder, name)?, most)
}

/// Reads to the end, but no more than `most` bytes.
///
/// # Errors
/// What the system says, or that there is more.
pub fn read_to_limit(reader: &mut dyn Read, most: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    reader.take(most + 1).read_to_end(&mut content)?;
    if content.len() as u64 > most {
        let message = format!(
            "it holds more than {} MB, which is more than such a file can have; is it another file?",
            most >> 20
        );
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(content)
}

/// The content of a file of at most `most` bytes.
///
/// # Errors
/// As [`open`] and [`read_to_limit`].
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    read_to_limit(&mut open(path)?, most)
}

/// The text of a file of at most `most` bytes.
///
/// # Errors
/// As [`read`], or that it is not UTF-8.
pub fn read_text(path: &Path, most: u64) -> io::Result<String> {
    String::from_utf8(read(path, most)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "this is not text in UTF-8"))
}

/// How files are opened for writing: not through a link that stands in their place.
fn no_link() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW);
    options
}

/// Refuses a path at which there is anything but a file.
fn refuse_what_is_no_file(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_symlink() => Err(refused(LINK.to_owned())),
        Ok(found) if !found.is_file() => Err(refused("there is something that is no file".to_owned())),
        Ok(_) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
    }
}

const LINK: &str = "this is a link, and nothing is written through links; remove it, or choose another place";

/// Creates a file, or empties the one that is there; a link in its place is refused.
///
/// # Errors
/// What the system says, or that there is a link or something else that is no file.
pub fn create(path: &Path) -> io::Result<File> {
    refuse_what_is_no_file(path)?;
    no_link().create(true).truncate(true).open(path)
}

/// Writes a whole file; a link in its place is refused.
///
/// # Errors
/// As [`create`].
pub fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    io::Write::write_all(&mut create(path)?, content)
}

/// What became of a file that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// There was none of this name.
    New,
    /// It holds what it held.
    Same,
    /// It held something else.
    Replaced,
}

/// Opens a file to be locked, made if it is not there; what stands in it stays, and a link in its place is refused.
///
/// # Errors
/// As [`create`].
pub fn open_lock(path: &Path) -> io::Result<File> {
    refuse_what_is_no_file(path)?;
    no_link().create(true).truncate(false).open(path)
}

/// Opens a file to be read and added to, made if it is not there; a link in its place is refused.
///
/// # Errors
/// As [`create`].
pub fn open_to_append(path: &Path) -> io::Result<File> {
    refuse_what_is_no_file(path)?;
    no_link().read(true).append(true).create(true).open(path)
}

/// Refuses a folder of results in which there are links, at any depth: what is written into it could come to lie elsewhere, or what is
/// removed could be somebody else's. The folder itself may be a link.
///
/// # Errors
/// What the system says, or which entry is a link. A folder that is not there has none.
pub fn refuse_links_in(folder: &Path) -> io::Result<()> {
    refuse_links_from(folder, Path::new(""))
}

fn refuse_links_from(folder: &Path, below: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder.join(below)) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let (name, kind) = (below.join(entry.file_name()), entry.file_type()?);
        if kind.is_symlink() {
            return Err(refused(format!(
                "{} in it is a link, and nothing is written through links; remove it, or choose another folder",
                crate::plain_text::printable(&name.to_string_lossy())
            )));
        }
        if kind.is_dir() {
            refuse_links_from(folder, &name)?;
        }
    }
    Ok(())
}

/// A path without links and points, as far as it exists; the rest as it is written.
pub fn absolute(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let written = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut resolved = PathBuf::new();
    for part in written.components() {
        if part == Component::ParentDir {
            // What stands before it has no links any more, so that its parent is the folder around it.
            resolved.pop();
        } else if part != Component::CurDir {
            resolved.push(part);
            if let Ok(real) = resolved.canonicalize() {
                resolved = real;
            }
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_limited_and_folders_are_no_files() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.csv");
        fs::write(&file, [b'x'; 2048]).unwrap();
        assert_eq!(read(&file, 2048).unwrap().len(), 2048);
        let error = read(&file, 2047).unwrap_err().to_string();
        assert!(error.starts_with("it holds more than 0 MB"), "{error}");
        assert_eq!(open(folder.path()).unwrap_err().to_string(), "this is a folder, and a file is needed");
        assert!(read_text(&file, 4096).is_ok());
        fs::write(&file, b"\xff\xfe").unwrap();
        assert_eq!(read_text(&file, 4096).unwrap_err().to_string(), "this is not text in UTF-8");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_waits_for_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in [pipe.as_path(), Path::new("/dev/zero")] {
            let error = read(path, 10).unwrap_err().to_string();
            assert!(error.starts_with("this is a pipe or a device"), "{error}");
        }
        assert!(create(&pipe).is_err() && open_lock(&pipe).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_links() {
        let folder = tempfile::tempdir().unwrap();
        let [precious, link] = ["precious", "link"].map(|name| folder.path().join(name));
        fs::write(&precious, "mine").unwrap();
        std::os::unix::fs::symlink(&precious, &link).unwrap();
        for error in [create(&link), open_lock(&link)] {
            assert!(error.unwrap_err().to_string().starts_with("this is a link"));
        }
        assert!(no_link().truncate(true).open(&link).is_err(), "also without the look before");
        assert!(write(&link, b"x").is_err() && open_to_append(&link).is_err());
        assert_eq!(fs::read(&precious).unwrap(), b"mine");
        let error = refuse_links_in(folder.path()).unwrap_err().to_string();
        assert!(error.starts_with("link in it is a link"), "{error}");
        // A link to nowhere is a link.
        fs::remove_file(&precious).unwrap();
        assert!(create(&link).is_err() && !precious.exists());
        fs::remove_file(&link).unwrap();
        refuse_links_in(folder.path()).unwrap();
        refuse_links_in(&link).unwrap();
        drop(open_lock(&link).unwrap());
        fs::write(&link, "kept").unwrap();
        drop(open_lock(&link).unwrap());
        assert_eq!(fs::read(&link).unwrap(), b"kept");
    }

    #[cfg(unix)]
    #[test]
    fn files_below_a_folder_are_read_from_there_only() {
        use std::os::unix::fs::symlink;
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(folder.path().join("flows")).unwrap();
        for path in [folder.path().join("flows/a"), other.path().join("a")] {
            fs::write(path, "1").unwrap();
        }
        let top = other.path().join("top");
        symlink(folder.path(), &top).unwrap();
        for folder in [folder.path(), &top] {
            assert_eq!(read_below(folder, "flows/a", 10).unwrap(), b"1");
            refuse_links_in(folder).unwrap();
        }
        symlink(other.path().join("a"), folder.path().join("flows/b")).unwrap();
        symlink(other.path(), folder.path().join("index")).unwrap();
        for name in ["flows/b", "index/a"] {
            let error = read_below(folder.path(), name, 10).unwrap_err().to_string();
            assert!(error.starts_with("this is a link, or lies behind one"), "{error}");
        }
        fs::remove_file(folder.path().join("index")).unwrap();
        let error = refuse_links_in(folder.path()).unwrap_err().to_string();
        assert!(error.starts_with("flows/b in it is a link"), "{error}");
    }
}
