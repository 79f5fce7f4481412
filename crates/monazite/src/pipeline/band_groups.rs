//! Rows of groups in the tables of bands, where the groups of a finished run change: what was drawn of a group that is another one now is not its
//! band.

use std::collections::BTreeSet;

use super::Error;
use crate::delimited::{Row, Table};
use crate::nomenclature::groups::CountryGroup;
use crate::run::{RunError, WORLD};
use crate::run_folder::tables::{BAND_CHANGES, BAND_MEANS};
use crate::run_folder::{CsvTable, RunFiles, RunFolder, RunTable, StoredPanel};
use crate::study::Study;

/// Takes the rows of groups that are no longer those of the study out of the tables of bands of a finished run; gives what a reader should know,
/// `None` where the groups with bands are the same.
///
/// # Errors
/// [`Error::Folder`] if a table cannot be read or written.
pub(super) fn keep_known_groups(
    of_run: &Study,
    changed: &Study,
    stored: &StoredPanel,
    files: &RunFiles,
    folder: &mut RunFolder,
) -> Result<Option<String>, Error> {
    let (before, after) = (of_run.mean_groups(), changed.mean_groups());
    let mut kept: BTreeSet<&str> = stored.countries.iter().map(|country| country.code.as_str()).collect();
    kept.insert(WORLD);
    kept.extend(before.iter().filter(|group| after.contains(group)).map(|group| group.code.as_str()));
    let mut any = false;
    for table in [&BAND_MEANS, &BAND_CHANGES] {
        let Some(read) = files.table_if_there(table.file).map_err(RunError::from)? else {
            continue;
        };
        any = true;
        if let Some(rest) = without(&read, table, &kept) {
            rest.write(folder, table.file)?;
        }
    }
    let codes = |from: &[CountryGroup], other: &[CountryGroup]| -> Vec<String> {
        from.iter().filter(|group| !other.contains(group)).map(|group| group.code.clone()).collect()
    };
    let (gone, new) = (codes(&before, &after), codes(&after, &before));
    Ok((any && !(gone.is_empty() && new.is_empty())).then(|| {
        let mut said = String::from("The groups of the run changed after its bands were made:");
        if !gone.is_empty() {
            said.push_str(&format!(" those of {} as it was are taken out;", gone.join(", ")));
        }
        if !new.is_empty() {
            said.push_str(&format!(" {} has none until the study is run again;", new.join(", ")));
        }
        said.pop();
        said + "."
    }))
}

/// A table of bands without the rows of what is not kept; `None` if all rows stay.
fn without(read: &Table, table: &RunTable, kept: &BTreeSet<&str>) -> Option<CsvTable> {
    let who = read.column(&["who"])?;
    let stays = |row: &&Row| kept.contains(row.get(who));
    if read.rows.iter().all(|row| stays(&row)) {
        return None;
    }
    let mut rest = CsvTable::of(table);
    read.rows.iter().filter(stays).for_each(|row| rest.row(&row.fields));
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_other_groups_go_and_all_others_keep_their_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(BAND_MEANS.file);
        let head = "product,who,year,reading,point,p05,median,p95\n";
        let world = "284690,WORLD,2019,full,1.5,1.40625,1.5,1.6000000000000001\n";
        let of = |who: &str| format!("284690,{who},2019,full,1.25,1.1,1.2,1.3\n");
        let text = [head, world, &of("AAA"), &of("OLD"), &of("G7")].concat();
        std::fs::write(&path, &text).unwrap();
        let read = Table::read(&path).unwrap();
        assert!(without(&read, &BAND_MEANS, &BTreeSet::from([WORLD, "AAA", "OLD", "G7"])).is_none());
        let rest = without(&read, &BAND_MEANS, &BTreeSet::from([WORLD, "AAA", "G7"])).unwrap().bytes();
        assert_eq!(String::from_utf8(rest).unwrap(), [head, world, &of("AAA"), &of("G7")].concat());
    }
}
