//! A short fuzz of everything that reads what users bring: whatever the bytes, an answer or an error, never a panic.
//!
//! The same targets run for as long as one likes under `cargo fuzz` (see fuzz/README.md).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::time::{Duration, Instant};

use monazite::fuzz;
use monazite::ingest::foreign::{ForeignError, ForeignTable};

/// Small, fast, seeded: the same inputs on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// Changes a good input a little: bytes replaced, removed, repeated, spliced with pieces that tend to matter.
fn mutated(seed: &[u8], random: &mut Random) -> Vec<u8> {
    const PIECES: [&[u8]; 16] = [
        b"\n",
        b"\r\n",
        b",",
        b"\"",
        b"-1",
        b"NaN",
        b"1e999",
        b"\xef\xbb\xbf",
        b"\xff",
        b"[",
        b"]",
        b"=",
        b"#",
        b" ",
        b"999999999999",
        b"",
    ];
    let mut bytes = seed.to_vec();
    for _ in 0..=random.next(6) {
        let at = random.next(bytes.len() + 1);
        match random.next(5) {
            0 if !bytes.is_empty() => {
                let at = at.min(bytes.len() - 1);
                bytes[at] = random.next(256) as u8;
            }
            1 if !bytes.is_empty() => {
                let end = (at + random.next(12)).min(bytes.len());
                bytes.drain(at.min(end)..end);
            }
            2 => {
                let piece = PIECES[random.next(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            3 => {
                let from = random.next(bytes.len() + 1);
                let end = (from + random.next(40)).min(bytes.len());
                let copy = bytes[from..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// As [`run`], of files that are whole: fewer rounds, since each writes or reads all of them.
fn run_on(target: fn(&[u8]), seeds: &[Vec<u8>]) {
    let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
    run_rounds(target, &seeds, 600);
}

fn run(target: fn(&[u8]), seeds: &[&[u8]]) {
    run_rounds(target, seeds, 4000);
}

fn run_rounds(target: fn(&[u8]), seeds: &[&[u8]], most: usize) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for seed in seeds {
        target(seed);
    }
    let started = Instant::now();
    let mut rounds = 0;
    // A fixed number of inputs, so that a failure can be found again; the clock only guards slow machines.
    while rounds < most && started.elapsed() < Duration::from_secs(20) {
        target(&mutated(seeds[random.next(seeds.len())], &mut random));
        rounds += 1;
    }
    assert!(rounds > 100, "too slow to mean anything");
}

#[test]
fn trade_files() {
    run(
        fuzz::trade_file,
        &[
            b"t,i,j,k,v,q\n2019,156,842,850511,1234.567,89\n2019,842,156,284690,0.001,NA\n",
            b"\xef\xbb\xbf\"t\",\"k\",\"i\",\"j\",\"v\",\"q\"\r\n2019,\"030110\",58,56,  12.5,   NA\r\n",
            b"year,exporter,importer,product_code,value,quantity\n2002,ARE,KEN,250410,3.12,\n",
            b"t,i,j,k,v,q,name\n2008,344,156,848610,1.083,14.7,\"China, Hong Kong SAR\"\n2008,0,World,2846,1,1,\"two\nlines \"\"x\"\"\",,\n,,,,,,\n",
        ],
    );
}

#[test]
fn a_code_that_only_other_releases_know_is_read_alike_in_both_ways() {
    // 381, Italy, is a code of releases before 2023; 840 one of the United Nations, and never BACI's.
    fuzz::trade_file(b"t,i,j,k,v,q\n2020,156,381,850511,60,1\n2020,381,842,850511,40,1\n");
    fuzz::trade_file(b"t,i,j,k,v,q\n2020,156,840,850511,60,1\n2020,999,842,850511,40,1\n");
}

#[test]
fn small_tables() {
    run(
        fuzz::small_table,
        &[
            b"sep=;\nyear;iso3;exports\n2019;CHN;1.234,5\n;;\nData from database: x\n",
            b"\xff\xfea\0,\0b\0\n\x001\0,\x002\0\n\0",
            b"# about\ncode|name\n284690|\"a | b\"\n",
        ],
    );
}

#[test]
fn study_files() {
    run(
        fuzz::study_file,
        &[
            b"[study]\nseeds = [\"284690\"]\nyears = [2007, 2023]\n[data]\ntrade = \"x\"\ngovernance = \"y\"\n[trade]\nmerge = { CHN = [\"CHN\", \"HKG\"] }\n",
            b"[indicators]\ndamping = 0.5\ninfluence = \"share\"\n[chain]\nedges = [\"a.csv\"]\n[output]\ncompression_level = 3\n",
        ],
    );
}

#[test]
fn stores() {
    run_on(fuzz::store, &fuzz::store_seeds());
}

#[test]
fn run_folders() {
    run_on(fuzz::run_folder, &fuzz::run_folder_seeds());
}

#[test]
fn edge_lists_code_tables_and_governance() {
    run(fuzz::edge_list, &[b"input,output,source\n284690,280530,\"USGS, 2024\"\n# note\n280530,850511,x\n"]);
    run(
        fuzz::published_network,
        &[
            b"hs2012_code_upstream,hs2012_code_downstream,weight\n2805,8505,0.5\n2846.90,308,0.2\n850760,870390,\n",
            b"# edition: HS17\ninput;output\n283691;850760\n",
        ],
    );
    run(
        fuzz::names,
        &["Korea, Rep.".as_bytes(), "C\u{f4}te d\u{2019}Ivoire".as_bytes(), b"cobalt oxides", b"2846.90"],
    );
    run(
        fuzz::code_tables,
        &[
            b"country_code,country_name,country_iso2,country_iso3\n384,C\xc3\x83\xc2\xb4te d'Ivoire,CI,CIV\n490,\"Other Asia, nes\",,S19\n",
            b"code,description\n10121,Horses\n284690,\"Compounds, x\"\n",
        ],
    );
    run(
        fuzz::governance_file,
        &[
            b"iso3,year,pv_rank\nDEU,2019,66.5\nFRA,2020,..\n",
            b"\"Country Name\",\"Country Code\",\"Indicator Name\",\"Indicator Code\",\"1996\",\"1998\",\nA,AFG,x,PV.PER.RNK,1.5,,\nA,AFG,x,PV.EST,-2,..,\n",
            b"STRUCTURE,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE\nx,AAA,WB_WGI_PV_PER_RNK,2019,25\n",
            b"Country Name,Country Code,Series Name,Series Code,2019 [YR2019]\nA,AAA,x,PV.EST,-1.5\n\nLast Updated: 1\n",
            b",,2018,,2019\nName,Code,Estimate,Rank,Estimate\nA,AFG,-1,3,-2\n",
            b"iso2;year;pv\nDE;2019.0;0,5\n",
            b"PK\x03\x04garbage",
            b"<stata_dta><header><release>118</release>",
        ],
    );
}

/// Files of other programs, from the smallest to the largest.
fn foreign(endings: &[&str]) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/foreign");
    let mut files: Vec<Vec<u8>> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)))
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    files.sort_by_key(|file| (file.len(), file.clone()));
    files
}

/// Changes some bytes and no lengths, so that what stands at the end of a file is still found there.
fn with_other_bytes(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.next(4) {
        let at = random.next(bytes.len());
        bytes[at] = match random.next(4) {
            0 => 0xff,
            1 => bytes[at].wrapping_add(1),
            2 => bytes[at] ^ (1 << random.next(8)),
            _ => random.next(256) as u8,
        };
    }
    bytes
}

fn run_with_other_bytes(target: fn(&[u8]), seeds: &[Vec<u8>], most: usize) {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let started = Instant::now();
    let mut rounds = 0;
    while rounds < most && started.elapsed() < Duration::from_secs(20) {
        target(&with_other_bytes(&seeds[random.next(seeds.len())], &mut random));
        rounds += 1;
    }
    assert!(rounds > 100, "too slow to mean anything");
}

#[test]
fn foreign_parquet_files() {
    let seeds = foreign(&[".parquet"]);
    assert!(seeds.len() > 25);
    run_on(fuzz::parquet_table, &seeds);
    run_with_other_bytes(fuzz::parquet_table, &seeds, 3000);
}

/// The head of a page names a list of thousands of millions, which the library would count through.
#[test]
fn a_page_whose_head_has_no_end_is_damaged() {
    // In the last three a known field has another kind, so that the library reads on from another place than the one that was looked at.
    for file in [
        "endless-page-head.bin",
        "endless-page-head-2.bin",
        "page-head-of-other-kinds.bin",
        "page-head-of-other-kinds-2.bin",
        "page-head-of-other-kinds-3.bin",
    ] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/foreign").join(file);
        let table = ForeignTable::open(&file).unwrap();
        let columns = 0..table.column_names().len();
        let read = columns.map(|column| table.read(&[column], &mut |_| Ok(())));
        let problems: Vec<String> =
            read.filter_map(|read| read.err()).map(|e: ForeignError| e.to_string()).collect();
        assert!(
            problems.iter().any(|p| p.contains("there is no page where one should begin")),
            "{problems:?}"
        );
    }
}

/// What ends the notes of a table of Stata says that something follows: its labels would be looked for in two places.
#[test]
fn an_end_of_notes_with_a_length_is_damaged() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/foreign");
    fuzz::stata_table(&std::fs::read(folder.join("end-of-notes-with-a-length.bin")).unwrap());
}

#[test]
fn foreign_tables_of_stata() {
    let seeds = foreign(&[".dta"]);
    assert!(seeds.len() > 7);
    run_on(fuzz::stata_table, &seeds);
    run_with_other_bytes(fuzz::stata_table, &seeds, 3000);
}

#[test]
fn first_bytes_of_anything() {
    let mut seeds = foreign(&[".dta", ".parquet", ".txt"]);
    seeds.extend(
        [&b"t,i,j\n"[..], b"PK\x03\x04", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"<?xml", b"\xff\xfet\0"]
            .map(<[u8]>::to_vec),
    );
    run_on(fuzz::first_bytes, &seeds);
    run_with_other_bytes(fuzz::first_bytes, &seeds, 3000);
}
