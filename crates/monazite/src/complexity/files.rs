//! Complexity as files: countries, products, densities, near pairs, what is left out, and what it all is.

use std::path::Path;

use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use rayon::prelude::*;

use super::computed::Complexity;
use super::error::ComplexityError;
use super::proximity::{ProximityPair, near_pairs_of};
use crate::columnar::{DEFAULT_COMPRESSION_LEVEL, Kind, Schema, TableWriter, Values};
use crate::delimited::CsvText;
use crate::nomenclature::Countries;
use crate::progress::Progress;
use crate::run_folder::whole_folder::WholeFolder;
use crate::run_folder::{FolderError, cell};
use crate::threads::within;
use crate::trade::BACI_SOURCE;
use crate::units::ThousandUsd;

/// Proximity from which on pairs are written, if nothing else is said.
pub const LEAST_PROXIMITY: f64 = 0.55;
/// The files, in the order in which they are written.
pub const FILES: [&str; 6] =
    ["eci.csv", "pci.csv", "dropped.csv", "density.parquet", "proximity.parquet", "about.txt"];
/// Countries of a row group.
const GROUP: usize = 16;

/// Products whose pairs are looked for before it is asked whether to go on.
const FIRSTS: usize = 128;
/// Pairs of a row group, and up to those of [`FIRSTS`] products more.
const PAIRS: usize = 1 << 19;

/// Columns of `density.parquet`: a row for each country and product, in that order.
const DENSITY: [(&str, Kind); 7] = [
    ("country", Kind::Text),
    ("product", Kind::Text),
    ("exports_thousand_usd", Kind::Number),
    ("rca", Kind::OptionalNumber),
    ("advantage", Kind::Int16),
    ("density", Kind::OptionalNumber),
    ("cog", Kind::OptionalNumber),
];

/// Columns of `proximity.parquet`: a row for each pair of different products.
const PROXIMITY: [(&str, Kind); 4] = [
    ("product_1", Kind::Text),
    ("product_2", Kind::Text),
    ("shared_exporters", Kind::Int16),
    ("proximity", Kind::Number),
];

/// Whether there is room for the files: asked before anything is computed.
///
/// # Errors
/// [`FolderError`] if the folder is there and not empty, lies in a store, a run or a release, or cannot be made.
pub fn check_place(out: &Path) -> Result<(), FolderError> {
    // Claimed and given back: nothing remains.
    WholeFolder::claim(out)?;
    Ok(())
}

/// Writes everything into a new folder: all of it, or nothing. Pairs of products are written from a proximity of `least_proximity` on.
///
/// # Errors
/// [`ComplexityError::Folder`] if the folder is there and not empty, or cannot be written; [`ComplexityError::Cancelled`].
pub fn write_complexity(
    found: &Complexity,
    countries: &Countries,
    least_proximity: f64,
    out: &Path,
    progress: &dyn Progress,
) -> Result<(), ComplexityError> {
    within(|| {
        let folder = WholeFolder::claim(out)?;
        folder.write("eci.csv", &countries_csv(found))?;
        folder.write("pci.csv", &products_csv(found))?;
        folder.write("dropped.csv", &dropped_csv(found, countries))?;
        let broken = |name: &'static str| move |e: ParquetError| FolderError::parquet(&out.join(name), e);
        progress.go_on()?;
        write_density(found, &folder.path().join("density.parquet")).map_err(broken("density.parquet"))?;
        progress.go_on()?;
        let proximity = folder.path().join("proximity.parquet");
        write_proximity(found, least_proximity, &proximity, progress, &broken("proximity.parquet"))?;
        let about: String =
            about(found, least_proximity).iter().map(|(name, text)| format!("{name}: {text}\n")).collect();
        folder.write("about.txt", about.as_bytes())?;
        Ok(folder.commit()?)
    })
}

/// A number that may have hundreds of zeros behind its point.
fn small(x: f64) -> String {
    if x.abs() < 1e-5 { format!("{x:e}") } else { x.to_string() }
}

/// A row for each country.
pub fn countries_csv(found: &Complexity) -> Vec<u8> {
    let mut csv = CsvText::new([
        "country",
        "name",
        "years",
        "eci",
        "rank",
        "diversity",
        "coi",
        "fitness",
        "fitness_rank_100",
        "fitness_rank_200",
        "exports_thousand_usd",
    ]);
    let years = found.options.years_in_words();
    for (c, (code, name)) in found.countries.iter().enumerate() {
        csv.row([
            code.clone(),
            name.clone(),
            years.clone(),
            found.index.eci[c].to_string(),
            found.rank[c].to_string(),
            found.advantage.diversity()[c].to_string(),
            cell(found.space.coi[c]),
            small(found.fitness.fitness[c]),
            found.fitness.rank_earlier[c].to_string(),
            found.fitness.rank[c].to_string(),
            found.sample.country_exports[c].to_string(),
        ]);
    }
    csv.bytes()
}

/// A row for each product.
pub fn products_csv(found: &Complexity) -> Vec<u8> {
    let mut csv = CsvText::new([
        "product",
        "description",
        "years",
        "pci",
        "rank",
        "ubiquity",
        "quality",
        "quality_rank_200",
        "exports_thousand_usd",
    ]);
    let years = found.options.years_in_words();
    for (p, product) in found.sample.products.iter().enumerate() {
        csv.row([
            product.to_string(),
            found.descriptions[p].clone(),
            years.clone(),
            found.index.pci[p].to_string(),
            found.product_rank[p].to_string(),
            found.advantage.ubiquity(p).to_string(),
            small(found.fitness.quality[p]),
            found.fitness.quality_rank[p].to_string(),
            found.sample.product_exports[p].to_string(),
        ]);
    }
    csv.bytes()
}

/// A row for each country and product that is left out.
fn dropped_csv(found: &Complexity, countries: &Countries) -> Vec<u8> {
    let mut csv = CsvText::new(["what", "code", "reason", "reason_in_words", "exports_thousand_usd"]);
    for dropped in &found.sample.dropped {
        csv.row([
            dropped.left.kind().to_owned(),
            dropped.left.code(countries),
            dropped.reason.key().to_owned(),
            dropped.reason.in_words(&found.options),
            dropped.value.to_string(),
        ]);
    }
    csv.bytes()
}

fn texts<T: ToString>(values: impl IntoIterator<Item = T>) -> Vec<ByteArray> {
    values.into_iter().map(|value| ByteArray::from(value.to_string().as_str())).collect()
}

fn write_density(found: &Complexity, path: &Path) -> Result<(), ParquetError> {
    let schema = Schema::new(&DENSITY, DEFAULT_COMPRESSION_LEVEL);
    let countries = texts(found.countries.iter().map(|(code, _)| code));
    let products = texts(&found.sample.products);
    let places: Vec<usize> = (0..countries.len()).collect();
    let encode = |group: &[usize]| {
        let rows = || group.iter().flat_map(|&c| (0..products.len()).map(move |p| (c, p)));
        let (country, product): (Vec<u32>, Vec<u32>) = rows().map(|(c, p)| (c as u32, p as u32)).unzip();
        let exports: Vec<f64> = rows().map(|(c, p)| found.sample.exports(c, p)).collect();
        let rca: Vec<f64> = rows().map(|(c, p)| found.sample.rca(c, p).unwrap_or(f64::NAN)).collect();
        let held: Vec<i32> = rows().map(|(c, p)| i32::from(found.advantage.holds(c, p))).collect();
        let density: Vec<f64> = rows().map(|(c, p)| found.space.density(c, p).unwrap_or(f64::NAN)).collect();
        let gain: Vec<f64> = rows().map(|(c, p)| found.space.gain(c, p).unwrap_or(f64::NAN)).collect();
        schema.encode_all(&[
            Values::Label(&countries, &country),
            Values::Label(&products, &product),
            Values::Number(&exports),
            Values::NumberOrNan(&rca),
            Values::Int16(&held),
            Values::NumberOrNan(&density),
            Values::NumberOrNan(&gain),
        ])
    };
    let groups: Vec<_> = places.par_chunks(GROUP).map(encode).collect::<Result<_, _>>()?;
    let mut writer = TableWriter::create(path, &schema)?;
    groups.into_iter().try_for_each(|columns| writer.append(columns))?;
    writer.finish()
}

/// Writes the pairs some products at a time: of 5,000 products there are 12 million.
fn write_proximity(
    found: &Complexity,
    least: f64,
    path: &Path,
    progress: &dyn Progress,
    broken: &dyn Fn(ParquetError) -> FolderError,
) -> Result<(), ComplexityError> {
    let schema = Schema::new(&PROXIMITY, DEFAULT_COMPRESSION_LEVEL);
    let products = texts(&found.sample.products);
    let mut writer = TableWriter::create(path, &schema).map_err(broken)?;
    let append = |writer: &mut TableWriter, pairs: &[ProximityPair]| -> Result<(), ParquetError> {
        let first: Vec<u32> = pairs.iter().map(|pair| pair.first as u32).collect();
        let second: Vec<u32> = pairs.iter().map(|pair| pair.second as u32).collect();
        let shared: Vec<i32> = pairs.iter().map(|pair| pair.shared as i32).collect();
        let proximity: Vec<f64> = pairs.iter().map(|pair| pair.proximity).collect();
        writer.append(schema.encode_all(&[
            Values::Label(&products, &first),
            Values::Label(&products, &second),
            Values::Int16(&shared),
            Values::Number(&proximity),
        ])?)
    };
    let mut waiting: Vec<ProximityPair> = Vec::new();
    let mut written = false;
    for start in (0..products.len()).step_by(FIRSTS) {
        progress.go_on()?;
        let firsts = start..(start + FIRSTS).min(products.len());
        waiting.extend(near_pairs_of(&found.advantage, least, firsts));
        if waiting.len() >= PAIRS {
            append(&mut writer, &waiting).map_err(broken)?;
            waiting.clear();
            written = true;
        }
    }
    if !waiting.is_empty() || !written {
        append(&mut writer, &waiting).map_err(broken)?;
    }
    progress.go_on()?;
    Ok(writer.finish().map_err(broken)?)
}

/// What goes with the numbers, in lines of a name and a text.
pub fn about(found: &Complexity, least_proximity: f64) -> Vec<(&'static str, String)> {
    let Complexity { options, sample, index, provenance, .. } = found;
    let mut data = provenance.source.clone();
    for part in [&provenance.edition, &provenance.version].into_iter().filter(|part| !part.is_empty()) {
        data.push_str(", ");
        data.push_str(part);
    }
    let mut lines = vec![("Data", data), ("Years", options.years_in_words())];
    if provenance.synthetic {
        lines.push(("Synthetic", "the trade is made up; no number here is about the real world".to_owned()));
    }
    if !provenance.licence.is_empty() {
        lines.push(("Licence of the data", provenance.licence.clone()));
    }
    let sign = if options.strict { ">" } else { ">=" };
    lines.push((
        "Sample",
        format!(
            "{} countries and {} products, {:.1} % of the exports in the data ({})",
            sample.countries.len(),
            sample.products.len(),
            100.0 * sample.compared() / sample.world,
            ThousandUsd::new(sample.compared()).in_words()
        ),
    ));
    lines.push(("Compared", found.limits.clone()));
    for countries in [true, false] {
        for (reason, count, value) in sample.account(countries) {
            let what = if countries { "countries" } else { "products" };
            let text = format!("{count} {what}, {}: {}", value.in_words(), reason.in_words(options));
            lines.push(("Left out", text));
        }
    }
    lines.push((
        "M",
        format!("1 where RCA {sign} {}, RCA among the countries of the sample", options.threshold),
    ));
    let first: Vec<String> = index.eigenvalues.iter().take(5).map(ToString::to_string).collect();
    lines.push(("Eigenvalues", first.join(", ")));
    lines.push((
        "ECI",
        "second eigenvector of D_c^-1 M D_p^-1 M', mean 0 and standard deviation (n) 1 over the countries, sign so that it correlates positively with \
         diversity; a direction that divides countries, not a level"
            .to_owned(),
    ));
    lines.push(("PCI", "mean ECI of the countries that export the product with advantage".to_owned()));
    let itself = if options.itself { "itself among them" } else { "itself not among them" };
    lines.push((
        "density",
        format!("share of what is near to a product ({itself}) that the country exports, each counted with its proximity; 0 to 1"),
    ));
    lines.push((
        "coi and cog",
        "complexity outlook (standardised over the countries) and outlook gain, as the package ecomplexity defines them; cog is empty for what is exported already"
            .to_owned(),
    ));
    lines.push((
        "fitness and quality",
        "after 200 iterations, each with mean 1; compare ranks, and take no logarithm of values below 1e-12"
            .to_owned(),
    ));
    lines.push((
        "proximity.parquet",
        format!("pairs of products with a proximity of at least {least_proximity}"),
    ));
    lines.push(("Empty cells", "undefined or not known; never zero".to_owned()));
    lines.extend(found.notes.iter().map(|note| ("Note", note.clone())));
    if provenance.source == BACI_SOURCE {
        lines.push((
            "Cite",
            "CEPII, BACI. G. Gaulier, S. Zignago (2010), BACI: International Trade Database at the Product-Level, CEPII Working Paper 2010-23. \
             Etalab Open Licence 2.0."
                .to_owned(),
        ));
    }
    lines.push(("Made by", concat!("monazite ", env!("CARGO_PKG_VERSION"), " complexity").to_owned()));
    lines
}
