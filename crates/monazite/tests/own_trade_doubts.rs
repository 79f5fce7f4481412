//! Tables of trade that could be read in two ways, or would count something twice: refused by name, or said.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;

use monazite::ingest::own_table::{FlowDirection, TableOptions, ValueUnit};
use monazite::ingest::{Release, UnknownCountry};
use monazite::trade::{ImportOptions, import_release};

use super::own_trade::*;

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
fn files_that_hold_the_same_trade_are_refused_and_parts_of_a_year_are_not() {
    let desk = Desk::new();
    let in_usd = TableOptions { unit: Some(ValueUnit::Usd), ..TableOptions::default() };
    let text = |rows: &[&str]| format!("year,exporter,importer,hs6,value\n{}", rows.concat());
    let rows = ["2021,CHN,USA,850511,60000\n", "2022,CHN,USA,850511,70000\n", "2022,JPN,USA,850511,5000\n"];
    desk.write("ends/a.csv", text(&rows));
    desk.write("ends/b.csv", text(&rows).replace('\n', "\r\n"));
    let ends = import(&desk.path("ends"), &in_usd, UnknownCountry::Refuse).unwrap_err();
    assert!(
        ends.contains("ends: a.csv and b.csv hold the same trade of 2021: 1 flow with the same value, 60.0 thousand USD; added up it would count twice. Take one of them away; if both are meant, put their rows into one file"),
        "{ends}"
    );
    desk.write("years/2021.csv", text(&rows[..2]));
    desk.write("years/later.csv", text(&[rows[1], rows[2], "2023,CHN,USA,850511,1\n"]));
    let years = import(&desk.path("years"), &in_usd, UnknownCountry::Refuse).unwrap_err();
    assert!(years.contains("2021.csv and later.csv hold the same trade of 2022"), "{years}");
    let names = "refYear,reporterCode,partnerCode,flowCode,cmdCode,primaryValue,netWgt";
    let same = table(names, |f| format!("{},{},{},X,{},{},NA", f.0, f.1.0, f.2.0, f.3, usd(f.4)));
    desk.write("forms/trade.csv", same);
    parquet(&desk.path("forms/trade.parquet"), false);
    let forms = import(&desk.path("forms"), &TableOptions::default(), UnknownCountry::Refuse).unwrap_err();
    assert!(forms.contains("trade.csv and trade.parquet hold the same trade of 2019"), "{forms}");

    desk.write("months/jan.csv", text(&rows));
    desk.write("months/feb.csv", text(&rows).replace("0000", "1000"));
    let (account, notes) = import(&desk.path("months"), &in_usd, UnknownCountry::Refuse).unwrap();
    assert_eq!((account.duplicates, account.value_kept), (3, 272.0));
    let said = |note: &&String| note.starts_with("feb.csv and jan.csv both hold 1 flow of 2021");
    assert_eq!(notes.iter().filter(said).count(), 1, "{notes:?}");

    desk.write("flows/imports.csv", text(&rows));
    desk.write("flows/exports.csv", text(&rows).replace("0000", "1000"));
    let flows = import(&desk.path("flows"), &in_usd, UnknownCountry::Refuse).unwrap_err();
    assert!(
        flows.contains("exports.csv and imports.csv hold")
            && flows.contains("are imports and exports by their names"),
        "{flows}"
    );
    let sided = |column| format!("year,exporter,importer,hs6,{column}\n2022,CHN,USA,850511,7\n");
    desk.write("sided/a.csv", sided("import_value_usd"));
    desk.write("sided/b.csv", sided("export_value_usd"));
    let sided = import(&desk.path("sided"), &TableOptions::default(), UnknownCountry::Refuse).unwrap_err();
    assert!(
        sided.contains("the table has imports and exports of the same trade, 1 rows of imports"),
        "{sided}"
    );
}

#[test]
fn parts_without_their_total_are_refused_by_name() {
    let desk = Desk::new();
    let header = "refYear,reporterCode,partnerCode,flowCode,cmdCode,primaryValue,customsCode,motCode\n";
    let with_total = "2022,842,156,M,850511,9000,C00,0\n2022,842,156,M,850511,9000,C00,1000\n";
    let trade = desk.write("whole.csv", format!("{header}{with_total}2022,842,156,X,850511,1,C05,0\n"));
    let imports = TableOptions { flow: Some(FlowDirection::Imports), ..TableOptions::default() };
    let (account, _) = import(&trade, &imports, UnknownCountry::Refuse).unwrap();
    assert_eq!((account.rows_kept, account.value_kept), (1, 9.0));
    let alone = "2022,392,156,M,850511,4000,C01,0\n2022,392,156,M,850511,2000,C02,0\n2021,392,156,M,850519,1000,C02,0\n";
    let trade = desk.write("alone.csv", format!("{header}{with_total}{alone}"));
    let error = import(&trade, &imports, UnknownCountry::Refuse).unwrap_err();
    assert!(
        error.contains(
            "alone.csv: 3 rows of 2 flows (7000 USD) are parts of totals that the table does not have"
        ) && error.contains("the first of 850519 from CHN to JPN in 2021;"),
        "{error}"
    );
    let only = desk.write("only.csv", format!("{header}{alone}"));
    let error = import(&only, &imports, UnknownCountry::Refuse).unwrap_err();
    assert!(error.contains("only.csv: 3 rows of 2 flows"), "{error}");
}

#[test]
fn two_numbers_and_two_letters_of_a_country_are_what_they_are() {
    let desk = Desk::new();
    let options = TableOptions::default();
    let text = |one: &str, other: &str| {
        format!(
            "year,exporter,importer,hs6,value_usd\n2022,{one},156,850511,60000\n2022,{other},156,850519,70000\n"
        )
    };
    let trade = desk.write("numbers.csv", text("840", "842"));
    let error = import(&trade, &options, UnknownCountry::Refuse).unwrap_err();
    assert!(
        error.contains("numbers.csv: 840 and 842 both stand for USA in the numbers of BACI and of the United Nations, and both trade in 2022"),
        "{error}"
    );
    desk.write("two/a.csv", text("840", "840"));
    desk.write("two/b.csv", text("842", "842").replace("8505", "8506"));
    let error = import(&desk.path("two"), &options, UnknownCountry::Refuse).unwrap_err();
    assert!(error.contains("two: 840 and 842 both stand for USA"), "{error}");
    for (one, other, said) in
        [("280", "276", "276 and 280, both DEU"), ("West Germany", "Germany", "276 and 280, both DEU")]
    {
        let trade = desk.write("former.csv", text(one, other));
        let (account, notes) = import(&trade, &options, UnknownCountry::Refuse).unwrap();
        assert_eq!(account.former_states, 1);
        let note = format!("{said}, trade in 2022; they are added up");
        assert!(notes.contains(&note), "{notes:?}");
    }
    let trade = desk.write("korea.csv", text("Korea", "CHN"));
    let error = import(&trade, &options, UnknownCountry::Refuse).unwrap_err();
    assert!(
        error.contains("korea.csv:2: column exporter: 'Korea' may be KOR (") && error.contains("or PRK ("),
        "{error}"
    );

    let two = "year;exporter;importer;hs6;value_usd\n2022;NA;CN;850511;60000\n2022;ZA;CN;850511;5000\n";
    let trade = desk.write("two_letters.csv", two);
    let (account, notes) = import(&trade, &options, UnknownCountry::Refuse).unwrap();
    assert_eq!((account.rows_kept, account.value_kept), (2, 65.0));
    assert!(
        notes.iter().any(|n| n
            == "NA is Namibia in 1 row of two_letters.csv, since the codes of its column have two letters"),
        "{notes:?}"
    );
    let trade = desk.write("three_letters.csv", two.replace("ZA", "ZAF"));
    let error = import(&trade, &options, UnknownCountry::Refuse).unwrap_err();
    assert!(error.contains("column exporter: 'NA' is not a country code"), "{error}");
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
        notes.iter().any(|n| n
            .starts_with("The values cannot be thousand USD: in 2022 they are 4852 trillion USD in all")
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
fn sums_over_national_lines_beside_the_lines_are_refused() {
    let desk = Desk::new();
    let row = |code: &str, value: u32| format!("2022,CHN,USA,{code},{value}\n");
    let table = |rows: &[(&str, u32)]| {
        let rows: String = rows.iter().map(|(code, value)| row(code, *value)).collect();
        format!("year,exporter,importer,product,value_usd\n{rows}")
    };
    for (rows, said) in [
        (
            &[("850511", 2000), ("85051110", 1500), ("85051190", 500)][..],
            "with six digits and with lines of eight or ten (the first is 850511)",
        ),
        (
            &[("85051110", 1500), ("8505111010", 1000), ("8505111090", 500)],
            "with eight digits and with lines of ten (the first is 85051110)",
        ),
    ] {
        let trade = desk.write("levels.csv", table(rows));
        let refused = import(&trade, &TableOptions::default(), UnknownCountry::Refuse).unwrap_err();
        assert!(refused.contains(said) && refused.contains("count twice"), "{refused}");
    }
    // Lines of one product and six digits of another are no sums.
    let trade = desk.write("levels.csv", table(&[("850511", 2000), ("28469010", 1500), ("28469090", 500)]));
    let (account, _) = import(&trade, &TableOptions::default(), UnknownCountry::Refuse).unwrap();
    assert_eq!((account.national_lines, account.value_kept), (2, 4.0));
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
