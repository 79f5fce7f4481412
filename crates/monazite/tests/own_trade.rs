//! Tables of trade as people have them: whatever the header, the separator, the encoding and the unit, the same trade gives the same bytes;
//! and what would be a wrong reading is refused or said.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use monazite::ingest::own_table::{FlowDirection, TableOptions, ValueUnit};
use monazite::ingest::{ReadOptions, Release, UnknownCountry};
use monazite::pipeline::{RunOptions, Until, inspect, run_study};
use monazite::progress::Progress;
use monazite::study::Study;
use monazite::trade::manifest::AccountRecord;
use monazite::trade::{FlowSource, ImportOptions, Store, import_release};

/// Year, exporter, importer (codes of BACI and ISO3), product, thousand USD, tonnes.
pub type Flow = (u16, (u16, &'static str), (u16, &'static str), &'static str, f64, Option<f64>);

const CHN: (u16, &str) = (156, "CHN");
const USA: (u16, &str) = (842, "USA");
const DEU: (u16, &str) = (276, "DEU");
const HKG: (u16, &str) = (344, "HKG");
const FRA: (u16, &str) = (251, "FRA");

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

fn baci(flows: &[Flow], year: u16) -> String {
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

fn usd(thousand: f64) -> i64 {
    (thousand * 1000.0).round() as i64
}

fn kg(tonnes: Option<f64>) -> String {
    tonnes.map_or_else(String::new, |q| usd(q).to_string())
}

fn comtrade() -> String {
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
fn parquet(path: &Path, numbers: bool) {
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

#[test]
fn imports_and_exports_of_the_same_trade_are_not_added_up() {
    let desk = Desk::new();
    let trade = desk.write(
        "trade.csv",
        "t,i,j,k,v,q,flow\n2022,CHN,USA,850511,60,1,M\n2022,CHN,USA,850511,55,1,X\n2022,JPN,USA,850511,40,1,M\n2022,JPN,USA,850511,41,1,X\n",
    );
    let with =
        |flow| import(&trade, &TableOptions { flow, ..TableOptions::default() }, UnknownCountry::Refuse);
    let error = with(None).unwrap_err();
    assert!(
        error.contains("imports and exports of the same trade, 2 rows of imports (100 thousand USD) and 2 rows of exports (96.0 thousand USD)"),
        "{error}"
    );
    assert!(error.contains("data.flow = \"imports\""), "{error}");
    let (account, _) = with(Some(FlowDirection::Imports)).unwrap();
    assert_eq!(
        (account.value_kept, account.dropped[0].reason.as_str(), account.dropped[0].value),
        (100.0, "other_flow", 96.0)
    );
    let (account, _) = with(Some(FlowDirection::Exports)).unwrap();
    assert_eq!(account.value_kept, 96.0);
}

#[test]
fn rows_of_the_world_are_called_what_they_are() {
    let desk = Desk::new();
    let rows = "2022,0,842,282520,100,1\n2022,152,842,282520,60,1\n2022,156,842,282520,40,1\n2022,842,97,282520,7,1\n";
    for header in ["t,i,j,k,v,q\n", "t;i;j;k;v;q\n"] {
        let text = format!("{header}{rows}");
        let text = if header.contains(';') { text.replace(',', ";") } else { text };
        let trade = desk.write("trade.csv", text);
        let error = import(&trade, &TableOptions::default(), UnknownCountry::Refuse).unwrap_err();
        assert!(error.contains("trade.csv:2: column i: '0' is the world, and no country;"), "{error}");
        assert!(error.contains("unknown_country = \"drop\""), "{error}");
        let (account, _) = import(&trade, &TableOptions::default(), UnknownCountry::Drop).unwrap();
        assert_eq!((account.rows_kept, account.value_kept), (2, 100.0));
        assert_eq!(
            (account.dropped[0].reason.as_str(), account.dropped[0].rows, account.dropped[0].value),
            ("aggregate", 2, 107.0)
        );
        assert!(
            account.in_sentences()[0].starts_with("2 rows are left out, 107 thousand USD: the world"),
            "{:?}",
            account.in_sentences()
        );
    }
}

#[test]
fn quotes_change_nothing_in_used_and_unused_columns() {
    let desk = Desk::new();
    let text = "t,i,j,k,v,q,exporter_name\n2008,276,156,848610,58701.771,385.41,Germany\n2008,344,156,848610,1320.083,14.762,\"China, Hong Kong SAR\"\n\
                2008,\"China, Hong Kong SAR\",842,848610,1,1,\"two\nlines, \"\"quoted\"\"\"\n";
    let trade = desk.write("quoted.csv", text);
    let (account, _) = import(&trade, &TableOptions::default(), UnknownCountry::Refuse).unwrap();
    assert_eq!((account.rows_read, account.rows_kept), (3, 3));
    assert!((account.value_kept - 60_022.854).abs() < 1e-9);
    let trade = desk.write("open.csv", text.replace("SAR\"\n", "SAR\n"));
    let error = import(&trade, &TableOptions::default(), UnknownCountry::Refuse).unwrap_err();
    assert!(error.contains("open.csv:3: "), "{error}");
}

#[test]
fn units_are_said_and_what_cannot_be_is_noted() {
    let desk = Desk::new();
    let trade = desk.write(
        "trade.csv",
        "t,i,j,k,v,q\n2022,CHN,USA,850511,4219793024000,NA\n2022,JPN,USA,850511,632388923000,NA\n",
    );
    let (_, notes) = import(&trade, &TableOptions::default(), UnknownCountry::Refuse).unwrap();
    assert!(
        notes.iter().any(|n| n.starts_with("trade of 2022 is worth 4852 trillion USD")
            && n.contains("data.unit = \"usd\"")),
        "{notes:?}"
    );
    let usd = TableOptions { unit: Some(ValueUnit::Usd), ..TableOptions::default() };
    let (account, notes) = import(&trade, &usd, UnknownCountry::Refuse).unwrap();
    assert_eq!(account.value_kept, 4_852_181_947.0);
    assert!(!notes.iter().any(|n| n.contains("is worth")), "{notes:?}");
    let said = desk.write("said.csv", "year,exporter,importer,hs6,value_1000usd\n2022,CHN,USA,850511,1\n");
    let error = import(&said, &usd, UnknownCountry::Refuse).unwrap_err();
    assert!(
        error.contains(
            "said.csv:1: data.unit says USD, and the name of the column 'value_1000usd' says thousand USD"
        ),
        "{error}"
    );
}

#[test]
fn repeated_rows_cut_files_national_lines_and_empty_results_are_said() {
    let desk = Desk::new();
    let none = TableOptions::default();
    let trade = desk.write(
        "twice.csv",
        "t,i,j,k,v,q\n2022,CHN,USA,850511,5,1\n2022,CHN,USA,850511,3,1\n2022,CHN,USA,850511,7,1\n",
    );
    let (account, _) = import(&trade, &none, UnknownCountry::Refuse).unwrap();
    assert_eq!(
        (account.duplicates, account.duplicates_value, account.value_kept),
        (2, 12.0, 15.0),
        "all but the smallest"
    );
    assert_eq!(
        account.in_sentences(),
        [
            "2 rows repeat year, exporter, importer and product of another one and are added up: 12.0 thousand USD"
        ]
    );
    let mut text = "t,i,j,k,v,q\n".to_owned();
    for n in 0..65_535 {
        writeln!(text, "2022,156,842,{},1,1", 280_000 + n % 9000).unwrap();
    }
    let cut = desk.write("cut.csv", &text);
    let (_, notes) = import(&cut, &none, UnknownCountry::Refuse).unwrap();
    assert!(
        notes
            .iter()
            .any(|n| n.contains("cut.csv has exactly 65,536 lines, as many as a sheet of a spreadsheet")),
        "{notes:?}"
    );
    let national = desk.write(
        "national.csv",
        "year,exporter,importer,hs8,value_usd\n2022,CHN,USA,28469010,500\n2022,CHN,USA,28469090,1500\n2022,CHN,USA,2846,2000\n",
    );
    let (account, notes) = import(&national, &none, UnknownCountry::Refuse).unwrap();
    assert_eq!((account.national_lines, account.duplicates, account.value_kept), (2, 1, 2.0));
    assert_eq!((account.dropped[0].reason.as_str(), account.dropped[0].value), ("product_sum", 2.0));
    assert!(
        notes[0].contains("edition") || notes.iter().any(|n| n.contains("value = value_usd in USD")),
        "{notes:?}"
    );
    let headings = desk.write("headings.csv", "t,i,j,k,v,q\n2022,CHN,USA,2846,5,1\n2022,CHN,USA,8505,5,1\n");
    let error = import(&headings, &none, UnknownCountry::Refuse).unwrap_err();
    assert!(error.contains("no row is left of 2: 2 a sum over products"), "{error}");
}

#[test]
fn an_account_adds_up_after_a_conversion_of_editions() {
    let desk = Desk::new();
    let trade = desk.write(
        "trade_HS96.csv",
        "t,i,j,k,v,q\n2001,156,842,060290,100,1\n2001,156,842,060299,1,1\n2001,156,156,060290,7,1\n",
    );
    let release = Release::open(&trade).unwrap();
    let options = ImportOptions { convert_to: Some("HS92".parse().unwrap()), ..ImportOptions::default() };
    let outcome = import_release(&release, &desk.path("store"), &options, &Notes::default()).unwrap();
    let a = &outcome.manifest().account;
    // 060290 of 1996 is 060291 and 060299 of 1992: one row more; 060299 keeps its number and meets the second part.
    assert_eq!((a.rows_read, a.added_by_conversion, a.rows_kept, a.duplicates), (3, 1, 2, 1));
    assert!((a.value_kept - 101.0).abs() < 1e-9);
    assert_eq!(a.rows_read + a.added_by_conversion, a.rows_kept + a.duplicates + a.dropped[0].rows);
}

#[test]
fn a_table_that_is_not_understood_says_what_to_write() {
    let desk = Desk::new();
    let trade =
        desk.write("trade.csv", "anno,esportatore,importatore,codice,valore\n2022,CHN,USA,850511,1\n");
    let error = import(&trade, &TableOptions::default(), UnknownCountry::Refuse).unwrap_err();
    assert!(
        error.contains(
            "trade.csv:1: there is no column t; the header is 'anno,esportatore,importatore,codice,valore'"
        ),
        "{error}"
    );
    assert!(error.contains("say in the study which column is what ([data.columns]"), "{error}");
    let error = desk.run("trade.csv", "[data.columns]\nyear = \"ano\"").unwrap_err();
    assert!(error.contains("data.columns says that the year is in 'ano', and there is no such column; the header has: anno, esportatore"), "{error}");
}
