//! A BACI release as it was downloaded, or tables of trade of another make: a zip, a folder, or a single file of text (plain, gzip or zstd).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::IngestError;
use super::archive::{self, MOST_ENTRIES};
use super::foreign::signature::{self, Kind, refusal_of};
use super::foreign::{ParquetFiles, folder::is_of_one_table};
use super::own_table::{Reading, TableHeader, TableOptions};
use super::release_names::{
    FileKind, MADE_UP_MARK, edition_in, is_foreign, is_table, is_zip, kind_by_name, not_read, version_in,
    without_copy_mark,
};
use super::source_file::SourceFile;
use super::tables_below::table_below;
use crate::nomenclature::HsEdition;
use crate::plain_text::beginning;

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
        let (mut foreign, mut zip) = (false, is_zip(&path.to_string_lossy()));
        if metadata.is_file() {
            let name = path.display().to_string();
            let kind = signature::look(path)?;
            foreign = matches!(kind, Kind::Parquet | Kind::Stata);
            zip |= kind == Kind::Zip;
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
        } else if zip {
            files_of_zip(path, &mut made_up, &mut others)?
        } else {
            let file = if foreign { SourceFile::of_foreign(path)? } else { SourceFile::plain(path)? };
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
        if metadata.is_dir() {
            release.look_below()?;
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

    /// Takes a folder of Parquet files for one table: one with such files in folders below it, and one that Spark or Dask wrote. Other tables in
    /// folders below it would be passed over, and are refused.
    fn look_below(&mut self) -> Result<(), IngestError> {
        let below = table_below(&self.path);
        let parquet = below.as_ref().is_some_and(|below| is_foreign(below) && !below.ends_with(".dta"));
        let of_one = self.flows.iter().all(SourceFile::is_parquet) && is_of_one_table(&self.path);
        if (self.flows.is_empty() && parquet) || (!self.flows.is_empty() && of_one) {
            let table = ParquetFiles::open(&self.path)?;
            for name in table.left_out() {
                refuse_passed_over(&self.path, name, &self.table)?;
            }
            self.flows = vec![SourceFile::of_folder(&self.path, &table)?];
            self.pooled = true;
            return Ok(());
        }
        match below {
            Some(below) if self.pooled || self.flows.is_empty() => Err(IngestError::Archive {
                file: self.path.display().to_string(),
                message: format!(
                    "there are tables in folders below it, such as {below}; put all files of the table into one folder"
                ),
            }),
            _ => Ok(()),
        }
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

/// Refuses a table of trade among Parquet files, which would be passed over.
fn refuse_passed_over(folder: &Path, name: &str, table: &TableOptions) -> Result<(), IngestError> {
    let path = folder.join(name);
    if !(is_table(name) || is_foreign(name)) || kind_by_name(name).is_some_and(|kind| kind != FileKind::Flows)
    {
        return Ok(());
    }
    let header = SourceFile::plain(&path)?.header()?;
    match kind_by_header(header.as_ref(), table).0 {
        Some(FileKind::Flows) => Err(IngestError::Archive {
            file: folder.display().to_string(),
            message: format!(
                "its Parquet files are one table, and {name} is a table of trade of another format; take it out, or write it as Parquet"
            ),
        }),
        _ => Ok(()),
    }
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
        files.push(SourceFile::of_zip(path, entry, &name, file.size(), file.crc32()));
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

#[cfg(test)]
mod tests;
