//! Releases as folders, zips and single files: what is found in them, and what is refused.

use super::*;
use std::fs::File;
use std::io::Write;

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
    zip.write_all(b"country_code,country_name,country_iso2,country_iso3\n4,Afghanistan,AF,AFG\n").unwrap();
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
fn a_gzip_file_that_is_cut_short_damaged_or_none_is_named_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("BACI_HS07_Y2019_V202501.csv.gz");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let rows: String = (0..5000).map(|n| format!("2019,4,251,{:06},{n}.5,1\n", n * 7)).collect();
    gzip.write_all(format!("t,i,j,k,v,q\n{rows}").as_bytes()).unwrap();
    let whole = gzip.finish().unwrap();
    let error = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let release = Release::open(folder.path()).unwrap();
        release.flows[0].read_all().map(|content| content.len()).map_err(|e| e.to_string())
    };
    error(&whole).unwrap();
    for length in [whole.len() / 2, whole.len() - 3, 12] {
        let error = error(&whole[..length]).unwrap_err();
        assert!(
            error.ends_with("csv.gz: the gzip file is cut short; download it again, or pack it again"),
            "{error}"
        );
    }
    let mut damaged = whole.clone();
    let sum = damaged.len() - 6;
    damaged[sum] ^= 1;
    assert!(error(&damaged).unwrap_err().contains("csv.gz: the gzip file is damaged ("));
    assert!(error(b"t,i,j,k,v,q\n").unwrap_err().contains("csv.gz: this is no gzip file, whatever"));
}

#[test]
fn copies_that_a_browser_made_are_seen() {
    let [flows, codes] = ["BACI_HS07_Y2008_V202501.csv", "country_codes_V202501.csv"];
    let [flows_copy, codes_copy] = ["BACI_HS07_Y2008_V202501 (1).csv", "country_codes_V202501 (1).csv"];
    // A single one is taken, in a folder and beside a single file.
    for names in [[flows, codes_copy], [flows_copy, codes_copy], [flows_copy, codes]] {
        let folder = folder_of(&names);
        for path in [folder.path().to_owned(), folder.path().join(names[0])] {
            let release = Release::open(&path).unwrap();
            assert_eq!(release.country_codes.unwrap().short_name(), names[1]);
            assert_eq!(release.version.as_deref(), Some("202501"));
            assert_eq!(release.edition, Some(HsEdition::Hs07));
        }
    }
    // Two are refused.
    let folder = folder_of(&[flows, codes, codes_copy]);
    for path in [folder.path().to_owned(), folder.path().join(flows)] {
        let error = Release::open(&path).unwrap_err().to_string();
        let words =
            format!("there are two tables of countries: {codes_copy} and {codes}; which one is meant?");
        assert!(error.contains(&words), "{error}");
    }
    let error = Release::open(folder_of(&[flows, flows_copy]).path()).unwrap_err().to_string();
    assert!(error.contains("there are two trade files of one name"), "{error}");
    let error = Release::open(folder_of(&["BACI_HS07_V202501 (1).zip"]).path()).unwrap_err().to_string();
    assert!(
        error.contains("found only: BACI_HS07_V202501 (1).zip; a zip is given by its own name"),
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

#[test]
fn a_mark_in_a_folder_beside_a_file_or_in_a_zip_says_that_a_release_is_made_up() {
    let flows = "BACI_HS07_Y2008_V202501.csv";
    let folder = folder_of(&[flows]);
    let made_up = |path: &Path| Release::open(path).unwrap().made_up;
    assert!(!made_up(folder.path()) && !made_up(&folder.path().join(flows)));
    std::fs::write(folder.path().join(MADE_UP_MARK), "# SYNTHETIC\n").unwrap();
    assert!(made_up(folder.path()) && made_up(&folder.path().join(flows)));
    for mark in [true, false] {
        let path = folder.path().join("a.zip");
        let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
        for name in [flows, MADE_UP_MARK].into_iter().take(if mark { 2 } else { 1 }) {
            zip.start_file(format!("a/{name}"), zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"t,i,j,k,v,q\n").unwrap();
        }
        zip.finish().unwrap();
        assert_eq!(made_up(&path), mark);
    }
}
