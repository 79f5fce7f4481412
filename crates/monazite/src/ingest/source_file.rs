//! One file of a release: where it is, how it is packed, and how it is read.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::IngestError;
use super::archive;
use super::foreign::ParquetFiles;
use super::foreign::signature::{Packing, packing};
use super::own_table::{TableHeader, header_of};
use super::release_names::{is_foreign, is_zip};
use crate::disk;
use crate::plain_text::hex;
use crate::progress::{Cancelled, Progress};

/// Where a file of a release is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Plain(PathBuf),
    Gzip(PathBuf),
    Zstd(PathBuf),
    /// Parquet, or a table of Stata.
    Foreign(PathBuf),
    /// A folder of Parquet files that are one table, and its files with their paths from the folder.
    Folder {
        root: PathBuf,
        files: Vec<(PathBuf, String)>,
    },
    Zip {
        archive: PathBuf,
        entry: usize,
    },
}

/// One file of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    place: Place,
    /// Name for messages and manifests: the path, or `archive.zip/entry.csv`.
    pub name: String,
    /// Size in bytes: of the content in an archive, of the file otherwise.
    pub size: u64,
    /// What tells an unchanged file from a changed one without reading it: time of the last change, or the
    /// archive's checksum.
    pub stamp: String,
}

impl SourceFile {
    /// A file that lies on its own; what it is packed with shows in its first bytes.
    pub(super) fn plain(path: &Path) -> Result<Self, IngestError> {
        // Pipes and devices are refused here, before anybody waits for them.
        let mut file = disk::open(path).map_err(|e| IngestError::io(path.display(), e))?;
        let metadata = file.metadata().map_err(|e| IngestError::io(path.display(), e))?;
        let mut first = Vec::new();
        // What cannot be read shows when it is.
        let _ = file.by_ref().take(4).read_to_end(&mut first);
        let name = path.display().to_string();
        let ends_in = |ending| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending));
        let place = match packing(&first) {
            Some(Packing::Zip) if !is_zip(&name) => {
                return Err(IngestError::Archive {
                    file: name,
                    message: "this is a zip archive, whatever its name says; unpack it, or give it alone"
                        .to_owned(),
                });
            }
            Some(Packing::Gzip) => Place::Gzip(path.to_owned()),
            Some(Packing::Zstd) => Place::Zstd(path.to_owned()),
            _ if ends_in("gz") => Place::Gzip(path.to_owned()),
            _ if ends_in("zst") => Place::Zstd(path.to_owned()),
            _ if is_foreign(&name) => Place::Foreign(path.to_owned()),
            _ => Place::Plain(path.to_owned()),
        };
        Ok(Self { place, name, size: metadata.len(), stamp: format!("mtime:{}", modified(&metadata)) })
    }

    /// A file that is Parquet or a table of Stata, whatever its name says.
    pub(super) fn of_foreign(path: &Path) -> Result<Self, IngestError> {
        let file = Self::plain(path)?;
        Ok(Self { place: Place::Foreign(path.to_owned()), ..file })
    }

    /// An entry of a zip archive.
    pub(super) fn of_zip(archive: &Path, entry: usize, name: &str, size: u64, crc32: u32) -> Self {
        Self {
            place: Place::Zip { archive: archive.to_owned(), entry },
            name: format!("{}/{name}", archive.display()),
            size,
            stamp: format!("crc32:{crc32:08x}"),
        }
    }

    /// A folder of Parquet files that are one table. Its stamp changes when one of the files does, or when one comes or goes.
    ///
    /// # Errors
    /// [`IngestError::Foreign`] if it is no such table, [`IngestError::Io`] if a file cannot be opened.
    pub(super) fn of_folder(root: &Path, table: &ParquetFiles) -> Result<Self, IngestError> {
        let (mut files, mut size, mut stamps) = (Vec::new(), 0, Sha256::new());
        for part in table.parts() {
            let metadata =
                std::fs::metadata(&part.path).map_err(|e| IngestError::io(part.path.display(), e))?;
            let below = part.path.strip_prefix(root).unwrap_or(&part.path);
            let names: Vec<String> = below.iter().map(|name| name.to_string_lossy().into_owned()).collect();
            let below = names.join("/");
            stamps.update(format!("{below}\0{}\0{}\0", metadata.len(), modified(&metadata)));
            size += metadata.len();
            files.push((part.path.clone(), below));
        }
        let name = root.display().to_string();
        let bare = name.trim_end_matches(['/', std::path::MAIN_SEPARATOR]);
        Ok(Self {
            stamp: format!("files:{}:{}", files.len(), &hex(&stamps.finalize())[..16]),
            place: Place::Folder { root: root.to_owned(), files },
            name: if bare.is_empty() { name } else { bare.to_owned() },
            size,
        })
    }

    /// The files that it consists of, each with its path from the folder; none if it is one file.
    pub(super) fn parts(&self) -> &[(PathBuf, String)] {
        match &self.place {
            Place::Folder { files, .. } => files,
            _ => &[],
        }
    }

    /// Whether it is a Parquet file.
    pub(super) fn is_parquet(&self) -> bool {
        let lower = self.name.to_ascii_lowercase();
        matches!(self.place, Place::Foreign(_)) && !lower.ends_with(".dta")
    }

    /// The file's own name, without folders.
    pub fn short_name(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name)
    }

    /// Bytes of text in it, as far as can be told without reading it: text about numbers is packed to a quarter.
    pub(crate) fn text_size(&self) -> u64 {
        match self.place {
            Place::Gzip(_) | Place::Zstd(_) => self.size.saturating_mul(4),
            _ => self.size,
        }
    }

    /// Opens the content and has `work` read it.
    ///
    /// # Errors
    /// [`IngestError::Io`] or [`IngestError::Zip`] if it cannot be opened; otherwise what `work` returns.
    pub fn read_with<T>(&self, work: impl FnOnce(&mut dyn Read) -> T) -> Result<T, IngestError> {
        let open = |path: &Path| disk::open(path).map_err(|e| IngestError::io(path.display(), e));
        match &self.place {
            Place::Plain(path) | Place::Foreign(path) => Ok(work(&mut open(path)?)),
            Place::Folder { files, .. } => Ok(work(&mut OneAfterTheOther { files, open: None })),
            Place::Gzip(path) => {
                Ok(work(&mut MultiGzDecoder::new(BufReader::with_capacity(1 << 17, open(path)?))))
            }
            Place::Zstd(path) => match zstd::Decoder::new(open(path)?) {
                Ok(mut reader) => Ok(work(&mut reader)),
                Err(error) => Err(self.read_error(error)),
            },
            Place::Zip { archive, entry } => {
                let mut zip = archive::open(archive)?;
                let shown = archive.display().to_string();
                let mut file = zip
                    .by_index(*entry)
                    .map_err(|e| archive::error_of(&shown, Some(self.short_name()), &e))?;
                let packed = |ending: &str| self.name.to_ascii_lowercase().ends_with(ending);
                match () {
                    () if packed(".gz") => Ok(work(&mut MultiGzDecoder::new(BufReader::new(file)))),
                    () if packed(".zst") => match zstd::Decoder::new(file) {
                        Ok(mut reader) => Ok(work(&mut reader)),
                        Err(error) => Err(self.read_error(error)),
                    },
                    () => Ok(work(&mut file)),
                }
            }
        }
    }

    /// The whole content, for small files: of code tables up to 64 MB.
    ///
    /// # Errors
    /// As [`SourceFile::read_with`], and [`IngestError::Io`] if it is larger.
    pub fn read_all(&self) -> Result<Vec<u8>, IngestError> {
        self.read_with(|reader| disk::read_to_limit(reader, LARGEST_CODE_TABLE))?.map_err(|e| {
            match e.kind() {
                std::io::ErrorKind::FileTooLarge => IngestError::io(&self.name, e),
                _ => self.read_error(e),
            }
        })
    }

    /// SHA-256 of the content, unpacked.
    ///
    /// # Errors
    /// As [`SourceFile::read_with`], and [`Cancelled`] if it should stop.
    pub(crate) fn content_sha256<E: From<IngestError> + From<Cancelled>>(
        &self,
        progress: &dyn Progress,
    ) -> Result<String, E> {
        let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 18]);
        self.read_with(|reader| -> Result<(), E> {
            loop {
                progress.go_on()?;
                match reader.read(&mut buffer).map_err(|e| self.read_error(e))? {
                    0 => return Ok(()),
                    count => hash.update(&buffer[..count]),
                }
            }
        })??;
        Ok(hex(&hash.finalize()))
    }

    /// Turns an error while reading into one that names the file and, for archives, the likely cause.
    pub(crate) fn read_error(&self, error: std::io::Error) -> IngestError {
        match &self.place {
            Place::Zip { archive, .. } => {
                archive::read_error(&archive.display().to_string(), self.short_name(), error)
            }
            Place::Gzip(_) => self.gzip_error(error),
            Place::Zstd(_) => IngestError::Archive {
                file: self.name.clone(),
                message: format!(
                    "the zst file is damaged or cut short ({error}); download it again, or pack it again"
                ),
            },
            Place::Plain(_) | Place::Foreign(_) | Place::Folder { .. } => IngestError::io(&self.name, error),
        }
    }

    /// What an error while unpacking a gzip file means.
    fn gzip_error(&self, error: std::io::Error) -> IngestError {
        use std::io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        let is_gzip = |path: &Path| {
            let mut begin = [0; 2];
            let read = disk::open(path).and_then(|mut file| file.read_exact(&mut begin));
            read.is_err() || begin == [0x1f, 0x8b]
        };
        let message = match (error.kind(), &self.place) {
            (UnexpectedEof | InvalidData | InvalidInput, Place::Gzip(path)) if !is_gzip(path) => {
                "this is no gzip file, whatever its name says; rename it to what it is".to_owned()
            }
            (UnexpectedEof, _) => {
                "the gzip file is cut short; download it again, or pack it again".to_owned()
            }
            (InvalidData | InvalidInput, _) => {
                format!("the gzip file is damaged ({error}); download it again, or pack it again")
            }
            _ => return IngestError::io(&self.name, error),
        };
        IngestError::Gzip { file: self.name.clone(), message }
    }

    /// The path of a file that is no text, or of a folder of them.
    pub(super) fn foreign(&self) -> Option<&Path> {
        match &self.place {
            Place::Foreign(path) | Place::Folder { root: path, .. } => Some(path),
            _ => None,
        }
    }

    /// SHA-256 of the content, in one go.
    pub(super) fn content_sha256_of_all(&self) -> Result<String, IngestError> {
        let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 18]);
        self.read_with(|reader| -> Result<(), IngestError> {
            loop {
                match reader.read(&mut buffer).map_err(|e| self.read_error(e))? {
                    0 => return Ok(()),
                    count => hash.update(&buffer[..count]),
                }
            }
        })??;
        Ok(hex(&hash.finalize()))
    }

    /// The header, `None` if the file is empty.
    ///
    /// # Errors
    /// As [`SourceFile::read_with`], and [`IngestError::Foreign`].
    pub fn header(&self) -> Result<Option<TableHeader>, IngestError> {
        if let Some(path) = self.foreign() {
            return header_of(path).map(Some);
        }
        let mut begin = Vec::new();
        self.read_with(|reader| reader.take(LOOKED_AT).read_to_end(&mut begin))?
            .map_err(|e| self.read_error(e))?;
        Ok(TableHeader::of_beginning(&begin))
    }
}

/// When a file was changed last, in nanoseconds.
fn modified(metadata: &std::fs::Metadata) -> u128 {
    let since = metadata.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_nanos())
}

/// The bytes of several files, each with its path before it.
struct OneAfterTheOther<'a> {
    files: &'a [(PathBuf, String)],
    open: Option<Box<dyn Read>>,
}

impl Read for OneAfterTheOther<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(file) = &mut self.open {
                match file.read(buffer)? {
                    0 => self.open = None,
                    count => return Ok(count),
                }
            }
            let Some(((path, below), rest)) = self.files.split_first() else { return Ok(0) };
            self.files = rest;
            let head = std::io::Cursor::new(format!("{below}\0").into_bytes());
            self.open = Some(Box::new(head.chain(disk::open(path)?)));
        }
    }
}

/// Bytes of a file that are looked at for its header.
const LOOKED_AT: u64 = 1 << 16;

/// Largest table of countries or products, in bytes.
const LARGEST_CODE_TABLE: u64 = 64 << 20;
