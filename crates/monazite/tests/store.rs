//! The store on disk: it gives back what was put in, in both formats, and no damaged byte goes unseen.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use monazite::ingest::Release;
use monazite::nomenclature::Hs6;
use monazite::progress::Silent;
use monazite::threads::Threads;
use monazite::trade::{
    FlowBatch, FlowSource, ImportOptions, ImportOutcome, IndexEntry, Margins, Store, StoreError,
    StoreManifest, import_release, live_files, upgrade_store, verify_files,
};

fn checkout(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)
}

/// A store of the first format, as the program wrote it that knew no other: `studies/tiny/release`.
fn first_format() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/store-format-1")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

fn import(release: &Path, store: &Path) -> ImportOutcome {
    import_release(&Release::open(release).unwrap(), store, &ImportOptions::default(), &Silent).unwrap()
}

/// Everything that a study could ask a store for.
type Everything = Vec<(u16, Vec<IndexEntry>, FlowBatch, Margins)>;

fn everything(store: &Path) -> Result<Everything, StoreError> {
    let store = Store::open(store)?;
    let mut all = Vec::new();
    for year in store.years() {
        let products: Vec<Hs6> = store.traded_in(year).iter().map(|entry| entry.product).collect();
        let batch = store.read(year, &products, true)?;
        all.push((year, store.traded_in(year).to_vec(), batch, store.margins(year)?));
    }
    Ok(all)
}

/// Files and their bytes.
fn bytes(store: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = live_files(store, &StoreManifest::read(store).unwrap());
    let name = |path: &Path| path.strip_prefix(store).unwrap().to_owned();
    files.iter().map(|file| (name(&file.path), fs::read(&file.path).unwrap())).collect()
}

/// A release of one year in a folder of its own: 60 products of up to 80 x 79 flows, values whole and not, quantities missing here and there.
fn made_up_release(folder: &Path) -> Vec<(u32, u16, u16, f64, Option<f64>)> {
    let mut codes = "country_code,country_name,country_iso2,country_iso3\n".to_owned();
    for code in 1..=80u8 {
        let (a, b) = (b'A' + code / 26, b'A' + code % 26);
        writeln!(codes, "{code},Country {code},X,X{}{}", a as char, b as char).unwrap();
    }
    fs::create_dir(folder).unwrap();
    fs::write(folder.join("country_codes_V202501.csv"), codes).unwrap();
    let mut state = 7u64;
    let mut draw = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        state >> 33
    };
    let mut rows = Vec::new();
    for product in 0..60u32 {
        for exporter in 1..=80u16 {
            for importer in (1..=80u16).filter(|&importer| importer != exporter) {
                if draw() % 60 < u64::from(product) {
                    continue;
                }
                // From product 20 to 29 nothing is whole, from 30 to 39 very little is not.
                let thousandths = (1 + draw() % (1 << (draw() % 30 + 1))) as f64 / 1000.0;
                let odd = product / 10 == 2 || (product / 10 == 3 && draw() % 5000 == 0);
                let value = if odd { thousandths / 3.0 } else { thousandths };
                let quantity = (draw() % 20 > 0)
                    .then(|| (draw() % 1_000_000) as f64 / if product / 10 == 4 { 7.0 } else { 1000.0 });
                rows.push((280_000 + product * 7, exporter, importer, value, quantity));
            }
        }
    }
    let mut text = "t,i,j,k,v,q\n".to_owned();
    for (product, exporter, importer, value, quantity) in &rows {
        let quantity = quantity.map_or("NA".to_owned(), |q| q.to_string());
        writeln!(text, "2019,{exporter},{importer},{product},{value},{quantity}").unwrap();
    }
    fs::write(folder.join("BACI_HS07_Y2019_V202501.csv"), text).unwrap();
    rows.sort_by_key(|&(product, exporter, importer, ..)| (product, importer, exporter));
    rows
}

#[test]
fn the_first_format_is_read_and_rewritten_without_the_release() {
    let folder = tempfile::tempdir().unwrap();
    let (new, old) = (folder.path().join("new"), folder.path().join("old"));
    import(&checkout("studies/tiny/release"), &new);
    let expected = everything(&new).unwrap();
    assert_eq!(expected.len(), 3);
    assert_eq!(everything(&first_format()).unwrap(), expected);

    copy(&first_format(), &old);
    assert!(upgrade_store(&old, &Silent).unwrap());
    assert_eq!(everything(&old).unwrap(), expected);
    assert_eq!(bytes(&old), bytes(&new));
    assert!(!upgrade_store(&old, &Silent).unwrap(), "there is nothing left to do");
    let mut left: Vec<String> =
        fs::read_dir(&old).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left[1..].join(" "), "codes-b580d087 flows index margins pages store.toml years");

    // An import rewrites it too, and then finds that it is up to date.
    let met = folder.path().join("met");
    copy(&first_format(), &met);
    let outcome = import(&checkout("studies/tiny/release"), &met);
    assert!(matches!(outcome, ImportOutcome::UpToDate(_)), "{outcome:?}");
    assert_eq!(bytes(&met), bytes(&new));
}

#[test]
fn a_damaged_store_of_the_first_format_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    copy(&first_format(), &store);
    let flows = store.join("2020-3bce13aa/flows.parquet");
    let mut damaged = fs::read(&flows).unwrap();
    let end = damaged.len() - 40;
    damaged[end] ^= 4;
    fs::write(&flows, damaged).unwrap();
    let error = Store::open(&store).unwrap_err().to_string();
    assert!(error.contains("2020-3bce13aa") && error.contains("checksum"), "{error}");
    assert!(upgrade_store(&store, &Silent).is_err());
    assert!(flows.exists(), "what is damaged stays where it is");
    // With the release at hand all of it is made again.
    import(&checkout("studies/tiny/release"), &store);
    verify_files(&store, &StoreManifest::read(&store).unwrap()).unwrap();
}

#[test]
fn what_was_put_in_comes_back_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    let release = folder.path().join("release");
    let rows = made_up_release(&release);
    let store = |threads: usize| {
        let out = folder.path().join(format!("store-{threads}"));
        Threads::new(threads).unwrap().run(|| import(&release, &out));
        out
    };
    let (one, three) = (store(1), store(3));
    assert_eq!(bytes(&one), bytes(&three), "the number of threads changes nothing");

    let store = Store::open(&one).unwrap();
    let index = store.traded_in(2019);
    let products: Vec<Hs6> = index.iter().map(|entry| entry.product).collect();
    let batch = store.read(2019, &products, true).unwrap();
    assert_eq!(batch.values.len(), rows.len());
    let code = |position: u16| store.countries().iter().nth(usize::from(position)).unwrap().1.baci_codes[0];
    let codes: Vec<u16> = (0..80).map(code).collect();
    for (product, range) in &batch.products {
        for row in range.clone() {
            let (expected_product, exporter, importer, value, quantity) = rows[row];
            assert_eq!(product.to_string(), expected_product.to_string());
            let (a, c) = (usize::from(batch.exporters[row]), usize::from(batch.importers[row]));
            assert_eq!((codes[a], codes[c]), (exporter, importer));
            assert_eq!(batch.values[row].to_bits(), value.to_bits(), "{product} {exporter} {importer}");
            assert_eq!(batch.quantities[row].map(f64::to_bits), quantity.map(f64::to_bits));
        }
    }
    // A product by itself, or some of them, is what stands among all.
    for step in [1, 3, 7, 59] {
        let some: Vec<Hs6> = products.iter().copied().skip(step / 2).step_by(step).collect();
        let part = store.read(2019, &some, step != 3).unwrap();
        for (product, range) in &part.products {
            let (_, whole) = batch.products.iter().find(|(p, _)| p == product).unwrap();
            assert_eq!(part.values[range.clone()], batch.values[whole.clone()]);
            assert_eq!(part.importers[range.clone()], batch.importers[whole.clone()]);
            assert_eq!(part.exporters[range.clone()], batch.exporters[whole.clone()]);
            if step != 3 {
                assert_eq!(part.quantities[range.clone()], batch.quantities[whole.clone()]);
            }
        }
    }
    assert!(index.iter().map(|entry| entry.flows).sum::<usize>() > 160_000, "more than one page a product");
}

/// Flips a bit and looks: either the damage is seen and the file named, or the byte is one that nothing depends on.
fn flip(store: &Path, path: &Path, at: usize, expected: &Everything) -> bool {
    let whole = fs::read(path).unwrap();
    let mut damaged = whole.clone();
    damaged[at] ^= 1 << (at % 8);
    fs::write(path, damaged).unwrap();
    let seen = match everything(store) {
        Ok(read) => {
            assert_eq!(&read, expected, "byte {at} of {} changed what is read", path.display());
            false
        }
        Err(error) => {
            let error = error.to_string();
            let name = path.file_name().unwrap().to_str().unwrap();
            let folder = path.parent().unwrap().to_str().unwrap();
            assert!(
                error.contains(name) || error.contains(folder),
                "byte {at} of {}: {error}",
                path.display()
            );
            true
        }
    };
    fs::write(path, whole).unwrap();
    seen
}

#[test]
fn a_flipped_bit_anywhere_is_seen_before_it_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    import(&checkout("studies/tiny/release"), &store);
    let expected = everything(&store).unwrap();
    let manifest = StoreManifest::read(&store).unwrap();
    let mut paths = vec![("store.toml", store.join("store.toml"))];
    paths.extend(
        live_files(&store, &manifest)
            .into_iter()
            .filter(|file| file.year.is_none_or(|year| year == 2020))
            .map(|file| (file.role, file.path)),
    );
    assert_eq!(paths.len(), 7);
    for (role, path) in paths {
        let size = fs::read(&path).unwrap().len();
        let seen = (0..size).filter(|&at| flip(&store, &path, at, &expected)).count();
        if role == "flows" {
            // Year, product and footer are there for other programs.
            assert!(seen > size / 10, "{seen} of {size}");
        } else {
            assert_eq!(seen, size, "{role}");
        }
    }
}

#[test]
fn flipped_bits_of_a_larger_store_are_seen() {
    let folder = tempfile::tempdir().unwrap();
    let (release, store) = (folder.path().join("release"), folder.path().join("store"));
    made_up_release(&release);
    import(&release, &store);
    let expected = everything(&store).unwrap();
    let manifest = StoreManifest::read(&store).unwrap();
    for file in live_files(&store, &manifest) {
        let size = fs::metadata(&file.path).unwrap().len() as usize;
        let tries = if file.role == "flows" { 60 } else { 10 };
        let seen = (0..tries).filter(|n| flip(&store, &file.path, size * n / tries, &expected)).count();
        let least = if file.role == "flows" { tries * 9 / 10 } else { tries };
        assert!(seen >= least, "{}: {seen} of {tries}", file.role);
        // Whatever reading does not need, a check of the whole store sees.
        let whole = fs::read(&file.path).unwrap();
        for at in [0, size / 3, size - 1] {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            fs::write(&file.path, damaged).unwrap();
            assert!(verify_files(&store, &manifest).is_err(), "{} {at}", file.role);
        }
        fs::write(&file.path, &whole[..size / 2]).unwrap();
        assert!(everything(&store).is_err(), "{}: cut short", file.role);
        fs::write(&file.path, whole).unwrap();
    }
    verify_files(&store, &manifest).unwrap();
}

#[test]
fn an_import_finds_damage_and_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let release = checkout("studies/tiny/release");
    import(&release, &store);
    let whole = bytes(&store);
    for (name, content) in &whole {
        let mut damaged = content.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 16;
        fs::write(store.join(name), damaged).unwrap();
        match import(&release, &store) {
            ImportOutcome::Written { resumed, .. } => {
                let codes = name.starts_with("codes-b580d087");
                assert_eq!(resumed, if codes { 3 } else { 2 }, "{}", name.display());
            }
            ImportOutcome::UpToDate(_) => panic!("{} is damaged", name.display()),
        }
        assert_eq!(bytes(&store), whole, "{}", name.display());
    }
    assert!(matches!(import(&release, &store), ImportOutcome::UpToDate(_)));
    // A file that no import of this store has left behind does not stay among those that a glob would find.
    fs::write(store.join("flows/2018-0123abcd.parquet"), "left over").unwrap();
    import(&release, &store);
    assert!(!store.join("flows/2018-0123abcd.parquet").exists());
}
