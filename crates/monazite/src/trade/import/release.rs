//! The import of a release: what it depends on, its years, and what is published at the end.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::collector::{Collector, Sorting};
use super::countries::{adopted, check_shared, with_table};
use super::edition;
use super::place::{
    STAGING, YEAR_FILE, claim, clean_up, fresh_folder, lock, publish_year, swap_in, tidy_after_failure,
    whole_years, write_codes, write_whole,
};
use super::records::{
    FinishedYear, YearFile, YearsOf, input_record, notes_of, nothing_kept, refuse_both_flows,
    refuse_sums_of_lines, too_much_note,
};
use super::same_trade::WholeTable;
use super::side_by_side::{Turn, read_all};
use crate::columnar::DEFAULT_COMPRESSION_LEVEL;
use crate::delimited::CsvText;
use crate::ingest::account::IngestAccount;
use crate::ingest::baci::{FlowRow, ReadOptions, ShortCodes, UnknownCountry, read_flows};
use crate::ingest::codes::{parse_country_codes, parse_product_codes};
use crate::ingest::{IngestError, Release, SourceFile};
use crate::nomenclature::{Concordance, Countries, Hs6, HsEdition};
use crate::plain_text::hex;
use crate::progress::{Cancelled, Progress, Unit};
use crate::threads::within;
use crate::trade::error::StoreError;
use crate::trade::layout::{YearFiles, verify_files};
use crate::trade::manifest::{
    AccountRecord, ConversionRecord, InputRecord, Options, SIGNATURE, STORE_FORMAT, StoreManifest,
    TableRecord, UnmatchedRecord,
};
use crate::trade::upgrade::upgrade_before_import;
use crate::trade::year_writer::write_year;

/// How to import.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportOptions {
    /// How to read rows.
    pub read: ReadOptions,
    /// The edition, where file names do not say it.
    pub edition: Option<HsEdition>,
    /// The BACI version, where file names do not say it.
    pub version: Option<String>,
    /// Carry the trade over to this edition.
    pub convert_to: Option<HsEdition>,
    /// Level of zstd, 1 to 22.
    pub compression_level: i32,
    /// Whose data these are, where they are not CEPII's; empty if nobody says it.
    pub source: String,
    /// Their licence; empty if nobody says it.
    pub licence: String,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            read: ReadOptions::default(),
            edition: None,
            version: None,
            convert_to: None,
            compression_level: DEFAULT_COMPRESSION_LEVEL,
            source: String::new(),
            licence: String::new(),
        }
    }
}

/// What an import came to.
#[derive(Debug, Clone, PartialEq)]
pub enum ImportOutcome {
    /// The store was already made from these files; nothing was done.
    UpToDate(StoreManifest),
    /// The store was written; so many years were taken over from an interrupted import.
    Written {
        /// What is in it.
        manifest: StoreManifest,
        /// Years taken over.
        resumed: usize,
    },
}

impl ImportOutcome {
    /// What is in the store, either way.
    pub fn manifest(&self) -> &StoreManifest {
        match self {
            Self::UpToDate(manifest) | Self::Written { manifest, .. } => manifest,
        }
    }
}

/// Imports a release into the store at `out`.
///
/// If the store was made from the same files with the same options, nothing is done. Otherwise the
/// new store replaces the old one at the very end; on an error, when it is asked to stop, or when the program is killed, the old one
/// stays as it is and the next call goes on with the years that were finished.
///
/// # Errors
/// [`StoreError::Cancelled`] if `progress` asks to stop, with what is kept for the next call;
/// [`StoreError::Ingest`] for anything wrong with the release; [`StoreError::NotEmpty`] if `out` holds something else;
/// [`StoreError::Taken`] if it is something else, or lies in a run, a store, a release or a replication package;
/// [`StoreError::Locked`] if another import writes there; [`StoreError::ReadOnly`] or [`StoreError::Io`] if the disk refuses.
///
/// ```
/// use monazite::ingest::Release;
/// use monazite::progress::Silent;
/// use monazite::trade::{FlowSource, ImportOptions, Store, import_release};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let out = folder.path().join("store");
/// let release = Release::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/release").as_ref())?;
/// let outcome = import_release(&release, &out, &ImportOptions::default(), &Silent)?;
/// let account = &outcome.manifest().account;
/// assert_eq!((account.rows_read, account.rows_kept, account.duplicates), (78, 76, 1));
///
/// let store = Store::open(&out)?;
/// let flows = store.read(2019, &["284690".parse()?], false)?;
/// assert_eq!(flows.values, [10.0, 60.0, 20.0, 30.0, 50.0]);
/// # Ok(())
/// # }
/// ```
pub fn import_release(
    release: &Release,
    out: &Path,
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<ImportOutcome, StoreError> {
    within(|| import(release, out, options, progress))
}

fn import(
    release: &Release,
    out: &Path,
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<ImportOutcome, StoreError> {
    let mut job = Job::prepare(release, options)?;
    upgrade_before_import(out, progress)?;
    match import_as(&job, out, progress) {
        Err(StoreError::Ingest(error)) => {
            let Some(countries) = adopted(&job.countries, &error) else { return Err(error.into()) };
            job.countries = countries;
            import_as(&job, out, progress)
        }
        written => written,
    }
}

/// Imports a release with the table of countries that a job has.
fn import_as(job: &Job<'_>, out: &Path, progress: &dyn Progress) -> Result<ImportOutcome, StoreError> {
    if let Some(manifest) = job.up_to_date(out, progress)? {
        // An import that was killed when the store was there already has not cleared up.
        if let Ok(_lock) = lock(out) {
            clean_up(out, &manifest);
        }
        manifest.notes.iter().for_each(|note| progress.note(note));
        return Ok(ImportOutcome::UpToDate(manifest));
    }
    if job.edition.is_none() {
        progress.note(
            "the HS edition is in none of the names of the files, so codes are not checked against one; it can be said with data.edition or --edition",
        );
    }
    claim(out)?;
    let lock = lock(out)?;
    let staging = out.join(STAGING);
    fs::create_dir_all(&staging).map_err(|e| StoreError::io(&staging, "cannot be created", e))?;
    let read = match job.release.pooled {
        true => job.pool(&staging, progress),
        false => job.years(out, &staging, progress),
    };
    let written = read.and_then(|read| {
        job.judge_edition(out, &read.years, progress)?;
        let resumed = read.resumed;
        let manifest = job.publish(out, read)?;
        manifest.notes.iter().for_each(|note| progress.note(note));
        Ok(ImportOutcome::Written { manifest, resumed })
    });
    if written.is_err() {
        drop(lock);
        tidy_after_failure(out, &staging);
    }
    written
}

/// Everything that an import depends on.
pub(super) struct Job<'a> {
    pub(super) release: &'a Release,
    pub(super) options: &'a ImportOptions,
    pub(super) countries: Countries,
    products: BTreeMap<Hs6, String>,
    code_inputs: Vec<InputRecord>,
    edition: Option<HsEdition>,
    version: String,
    pub(super) concordance: Option<Concordance>,
}

/// All that was read of a release.
pub(super) struct ReadRelease {
    pub(super) years: Vec<FinishedYear>,
    /// Years taken over from an import that was stopped.
    pub(super) resumed: usize,
    /// The trade files.
    pub(super) inputs: Vec<InputRecord>,
    /// What whoever uses the data should know.
    pub(super) notes: Vec<String>,
}

impl<'a> Job<'a> {
    fn prepare(release: &'a Release, options: &'a ImportOptions) -> Result<Self, StoreError> {
        let mut code_inputs = Vec::new();
        let mut read = |file: &Option<SourceFile>, role: &str| -> Result<Option<Vec<u8>>, StoreError> {
            let Some(file) = file else { return Ok(None) };
            let content = file.read_all()?;
            code_inputs.push(input_record(file, role, hex(&Sha256::digest(&content))));
            Ok(Some(content))
        };
        let country_codes = read(&release.country_codes, "country_codes")?;
        let product_codes = read(&release.product_codes, "product_codes")?;
        let name = |file: &Option<SourceFile>| file.as_ref().map_or_else(String::new, |f| f.name.clone());
        let countries = match country_codes {
            Some(text) => parse_country_codes(&text, &name(&release.country_codes))?,
            None => Countries::builtin(),
        };
        let products = match product_codes {
            Some(text) => parse_product_codes(&text, &name(&release.product_codes))?,
            None => BTreeMap::new(),
        };
        let edition = release.edition_or(options.edition)?;
        let version = release.version_or(options.version.as_deref())?.unwrap_or_default();
        let concordance = match (options.convert_to, edition) {
            (None, _) => None,
            (Some(to), Some(from)) if to == from => None,
            (Some(to), Some(from)) => Some(Concordance::between(from, to)?),
            (Some(_), None) => {
                return Err(StoreError::UnknownEdition { path: release.path.display().to_string() });
            }
        };
        Ok(Self { release, options, countries, products, code_inputs, edition, version, concordance })
    }

    /// The options as they stand in files.
    fn option_record(&self) -> Options {
        Options {
            unknown_country: match self.options.read.unknown_country {
                UnknownCountry::Refuse => "refuse",
                UnknownCountry::Drop => "drop",
            }
            .to_owned(),
            short_codes: match self.options.read.short_codes {
                ShortCodes::Refuse => "refuse",
                ShortCodes::Pad => "pad",
            }
            .to_owned(),
            compression_level: self.options.compression_level,
            table: TableRecord::of(&self.release.table),
        }
    }

    /// A short text that changes when anything but the trade file itself does.
    pub(super) fn settings(&self) -> String {
        let options = self.option_record();
        let mut hash = Sha256::new();
        for (_, country) in self.countries.iter() {
            hash.update(format!("{} {:?};", country.iso3, country.baci_codes));
        }
        let to = self.concordance.as_ref().map_or(String::new(), |c| format!("{}>{}", c.from, c.to));
        let table = options.table.as_ref().map_or(String::new(), |table| format!(", {table:?}"));
        format!(
            "format {STORE_FORMAT}, {}, {}, zstd {}, countries {}, {to}{table}",
            options.unknown_country,
            options.short_codes,
            options.compression_level,
            &hex(&hash.finalize())[..16]
        )
    }

    fn edition_name(&self) -> String {
        let edition = self.concordance.as_ref().map(|c| c.to).or(self.edition);
        edition.map_or_else(String::new, |e| e.to_string())
    }

    /// The manifest of the store at `out`, if it was made from these very files with these options.
    fn up_to_date(&self, out: &Path, progress: &dyn Progress) -> Result<Option<StoreManifest>, StoreError> {
        let mut manifest = match StoreManifest::read(out) {
            Ok(manifest) => manifest,
            Err(StoreError::NotAStore { .. } | StoreError::Manifest { .. }) => return Ok(None),
            Err(other) => return Err(other),
        };
        let from = manifest.conversion.as_ref().map_or("", |c| c.from.as_str());
        let wanted_from = self.concordance.as_ref().map_or_else(String::new, |c| c.from.to_string());
        let mut old_codes: Vec<&InputRecord> = manifest.inputs.iter().filter(|i| i.role != "flows").collect();
        old_codes.sort_by(|a, b| a.role.cmp(&b.role));
        let same_codes = old_codes.len() == self.code_inputs.len()
            && old_codes.iter().zip(&self.code_inputs).all(|(a, b)| a.role == b.role && a.sha256 == b.sha256);
        let old: Vec<InputRecord> = manifest.inputs.iter().filter(|i| i.role == "flows").cloned().collect();
        let same_names = old.len() == self.release.flows.len()
            && old
                .iter()
                .zip(&self.release.flows)
                .all(|(a, b)| a.name == b.short_name() && a.bytes == b.size);
        if !same_codes
            || !same_names
            || from != wanted_from
            || manifest.options != self.option_record()
            || manifest.edition != self.edition_name()
            || manifest.baci_version != self.version
        {
            return Ok(None);
        }
        // A damaged file is no reason to give up: its year is imported again, the others are taken over.
        if verify_files(out, &manifest).is_err() {
            return Ok(None);
        }
        let mut touched = false;
        for (known, file) in old.iter().zip(&self.release.flows) {
            if known.stamp == file.stamp {
                continue;
            }
            // The date changed but the size did not: look at the content before reading it all again.
            if file.content_sha256::<StoreError>(progress)? != known.sha256 {
                return Ok(None);
            }
            touched = true;
            for input in manifest.inputs.iter_mut().filter(|i| i.name == known.name) {
                input.stamp.clone_from(&file.stamp);
            }
        }
        let said = (self.release.made_up, &self.options.source, &self.options.licence);
        if (manifest.made_up, &manifest.source, &manifest.licence) != said {
            // The trade is the same; what is made from it has to say something else.
            manifest.made_up = self.release.made_up;
            manifest.source.clone_from(&self.options.source);
            manifest.licence.clone_from(&self.options.licence);
            let _held = lock(out)?;
            swap_in(out, &manifest)?;
        } else if touched {
            remember_stamps(out, &manifest)?;
        }
        Ok(Some(manifest))
    }

    /// Reads every trade file whose years are not finished already.
    fn years(&self, out: &Path, staging: &Path, progress: &dyn Progress) -> Result<ReadRelease, StoreError> {
        let settings = self.settings();
        let finished = finished_years(out, staging, &settings);
        let known: Vec<Option<Vec<FinishedYear>>> = (self.release.flows.iter())
            .map(|source| {
                let known = finished.iter().find(|year| {
                    let input = &year.file.input;
                    year.file.alone
                        && input.name == source.short_name()
                        && input.bytes == source.size
                        && input.stamp == source.stamp
                })?;
                Some(vec![FinishedYear { file: known.file.clone(), folder: known.folder.clone() }])
            })
            .collect();
        let resumed = known.iter().flatten().count();
        let total: u64 = self.release.flows.iter().map(|f| f.size).sum();
        progress.begin("importing", total, Unit::Bytes);
        let years_of = |years: &Vec<FinishedYear>| years.iter().map(|y| y.file.record.year).collect();
        let read = read_all(self.release, known, years_of, progress, |turn| {
            self.read_file(turn, staging, &settings)
        });
        if read.cancelled {
            return Err(self.stopped(&read.files).into());
        }
        if let Some(error) = read.error {
            return Err(error);
        }
        progress.end();
        let mut years: Vec<FinishedYear> = read.files.into_iter().flatten().flatten().collect();
        years.sort_by_key(|y| y.file.record.year);
        years.iter().flat_map(|year| &year.file.notes).for_each(|note| progress.note(note));
        let notes = years.iter().flat_map(|year| year.file.recorded.clone()).collect();
        let by_name: BTreeMap<&str, &InputRecord> =
            years.iter().map(|year| (year.file.input.name.as_str(), &year.file.input)).collect();
        let inputs = (self.release.flows.iter())
            .filter_map(|file| by_name.get(file.short_name()).map(|&input| input.clone()))
            .collect();
        Ok(ReadRelease { years, resumed, inputs, notes })
    }

    /// What an import that was stopped leaves for the next one: the files that are finished, if they hold a year each.
    fn stopped(&self, files: &[Option<Vec<FinishedYear>>]) -> Cancelled {
        let kept = |years: &Option<Vec<FinishedYear>>| {
            years.as_ref().is_some_and(|years| years.iter().all(|year| year.file.alone))
        };
        let count = files.iter().filter(|years| kept(years)).count();
        let next = files.iter().zip(&self.release.flows).find(|(years, _)| !kept(years));
        Cancelled {
            kept: next.filter(|_| count > 0).map(|(_, next)| {
                format!(
                    "{count} of {} files of the release are imported, and the next import goes on with {}",
                    self.release.flows.len(),
                    next.short_name()
                )
            }),
        }
    }

    /// Reads one trade file and writes its years into the staging folder.
    fn read_file(
        &self,
        turn: &Turn<'_>,
        staging: &Path,
        settings: &str,
    ) -> Result<Vec<FinishedYear>, StoreError> {
        turn.go_on()?;
        let source = &self.release.flows[turn.at];
        let mut collector = Collector::new(staging, turn.at);
        let prepare =
            |sorting: &mut Sorting, rows: &[FlowRow]| sorting.batch(rows, self.concordance.as_ref());
        let take = |batch| {
            turn.go_on()?;
            collector.take(batch)
        };
        let advance = |bytes| turn.advance_to(bytes);
        let (table, read) = (&self.release.table, self.options.read);
        let report = read_flows(source, table, &self.countries, read, prepare, take, advance);
        let report = report.map_err(|error| with_table(error, self.release))?;
        refuse_both_flows(self.release, &report.seen)?;
        refuse_sums_of_lines(self.release, &report.seen)?;
        let notes = check_shared(self.release, &source.name, &self.countries, &report.shared)?;
        let input = InputRecord {
            layout: report.layout.clone(),
            ..input_record(source, "flows", report.sha256.clone())
        };
        let recorded = notes_of(source, &report);
        let (account, parts) = (report.account, report.seen.parts);
        let made = YearsOf { settings, input, notes, recorded, account, parts };
        self.finish_years(staging, collector, made, &|| turn.go_on(), &|year| turn.claim(year))
    }

    /// Writes the years that were collected into the staging folder. `claim` says whether a year may be written.
    pub(super) fn finish_years(
        &self,
        staging: &Path,
        mut collector: Collector,
        of: YearsOf<'_>,
        go_on: &dyn Fn() -> Result<(), Cancelled>,
        claim: &dyn Fn(u16) -> bool,
    ) -> Result<Vec<FinishedYear>, StoreError> {
        let unmatched = std::mem::take(&mut collector.unmatched);
        let alone = collector.spills.is_empty() && !self.release.pooled;
        let YearsOf { settings, input, notes, mut recorded, mut account, parts } = of;
        let mut looked = WholeTable::new(self.release, &self.countries, self.concordance.as_ref(), parts);
        account.added_by_conversion = collector.added_by_conversion;
        let whole = account.clone();
        let mut finished = Vec::new();
        let mut any = false;
        collector.each_year(go_on, |year, table| {
            go_on()?;
            any = true;
            if !claim(year) {
                return Ok(());
            }
            if table.product_count() > Hs6::MOST_PRODUCTS {
                let (file, found, most) = (input.name.clone(), table.product_count(), Hs6::MOST_PRODUCTS);
                return Err(IngestError::TooManyProducts { file, found, most }.into());
            }
            recorded.extend(looked.look(year, &table, go_on)?);
            let folder = fresh_folder(&staging.join(year.to_string()))?;
            let mut account = std::mem::take(&mut account);
            let level = self.options.compression_level;
            let record = write_year(&folder, year, table, &self.countries, level, &mut account, go_on)?;
            recorded.extend(too_much_note(&record, self.release));
            let file = YearFile {
                settings: settings.to_owned(),
                alone,
                input: input.clone(),
                account: AccountRecord::from(&account),
                record,
                unmatched: unmatched
                    .iter()
                    .filter(|((y, _), _)| *y == year)
                    .map(|((_, product), &value)| UnmatchedRecord { product: product.to_string(), value })
                    .collect(),
                notes: notes.iter().filter(|(y, _)| *y == year).map(|(_, note)| note.clone()).collect(),
                recorded: std::mem::take(&mut recorded),
            };
            let text = toml::to_string(&file).expect("a year file has no map keys that are not text");
            write_whole(&folder.join(YEAR_FILE), SIGNATURE.sign(&text).as_bytes())?;
            finished.push(FinishedYear { file, folder: Some(folder) });
            Ok(())
        })?;
        looked.end()?;
        if any { Ok(finished) } else { Err(nothing_kept(&input.name, &whole).into()) }
    }

    /// Whether the codes are those of the edition; what a conversion made of them says nothing about it.
    fn judge_edition(
        &self,
        out: &Path,
        years: &[FinishedYear],
        progress: &dyn Progress,
    ) -> Result<(), StoreError> {
        let (Some(edition), None) = (self.edition, &self.concordance) else { return Ok(()) };
        let said = edition::Said { edition, by_files: self.release.edition.is_some() };
        let index = |year: &FinishedYear| {
            let record = &year.file.record;
            let files = match &year.folder {
                Some(folder) => YearFiles::in_one_folder(folder),
                None => YearFiles::in_store(out, record),
            };
            (files.index, record.index_sha256.clone())
        };
        edition::judge(said, years.iter().map(index), progress)
    }

    /// Moves the years to their places and swaps the manifest in.
    fn publish(&self, out: &Path, read: ReadRelease) -> Result<StoreManifest, StoreError> {
        let ReadRelease { years, inputs, notes, .. } = read;
        let codes = self.write_codes(out)?;
        let mut account = IngestAccount::default();
        let mut unmatched: BTreeMap<String, f64> = BTreeMap::new();
        let mut records = Vec::new();
        for year in years {
            let record = year.file.record;
            if let Some(folder) = &year.folder {
                publish_year(out, folder, &record)?;
            }
            account.merge(&year.file.account.account());
            for entry in year.file.unmatched {
                *unmatched.entry(entry.product).or_default() += entry.value;
            }
            records.push(record);
        }
        let manifest = StoreManifest {
            format: STORE_FORMAT,
            monazite: env!("CARGO_PKG_VERSION").to_owned(),
            edition: self.edition_name(),
            baci_version: self.version.clone(),
            codes,
            product_table: !self.products.is_empty(),
            made_up: self.release.made_up,
            source: self.options.source.clone(),
            licence: self.options.licence.clone(),
            notes,
            options: self.option_record(),
            account: AccountRecord::from(&account),
            inputs: inputs.into_iter().chain(self.code_inputs.iter().cloned()).collect(),
            years: records,
            conversion: self.concordance.as_ref().map(|c| ConversionRecord {
                from: c.from.to_string(),
                unmatched: unmatched
                    .into_iter()
                    .map(|(product, value)| UnmatchedRecord { product, value })
                    .collect(),
            }),
        };
        swap_in(out, &manifest)?;
        clean_up(out, &manifest);
        Ok(manifest)
    }

    /// Writes `countries.csv` and `products.csv`; returns the name of their folder.
    fn write_codes(&self, out: &Path) -> Result<String, StoreError> {
        let mut countries = CsvText::new(["iso3", "baci_codes", "name"]);
        for (_, country) in self.countries.iter() {
            let codes: Vec<String> = country.baci_codes.iter().map(ToString::to_string).collect();
            countries.row([&country.iso3, &codes.join(" "), &country.name]);
        }
        let mut products = CsvText::new(["product", "description"]);
        for (product, description) in &self.products {
            products.row([&product.to_string(), description]);
        }
        write_codes(out, &countries.bytes(), &products.bytes())
    }
}

/// Writes the new dates of files down, so that the next call need not look into them. Where nothing can be written, it looks again.
fn remember_stamps(out: &Path, manifest: &StoreManifest) -> Result<(), StoreError> {
    match lock(out) {
        Err(StoreError::ReadOnly { .. }) => Ok(()),
        held => {
            let _held = held?;
            swap_in(out, manifest)
        }
    }
}

/// Years that an interrupted import has left behind, and years of the store that is there.
fn finished_years(out: &Path, staging: &Path, settings: &str) -> Vec<FinishedYear> {
    let parse = |text: &str| toml::from_str::<YearFile>(text).ok().filter(|file| file.settings == settings);
    whole_years(out, staging, |text| parse(text).map(|file| file.record))
        .into_iter()
        .filter_map(|(text, folder)| Some(FinishedYear { file: parse(&text)?, folder }))
        .collect()
}
