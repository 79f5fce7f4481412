//! A BACI release as it was downloaded, or tables of trade of another make: a zip, a folder, or a single file of text (plain, gzip or zstd).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::IngestError;
use super::archive::{self, MOST_ENTRIES};
use super::foreign::signature::{self, Kind, refusal_of};
use super::own_table::{Reading, TableHeader, TableOptions, header_of};
use super::release_names::{
    FileKind, MADE_UP_MARK, edition_in, is_foreign, is_table, is_zip, kind_by_name, not_read, version_in,
    without_copy_mark,
};
use super::tables_below::table_below;
use crate::disk;
use crate::nomenclature::HsEdition;
use crate::plain_text::{beginning, hex};
use crate::progress::{Cancelled, Progress};

/// Where a file of a release is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Plain(PathBuf),
    Gzip(PathBuf),
    Zstd(PathBuf),
    /// Parquet, or a table of Stata.
    Foreign(PathBuf),
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
    fn plain(path: &Path) -> Result<Self, IngestError> {
        // Pipes and devices are refused here, before anybody waits for them.
        let metadata = disk::open(path)
            .and_then(|file| file.metadata())
            .map_err(|e| IngestError::io(path.display(), e))?;
        let modified = metadata
            .modified()
            .ok()
            .and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok())
            .map_or(0, |d| d.as_nanos());
        let ends_in = |ending| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending));
        let place = match () {
            () if ends_in("gz") => Place::Gzip(path.to_owned()),
            () if ends_in("zst") => Place::Zstd(path.to_owned()),
            () if is_foreign(&path.to_string_lossy()) => Place::Foreign(path.to_owned()),
            () => Place::Plain(path.to_owned()),
        };
        Ok(Self {
            place,
            name: path.display().to_string(),
            size: metadata.len(),
            stamp: format!("mtime:{modified}"),
        })
    }

    /// The file's own name, without folders.
    pub fn short_name(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name)
    }

    /// Bytes of text in it, as far as can be told without reading it: text about numbers is packed to a quarter.
    pub(crate) fn text_size(&self) -> u64 {
        match self.place {
            Place::Gzip(_) | Place::Zstd(_) => self.size.saturating_mul(4),
            Place::Plain(_) | Place::Foreign(_) | Place::Zip { .. } => self.size,
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
            Place::Plain(_) | Place::Foreign(_) => IngestError::io(&self.name, error),
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

    /// The path of a file that is no text.
    pub(super) fn foreign(&self) -> Option<&Path> {
        match &self.place {
            Place::Foreign(path) => Some(path),
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
        if let Place::Foreign(path) = &self.place {
            return header_of(path).map(Some);
        }
        let mut begin = Vec::new();
        self.read_with(|reader| reader.take(LOOKED_AT).read_to_end(&mut begin))?
            .map_err(|e| self.read_error(e))?;
        Ok(TableHeader::of_beginning(&begin))
    }
}

/// Bytes of a file that are looked at for its header.
const LOOKED_AT: u64 = 1 << 16;

/// Largest table of countries or products, in bytes.
const LARGEST_CODE_TABLE: u64 = 64 << 20;

/// The files of a release, told apart by name or, where names say nothing, by header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// What the user named.
    pub path: PathBuf,
    /// HS edition, from the file names.
    pub edition: Option<HsEdition>,
    /// BACI version such as `202401b`, from the file names.
    pub version: Option<String>,
    /// The trade files, in order of name.
    pub flows: Vec<SourceFile>,
    /// BACI's table of countries, if the release has it.
    pub country_codes: Option<SourceFile>,
    /// BACI's table of products, if the release has it.
    pub product_codes: Option<SourceFile>,
    /// Whether a file in it ([`MADE_UP_MARK`]) says that it is made up.
    pub made_up: bool,
    /// What is said of its tables besides their headers.
    pub table: TableOptions,
    /// Whether its files are parts of one table, so that a year may be in several of them; files of BACI hold a year each.
    pub pooled: bool,
}

impl Release {
    /// Looks at a release without reading the trade in it.
    ///
    /// `path` is a zip archive, a folder, or one csv (also `.csv.gz`). Code tables beside a single csv are found
    /// too. Files that are neither trade nor code tables are left alone; one of the name [`MADE_UP_MARK`] says that the release is made up.
    ///
    /// # Errors
    /// [`IngestError::Io`], [`IngestError::Zip`]; [`IngestError::NoFlows`] if there is no trade file;
    /// [`IngestError::Mixed`] if there are several editions or versions of it.
    pub fn open(path: &Path) -> Result<Self, IngestError> {
        Self::open_table(path, &TableOptions::default())
    }

    /// As [`Release::open`], with what is said of tables besides their headers.
    ///
    /// # Errors
    /// As [`Release::open`], and [`IngestError::Archive`] for a file of a kind that is not read.
    pub fn open_table(path: &Path, table: &TableOptions) -> Result<Self, IngestError> {
        let metadata = std::fs::metadata(path).map_err(|e| IngestError::io(path.display(), e))?;
        let mut foreign = false;
        if metadata.is_file() {
            let name = path.display().to_string();
            let kind = signature::look(path)?;
            foreign = matches!(kind, Kind::Parquet | Kind::Stata);
            let refusal = refusal_of(kind, &name).or_else(|| not_read(&name).map(str::to_owned));
            if let Some(message) = refusal.filter(|_| !foreign) {
                return Err(IngestError::Archive { file: name, message });
            }
        }
        let mut alone = None;
        let mut others = Vec::new();
        let mut made_up = false;
        let candidates = if metadata.is_dir() {
            others = names_in(path, is_zip);
            made_up = path.join(MADE_UP_MARK).is_file();
            files_of_folder(path, |name| is_table(name) || is_foreign(name))?
        } else if is_zip(&path.to_string_lossy()) {
            files_of_zip(path, &mut made_up, &mut others)?
        } else {
            let mut file = SourceFile::plain(path)?;
            if foreign {
                file.place = Place::Foreign(path.to_owned());
            }
            alone = Some(file.name.clone());
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            made_up = folder.join(MADE_UP_MARK).is_file();
            let of_codes = |name: &str| kind_by_name(name).is_some_and(|kind| kind != FileKind::Flows);
            let mut files = files_of_folder(folder, of_codes)?;
            files.push(file);
            files
        };
        let mut release = Self {
            path: path.to_owned(),
            edition: None,
            version: None,
            flows: Vec::new(),
            country_codes: None,
            product_codes: None,
            made_up,
            table: table.clone(),
            pooled: false,
        };
        let (mut country_codes, mut product_codes) = (Vec::new(), Vec::new());
        for file in candidates {
            let named = alone.as_ref() == Some(&file.name);
            let (kind, is_baci) = match kind_by_name(file.short_name()) {
                Some(kind) => (Some(kind), table.columns.is_empty()),
                None => kind_by_header(file.header()?.as_ref(), table),
            };
            match kind {
                Some(FileKind::CountryCodes) => country_codes.push(file),
                Some(FileKind::ProductCodes) => product_codes.push(file),
                // What is empty is no reason to go without a year.
                None if file.size == 0 => return Err(IngestError::Empty { file: file.name }),
                // Of one that was named, the reader says precisely what is missing.
                None if !named => others.push(file.short_name().to_owned()),
                Some(FileKind::Flows) | None => {
                    release.pooled |= !is_baci;
                    release.flows.push(file);
                }
            }
        }
        if (release.pooled || release.flows.is_empty())
            && let Some(below) = table_below(path)
        {
            return Err(IngestError::Archive {
                file: path.display().to_string(),
                message: format!(
                    "there are tables in folders below it, such as {below}; put all files of the table into one folder"
                ),
            });
        }
        if release.flows.is_empty() {
            return Err(nothing_found(path, &others));
        }
        release.flows.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some((first, second)) = copies(&release.flows) {
            return Err(release.ambiguous("trade files of one name", first, second));
        }
        release.country_codes = release.the_one("tables of countries", country_codes)?;
        release.product_codes = release.the_one("tables of products", product_codes)?;
        release.name_edition_and_version()?;
        Ok(release)
    }

    /// The edition: of the names of the files, or as it was given where they do not say it.
    ///
    /// # Errors
    /// [`IngestError::Contradiction`] if both say something, and not the same.
    pub fn edition_or(&self, given: Option<HsEdition>) -> Result<Option<HsEdition>, IngestError> {
        self.agreed("edition", self.edition, given)
    }

    /// The BACI version: of the names of the files, or as it was given where they do not say it.
    ///
    /// # Errors
    /// As [`Release::edition_or`].
    pub fn version_or(&self, given: Option<&str>) -> Result<Option<String>, IngestError> {
        let bare = |version: &str| match version.strip_prefix('V') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest.to_owned(),
            _ => version.to_owned(),
        };
        let given = given.map(bare);
        self.agreed("BACI version", self.version.clone(), given)
    }

    fn agreed<T: PartialEq + std::fmt::Display>(
        &self,
        what: &'static str,
        found: Option<T>,
        given: Option<T>,
    ) -> Result<Option<T>, IngestError> {
        match (found, given) {
            (Some(found), Some(given)) if found != given => Err(IngestError::Contradiction {
                path: self.path.display().to_string(),
                what,
                found: found.to_string(),
                said: given.to_string(),
            }),
            (found, given) => Ok(found.or(given)),
        }
    }

    fn ambiguous(&self, what: &'static str, first: &SourceFile, second: &SourceFile) -> IngestError {
        IngestError::Ambiguous {
            path: self.path.display().to_string(),
            what,
            first: first.short_name().to_owned(),
            second: second.short_name().to_owned(),
        }
    }

    /// The code table of the release. Where there are several, those of another edition or version than the trade's are not meant.
    fn the_one(
        &self,
        what: &'static str,
        mut files: Vec<SourceFile>,
    ) -> Result<Option<SourceFile>, IngestError> {
        if files.len() > 1 {
            let edition = self.flows.iter().find_map(|f| edition_in(f.short_name()));
            let version = self.flows.iter().find_map(|f| version_in(f.short_name()));
            let meant = |file: &SourceFile| {
                let of_file = (edition_in(file.short_name()), version_in(file.short_name()));
                (edition.is_none() || of_file.0.is_none() || of_file.0 == edition)
                    && (version.is_none() || of_file.1.is_none() || of_file.1 == version)
            };
            if files.iter().any(meant) {
                files.retain(meant);
            }
        }
        match files.as_slice() {
            [first, second, ..] => Err(self.ambiguous(what, first, second)),
            _ => Ok(files.pop()),
        }
    }

    fn name_edition_and_version(&mut self) -> Result<(), IngestError> {
        let path = self.path.display().to_string();
        let mut editions: Vec<HsEdition> =
            self.flows.iter().filter_map(|f| edition_in(f.short_name())).collect();
        let mut versions: Vec<String> =
            self.flows.iter().filter_map(|f| version_in(f.short_name())).collect();
        editions.sort();
        editions.dedup();
        versions.sort();
        versions.dedup();
        let several = |what, found: Vec<String>| IngestError::Mixed {
            path: path.clone(),
            what,
            found: found.join(", "),
        };
        if editions.len() > 1 {
            return Err(several("HS editions", editions.iter().map(ToString::to_string).collect()));
        }
        if versions.len() > 1 {
            return Err(several("BACI versions", versions));
        }
        let codes = [&self.product_codes, &self.country_codes];
        self.edition =
            editions.pop().or_else(|| self.product_codes.as_ref().and_then(|f| edition_in(f.short_name())));
        self.version =
            versions.pop().or_else(|| codes.into_iter().flatten().find_map(|f| version_in(f.short_name())));
        Ok(())
    }
}

/// What is said where no trade is found.
fn nothing_found(path: &Path, others: &[String]) -> IngestError {
    let shown: Vec<String> = others.iter().take(8).map(|name| beginning(name, 80)).collect();
    let zips: Vec<String> =
        others.iter().filter(|name| is_zip(name)).map(|name| beginning(name, 80)).collect();
    if is_zip(&path.to_string_lossy()) && !zips.is_empty() {
        return IngestError::Archive {
            file: path.display().to_string(),
            message: format!(
                "there is a zip in this zip, {}; unpack this one, and give the one in it",
                zips.join(", ")
            ),
        };
    }
    let found = if others.is_empty() {
        String::new()
    } else {
        let more = if others.len() > shown.len() { ", ..." } else { "" };
        let advice = match others.iter().find_map(|name| Some((name, not_read(name)?))) {
            Some((name, what)) if zips.is_empty() => format!("; {}: {what}", beginning(name, 80)),
            _ if zips.is_empty() => String::new(),
            _ => "; a zip is given by its own name, not by that of its folder".to_owned(),
        };
        format!("; found only: {}{more}{advice}", shown.join(", "))
    };
    IngestError::NoFlows { path: path.display().to_string(), found }
}

/// What a file is by its header, and whether it is as BACI has it.
fn kind_by_header(header: Option<&TableHeader>, table: &TableOptions) -> (Option<FileKind>, bool) {
    let Some(header) = header else { return (None, true) };
    let names: Vec<String> = header.names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let has = |name: &str| names.iter().any(|n| n == name);
    let kind = if Reading::is_trade(header, table) {
        Some(FileKind::Flows)
    } else if names[0] == "country_code" && (has("country_iso3") || has("iso_3digit_alpha")) {
        Some(FileKind::CountryCodes)
    } else if names == ["code", "description"] {
        Some(FileKind::ProductCodes)
    } else {
        None
    };
    let reading = Reading::of(header, "", table, false);
    (kind, kind != Some(FileKind::Flows) || reading.is_ok_and(|reading| reading.is_baci()))
}

/// Two files that bear one name, or would if one of them were not marked as a copy.
fn copies(files: &[SourceFile]) -> Option<(&SourceFile, &SourceFile)> {
    let mut first: BTreeMap<Cow<'_, str>, &SourceFile> = BTreeMap::new();
    files.iter().find_map(|file| Some((first.insert(without_copy_mark(file.short_name()), file)?, file)))
}

/// The names of files in a folder that are of some kind, in order.
fn names_in(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| wanted(name)).collect();
    names.sort();
    names
}

fn files_of_folder(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<SourceFile>, IngestError> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|e| IngestError::io(folder.display(), e))?;
    for entry in entries {
        let path = entry.map_err(|e| IngestError::io(folder.display(), e))?.path();
        if !path.is_dir() && path.file_name().is_some_and(|n| wanted(&n.to_string_lossy())) {
            files.push(SourceFile::plain(&path)?);
        }
        if files.len() > MOST_ENTRIES {
            return Err(IngestError::Archive {
                file: folder.display().to_string(),
                message: format!("there are more than {MOST_ENTRIES} tables in it; is it a BACI release?"),
            });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn files_of_zip(
    path: &Path,
    made_up: &mut bool,
    others: &mut Vec<String>,
) -> Result<Vec<SourceFile>, IngestError> {
    let mut zip = archive::open(path)?;
    archive::check(path, &zip)?;
    let mut files = Vec::new();
    for entry in 0..zip.len() {
        let broken = |e: zip::result::ZipError| archive::error_of(&path.display().to_string(), None, &e);
        let file = zip.by_index_raw(entry).map_err(broken)?;
        let name = file.name().map_err(broken)?.rsplit('/').next().unwrap_or("").to_owned();
        *made_up |= name == MADE_UP_MARK;
        if file.is_dir() || name.starts_with("._") || name.is_empty() {
            continue;
        }
        if !is_table(&name) {
            others.push(name);
            continue;
        }
        files.push(SourceFile {
            place: Place::Zip { archive: path.to_owned(), entry },
            name: format!("{}/{name}", path.display()),
            size: file.size(),
            stamp: format!("crc32:{:08x}", file.crc32()),
        });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

#[cfg(test)]
mod tests;
