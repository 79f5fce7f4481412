//! Every export of the World Bank and of others in which people have political stability gives the same numbers.
//!
//! The values are made up; the headers are those of the files (see docs/file-formats/governance.md).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{Cursor, Write};

use monazite::ingest::Governance;
use monazite::ingest::governance::{GovernanceMeasure, GovernanceRecord, Layout, StabilityOptions};

use crate::governance_layouts::workbook;

/// Country, name, year, estimate, standard error, rank, its bounds; Romania of 2020 is missing.
type Truth = (&'static str, &'static str, u16, f64, f64, f64, f64, f64);
const TRUTH: [Truth; 5] = [
    ("DEU", "Germany", 2019, 0.5, 0.25, 66.5, 50.0, 75.5),
    ("DEU", "Germany", 2020, 0.75, 0.25, 68.0, 51.0, 76.0),
    ("ROM", "Romania", 2019, 0.5, 0.2, 65.0, 49.0, 74.0),
    ("KOR", "Korea, Rep.", 2019, 0.375, 0.2, 60.5, 45.0, 70.0),
    ("KOR", "Korea, Rep.", 2020, 0.625, 0.2, 64.0, 48.0, 73.0),
];

const COUNTRIES: [(&str, &str); 3] = [("DEU", "Germany"), ("ROM", "Romania"), ("KOR", "Korea, Rep.")];

/// Codes and names of the series, with their values.
const SERIES: [(&str, &str); 5] = [
    ("PV.EST", "Political Stability and Absence of Violence/Terrorism: Estimate"),
    ("PV.STD.ERR", "Political Stability and Absence of Violence/Terrorism: Standard Error"),
    ("PV.PER.RNK", "Political Stability and Absence of Violence/Terrorism: Percentile Rank"),
    (
        "PV.PER.RNK.LOWER",
        "Political Stability and Absence of Violence/Terrorism: Percentile Rank, Lower Bound of 90% Confidence Interval",
    ),
    (
        "PV.PER.RNK.UPPER",
        "Political Stability and Absence of Violence/Terrorism: Percentile Rank, Upper Bound of 90% Confidence Interval",
    ),
];

fn value(country: &str, year: u16, series: usize) -> Option<f64> {
    let row = TRUTH.iter().find(|row| row.0 == country && row.2 == year)?;
    Some([row.3, row.4, row.5, row.6, row.7][series])
}

fn shown(value: Option<f64>, missing: &str) -> String {
    value.map_or_else(|| missing.to_owned(), |v| v.to_string())
}

/// One column a year, as DataBank and the bulk files have it.
fn years_in_columns(header: &str, code: impl Fn(&str) -> String, missing: &str) -> String {
    let mut text = header.to_owned() + "\n";
    for (iso3, name) in COUNTRIES {
        text += &format!("\"{name}\",{iso3},Control of Corruption: Estimate,{},1.5,1.5\n", code("CC.EST"));
        for (n, (series, words)) in SERIES.iter().enumerate() {
            let [a, b] = [2019, 2020].map(|year| shown(value(iso3, year, n), missing));
            text += &format!("\"{name}\",{iso3},\"{words}\",{},{a},{b}\n", code(series));
        }
    }
    text
}

fn truth() -> Vec<(String, u16, GovernanceRecord)> {
    let code = |c: &str| if c == "ROM" { "ROU".to_owned() } else { c.to_owned() };
    let record = |r: &(&str, &str, u16, f64, f64, f64, f64, f64)| GovernanceRecord {
        estimate: Some(r.3),
        standard_error: Some(r.4),
        percentile_rank: Some(r.5),
        rank_lower: Some(r.6),
        rank_upper: Some(r.7),
        ..GovernanceRecord::default()
    };
    let mut rows: Vec<_> = TRUTH.iter().map(|row| (code(row.0), row.2, record(row))).collect();
    rows.sort_by_key(|row| (row.0.clone(), row.1));
    rows
}

/// What a file says, without years of which it says nothing.
fn said(governance: &Governance) -> Vec<(String, u16, GovernanceRecord)> {
    let all =
        governance.records.iter().flat_map(|(c, years)| years.iter().map(move |(y, r)| (c.clone(), *y, *r)));
    all.filter(|(_, _, record)| *record != GovernanceRecord::default()).collect()
}

fn read(file: &str, content: impl AsRef<[u8]>) -> Governance {
    Governance::parse(content.as_ref(), file).unwrap_or_else(|error| panic!("{error}"))
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn data_bank_and_bulk_files_say_the_same() {
    let databank = years_in_columns(
        "\u{feff}Country Name,Country Code,Series Name,Series Code,2019 [YR2019],2020 [YR2020]",
        str::to_owned,
        "..",
    ) + "\n\nData from database: Worldwide Governance Indicators,,,,,\nLast Updated: 09/24/2025,,,,,\n";
    let wdi = |series: &str| format!("GOV_WGI_{}", series.replace('.', "_"));
    let newer = |series: &str| format!("GOV_WGI_{series}");
    let header = "Country Name,Country Code,Indicator Name,Indicator Code,2019,2020";
    let preamble =
        "\"Data Source\",\"World Development Indicators\",\n\n\"Last Updated Date\",\"2025-07-01\",\n\n";
    let from_r = "Country.Name,Country.Code,Series.Name,Series.Code,X2019..YR2019.,X2020..YR2020.";
    let data360 = "REF_AREA_LABEL,REF_AREA,INDICATOR_LABEL,INDICATOR,2019,2020";
    let of_data360 = |series: &str| format!("WB_WGI_{}", series.replace('.', "_"));
    for (file, text) in [
        ("databank.csv", databank.clone()),
        ("WGICSV.csv", years_in_columns(header, str::to_owned, "")),
        ("WDICSV.csv", years_in_columns(header, wdi, "")),
        ("newer.csv", years_in_columns(header, newer, "")),
        ("API_PV.csv", preamble.to_owned() + &years_in_columns(header, str::to_owned, "")),
        ("r.csv", years_in_columns(from_r, str::to_owned, "NA")),
        ("WB_WGI_WIDEF.csv", years_in_columns(data360, of_data360, "")),
    ] {
        let governance = read(file, text);
        assert_eq!(governance.layout, Layout::Bulk, "{file}");
        assert_eq!(said(&governance), truth(), "{file}");
        assert!(governance.notes.is_empty());
    }
    let rows: Vec<Vec<&str>> = years_in_columns(
        "Country Name,Country Code,Series Name,Series Code,2019 [YR2019],2020 [YR2020]",
        str::to_owned,
        "..",
    )
    .leak()
    .lines()
    .map(|line| {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(line.as_bytes())
            .records()
            .next()
            .unwrap()
            .unwrap()
    })
    .map(|record| record.iter().map(|field| &*field.to_owned().leak()).collect())
    .collect();
    let xlsx = workbook(&[("Data", rows), ("Series - Metadata", vec![vec!["Code", "License Type"]])]);
    assert_eq!(said(&read("Data_Extract.xlsx", xlsx)), truth());
}

#[test]
fn archives_are_opened() {
    let header = "Country Name,Country Code,Indicator Name,Indicator Code,2019,2020";
    let data = years_in_columns(header, str::to_owned, "");
    let zip = zip_of(&[
        ("WGISeries.csv", b"Series Code,Topic,Indicator Name\nPV.EST,x,y\n"),
        ("WGICountry.csv", b"Country Code,Short Name,Region\nDEU,Germany,Europe\n"),
        ("WGIfootnote.csv", b"CountryCode,SeriesCode,Year,DESCRIPTION\nDEU,PV.EST,YR2019,none\n"),
        ("WGICSV.csv", data.as_bytes()),
    ]);
    assert_eq!(said(&read("WGI_csv.zip", &zip)), truth());
    let error = |content: &[u8]| Governance::parse(content, "a.zip").unwrap_err().to_string();
    let two = error(&zip_of(&[("a.csv", data.as_bytes()), ("b.csv", data.as_bytes())]));
    assert_eq!(
        two,
        "a.zip: 2 tables in this zip could be meant (a.csv, b.csv); unpack it and give one of them"
    );
    let none = error(&zip_of(&[("readme.md", b"x"), ("c.csv", b"a,b\n1,2\n")]));
    assert!(
        none.starts_with(
            "a.zip: no table of the Governance Indicators in this zip (it holds readme.md, c.csv)"
        ),
        "{none}"
    );
    let wrong = data.replace("66.5", "high");
    let inside = error(&zip_of(&[("WGICSV.csv", wrong.as_bytes())]));
    assert_eq!(inside, "a.zip: WGICSV.csv:5: column 2019: 'high' is not a number");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(data.as_bytes()).unwrap();
    assert_eq!(said(&read("WGICSV.csv.gz", packed.finish().unwrap())), truth());
}

#[test]
fn one_observation_a_row() {
    let mut data360 =
        "STRUCTURE,REF_AREA,INDICATOR,COMP_BREAKDOWN_1,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE\n".to_owned();
    let mut api =
        "countryiso3code,date,value,unit,indicator.id,indicator.value,country.id,country.value\n".to_owned();
    for row in TRUTH {
        for (n, (series, words)) in SERIES.iter().enumerate() {
            let v = value(row.0, row.2, n).unwrap();
            data360 += &format!(
                "datastructure,{},WB_WGI_{},_T,{},{v},NUMBER\n",
                row.0,
                series.replace('.', "_"),
                row.2
            );
            api += &format!("{},{},{v},,{series},\"{words}\",,\"{}\"\n", row.0, row.2, row.1);
        }
        data360 += &format!("datastructure,{},WB_WGI_CC_EST,_T,{},9,NUMBER\n", row.0, row.2);
    }
    for text in [data360, api] {
        let governance = read("data360.csv", text);
        assert_eq!((governance.layout, said(&governance)), (Layout::Observations, truth()));
    }
}

#[test]
fn one_column_a_series() {
    let names: Vec<String> = SERIES.iter().map(|(code, words)| format!("\"{words} [{code}]\"")).collect();
    let mut databank = format!("Country Name,Country Code,Time,Time Code,{}\n", names.join(","));
    let mut wdi = "\"\",\"country\",\"iso2c\",\"iso3c\",\"year\",\"PV.EST\",\"PV.STD.ERR\",\"PV.PER.RNK\",\"PV.PER.RNK.LOWER\",\"PV.PER.RNK.UPPER\"\n".to_owned();
    let mut semicolons = "Land;iso3;year;pv_est;pv_se;pv_rank;rank_lower;rank_upper\n".to_owned();
    let mut iso2 = "iso2;year;pv_est;pv_se;pv_rank;rank_lower;rank_upper\n".to_owned();
    let mut named = "country;year;pv_est;pv_se;pv_rank;rank_lower;rank_upper\n".to_owned();
    for (iso3, name, year, a, b, c, d, e) in TRUTH {
        let two = [("DEU", "de"), ("ROM", "RO"), ("KOR", "KR")].iter().find(|p| p.0 == iso3).unwrap().1;
        databank += &format!("\"{name}\",{iso3},{year},YR{year},{a},{b},{c},{d},{e}\n");
        wdi += &format!("\"1\",\"{name}\",\"{two}\",\"{iso3}\",{year},{a},{b},{c},{d},{e}\n");
        let comma = |v: f64| v.to_string().replace('.', ",");
        let values = [a, b, c, d, e].map(comma).join(";");
        semicolons += &format!("x;{};{year}.0;{values}\n", iso3.to_lowercase());
        iso2 += &format!("{two};{year};{values}\n");
        named += &format!("{name};{year};{values}\n");
    }
    databank += "\n\n\nData from database: Worldwide Governance Indicators\nLast Updated: 09/24/2025\n";
    wdi += "\"9\",\"Romania\",\"RO\",\"ROM\",2020,NA,NA,NA,NA,NA\n";
    for text in [databank, wdi, semicolons, iso2, named] {
        assert_eq!(said(&read("pv.csv", &text)), truth(), "{text}");
    }
}

#[test]
fn our_world_in_data_and_the_2025_edition() {
    let owid = "Entity,Code,Year,Political stability and absence of violence/terrorism: estimate,Control of corruption: estimate\n\
                Germany,DEU,2019,0.5,1.9\nAfrica,,2019,-0.6,0.1\nKosovo,OWID_KOS,2019,-0.25,0.2\n";
    let governance = read("political-stability.csv", owid);
    assert_eq!(governance.layout, Layout::OurWorldInData);
    assert_eq!(governance.records["XKX"][&2019].estimate, Some(-0.25));
    assert_eq!(governance.records["DEU"][&2019].estimate, Some(0.5));
    assert!(governance.records.contains_key("Africa"), "what is no country is named later");
    let newest = "Economy (name),Economy (code),Year,Governance estimate (approx. -2.5 to +2.5),Standard error,Governance score (0-100)\n\
                  Germany,DEU,2023,0.6,0.2,76.4\n";
    let governance = read("pv.csv", newest);
    assert_eq!(governance.layout, Layout::Edition2025);
    let record = governance.records["DEU"][&2023];
    assert_eq!((record.estimate, record.standard_error, record.score), (Some(0.6), Some(0.2), Some(76.4)));
    let bulk = "Country Name,Country Code,Indicator Name,Indicator Code,2019\n\
                Germany,DEU,Political Stability - Governance score (0-100),GOV_WGI_PV_SC,76.4\n";
    assert_eq!(read("wdi.csv", bulk).records["DEU"][&2019].score, Some(76.4));
}

#[test]
fn what_is_not_read_is_said_by_name() {
    let error = |content: &[u8]| Governance::parse(content, "f").unwrap_err().to_string();
    for (content, words) in [
        (
            &b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..],
            "this is an old Excel workbook (.xls), or one with a password; save the sheet as csv",
        ),
        (b"PAR1\x15\x04", "this is a Parquet file; write it as csv"),
        (b"7z\xbc\xaf\x27\x1c", "this is a 7z archive; unpack it"),
        (b"SQLite format 3\0", "SQLite"),
        (b"<!DOCTYPE html><html>", "this is a web page (HTML); open it in a spreadsheet"),
        (b"[{\"iso3\": \"DEU\"}]", "this is JSON; write it as csv with the columns iso3, year, pv_rank"),
        // What trade tables are refused for is known here too.
        (b"\x89HDF\r\n\x1a\n", "this is an HDF5 file; in Python, write the table with to_csv()"),
        (b"\x28\xb5\x2f\xfd\0\0", "this is packed with zstd; unpack it"),
        (
            b"iso3,year,gdp\nDEU,2019,1\n",
            "this layout of the Governance Indicators is not known (found: iso3, year, gdp); known layouts are",
        ),
        (
            b"iso3,2019,2020\nDEU,1,2\n",
            "the years are columns, and no column says which series the rows are; add a column 'series' with PV.PER.RNK",
        ),
    ] {
        let message = error(content);
        assert!(message.starts_with("f: ") && message.contains(words), "{message}");
    }
    assert_eq!(error(b"iso3,year,pv_rank\nDEU,19,5\n"), "f:2: column year: '19' is not a year");
    assert_eq!(error(b"iso3,year,pv_rank\nDEU,,5\n"), "f:2: column year: there is no year");
}

#[test]
fn sheets_that_could_both_be_meant_are_refused_by_name() {
    let sheet = |rank: &'static str| vec![vec!["iso3", "year", "pv_rank"], vec!["DEU", "2019", rank]];
    let read_both = |names: [&str; 2], ranks: [&'static str; 2]| {
        let book = workbook(&[(names[0], sheet(ranks[0])), (names[1], sheet(ranks[1]))]);
        Governance::parse(&book, "pv.xlsx").map_err(|e| e.to_string())
    };
    let error = read_both(["2019 release", "2024 release"], ["60", "61"]).unwrap_err();
    assert_eq!(
        error,
        "pv.xlsx: several sheets could be political stability, with different values: 2019 release, 2024 release; keep the one that is meant, or call \
         it pv"
    );
    let error = read_both(["Political Stability", "Political Stability (old)"], ["60", "61"]).unwrap_err();
    assert!(error.contains("Political Stability, Political Stability (old)"), "{error}");
    for (names, ranks) in [(["old", "pv"], ["61", "60"]), (["a", "b"], ["60", "60"])] {
        let found = read_both(names, ranks).unwrap();
        assert_eq!(found.records["DEU"][&2019].percentile_rank, Some(60.0), "{names:?}");
    }
}

#[test]
fn a_value_that_nobody_names_is_named_by_what_it_is() {
    let notes = |text: &str, measure| read("d/pv.csv", text).notes_on(measure);
    let ranks = notes("iso3,year,pv\nDEU,2019,66\nFRA,2019,60\n", GovernanceMeasure::PercentileRank).unwrap();
    assert_eq!(
        ranks,
        [
            "pv.csv: nothing says which series of the Governance Indicators this is; values between 60 and 66 are read as percentile ranks (0 to 100). \
          Name the column pv_rank if that is right."
        ]
    );
    let estimates = read("pv.csv", "iso3,year,political stability\nDEU,2019,0.5\nAFG,2019,-2.5\n");
    let options = StabilityOptions { measure: GovernanceMeasure::Estimate, ..StabilityOptions::default() };
    let pv = estimates.resolve(&["AFG".to_owned(), "DEU".to_owned()], &[2019], options).unwrap().pv;
    assert_eq!(pv[0], [Some(0.0), Some(60.0)]);
}
