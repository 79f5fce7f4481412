//! Tables of trade as people have them: whatever the header, the separator, the encoding and the unit, the same trade gives the same bytes;
//! and what would be a wrong reading is refused or said.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use monazite::ingest::own_table::TableOptions;
use monazite::ingest::{ReadOptions, Release, UnknownCountry};
use monazite::pipeline::{RunOptions, Until, inspect, run_study};
use monazite::progress::Progress;
use monazite::study::Study;
use monazite::trade::manifest::AccountRecord;
use monazite::trade::{FlowSource, ImportOptions, Store, import_release};

/// Year, exporter, importer (codes of BACI and ISO3), product, thousand USD, tonnes.
pub type Flow = (u16, (u16, &'static str), (u16, &'static str), &'static str, f64, Option<f64>);

pub const CHN: (u16, &str) = (156, "CHN");
pub const USA: (u16, &str) = (842, "USA");
pub const DEU: (u16, &str) = (276, "DEU");
pub const HKG: (u16, &str) = (344, "HKG");
pub const FRA: (u16, &str) = (251, "FRA");

pub const FLOWS: [Flow; 10] = [
    (2019, CHN, USA, "284690", 60.5, Some(120.25)),
    (2019, CHN, DEU, "284690", 30.123, Some(60.0)),
    (2019, HKG, USA, "284690", 20.0, None),
    (2019, DEU, USA, "284690", 1234.567, Some(0.001)),
    (2019, CHN, FRA, "030110", 0.001, Some(1.0)),
    (2020, CHN, USA, "284690", 70.0, Some(100.0)),
    (2020, USA, CHN, "284690", 5.25, Some(1.5)),
    (2020, FRA, DEU, "850511", 11.111, None),
    (2020, DEU, FRA, "850511", 12.5, Some(7.0)),
    (2020, CHN, HKG, "850511", 99.999, Some(9.9)),
];

/// News of an import.
#[derive(Default)]
pub struct Notes(pub Mutex<Vec<String>>);

impl Progress for Notes {
    fn note(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

pub struct Desk(tempfile::TempDir);

impl Desk {
    pub fn new() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        let mut stability = "iso3,year,pv_rank\n".to_owned();
        for (at, country) in [CHN, USA, DEU, HKG, FRA].into_iter().enumerate() {
            for year in [2019, 2020] {
                writeln!(stability, "{},{year},{}", country.1, 30 + 10 * at).unwrap();
            }
        }
        desk.write("pv.csv", stability);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// A study of the table.
    fn study(&self, trade: &str, data: &str) -> Result<Study, String> {
        let name = trade.replace(['/', '.'], "_");
        let store =
            if data.contains("store =") { String::new() } else { format!("store = \"{name}.store\"\n") };
        let text = format!(
            "[study]\nseeds = [\"284690\"]\nproducts = \"all\"\n[data]\ntrade = \"{trade}\"\ngovernance = \"pv.csv\"\n{store}{data}\n"
        );
        let file = self.write(&format!("{name}.toml"), text);
        Study::load(&file).map_err(|e| e.to_string())
    }

    /// The indicators of a study of the table, and the notes of the run.
    pub fn run(&self, trade: &str, data: &str) -> Result<(Vec<u8>, Vec<String>), String> {
        let study = self.study(trade, data)?;
        let options = RunOptions { until: Until::Indicators, commit: String::new() };
        let out = self.path(&format!("{}.run", trade.replace(['/', '.'], "_")));
        let notes = Notes::default();
        run_study(&study, &out, &options, &notes).map_err(|e| e.to_string())?;
        Ok((fs::read(out.join("indicators.parquet")).unwrap(), notes.0.into_inner().unwrap()))
    }

    /// What is wrong with a study of the table before it is run, and what is noted.
    pub fn check(&self, trade: &str, data: &str) -> (Vec<String>, Vec<String>) {
        let found = inspect(&self.study(trade, data).unwrap(), &Notes::default());
        (found.problems.iter().map(ToString::to_string).collect(), found.notes)
    }

    /// What a run trips over, which a check has to say in the same words.
    pub fn refusal(&self, trade: &str, data: &str) -> String {
        let (problems, _) = self.check(trade, data);
        let error = self.run(trade, data).map(|_| ()).unwrap_err();
        assert!(problems.contains(&error), "a run says: {error}\na check says: {problems:?}");
        error
    }
}

pub fn baci(flows: &[Flow], year: u16) -> String {
    let mut text = "t,i,j,k,v,q\n".to_owned();
    for (year, exporter, importer, product, value, quantity) in flows.iter().filter(|f| f.0 == year) {
        let quantity = quantity.map_or("NA".to_owned(), |q| q.to_string());
        writeln!(text, "{year},{},{},{product},{value},{quantity}", exporter.0, importer.0).unwrap();
    }
    text
}

/// The release as BACI has it, and its indicators.
pub fn expected(desk: &Desk) -> Vec<u8> {
    for year in [2019, 2020] {
        desk.write(&format!("release/BACI_HS07_Y{year}_V202501.csv"), baci(&FLOWS, year));
    }
    desk.run("release", "").unwrap().0
}

/// A table of the flows: a header, and a line for each.
pub fn table(header: &str, line: impl Fn(&Flow) -> String) -> String {
    FLOWS.iter().fold(format!("{header}\n"), |text, flow| text + &line(flow) + "\n")
}

pub fn usd(thousand: f64) -> i64 {
    (thousand * 1000.0).round() as i64
}

pub fn kg(tonnes: Option<f64>) -> String {
    tonnes.map_or_else(String::new, |q| usd(q).to_string())
}

pub fn comtrade() -> String {
    let header = "typeCode,freqCode,refYear,period,reporterCode,reporterISO,reporterDesc,flowCode,partnerCode,partnerISO,partner2Code,cmdCode,cmdDesc,customsCode,motCode,qty,netWgt,cifvalue,fobvalue,primaryValue";
    let row = |year,
               reporter: u16,
               flow: &str,
               partner: u16,
               product: &str,
               transport,
               weight: &str,
               value: i64| {
        format!(
            "C,A,{year},{year},{reporter},,\"Name, of it\",{flow},{partner},,0,{product},\"Compounds, inorganic\",C00,{transport},,{weight},,,{value}\n"
        )
    };
    let mut text = format!("{header}\n");
    for (year, exporter, importer, product, value, quantity) in &FLOWS {
        let value = usd(*value);
        text += &row(year, importer.0, "M", exporter.0, product, 0, &kg(*quantity), value);
        // What the exporter says, a part by sea, what is sold on, and a heading.
        text += &row(year, exporter.0, "X", importer.0, product, 0, "", value - 1);
        text += &row(year, importer.0, "M", exporter.0, product, 2100, "", value / 2);
        text += &row(year, importer.0, "RM", exporter.0, product, 0, "", value / 3);
        text += &row(year, importer.0, "M", exporter.0, &product[..4], 0, "", value);
        text += &row(year, importer.0, "M", 0, product, 0, "", value);
    }
    text
}

#[test]
fn a_foreign_table_and_the_same_trade_as_baci_give_the_same_bytes() {
    let desk = Desk::new();
    let expected = expected(&desk);
    let oec = table(
        "Year,Exporter Country ID,Exporter Country,Importer Country ID,Importer Country,HS6 ID,HS6,Trade Value",
        |f| {
            let continent = |c: &str| if c == "USA" { "na" } else { "eu" };
            let id = |c: (u16, &str)| format!("{}{}", continent(c.1), c.1.to_lowercase());
            format!("{},{},\"A, name\",{},B,6{},\"Fish; live\",{}", f.0, id(f.1), id(f.2), f.3, usd(f.4))
        },
    );
    let tradestatistics =
        table("year,reporter_iso,partner_iso,commodity_code,trade_value_usd_exp,trade_value_usd_imp", |f| {
            format!(
                "{},{},{},{},{},{}",
                f.0,
                f.2.1.to_lowercase(),
                f.1.1.to_lowercase(),
                f.3,
                usd(f.4) - 1,
                usd(f.4)
            )
        });
    let semicolons = table("t;i;j;k;v;q", |f| {
        let decimal = |n: f64| n.to_string().replace('.', ",");
        format!(
            "{};{};{};{};{};{}",
            f.0,
            f.1.0,
            f.2.0,
            f.3,
            decimal(f.4),
            f.5.map_or("NA".to_owned(), decimal)
        )
    });
    let wits = table(
        "Nomenclature\tReporterISO3\tProductCode\tPartnerISO3\tYear\tTradeFlowName\tTradeValue in 1000 USD",
        |f| format!("H3\t{}\t{}\t{}\t{}\tExport\t{}", f.1.1, f.3, f.2.1, f.0, f.4),
    );
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(semicolons.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let own = table("Jahr|von|nach|Ware|Wert|Gewicht", |f| {
        let product = f.3.strip_prefix('0').unwrap_or(f.3);
        format!("{}|{}|{}|{product}|{}|{}", f.0, f.1.1, f.2.1, f.4, kg(f.5))
    });
    let quantities = "quantity = \"Gewicht\"";
    for (name, content, data, has_quantities) in [
        (
            "comtrade.csv",
            comtrade().into_bytes(),
            "flow = \"imports\"\nunknown_country = \"drop\"".to_owned(),
            true,
        ),
        ("oec.csv", oec.into_bytes(), String::new(), false),
        ("tradestatistics.csv", tradestatistics.into_bytes(), "flow = \"imports\"".to_owned(), false),
        ("semicolons.csv", semicolons.clone().into_bytes(), String::new(), true),
        ("utf16.txt", utf16, String::new(), true),
        ("wits.tsv", wits.into_bytes(), String::new(), false),
        (
            "latin.csv",
            table("t,i,j,k,v,q,name", |f| {
                format!(
                    "{},{},{},{},{},{},C\u{f4}te \"\"x",
                    f.0,
                    f.1.0,
                    f.2.0,
                    f.3,
                    f.4,
                    f.5.map_or("NA".to_owned(), |q| q.to_string())
                )
            })
            .chars()
            .map(|c| c as u8)
            .collect(),
            String::new(),
            true,
        ),
        (
            "own.csv",
            own.into_bytes(),
            format!(
                "unit = \"thousand_usd\"\nquantity_unit = \"kilograms\"\nshort_codes = \"pad\"\n[data.columns]\nyear = \"Jahr\"\nexporter = \"von\"\nimporter = \"nach\"\nproduct = \"Ware\"\nvalue = \"Wert\"\n{quantities}"
            ),
            true,
        ),
    ] {
        desk.write(name, content);
        let (bytes, notes) = desk.run(name, &data).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(bytes == expected, "{name}: other indicators");
        let said = notes
            .iter()
            .any(|note| note.starts_with(&format!("{name} is read as a table of trade: year = ")));
        assert!(said || name == "latin.csv", "{name}: {notes:?}");
        let store = Store::open(&desk.path(&format!("{}.store", name.replace('.', "_")))).unwrap();
        let flows = store.read(2019, &["284690".parse().unwrap()], true).unwrap();
        let known = flows.quantities.iter().flatten().count();
        assert_eq!(known, if has_quantities { 3 } else { 0 }, "{name}");
    }
}

#[test]
fn a_table_may_be_packed_and_in_several_files_with_any_years_in_each() {
    let desk = Desk::new();
    let expected = expected(&desk);
    let text = table("year;exporter_iso3;importer_iso3;hs6;value_1000usd;quantity_tonnes", |f| {
        format!(
            "{};{};{};{};{};{}",
            f.0,
            f.1.1,
            f.2.1,
            f.3,
            f.4,
            f.5.map_or(String::new(), |q| q.to_string())
        )
    });
    let (header, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let part = |odd: usize| {
        rows.iter().skip(odd).step_by(2).fold(format!("{header}\n"), |text, row| text + row + "\n")
    };
    let packed = |text: &str| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(text.as_bytes()).unwrap();
        gzip.finish().unwrap()
    };
    desk.write("parts/one.csv.gz", packed(&part(0)));
    desk.write("parts/two.tsv.zst", zstd::encode_all(part(1).as_bytes(), 1).unwrap());
    desk.write("parts/Readme.txt", "These are parts.");
    let mut zip = zip::ZipWriter::new(fs::File::create(desk.path("parts.zip")).unwrap());
    for (name, content) in [("a/one.csv", part(0)), ("a/two.txt", part(1))] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    for name in ["parts", "parts.zip"] {
        assert!(desk.run(name, "").unwrap().0 == expected, "{name}: other indicators");
    }
    desk.write("parts/copy.csv", part(0));
    let error = desk.run("parts", "").unwrap_err();
    assert!(error.contains("there are two trade files with the same content"), "{error}");

    let mut outer = zip::ZipWriter::new(fs::File::create(desk.path("download.zip")).unwrap());
    outer.start_file("inner_BACI_HS07_V000001.zip", zip::write::SimpleFileOptions::default()).unwrap();
    outer.write_all(&fs::read(desk.path("parts.zip")).unwrap()).unwrap();
    outer.finish().unwrap();
    let error = desk.run("download.zip", "").unwrap_err();
    assert!(
        error.ends_with("download.zip: there is a zip in this zip, inner_BACI_HS07_V000001.zip; unpack this one, and give the one in it"),
        "{error}"
    );
    desk.write("trade.xlsx", "PK");
    assert!(desk.run("trade.xlsx", "").unwrap_err().contains("this is a spreadsheet"));
}

/// The account of an import, its value, and what was said.
pub fn import(
    path: &Path,
    table: &TableOptions,
    unknown_country: UnknownCountry,
) -> Result<(AccountRecord, Vec<String>), String> {
    let release = Release::open_table(path, table).map_err(|e| e.to_string())?;
    let read = ReadOptions { unknown_country, ..ReadOptions::default() };
    let (options, notes) = (ImportOptions { read, ..ImportOptions::default() }, Notes::default());
    let out = path.with_extension("store");
    let outcome = import_release(&release, &out, &options, &notes).map_err(|e| e.to_string())?;
    let account = outcome.manifest().account.clone();
    assert!(
        account.rows_read + account.added_by_conversion
            == account.rows_kept + account.duplicates + account.dropped.iter().map(|d| d.rows).sum::<u64>()
    );
    Ok((account, notes.0.into_inner().unwrap()))
}

/// The flows as Parquet, in any order of columns, with codes as numbers or as text.
pub fn parquet(path: &Path, numbers: bool) {
    use monazite::columnar::{Kind, Schema, Values, write_table};
    use parquet::data_type::ByteArray;
    let texts = |of: &dyn Fn(&Flow) -> String| -> Vec<ByteArray> {
        FLOWS.iter().map(|flow| ByteArray::from(of(flow).into_bytes())).collect()
    };
    let value: Vec<f64> = FLOWS.iter().map(|f| f.4).collect();
    let year: Vec<i32> = FLOWS.iter().map(|f| i32::from(f.0)).collect();
    let codes = |of: &dyn Fn(&Flow) -> i32| -> Vec<i32> { FLOWS.iter().map(of).collect() };
    let (exporter, importer) = (codes(&|f| i32::from(f.1.0)), codes(&|f| i32::from(f.2.0)));
    let product = codes(&|f| f.3.parse().unwrap());
    let (from, to, hs6) =
        (texts(&|f| f.1.1.to_owned()), texts(&|f| f.2.1.to_owned()), texts(&|f| f.3.to_owned()));
    let kind = if numbers { Kind::Int32 } else { Kind::Text };
    let columns = [
        ("value_1000usd", Kind::Number),
        ("importer_iso3", kind),
        ("hs6", kind),
        ("exporter_iso3", kind),
        ("year", Kind::Int32),
    ];
    let values = if numbers {
        [
            Values::Number(&value),
            Values::Int32(&importer),
            Values::Int32(&product),
            Values::Int32(&exporter),
            Values::Int32(&year),
        ]
    } else {
        [
            Values::Number(&value),
            Values::Text(&to),
            Values::Text(&hs6),
            Values::Text(&from),
            Values::Int32(&year),
        ]
    };
    write_table(path, &Schema::new(&columns, 1), &values).unwrap();
}

#[test]
fn parquet_with_codes_as_text_or_as_numbers_is_the_same_trade() {
    let desk = Desk::new();
    let expected = expected(&desk);
    for (name, numbers) in [("text.parquet", false), ("numbers.parquet", true)] {
        parquet(&desk.path(name), numbers);
        let (bytes, notes) = desk.run(name, "").unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(bytes == expected, "{name}: other indicators");
        let said = format!("{name} is read as a table of trade: year = year, exporter = exporter_iso3,");
        assert!(notes.iter().any(|note| note.starts_with(&said)), "{notes:?}");
    }
}
