//! The Governance Indicators in every layout, from small files made here in the shape of the official ones.
//!
//! The values are made up; the shapes are those of the files the World Bank has published (see docs/file-formats/governance.md).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{Cursor, Write};
use std::path::Path;

use dta::stata::dta::byte_order::ByteOrder;
use dta::stata::dta::dta_writer::DtaWriter;
use dta::stata::dta::header::Header;
use dta::stata::dta::release::Release;
use dta::stata::dta::schema::Schema;
use dta::stata::dta::value::Value;
use dta::stata::dta::variable::Variable;
use dta::stata::dta::variable_type::VariableType;
use dta::stata::missing_value::MissingValue;
use dta::stata::stata_float::StataFloat;
use dta::stata::stata_int::StataInt;
use monazite::ingest::governance::{GovernanceMeasure, Layout, StabilityOptions};
use monazite::ingest::{Governance, IngestError};

/// A workbook with text and number cells: the least that counts as one.
pub(crate) fn workbook(sheets: &[(&str, Vec<Vec<&str>>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, text: String| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let mut content_types = String::new();
    let mut entries = String::new();
    let mut relations = String::new();
    for (n, (name, rows)) in sheets.iter().enumerate() {
        let n = n + 1;
        content_types += &format!(
            "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
        );
        entries += &format!("<sheet name=\"{name}\" sheetId=\"{n}\" r:id=\"rId{n}\"/>");
        relations += &format!(
            "<Relationship Id=\"rId{n}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
        );
        let mut data = String::new();
        for (r, row) in rows.iter().enumerate() {
            data += &format!("<row r=\"{}\">", r + 1);
            for (c, cell) in row.iter().enumerate() {
                let place = format!("{}{}", (b'A' + c as u8) as char, r + 1);
                data += &match (cell.parse::<f64>(), cell.is_empty()) {
                    (_, true) => String::new(),
                    (Ok(number), _) => format!("<c r=\"{place}\"><v>{number}</v></c>"),
                    (Err(_), _) => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"),
                };
            }
            data += "</row>";
        }
        put(
            &format!("xl/worksheets/sheet{n}.xml"),
            format!(
                "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{data}</sheetData></worksheet>"
            ),
        );
    }
    put(
        "[Content_Types].xml",
        format!(
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{content_types}</Types>"
        ),
    );
    put(
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".to_owned(),
    );
    put(
        "xl/workbook.xml",
        format!(
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{entries}</sheets></workbook>"
        ),
    );
    put(
        "xl/_rels/workbook.xml.rels",
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}</Relationships>"
        ),
    );
    zip.finish().unwrap().into_inner()
}

fn read(name: &str, content: &[u8]) -> Result<Governance, IngestError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    Governance::read(&path)
}

fn ranks(g: &Governance, iso3: &str) -> Vec<(u16, Option<f64>)> {
    g.records[iso3].iter().map(|(&year, record)| (year, record.percentile_rank)).collect()
}

#[test]
fn long_workbook_and_csv_of_the_2024_update() {
    let rows = vec![
        vec![
            "codeindyr",
            "code",
            "countryname",
            "year",
            "indicator",
            "estimate",
            "stddev",
            "nsource",
            "pctrank",
            "pctranklower",
            "pctrankupper",
        ],
        vec!["CHNcc2022", "CHN", "China", "2022", "cc", "0.1", "0.2", "9", "55", "50", "60"],
        vec!["CHNpv2022", "CHN", "China", "2022", "pv", "-0.5", "0.2", "9", "28.3", "20", "40"],
        vec!["ROMpv2022", "ROM", "Romania", "2022", "pv", "..", "..", "..", "..", "..", ".."],
        vec!["ROMpv2023", "ROM", "Romania", "2023", "pv", "0.4", "0.2", "9", "61", "50", "70"],
    ];
    let g = read("wgidataset.xlsx", &workbook(&[("Sheet1", rows.clone())])).unwrap();
    assert_eq!(g.layout, Layout::Long);
    assert_eq!(ranks(&g, "CHN"), [(2022, Some(28.3))]);
    assert_eq!(ranks(&g, "ROU"), [(2022, None), (2023, Some(61.0))]);
    assert_eq!(g.records["CHN"][&2022].standard_error, Some(0.2));
    assert_eq!(g.vintage(), "World Bank WGI, long layout of the 2024 update (2022-2023)");
    let csv: String = rows.iter().map(|r| r.join(",") + "\n").collect();
    let from_csv = read("wgi.csv", csv.as_bytes()).unwrap();
    assert_eq!(from_csv.records, g.records);
    assert_eq!(from_csv.layout, Layout::Long);
}

#[test]
fn six_sheets_with_years_above_the_columns() {
    let sheet = vec![
        vec!["Political Stability and Absence of Violence/Terrorism"],
        vec![""],
        vec!["", "", "2018", "2018", "2018", "2018", "2018", "2018", "2019", "2019", "2019", "2019"],
        vec![
            "Country/Territory",
            "Code",
            "Estimate",
            "StdErr",
            "NumSrc",
            "Rank",
            "Lower",
            "Upper",
            "Estimate",
            "StdErr",
            "NumSrc",
            "Rank",
        ],
        vec!["Andorra", "ADO", "1.4", "0.3", "1", "98", "90", "100", "1.5", "0.3", "1", "99"],
        vec!["Aruba", "ABW", "#N/A", "#N/A", "#N/A", "#N/A", "#N/A", "#N/A", "1.2", "0.3", "1", "95"],
    ];
    let other = vec![vec!["Voice"]];
    let g = read(
        "wgi.xlsx",
        &workbook(&[
            ("Introduction", other.clone()),
            ("VoiceandAccountability", other),
            ("Political StabilityNoViolence", sheet),
        ]),
    )
    .unwrap();
    assert_eq!(g.layout, Layout::SixSheets);
    assert_eq!(ranks(&g, "AND"), [(2018, Some(98.0)), (2019, Some(99.0))]);
    assert_eq!(ranks(&g, "ABW"), [(2018, None), (2019, Some(95.0))]);
    assert_eq!(g.records["AND"][&2018].estimate, Some(1.4));
}

#[test]
fn the_2025_edition_has_a_score_and_no_rank() {
    let sheet = vec![
        vec![
            "Economy (name)",
            "Economy (code)",
            "Year",
            "Governance estimate (approx. -2.5 to +2.5)",
            "Standard error",
            "Governance score (0-100)",
        ],
        vec!["China", "CHN", "2023", "-0.4", "0.2", "58.1"],
        vec!["Germany", "DEU", "2023", "0.6", "0.2", "76.4"],
    ];
    let pages: Vec<(&str, Vec<Vec<&str>>)> =
        ["va", "pv", "ge", "rq", "rl", "cc"].into_iter().map(|name| (name, sheet.clone())).collect();
    let g = read("wgi2025.xlsx", &workbook(&pages)).unwrap();
    assert_eq!(g.layout, Layout::Edition2025);
    assert_eq!(g.records["DEU"][&2023].score, Some(76.4));
    let iso3 = ["DEU".to_owned()];
    let error = g.resolve(&iso3, &[2023], StabilityOptions::default()).unwrap_err().to_string();
    assert!(
        error.contains("there is no percentile rank in this file. Its 0-100 score is another scale"),
        "{error}"
    );
    assert!(error.contains("set stability.measure to \"estimate\" or \"score\""), "{error}");
    let options = StabilityOptions { measure: GovernanceMeasure::Score, ..StabilityOptions::default() };
    assert_eq!(g.resolve(&iso3, &[2023], options).unwrap().pv, [[Some(76.4)]]);
    let options = StabilityOptions { measure: GovernanceMeasure::Estimate, ..StabilityOptions::default() };
    let mapped = g.resolve(&iso3, &[2023], options).unwrap().pv[0][0].unwrap();
    assert!((mapped - 62.0).abs() < 1e-12);
}

#[test]
fn the_csv_of_the_data_bank() {
    let text = "\u{feff}\"Country Name\",\"Country Code\",\"Indicator Name\",\"Indicator Code\",\"2021\",\"2022\",\n\
                \"Germany\",\"DEU\",\"Control of Corruption: Estimate\",\"CC.EST\",\"1.8\",\"1.8\",\n\
                \"Germany\",\"DEU\",\"Political Stability: Estimate\",\"PV.EST\",\"0.8\",\"0.6\",\n\
                \"Germany\",\"DEU\",\"Political Stability: Percentile Rank\",\"PV.PER.RNK\",\"70.1\",\"66.5\",\n\
                \"West Bank\",\"WBG\",\"Political Stability: Percentile Rank\",\"PV.PER.RNK\",\"7.1\",\"\",\n";
    let g = read("WGIData.csv", text.as_bytes()).unwrap();
    assert_eq!(g.layout, Layout::Bulk);
    assert_eq!(ranks(&g, "DEU"), [(2021, Some(70.1)), (2022, Some(66.5))]);
    assert_eq!(g.records["DEU"][&2022].estimate, Some(0.6));
    assert_eq!(ranks(&g, "PSE"), [(2021, Some(7.1))]);
}

#[test]
fn the_wide_stata_file() {
    let schema = Schema::builder()
        .add_variable(Variable::builder(VariableType::FixedString(3), "code").format("%3s"))
        .add_variable(Variable::builder(VariableType::Int, "year").format("%8.0g"))
        .add_variable(Variable::builder(VariableType::Float, "pve").format("%9.0g"))
        .add_variable(Variable::builder(VariableType::Float, "pvr").format("%9.0g"))
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wgidataset.dta");
    let header = Header::builder(Release::V118, ByteOrder::LittleEndian).build();
    let mut records = DtaWriter::new()
        .from_path(&path)
        .unwrap()
        .write_header(header)
        .unwrap()
        .write_schema(schema)
        .unwrap()
        .into_record_writer()
        .unwrap();
    let float = |v: Option<f32>| {
        Value::Float(v.map_or(StataFloat::Missing(MissingValue::System), StataFloat::Present))
    };
    for (code, year, estimate, rank) in [
        ("KSV", 2020, Some(-0.25), Some(32.5)),
        ("DEU", 2020, Some(0.75), Some(68.0)),
        ("DEU", 2021, None, None),
    ] {
        records
            .write_record(&[
                Value::String(code.into()),
                Value::Int(StataInt::Present(year)),
                float(estimate),
                float(rank),
            ])
            .unwrap();
    }
    records.into_long_string_writer().unwrap().into_value_label_writer().unwrap().finish().unwrap();
    let g = Governance::read(&path).unwrap();
    assert_eq!(g.layout, Layout::Wide);
    assert_eq!(ranks(&g, "XKX"), [(2020, Some(32.5))]);
    assert_eq!(ranks(&g, "DEU"), [(2020, Some(68.0)), (2021, None)]);
}

#[test]
fn what_is_no_layout_is_said_with_what_was_found() {
    let message = |name: &str, content: &[u8]| {
        let error = read(name, content).unwrap_err().to_string();
        error.split_once(": ").unwrap().1.to_owned()
    };
    assert_eq!(message("a.csv", b""), "the file is empty");
    assert!(
        message("a.xlsx", &workbook(&[("Sheet1", vec![vec!["a", "b"]])]))
            .starts_with("this layout of the Governance Indicators is not known (sheets: Sheet1);")
    );
    assert!(message("a.xlsx", b"PK but not a zip").starts_with("the workbook cannot be read"));
    assert!(message("a.dta", b"nothing").starts_with("the Stata file cannot be read"));
    assert!(
        message("a.csv", b"code,year,indicator,estimate,pctrank\nDEU,2020,cc,1,50\n")
            .starts_with("no row on political stability")
    );
    assert!(
        Governance::read(Path::new("absent.csv"))
            .unwrap_err()
            .to_string()
            .starts_with("absent.csv: cannot be read")
    );
}
