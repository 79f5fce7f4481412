//! The import of tables that are not BACI's: all files together, a year wherever it stands.

use std::collections::BTreeSet;
use std::path::Path;

use super::collector::{Collector, Sorting};
use super::countries::{check_shared, with_table};
use super::records::{
    YearsOf, input_record, mixed_editions_note, notes_of, refuse_both_flows, refuse_sums_of_lines,
};
use super::release::{Job, ReadRelease};
use crate::ingest::account::IngestAccount;
use crate::ingest::baci::{FlowRow, Seen, read_flows};
use crate::ingest::refuse_same_content;
use crate::progress::{Progress, Unit};
use crate::trade::error::StoreError;
use crate::trade::manifest::InputRecord;

impl Job<'_> {
    /// Reads the files of the release into the same years, one file after the other.
    ///
    /// Blocks of a file are parsed side by side. The rows of all years but the first wait in files, so that no more than one year is in memory.
    pub(super) fn pool(&self, staging: &Path, progress: &dyn Progress) -> Result<ReadRelease, StoreError> {
        let release = self.release;
        refuse_same_content::<StoreError>(release, progress)?;
        progress.begin("importing", release.flows.iter().map(|f| f.size).sum(), Unit::Bytes);
        let mut collector = Collector::new(staging, 0);
        let (mut account, mut seen, mut done) = (IngestAccount::default(), Seen::default(), 0);
        let (mut inputs, mut notes) = (Vec::new(), Vec::new());
        let (mut of_years, mut shared) = (BTreeSet::new(), BTreeSet::new());
        for (position, source) in release.flows.iter().enumerate() {
            collector.begin_source(position);
            let prepare =
                |sorting: &mut Sorting, rows: &[FlowRow]| sorting.batch(rows, self.concordance.as_ref());
            let take = |batch| {
                progress.go_on()?;
                collector.take(batch)
            };
            let advance = |bytes: u64| progress.advance_to(done + bytes.min(source.size));
            let (table, read) = (&release.table, self.options.read);
            let report = read_flows(source, table, &self.countries, read, prepare, take, advance);
            let report = report.map_err(|error| with_table(error, release))?;
            done += source.size;
            account.merge(&report.account);
            seen.merge(&report.seen);
            of_years.extend(check_shared(release, &source.name, &self.countries, &report.shared)?);
            shared.extend(&report.shared);
            notes.extend(notes_of(source, &report));
            inputs
                .push(InputRecord { layout: report.layout, ..input_record(source, "flows", report.sha256) });
        }
        // One code may stand in one file and the other in another.
        let path = release.path.display().to_string();
        of_years.extend(check_shared(release, &path, &self.countries, &shared)?);
        refuse_both_flows(release, &seen)?;
        refuse_sums_of_lines(release, &seen)?;
        notes.extend(mixed_editions_note(&seen));
        let settings = self.settings();
        let made = YearsOf {
            settings: &settings,
            input: inputs[0].clone(),
            notes: of_years.into_iter().collect(),
            recorded: Vec::new(),
            account,
            parts: seen.parts,
        };
        let mut years = self.finish_years(staging, collector, made, &|| progress.go_on(), &|_| true)?;
        progress.end();
        years.sort_by_key(|year| year.file.record.year);
        years.iter().flat_map(|year| &year.file.notes).for_each(|note| progress.note(note));
        notes.extend(years.iter().flat_map(|year| year.file.recorded.clone()));
        Ok(ReadRelease { years, resumed: 0, inputs, notes })
    }
}
