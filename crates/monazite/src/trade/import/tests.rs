//! An import is the same on any number of threads, and however often it was stopped.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};

use super::{ImportOptions, ImportOutcome, import_release};
use crate::ingest::Release;
use crate::ingest::baci::{ReadOptions, ShortCodes, UnknownCountry};
use crate::nomenclature::HsEdition;
use crate::progress::{Progress, Silent};
use crate::threads::Threads;
use crate::trade::StoreError;

const ROWS: u64 = 45_000;

/// A year of more than one block: many products and pairs, out of order, with repeated rows, unknown quantities, numbers of many digits,
/// trade of a country with itself and countries that nobody knows.
fn year(year: u64) -> String {
    let countries = [4, 8, 12, 156, 251, 276, 392, 410, 490, 579, 699, 842, 999];
    let mut text = "t,i,j,k,v,q\n".to_owned();
    for n in 0..ROWS {
        let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(year) >> 32;
        let (exporter, importer) = (countries[(mixed % 13) as usize], countries[(mixed / 13 % 13) as usize]);
        let product = 280_000 + mixed / 169 % 900;
        let value = mixed % 5_000_000 + 1;
        let more = if n % 97 == 0 { "0071" } else { "" };
        write!(text, "{year},{exporter},{importer},{product},{}.{:03}{more},", value / 1000, value % 1000)
            .unwrap();
        match n % 4 {
            0 => text.push_str("NA\n"),
            1 => text.push('\n'),
            _ => writeln!(text, "{}.{:03}", mixed % 77, mixed % 1000).unwrap(),
        }
    }
    text
}

const FIRST: u64 = 2007;
const YEARS: u64 = 5;

fn file_of(folder: &Path, year: u64) -> PathBuf {
    folder.join(format!("BACI_HS07_Y{year}_V202501.csv"))
}

fn release(folder: &Path) -> Release {
    for at in FIRST..FIRST + YEARS {
        fs::write(file_of(folder, at), year(at)).unwrap();
    }
    Release::open(folder).unwrap()
}

fn lenient() -> ImportOptions {
    let read = ReadOptions { unknown_country: UnknownCountry::Drop, short_codes: ShortCodes::Refuse };
    ImportOptions { read, ..ImportOptions::default() }
}

/// Every file below a folder with its content, but for the lock.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with(".lock") {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn the_same_bytes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("release");
    fs::create_dir(&source).unwrap();
    let release = release(&source);
    let converted = ImportOptions { convert_to: Some(HsEdition::Hs92), ..lenient() };
    for options in [lenient(), converted] {
        let mut expected = None;
        for threads in [1, 2, 4] {
            let out = folder.path().join(format!("store-{threads}-{}", options.convert_to.is_some()));
            let import = || import_release(&release, &out, &options, &Silent).unwrap();
            let outcome = Threads::new(threads).unwrap().run(import);
            let account = &outcome.manifest().account;
            assert_eq!(account.rows_read, ROWS * YEARS);
            assert!(
                account.duplicates > 1000 && account.quantity_missing > 1000 && account.dropped.len() == 2
            );
            let written = files(&out);
            assert_eq!(*expected.get_or_insert_with(|| written.clone()), written, "{threads} threads");
        }
    }
}

#[test]
fn the_error_is_the_first_one_by_file_and_line_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("release");
    fs::create_dir(&source).unwrap();
    let release = release(&source);
    let spoil = |year: u64, line: usize, with: &str| {
        let path = file_of(&source, year);
        let text = fs::read_to_string(&path).unwrap();
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        lines[line - 1] = with;
        fs::write(&path, lines.concat()).unwrap();
    };
    // Late in the second file, and at the very beginning of the two after it.
    spoil(FIRST + 1, 40_000, "2008,4,8,280010,one,1\n");
    spoil(FIRST + 1, 44_000, "2008,4,8,280010,two,1\n");
    spoil(FIRST + 2, 2, "2009,4,8,280010,three,1\n");
    spoil(FIRST + 3, 2, "2010,4,8\n");
    for threads in [1, 2, 4] {
        let out = folder.path().join(format!("store-{threads}"));
        let import = || import_release(&release, &out, &lenient(), &Silent).unwrap_err();
        let error = Threads::new(threads).unwrap().run(import).to_string();
        let expected = format!("{}:40000: column v: 'one' is not", file_of(&source, FIRST + 1).display());
        assert!(error.starts_with(&expected), "{threads} threads: {error}");
        assert!(!out.join("store.toml").exists());
    }
}

/// Says that the work should stop after so many questions.
struct StopAfter(AtomicI64);

impl Progress for StopAfter {
    fn cancelled(&self) -> bool {
        self.0.fetch_sub(1, Ordering::Relaxed) <= 0
    }
}

#[test]
fn an_import_that_is_stopped_again_and_again_comes_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("release");
    fs::create_dir(&source).unwrap();
    let release = release(&source);
    let whole = folder.path().join("whole");
    import_release(&release, &whole, &lenient(), &Silent).unwrap();
    let expected = files(&whole);
    for threads in [1, 2, 4] {
        let out = folder.path().join(format!("stopped-{threads}"));
        let (mut taken_over, mut stopped) = (0, 0);
        for allowed in (0..).step_by(7) {
            let progress = StopAfter(AtomicI64::new(allowed));
            let import = || import_release(&release, &out, &lenient(), &progress);
            match Threads::new(threads).unwrap().run(import) {
                Ok(ImportOutcome::Written { resumed, .. }) => {
                    taken_over = resumed;
                    break;
                }
                Err(StoreError::Cancelled(_)) => stopped += 1,
                other => panic!("{other:?}"),
            }
        }
        assert!(
            stopped > 1 && taken_over > 0,
            "{threads} threads: stopped {stopped}, {taken_over} taken over"
        );
        assert_eq!(files(&out), expected, "{threads} threads");
    }
}
