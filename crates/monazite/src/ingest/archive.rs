//! Zip archives: opened with every entry known by one name, none of them behind a password, and not more than can be.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use zip::result::ZipError;

use super::IngestError;
use crate::disk;
use crate::plain_text::{beginning, printable};

/// An archive that is open.
pub(super) type Archive = zip::ZipArchive<BufReader<File>>;

/// Most entries of an archive, and most csv files of a folder; a release has some thirty.
pub(super) const MOST_ENTRIES: usize = 1000;

const UNPACK: &str = "unpack it, and give the folder";

/// Opens an archive.
///
/// # Errors
/// [`IngestError::Io`], [`IngestError::Zip`] if it is damaged, [`IngestError::Archive`] for a packing that is not read.
pub(super) fn open(path: &Path) -> Result<Archive, IngestError> {
    let file = disk::open(path).map_err(|e| IngestError::io(path.display(), e))?;
    zip::ZipArchive::new(BufReader::new(file)).map_err(|e| error_of(&path.display().to_string(), None, &e))
}

/// What an error of the archive means.
pub(super) fn error_of(file: &str, entry: Option<&str>, error: &ZipError) -> IngestError {
    let file = file.to_owned();
    let which = entry.map_or_else(String::new, |entry| format!("{entry}: "));
    match error {
        ZipError::InvalidPassword | ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            IngestError::Archive {
                file,
                message: format!("{which}the zip archive asks for a password; {UNPACK}"),
            }
        }
        ZipError::CompressionMethodNotSupported(_) | ZipError::UnsupportedArchive(_) => {
            IngestError::Archive {
                file,
                message: format!(
                    "{which}the zip archive is packed in a way that is not read here ({error}); {UNPACK}"
                ),
            }
        }
        _ => IngestError::Zip { file, message: format!("{which}{error}") },
    }
}

/// What an error while an entry is read means. How an entry is packed shows only then.
pub(super) fn read_error(file: &str, entry: &str, error: std::io::Error) -> IngestError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<ZipError>()) {
        Some(inner) => error_of(file, Some(entry), inner),
        None => IngestError::Zip { file: file.to_owned(), message: format!("{entry}: {error}") },
    }
}

/// Refuses an archive in which a name may mean one of several entries, that asks for a password, or that has more entries
/// than a release can have.
///
/// The library keeps the last of the entries that share a name, so that the directory of the archive is read here.
pub(super) fn check(path: &Path, archive: &Archive) -> Result<(), IngestError> {
    let refuse = |message: String| Err(IngestError::Archive { file: path.display().to_string(), message });
    if archive.len() > MOST_ENTRIES {
        return refuse(format!(
            "the zip archive has {} entries, at most {MOST_ENTRIES} are read; is it a BACI release?",
            archive.len()
        ));
    }
    let broken = |e| IngestError::io(path.display(), e);
    let mut directory = BufReader::new(disk::open(path).map_err(broken)?);
    directory.seek(SeekFrom::Start(archive.central_directory_start())).map_err(broken)?;
    let mut names: HashSet<Vec<u8>> = HashSet::new();
    let mut header = [0u8; 46];
    while directory.read_exact(&mut header).is_ok() && header.starts_with(b"PK\x01\x02") {
        let number = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        let mut name = vec![0; usize::from(number(28))];
        directory.read_exact(&mut name).map_err(broken)?;
        let shown = beginning(&printable(&String::from_utf8_lossy(&name)), 80);
        if number(8) & 1 != 0 {
            return refuse(format!("{shown}: the zip archive asks for a password; {UNPACK}"));
        }
        if !names.insert(name) {
            return refuse(format!(
                "the zip archive has two entries named {shown}; which one is meant? Pack it again with one of them"
            ));
        }
        if names.len() > MOST_ENTRIES {
            break;
        }
        let rest = i64::from(number(30)) + i64::from(number(32));
        directory.seek_relative(rest).map_err(broken)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::path::PathBuf;

    /// An archive of entries of the same content, in a folder that goes with the test.
    fn archive(folder: &Path, names: &[&str]) -> PathBuf {
        let path = folder.join("a.zip");
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        for name in names {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"t,i,j,k,v,q\n2019,4,251,760110,1,1\n").unwrap();
        }
        zip.finish().unwrap();
        path
    }

    fn refusal(path: &Path) -> String {
        open(path).and_then(|zip| check(path, &zip)).unwrap_err().to_string()
    }

    #[test]
    fn two_entries_of_one_name_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = archive(folder.path(), &["a.csv", "b.csv"]);
        check(&path, &open(&path).unwrap()).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        while let Some(at) = bytes.windows(5).position(|w| w == b"b.csv") {
            bytes[at] = b'a';
        }
        std::fs::write(&path, &bytes).unwrap();
        let error = refusal(&path);
        assert!(error.contains("two entries named a.csv; which one is meant?"), "{error}");
    }

    #[test]
    fn a_password_is_named_as_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = archive(folder.path(), &["a.csv"]);
        let mut bytes = std::fs::read(&path).unwrap();
        for (sign, at) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
            let header = bytes.windows(4).position(|w| w == sign).unwrap();
            bytes[header + at] |= 1;
        }
        std::fs::write(&path, &bytes).unwrap();
        let error = refusal(&path);
        assert!(
            error.ends_with("the zip archive asks for a password; unpack it, and give the folder"),
            "{error}"
        );
        assert!(!error.contains("cut short"), "{error}");
        let error =
            error_of("a.zip", Some("b.csv"), &ZipError::CompressionMethodNotSupported(99)).to_string();
        assert!(error.contains("b.csv: the zip archive is packed in a way that is not read here"), "{error}");
    }

    #[test]
    fn a_packing_that_is_not_read_is_named_as_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = archive(folder.path(), &["BACI_HS92_Y2019_V202501.csv"]);
        let whole = std::fs::read(&path).unwrap();
        // Bzip2, LZMA, Zstandard, and one that nobody knows.
        for method in [12u16, 14, 93, 77] {
            let mut bytes = whole.clone();
            for (sign, at) in [(b"PK\x03\x04", 8), (b"PK\x01\x02", 10)] {
                let header = bytes.windows(4).position(|w| w == sign).unwrap();
                bytes[header + at..header + at + 2].copy_from_slice(&method.to_le_bytes());
            }
            std::fs::write(&path, &bytes).unwrap();
            let release = crate::ingest::Release::open(&path).unwrap();
            let error = release.flows[0].read_all().unwrap_err().to_string();
            assert!(
                error.contains("a.zip: BACI_HS92_Y2019_V202501.csv: the zip archive is packed in a way that is not read here"),
                "{error}"
            );
            assert!(
                error.ends_with("; unpack it, and give the folder") && !error.contains("cut short"),
                "{error}"
            );
        }
        let damaged = std::io::Error::new(std::io::ErrorKind::InvalidData, "corrupt");
        assert!(
            read_error("a.zip", "b.csv", damaged)
                .to_string()
                .contains("a.zip: the zip archive cannot be read (b.csv: corrupt)")
        );
    }

    #[test]
    fn too_many_entries_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<String> = (0..=MOST_ENTRIES).map(|n| format!("{n}.csv")).collect();
        let path = archive(folder.path(), &names.iter().map(String::as_str).collect::<Vec<_>>());
        let error = refusal(&path);
        assert!(error.contains("has 1001 entries, at most 1000 are read"), "{error}");
    }
}
