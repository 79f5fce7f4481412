//! A BACI release as it was downloaded: a zip, a folder, or a single csv (plain or gzipped).

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::IngestError;
use super::archive::{self, MOST_ENTRIES};
use super::baci::{FlowColumns, HeaderError};
use crate::disk;
use crate::nomenclature::HsEdition;
use crate::plain_text::beginning;

/// Where a file of a release is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Plain(PathBuf),
    Gzip(PathBuf),
    Zip { archive: PathBuf, entry: usize },
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
        let gzip = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gz"));
        let place = if gzip { Place::Gzip(path.to_owned()) } else { Place::Plain(path.to_owned()) };
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
            Place::Gzip(_) => self.size.saturating_mul(4),
            Place::Plain(_) | Place::Zip { .. } => self.size,
        }
    }

    /// Opens the content and has `work` read it.
    ///
    /// # Errors
    /// [`IngestError::Io`] or [`IngestError::Zip`] if it cannot be opened; otherwise what `work` returns.
    pub fn read_with<T>(&self, work: impl FnOnce(&mut dyn Read) -> T) -> Result<T, IngestError> {
        let open = |path: &Path| disk::open(path).map_err(|e| IngestError::io(path.display(), e));
        match &self.place {
            Place::Plain(path) => Ok(work(&mut open(path)?)),
            Place::Gzip(path) => {
                Ok(work(&mut MultiGzDecoder::new(BufReader::with_capacity(1 << 17, open(path)?))))
            }
            Place::Zip { archive, entry } => {
                let mut zip = archive::open(archive)?;
                let shown = archive.display().to_string();
                let mut file = zip
                    .by_index(*entry)
                    .map_err(|e| archive::error_of(&shown, Some(self.short_name()), &e))?;
                Ok(work(&mut file))
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

    /// Turns an error while reading into one that names the file and, for archives, the likely cause.
    pub(crate) fn read_error(&self, error: std::io::Error) -> IngestError {
        match &self.place {
            Place::Zip { archive, .. } => {
                let message = format!("{}: {error}", self.name);
                IngestError::Zip { file: archive.display().to_string(), message }
            }
            _ => IngestError::io(&self.name, error),
        }
    }

    /// The first line, for telling what kind of file this is.
    fn first_line(&self) -> Result<String, IngestError> {
        let mut line = Vec::new();
        self.read_with(|reader| BufReader::new(reader.take(4096)).read_until(b'\n', &mut line))?
            .map_err(|e| self.read_error(e))?;
        Ok(String::from_utf8_lossy(&line).into_owned())
    }
}

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
}

impl Release {
    /// Looks at a release without reading the trade in it.
    ///
    /// `path` is a zip archive, a folder, or one csv (also `.csv.gz`). Code tables beside a single csv are found
    /// too. Files that are neither trade nor code tables are left alone.
    ///
    /// # Errors
    /// [`IngestError::Io`], [`IngestError::Zip`]; [`IngestError::NoFlows`] if there is no trade file;
    /// [`IngestError::Mixed`] if there are several editions or versions of it.
    pub fn open(path: &Path) -> Result<Self, IngestError> {
        let metadata = std::fs::metadata(path).map_err(|e| IngestError::io(path.display(), e))?;
        let is_zip = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"));
        let mut alone = None;
        let candidates = if metadata.is_dir() {
            files_of_folder(path, is_csv)?
        } else if is_zip {
            files_of_zip(path)?
        } else {
            let file = SourceFile::plain(path)?;
            alone = Some(file.name.clone());
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
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
        };
        let (mut others, mut country_codes, mut product_codes) = (Vec::new(), Vec::new(), Vec::new());
        for file in candidates {
            let named = alone.as_ref() == Some(&file.name);
            let kind = match kind_by_name(file.short_name()) {
                Some(kind) => Some(kind),
                None => kind_by_header(&file.first_line()?),
            };
            match kind {
                Some(FileKind::Flows) => release.flows.push(file),
                Some(FileKind::CountryCodes) => country_codes.push(file),
                Some(FileKind::ProductCodes) => product_codes.push(file),
                None if named => {
                    // Let the parser of flows say precisely what is missing.
                    release.flows.push(file);
                }
                None => others.push(file.short_name().to_owned()),
            }
        }
        if release.flows.is_empty() {
            let found = match others.as_slice() {
                [] => String::new(),
                names => {
                    let shown: Vec<String> = names.iter().take(8).map(|name| beginning(name, 80)).collect();
                    let more = if names.len() > shown.len() { ", ..." } else { "" };
                    format!("; found only: {}{more}", shown.join(", "))
                }
            };
            return Err(IngestError::NoFlows { path: path.display().to_string(), found });
        }
        release.flows.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(pair) = release.flows.windows(2).find(|pair| pair[0].name == pair[1].name) {
            return Err(release.ambiguous("trade files of one name", &pair[0], &pair[1]));
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Flows,
    CountryCodes,
    ProductCodes,
}

fn kind_by_name(name: &str) -> Option<FileKind> {
    let lower = name.to_ascii_lowercase();
    if !lower.ends_with(".csv") && !lower.ends_with(".csv.gz") {
        None
    } else if lower.starts_with("country_codes") {
        Some(FileKind::CountryCodes)
    } else if lower.starts_with("product_codes") {
        Some(FileKind::ProductCodes)
    } else if lower.starts_with("baci_hs") {
        Some(FileKind::Flows)
    } else {
        None
    }
}

fn kind_by_header(line: &str) -> Option<FileKind> {
    let names: Vec<String> = line
        .trim_start_matches('\u{feff}')
        .split(',')
        .map(|f| f.trim().trim_matches('"').to_ascii_lowercase())
        .collect();
    let has = |name: &str| names.iter().any(|n| n == name);
    if matches!(FlowColumns::find(line), Ok(_) | Err(HeaderError::TooMany(_) | HeaderError::Twice(..))) {
        Some(FileKind::Flows)
    } else if names[0] == "country_code" && (has("country_iso3") || has("iso_3digit_alpha")) {
        Some(FileKind::CountryCodes)
    } else if names == ["code", "description"] {
        Some(FileKind::ProductCodes)
    } else {
        None
    }
}

/// `BACI_HS07_Y2019_V202501.csv` -> HS07.
fn edition_in(name: &str) -> Option<HsEdition> {
    name.split(['_', '.']).find_map(|part| if part.starts_with("HS") { part.parse().ok() } else { None })
}

/// `BACI_HS07_Y2019_V202501.csv` -> 202501.
fn version_in(name: &str) -> Option<String> {
    name.split(['_', '.']).find_map(|part| {
        let digits = part.strip_prefix('V')?;
        let plausible = digits.len() >= 6 && digits.as_bytes()[..6].iter().all(u8::is_ascii_digit);
        plausible.then(|| digits.to_owned())
    })
}

fn is_csv(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with(".csv") || lower.ends_with(".csv.gz")
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
                message: format!("there are more than {MOST_ENTRIES} csv files in it; is it a BACI release?"),
            });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn files_of_zip(path: &Path) -> Result<Vec<SourceFile>, IngestError> {
    let mut zip = archive::open(path)?;
    archive::check(path, &zip)?;
    let mut files = Vec::new();
    for entry in 0..zip.len() {
        let broken = |e: zip::result::ZipError| archive::error_of(&path.display().to_string(), None, &e);
        let file = zip.by_index_raw(entry).map_err(broken)?;
        let name = file.name().map_err(broken)?.rsplit('/').next().unwrap_or("").to_owned();
        if file.is_dir() || !is_csv(&name) || name.starts_with("._") {
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
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Write;

    #[test]
    fn names_tell_edition_and_version() {
        assert_eq!(edition_in("BACI_HS07_Y2019_V202501.csv"), Some(HsEdition::Hs07));
        assert_eq!(version_in("BACI_HS92_Y1995_V202401b.csv").as_deref(), Some("202401b"));
        assert_eq!(version_in("product_codes_HS92_V202301.csv").as_deref(), Some("202301"));
        assert_eq!(version_in("flows.csv"), None);
    }

    #[test]
    fn a_folder_is_sorted_into_trade_and_codes() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("BACI_HS07_Y2008_V202501.csv", "t,i,j,k,v,q\n"),
            ("BACI_HS07_Y2007_V202501.csv", "t,i,j,k,v,q\n"),
            ("country_codes_V202501.csv", "country_code,country_name,country_iso2,country_iso3\n"),
            ("product_codes_HS07_V202501.csv", "code,description\n"),
            ("wgi_pv.csv", "iso3,year,pv_rank\n"),
            ("Readme.txt", "x"),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let release = Release::open(folder.path()).unwrap();
        assert_eq!(release.flows.len(), 2);
        assert!(release.flows[0].short_name().contains("Y2007"));
        assert_eq!(release.edition, Some(HsEdition::Hs07));
        assert_eq!(release.version.as_deref(), Some("202501"));
        assert!(release.country_codes.is_some() && release.product_codes.is_some());

        std::fs::write(folder.path().join("BACI_HS92_Y2007_V202501.csv"), "t,i,j,k,v,q\n").unwrap();
        let error = Release::open(folder.path()).unwrap_err().to_string();
        assert!(
            error.ends_with("holds several HS editions (HS92, HS07); give a folder with one of them"),
            "{error}"
        );
    }

    #[test]
    fn a_zip_is_read_without_unpacking() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("BACI_HS92_V202401b.zip");
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        let content: String = std::iter::once("t,i,j,k,v,q\n".to_owned())
            .chain((0..50_000).map(|n| format!("2007,4,251,760110,{n}.5,1\n")))
            .collect();
        zip.start_file("BACI_HS92_V202401b/BACI_HS92_Y2007_V202401b.csv", options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
        zip.start_file("BACI_HS92_V202401b/country_codes_V202401b.csv", options).unwrap();
        zip.write_all(b"country_code,country_name,country_iso2,country_iso3\n4,Afghanistan,AF,AFG\n")
            .unwrap();
        zip.finish().unwrap();
        let release = Release::open(&path).unwrap();
        assert_eq!(release.flows.len(), 1);
        assert_eq!(release.flows[0].size, content.len() as u64);
        assert_eq!(release.flows[0].read_all().unwrap(), content.as_bytes());
        assert!(release.country_codes.is_some());

        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let error = Release::open(&path).unwrap_err().to_string();
        assert!(error.contains("the zip archive cannot be read"), "{error}");
        assert!(error.ends_with("it is probably cut short: download it again"), "{error}");
    }

    fn folder_of(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let text = match name.split('_').next() {
                Some("country") => "country_code,country_name,country_iso2,country_iso3\n",
                Some("product") => "code,description\n",
                _ => "t,i,j,k,v,q\n",
            };
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn two_tables_of_countries_are_refused_unless_one_is_of_the_trade() {
        let [flows, old, new] =
            ["BACI_HS07_Y2008_V202501.csv", "country_codes_V202401b.csv", "country_codes_V202501.csv"];
        let release = Release::open(folder_of(&[flows, old, new]).path()).unwrap();
        assert_eq!(release.country_codes.unwrap().short_name(), new);
        let error = Release::open(folder_of(&["flows.csv", old, new]).path()).unwrap_err().to_string();
        assert!(
            error.ends_with(&format!(
                "there are two tables of countries: {old} and {new}; which one is meant? Take one of them away"
            )),
            "{error}"
        );
    }

    #[test]
    fn trade_files_of_one_name_in_two_folders_of_a_zip_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        for place in ["one", "two"] {
            let name = format!("{place}/BACI_HS92_Y2007_V202401b.csv");
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"t,i,j,k,v,q\n2007,4,251,760110,1,1\n").unwrap();
        }
        zip.finish().unwrap();
        let error = Release::open(&path).unwrap_err().to_string();
        assert!(error.contains("there are two trade files of one name"), "{error}");
    }

    #[test]
    fn what_is_given_fills_in_and_does_not_contradict() {
        let folder = folder_of(&["BACI_HS07_Y2008_V202501.csv"]);
        let named = Release::open(folder.path()).unwrap();
        assert_eq!(named.edition_or(Some(HsEdition::Hs07)).unwrap(), Some(HsEdition::Hs07));
        assert_eq!(named.version_or(Some("V202501")).unwrap().as_deref(), Some("202501"));
        let error = named.edition_or(Some(HsEdition::Hs12)).unwrap_err().to_string();
        assert!(error.contains("say HS07, and HS12 was given as edition; leave that out"), "{error}");
        assert!(named.version_or(Some("202401b")).is_err());
        let folder = folder_of(&["flows.csv"]);
        let unnamed = Release::open(folder.path()).unwrap();
        assert_eq!(unnamed.edition_or(Some(HsEdition::Hs12)).unwrap(), Some(HsEdition::Hs12));
        assert_eq!(unnamed.version_or(None).unwrap(), None);
    }

    #[test]
    fn a_code_table_is_not_unpacked_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        zip.start_file("product_codes_HS92_V202401b.csv", zip::write::SimpleFileOptions::default()).unwrap();
        let block = vec![b'0'; 1 << 20];
        for _ in 0..70 {
            zip.write_all(&block).unwrap();
        }
        zip.start_file("BACI_HS92_Y2007_V202401b.csv", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"t,i,j,k,v,q\n2007,4,251,760110,1,1\n").unwrap();
        zip.finish().unwrap();
        let release = Release::open(&path).unwrap();
        let error = release.product_codes.unwrap().read_all().unwrap_err().to_string();
        assert!(
            error.contains("product_codes_HS92_V202401b.csv: cannot be read: it holds more than 64 MB"),
            "{error}"
        );
    }
}
