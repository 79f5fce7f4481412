//! The files of a comparison: a page, tables, and all of it as JSON.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::inputs::Difference;
use super::result::Comparison;
use super::{levels, page};
use crate::delimited::{CsvText, cell_text};
use crate::disk;
use crate::indicators::Column;
use crate::progress::Progress;
use crate::report::brief::BriefError;
use crate::run::Run;
use crate::run_folder::FolderError;
use crate::run_folder::whole_folder::WholeFolder;

/// Columns of the table of levels.
const LEVELS: [Column; 10] = [
    Column::Imports,
    Column::Exports,
    Column::Exposure,
    Column::Hhi,
    Column::Str,
    Column::Influence,
    Column::Rca,
    Column::Pc1,
    Column::StrMassBalance,
    Column::InfluenceMassBalance,
];

fn number(value: Option<f64>) -> String {
    value.map_or_else(String::new, |v| v.to_string())
}

/// Refuses a place where a comparison cannot go, before the work.
///
/// # Errors
/// [`BriefError::Folder`] if there is anything, or it lies in a run, a store, a release or a replication package.
pub fn check_place(out: &Path) -> Result<(), BriefError> {
    // Claimed and given back: nothing remains.
    WholeFolder::claim(out)?;
    Ok(())
}

/// Writes a comparison into a folder that is not there yet, or empty: `compare.html`, `comparison.json`, and tables (`inputs.csv`, `options.csv`,
/// `indicators.csv`, `levels.csv` with every country of which a value other than the composite differs, `products.csv`, `ranks.csv`, `links.csv`, `chokepoints.csv`). It
/// appears all at once. Returns the names of the files.
///
/// # Errors
/// [`BriefError::Folder`] if the folder holds anything or cannot be written, [`BriefError::Cancelled`] if `progress` asks to stop.
pub fn write_comparison(
    comparison: &Comparison,
    pair: [&Run; 2],
    out: &Path,
    progress: &dyn Progress,
) -> Result<Vec<&'static str>, BriefError> {
    let folder = WholeFolder::claim(out)?;
    let files = comparison_files(comparison)?;
    let failed = |path: &Path, e| FolderError::io(path, "cannot be written", e);
    for (name, content) in &files {
        let path = folder.path().join(name);
        disk::write(&path, content).map_err(|e| failed(&path, e))?;
    }
    let path = folder.path().join("levels.csv");
    let file = disk::create(&path).map_err(|e| failed(&path, e))?;
    write_levels(comparison, pair, BufWriter::new(file), progress)?;
    folder.commit()?;
    Ok(files.iter().map(|(name, _)| *name).chain(["levels.csv"]).collect())
}

/// The files of a comparison that are small, by name: all but `levels.csv`, which is [`levels_csv`].
///
/// # Errors
/// [`BriefError::Request`] if it cannot be written as JSON.
pub fn comparison_files(comparison: &Comparison) -> Result<[(&'static str, Vec<u8>); 9], BriefError> {
    let json = serde_json::to_vec_pretty(comparison).map_err(|e| BriefError::Request(e.to_string()))?;
    Ok([
        ("compare.html", page::html(comparison).into_bytes()),
        ("comparison.json", json),
        ("inputs.csv", differences(&comparison.inputs)),
        ("options.csv", differences(&comparison.options)),
        ("indicators.csv", indicators(comparison)),
        ("products.csv", products(comparison)),
        ("ranks.csv", ranks(comparison)),
        ("links.csv", links(comparison)),
        ("chokepoints.csv", chokepoints(comparison)),
    ])
}

/// Every product, year and country of both runs of which a value differs, as csv in memory.
///
/// # Errors
/// [`BriefError::Run`] if a panel is damaged, [`BriefError::Cancelled`] if `progress` asks to stop.
pub fn levels_csv(
    comparison: &Comparison,
    pair: [&Run; 2],
    progress: &dyn Progress,
) -> Result<Vec<u8>, BriefError> {
    let mut csv = Vec::new();
    write_levels(comparison, pair, &mut csv, progress)?;
    Ok(csv)
}

fn differences(of: &[Difference]) -> Vec<u8> {
    let mut csv = CsvText::new(["what", "first", "second"]);
    for d in of {
        let value = |run: usize| d.values[run].as_deref().unwrap_or_default();
        csv.row([d.what.as_str(), value(0), value(1)]);
    }
    csv.bytes()
}

fn indicators(of: &Comparison) -> Vec<u8> {
    let mut csv = CsvText::new([
        "indicator",
        "both",
        "differ",
        "first_only",
        "second_only",
        "mean_first",
        "mean_second",
        "mean_distance",
        "largest_product",
        "largest_year",
        "largest_country",
        "largest_first",
        "largest_second",
    ]);
    for i in &of.indicators {
        let at = |text: &dyn Fn(&levels::LargestDifference) -> String| {
            i.largest.as_ref().map_or_else(String::new, text)
        };
        csv.row([
            i.indicator.clone(),
            i.both.to_string(),
            i.differ.to_string(),
            i.only[0].to_string(),
            i.only[1].to_string(),
            number(i.mean[0]),
            number(i.mean[1]),
            number(i.mean_distance),
            at(&|l| l.product.clone()),
            at(&|l| l.year.to_string()),
            at(&|l| l.country.clone()),
            at(&|l| l.values[0].to_string()),
            at(&|l| l.values[1].to_string()),
        ]);
    }
    csv.bytes()
}

fn products(of: &Comparison) -> Vec<u8> {
    let mut csv = CsvText::new([
        "product",
        "description",
        "year",
        "trade_first",
        "trade_second",
        "str_first",
        "str_second",
        "str_mass_balance_first",
        "str_mass_balance_second",
    ]);
    for p in &of.products {
        csv.row([
            p.product.clone(),
            p.description.clone(),
            p.year.to_string(),
            p.trade[0].to_string(),
            p.trade[1].to_string(),
            number(p.str_weighted[0]),
            number(p.str_weighted[1]),
            number(p.str_mass_balance[0]),
            number(p.str_mass_balance[1]),
        ]);
    }
    csv.bytes()
}

fn ranks(of: &Comparison) -> Vec<u8> {
    let mut csv = CsvText::new([
        "product",
        "year",
        "country",
        "name",
        "rank_first",
        "rank_second",
        "str_first",
        "str_second",
        "reading",
    ]);
    for r in &of.ranks {
        csv.row([
            r.product.clone(),
            r.year.to_string(),
            r.country.clone(),
            r.name.clone(),
            r.ranks[0].to_string(),
            r.ranks[1].to_string(),
            r.values[0].to_string(),
            r.values[1].to_string(),
            r.reading.to_owned(),
        ]);
    }
    csv.bytes()
}

const fn change(gained: bool) -> &'static str {
    if gained { "gained" } else { "lost" }
}

fn links(of: &Comparison) -> Vec<u8> {
    let mut csv = CsvText::new(["input", "output", "change", "evidence"]);
    for l in &of.links {
        csv.row([l.input.as_str(), l.output.as_str(), change(l.gained), l.evidence.as_str()]);
    }
    csv.bytes()
}

fn chokepoints(of: &Comparison) -> Vec<u8> {
    let mut csv = CsvText::new([
        "product",
        "year",
        "supplier",
        "name",
        "change",
        "share_first",
        "share_second",
        "power_first",
        "power_second",
    ]);
    for c in &of.chokepoints {
        let cells = [
            c.product.clone(),
            c.year.to_string(),
            c.supplier.clone(),
            c.name.clone(),
            change(c.gained).to_owned(),
        ];
        csv.row(cells.into_iter().chain(c.shares.map(number)).chain(c.powers.map(number)));
    }
    csv.bytes()
}

/// Every product, year and country of both runs of which a value differs, with the values of both.
fn write_levels(
    of: &Comparison,
    pair: [&Run; 2],
    out: impl Write,
    progress: &dyn Progress,
) -> Result<(), BriefError> {
    let failed = |e: csv::Error| {
        BriefError::Folder(FolderError::io(Path::new("levels.csv"), "cannot be written", e.into()))
    };
    let panels = [pair[0].panel().map_err(BriefError::from)?, pair[1].panel().map_err(BriefError::from)?];
    let c = &of.coverage;
    let (products, years, countries) = (c.product_pairs(pair)?, c.year_pairs(pair)?, c.country_pairs(pair)?);
    let shared = levels::columns(pair)?;
    let columns: Vec<Column> = LEVELS.into_iter().filter(|c| shared.contains(c)).collect();
    let mut csv = csv::Writer::from_writer(out);
    let mut header = ["product", "year", "country"].map(str::to_owned).to_vec();
    header
        .extend(columns.iter().flat_map(|c| [format!("{}_first", c.name()), format!("{}_second", c.name())]));
    csv.write_record(&header).map_err(failed)?;
    for product in &products {
        progress.go_on()?;
        for year in &years {
            for country in &countries {
                let value = |column: Column, run: usize| {
                    panels[run].value(column, product[run], year[run], country[run])
                };
                let values: Vec<[Option<f64>; 2]> =
                    columns.iter().map(|&column| [value(column, 0), value(column, 1)]).collect();
                let differs = |pair: &[Option<f64>; 2]| match *pair {
                    [Some(a), Some(b)] => levels::differ(a, b, of.tolerance),
                    [a, b] => a.is_some() != b.is_some(),
                };
                let counts = columns.iter().map(|c| *c != Column::Pc1);
                if !values.iter().zip(counts).any(|(pair, counts)| counts && differs(pair)) {
                    continue;
                }
                csv.write_field(panels[0].products[product[0]].code.to_string()).map_err(failed)?;
                csv.write_field(panels[0].years[year[0]].to_string()).map_err(failed)?;
                csv.write_field(cell_text(&panels[0].countries[country[0]].code).as_bytes())
                    .map_err(failed)?;
                for value in values.into_iter().flatten() {
                    csv.write_field(number(value)).map_err(failed)?;
                }
                csv.write_record(None::<&[u8]>).map_err(failed)?;
            }
        }
    }
    csv.flush().map_err(|e| failed(e.into()))
}
