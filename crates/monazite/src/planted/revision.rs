//! A planted revision: the trade of a store once more, with a few changes that are known, to see that a comparison of runs finds just these.

use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;

use super::PlantedError;
use super::files::{io, of_folder, save};
use crate::delimited::CsvText;
use crate::disk;
use crate::ingest::MADE_UP_MARK;
use crate::nomenclature::Hs6;
use crate::progress::Progress;
use crate::run_folder::whole_folder::WholeFolder;
use crate::trade::{FlowSource, StoreError};

/// Version of the release, as its file names give it.
const VERSION: &str = "V000001synthetic";
/// First line of every file that may have a comment.
const LABEL: &str = "SYNTHETIC: real trade with a planted revision; made to try the comparison of two runs, and not to be quoted.\n";

/// What is done to a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revised {
    /// Its value is halved.
    Halved,
    /// It is taken out.
    Removed,
    /// It is multiplied by ten.
    Tenfold,
}

impl Revised {
    const ALL: [Self; 3] = [Self::Halved, Self::Removed, Self::Tenfold];

    /// Its name in the list of changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Halved => "halved",
            Self::Removed => "removed",
            Self::Tenfold => "tenfold",
        }
    }

    fn of(self, value: f64) -> Option<f64> {
        match self {
            Self::Halved => Some(0.5 * value),
            Self::Removed => None,
            Self::Tenfold => Some(10.0 * value),
        }
    }
}

/// A flow that was revised.
#[derive(Debug, Clone, PartialEq)]
pub struct PlantedChange {
    /// The year: the last one of the trade.
    pub year: u16,
    /// The product.
    pub product: Hs6,
    /// iso3 of the exporter.
    pub exporter: String,
    /// iso3 of the importer.
    pub importer: String,
    /// What was done.
    pub revised: Revised,
    /// Value before and after, thousand USD; `None` for a flow that is no longer there.
    pub values: (f64, Option<f64>),
}

/// Writes the trade of a source into a folder as a BACI release (`release/`), with the largest flow of each of some products revised in the last year: halved,
/// removed, tenfold in turn. `changes.csv` lists them. The folder must not be there yet, or be empty; it appears all at once. Every file says that it is
/// made up.
///
/// # Errors
/// [`PlantedError::Folder`] if something is in the folder, [`PlantedError::Io`] for a file in it, [`PlantedError::Trade`] if the source cannot be read,
/// [`PlantedError::Cancelled`] if `progress` asks to stop.
pub fn write_revision(
    source: &dyn FlowSource,
    products: &[Hs6],
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Vec<PlantedChange>, PlantedError> {
    let whole = WholeFolder::claim(folder).map_err(of_folder)?;
    let release = whole.path().join("release");
    std::fs::create_dir_all(&release).map_err(|e| io(&release, &e))?;
    save(&release.join(MADE_UP_MARK), LABEL)?;
    let edition = source.about().edition;
    let mut countries = CsvText::new(["country_code", "country_name", "country_iso2", "country_iso3"]);
    for (_, country) in source.countries().iter() {
        for code in &country.baci_codes {
            countries.row([code.to_string().as_str(), &country.name, "", &country.iso3]);
        }
    }
    save(&release.join(format!("country_codes_{VERSION}.csv")), &countries.text())?;
    let mut texts = CsvText::new(["code", "description"]);
    for (code, text) in source.products() {
        texts.row([code.to_string().as_str(), text]);
    }
    save(&release.join(format!("product_codes_{edition}_{VERSION}.csv")), &texts.text())?;
    let last = source.years().last().copied();
    let mut changes = Vec::new();
    for year in source.years() {
        let path = release.join(format!("BACI_{edition}_Y{year}_{VERSION}.csv"));
        let revised: &[Hs6] = if Some(year) == last { products } else { &[] };
        write_year(source, year, revised, &path, &mut changes, progress)?;
    }
    let mut list =
        CsvText::new(["year", "product", "exporter", "importer", "change", "value_before", "value_after"]);
    for c in &changes {
        let after = c.values.1.map_or_else(String::new, |v| v.to_string());
        list.row([
            c.year.to_string(),
            c.product.to_string(),
            c.exporter.clone(),
            c.importer.clone(),
            c.revised.name().to_owned(),
            c.values.0.to_string(),
            after,
        ]);
    }
    save(&whole.path().join("changes.csv"), &list.text())?;
    whole.commit().map_err(of_folder)?;
    Ok(changes)
}

fn write_year(
    source: &dyn FlowSource,
    year: u16,
    revised: &[Hs6],
    path: &Path,
    changes: &mut Vec<PlantedChange>,
    progress: &dyn Progress,
) -> Result<(), PlantedError> {
    let trade = |e: StoreError| PlantedError::Trade { message: e.to_string() };
    let all: Vec<Hs6> = source.traded_in(year).iter().map(|entry| entry.product).collect();
    let mut file = std::io::BufWriter::new(disk::create(path).map_err(|e| io(path, &e))?);
    let mut text = "t,i,j,k,v,q\n".to_owned();
    let table: Vec<_> = source.countries().iter().map(|(_, country)| country).collect();
    for product in all {
        progress.go_on()?;
        let batch = source.read(year, &[product], true).map_err(trade)?;
        let largest = (0..batch.values.len()).max_by(|&a, &b| batch.values[a].total_cmp(&batch.values[b]));
        let kind = revised.iter().position(|p| *p == product).map(|at| Revised::ALL[at % Revised::ALL.len()]);
        for row in 0..batch.values.len() {
            let (from, to) =
                (table[usize::from(batch.exporters[row])], table[usize::from(batch.importers[row])]);
            let before = batch.values[row];
            let mut value = Some(before);
            if let Some(kind) = kind.filter(|_| Some(row) == largest) {
                value = kind.of(before);
                changes.push(PlantedChange {
                    year,
                    product,
                    exporter: from.iso3.clone(),
                    importer: to.iso3.clone(),
                    revised: kind,
                    values: (before, value),
                });
            }
            let Some(value) = value else { continue };
            let quantity = batch.quantities[row].map_or_else(|| "NA".to_owned(), |q| q.to_string());
            let _ = writeln!(
                text,
                "{year},{},{},{product},{value},{quantity}",
                from.baci_codes[0], to.baci_codes[0]
            );
        }
        file.write_all(text.as_bytes()).map_err(|e| io(path, &e))?;
        text.clear();
    }
    file.flush().map_err(|e| io(path, &e))
}
