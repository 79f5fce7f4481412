//! Trade that would count twice, or not at all, in tables that are not BACI's: two files with the same rows, and parts of totals that are not there.

use std::collections::BTreeMap;

use crate::ingest::baci::FlowKey;
use crate::ingest::year_table::{Flow, YearTable};
use crate::ingest::{Dropped, IngestError, Release};
use crate::nomenclature::{Concordance, Countries, Hs6};
use crate::progress::Cancelled;
use crate::trade::error::StoreError;
use crate::units::{ThousandUsd, grouped};

/// As many files of a year are compared flow by flow; of more than these only rows with the same value are counted.
const MOST_COMPARED: usize = 64;
/// Rows of this number with the same value in two files are no accident, however many others the files have.
const NO_ACCIDENT: u64 = 20;

/// Looks at the years of a table before they are written.
pub(super) struct WholeTable<'a> {
    release: &'a Release,
    countries: &'a Countries,
    concordance: Option<&'a Concordance>,
    /// Parts of totals that have not been met.
    parts: BTreeMap<FlowKey, Dropped>,
    noted: bool,
}

impl<'a> WholeTable<'a> {
    /// Of a table whose files left parts of totals out.
    pub(super) fn new(
        release: &'a Release,
        countries: &'a Countries,
        concordance: Option<&'a Concordance>,
        parts: BTreeMap<FlowKey, Dropped>,
    ) -> Self {
        Self { release, countries, concordance, parts, noted: false }
    }

    /// Looks at a year; what is worth saying of it.
    ///
    /// # Errors
    /// [`IngestError::SameTrade`]; [`Cancelled`] by way of `go_on`.
    pub(super) fn look(
        &mut self,
        year: u16,
        table: &YearTable,
        go_on: &dyn Fn() -> Result<(), Cancelled>,
    ) -> Result<Option<String>, StoreError> {
        self.meet_totals(year, table, go_on)?;
        if !table.has_several_sources() {
            return Ok(None);
        }
        let names: Vec<&str> = self.release.flows.iter().map(|file| file.short_name()).collect();
        let mut overlap = Overlap::new(names.len());
        table.each_product(|_, flows| {
            go_on()?;
            overlap.take(flows);
            Ok::<(), StoreError>(())
        })?;
        if let Some(twice) = overlap.same_trade(&names) {
            return Err(self.refused(year, &names, &twice).into());
        }
        let note = if self.noted { None } else { overlap.note(year, &names) };
        self.noted |= note.is_some();
        Ok(note)
    }

    fn refused(&self, year: u16, names: &[&str], twice: &Twice) -> IngestError {
        let (rows, value) = (counted(twice.pair.rows), ThousandUsd::new(twice.pair.value).in_words());
        let (first, second) = (names[twice.files.0], names[twice.files.1]);
        let message = if twice.by_name {
            format!(
                "{first} and {second} hold {rows} of {year} both ({value} in the smaller reports), and are imports and exports by their names: two reports of the \
                 same trade; added up it would count twice. Take one of them away, or rename them if they are no two reports"
            )
        } else {
            format!(
                "{first} and {second} hold the same trade of {year}: {rows} with the same value, {value}; added up it would count twice. Take one of them away; if \
                 both are meant, put their rows into one file"
            )
        };
        IngestError::SameTrade { path: self.release.path.display().to_string(), message }
    }

    /// Takes the parts out whose total is there.
    fn meet_totals(
        &mut self,
        year: u16,
        table: &YearTable,
        go_on: &dyn Fn() -> Result<(), Cancelled>,
    ) -> Result<(), Cancelled> {
        let of_year: Vec<FlowKey> = self.parts.keys().filter(|key| key.0 == year).copied().collect();
        if of_year.is_empty() {
            return Ok(());
        }
        let mut wanted: BTreeMap<(Hs6, u16, u16), Vec<FlowKey>> = BTreeMap::new();
        for key in of_year {
            let (_, exporter, importer, product) = key;
            // What became of the product of a total in another edition: one of its codes is as good as all.
            let targets = self.concordance.and_then(|concordance| concordance.targets(product));
            let product = targets.and_then(|targets| Some(targets.first()?.0)).unwrap_or(product);
            let place = (product, exporter.index() as u16, importer.index() as u16);
            wanted.entry(place).or_default().push(key);
        }
        table.each_product(|product, flows| {
            go_on()?;
            for (_, flow) in flows {
                for key in wanted.remove(&(product, flow.exporter, flow.importer)).unwrap_or_default() {
                    self.parts.remove(&key);
                }
            }
            Ok(())
        })
    }

    /// Judges what is left when all years have been looked at.
    ///
    /// # Errors
    /// [`IngestError::PartsAlone`].
    pub(super) fn end(self) -> Result<(), IngestError> {
        let Some((&(year, exporter, importer, product), _)) = self.parts.first_key_value() else {
            return Ok(());
        };
        let rows = self.parts.values().map(|parts| parts.rows).sum();
        let value: f64 = self.parts.values().map(|parts| parts.value.get()).sum();
        let iso3 = |id| self.countries.get(id).iso3.clone();
        Err(IngestError::PartsAlone {
            path: self.release.path.display().to_string(),
            rows,
            value: ThousandUsd::new(value).in_words(),
            flows: self.parts.len() as u64,
            example: format!("{product} from {} to {} in {year}", iso3(exporter), iso3(importer)),
        })
    }
}

/// Flows that two files both have, or have with the same value.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Pair {
    rows: u64,
    value: f64,
}

impl Pair {
    fn add(&mut self, value: f64) {
        self.rows += 1;
        self.value += value;
    }
}

/// Two files that hold the same trade.
struct Twice {
    files: (usize, usize),
    pair: Pair,
    /// Whether that is told from their names, not from their values.
    by_name: bool,
}

/// What the files of a year have in common.
struct Overlap {
    /// Flows of each file.
    flows: Vec<u64>,
    /// Flows that both of two files have, with the smaller value, and those with the same value.
    both: BTreeMap<(usize, usize), Pair>,
    same: BTreeMap<(usize, usize), Pair>,
    /// Flows of one product, each once a file.
    of_product: Vec<(u32, Flow)>,
}

/// Whether two values are one, rounded or stored with fewer digits.
fn are_same(first: f64, second: f64) -> bool {
    // Another version of a table may be rounded, or a little revised; months of a year differ by more.
    let rounded = |whole: f64, other: f64| whole.fract() == 0.0 && (whole - other).abs() <= 0.5;
    (first - second).abs() <= (0.005 * first.max(second)).max(0.000_501)
        || first.fract() != second.fract() && (rounded(first, second) || rounded(second, first))
}

fn counted(flows: u64) -> String {
    format!("{} {}", grouped(flows), if flows == 1 { "flow" } else { "flows" })
}

/// What a file holds by its name: imports (true) or exports.
fn says_imports(name: &str) -> Option<bool> {
    let name = name.to_lowercase();
    let has = |words: [&str; 3]| name.split(|c: char| !c.is_alphabetic()).any(|word| words.contains(&word));
    match (has(["import", "imports", "imp"]), has(["export", "exports", "exp"])) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

impl Overlap {
    fn new(files: usize) -> Self {
        Self { flows: vec![0; files], both: BTreeMap::new(), same: BTreeMap::new(), of_product: Vec::new() }
    }

    /// Takes all flows of a product.
    fn take(&mut self, flows: &[(u32, Flow)]) {
        let mut sorted = std::mem::take(&mut self.of_product);
        sorted.clear();
        sorted.extend_from_slice(flows);
        let pair = |flow: &Flow| (flow.importer, flow.exporter);
        sorted
            .sort_by(|(x, a), (y, b)| pair(a).cmp(&pair(b)).then(x.cmp(y)).then(a.value.total_cmp(&b.value)));
        sorted.dedup_by(|(later, flow), (kept, into)| {
            let same = later == kept && pair(flow) == pair(into);
            if same {
                into.value += flow.value;
            }
            same
        });
        sorted.iter().for_each(|(source, _)| self.flows[*source as usize] += 1);
        for of_pair in sorted.chunk_by(|(_, a), (_, b)| pair(a) == pair(b)) {
            self.compare(of_pair);
        }
        self.of_product = sorted;
    }

    /// Compares what files have of one flow.
    fn compare(&mut self, flows: &[(u32, Flow)]) {
        let files = |x: u32, y: u32| (x.min(y) as usize, x.max(y) as usize);
        if self.flows.len() <= MOST_COMPARED {
            for (at, (x, a)) in flows.iter().enumerate() {
                for (y, b) in &flows[at + 1..] {
                    let smaller = a.value.min(b.value);
                    self.both.entry(files(*x, *y)).or_default().add(smaller);
                    if are_same(a.value, b.value) {
                        self.same.entry(files(*x, *y)).or_default().add(smaller);
                    }
                }
            }
            return;
        }
        let mut by_value: Vec<(u32, f64)> =
            flows.iter().map(|(source, flow)| (*source, flow.value)).collect();
        by_value.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        for two in by_value.windows(2).filter(|two| are_same(two[0].1, two[1].1)) {
            self.same.entry(files(two[0].0, two[1].0)).or_default().add(two[0].1);
        }
    }

    /// Flows of the smaller of two files.
    fn smaller(&self, files: (usize, usize)) -> u64 {
        self.flows[files.0].min(self.flows[files.1])
    }

    /// The first two files whose common flows are the same trade: most of them have the same value, and there are so many that it is no
    /// accident; or their names say imports and exports. Months, ports and other parts of a year have the same flows with other values.
    fn same_trade(&self, names: &[&str]) -> Option<Twice> {
        let many = |rows: u64, files| rows >= NO_ACCIDENT || 2 * rows >= self.smaller(files);
        let same = self.same.iter().find(|(files, same)| {
            let both = self.both.get(files).map_or(self.smaller(**files), |both| both.rows);
            2 * same.rows > both && many(same.rows, **files)
        });
        if let Some((&files, &pair)) = same {
            return Some(Twice { files, pair, by_name: false });
        }
        let reports = self.both.iter().find(|(files, both)| {
            let said = (says_imports(names[files.0]), says_imports(names[files.1]));
            matches!(said, (Some(first), Some(second)) if first != second) && many(both.rows, **files)
        });
        reports.map(|(&files, &pair)| Twice { files, pair, by_name: true })
    }

    /// What is said of two files that have a good part of their flows in common.
    fn note(&self, year: u16, names: &[&str]) -> Option<String> {
        let (files, both) = self.both.iter().find(|(files, both)| 10 * both.rows >= self.smaller(**files))?;
        Some(format!(
            "{} and {} both hold {} of {year} (same countries and product, other values): they are added up as parts of a year, such as months; if \
             they are two reports or two versions of the same trade, take one away",
            names[files.0],
            names[files.1],
            counted(both.rows)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flows of a product: file, exporter, value.
    fn overlap(files: usize, flows: &[(u32, u16, f64)]) -> Overlap {
        let mut overlap = Overlap::new(files);
        let flow = |&(file, exporter, value): &(u32, u16, f64)| {
            (file, Flow { importer: 0, exporter, value, quantity: f64::NAN })
        };
        overlap.take(&flows.iter().map(flow).collect::<Vec<_>>());
        overlap
    }

    #[test]
    fn the_same_values_are_the_same_trade_and_other_values_are_parts_of_a_year() {
        let names = ["a.csv", "b.parquet", "c.csv"];
        let twice = overlap(3, &[(0, 1, 5.0), (0, 2, 1.25), (2, 3, 7.0), (1, 1, 5.0), (1, 2, 1.25)]);
        let found = twice.same_trade(&names).unwrap();
        assert_eq!((found.files, found.pair, found.by_name), ((0, 1), Pair { rows: 2, value: 6.25 }, false));
        let months = overlap(3, &[(0, 1, 5.0), (0, 2, 1.25), (1, 1, 5.5), (1, 2, 1.25), (1, 1, 0.25)]);
        assert!(months.same_trade(&names).is_none());
        assert!(
            months.note(2022, &names).unwrap().starts_with("a.csv and b.parquet both hold 2 flows of 2022")
        );
        // Another version: rounded to whole numbers, or revised a little. Months are neither.
        let versions = |other: &dyn Fn(f64) -> f64| {
            let both = |n: u16| {
                let value = f64::from(n) * 1.37 + 0.4;
                [(0, n, value), (1, n, other(value))]
            };
            overlap(2, &(1..60).flat_map(both).collect::<Vec<_>>())
        };
        assert!(versions(&f64::round).same_trade(&names).is_some());
        assert!(versions(&|v| 1.003 * v).same_trade(&names).is_some());
        assert!(versions(&|v| 0.9 * v).same_trade(&names).is_none());
        let rows: Vec<(u32, u16, f64)> =
            (0..500).flat_map(|n| [(0, n, f64::from(n) + 1.0), (1, n + 470, f64::from(n) + 471.0)]).collect();
        assert!(overlap(2, &rows).same_trade(&names).is_some(), "30 of 500 are no accident");
        assert!(overlap(MOST_COMPARED + 1, &rows[..2]).same_trade(&names).is_none());
        let many: Vec<(u32, u16, f64)> = (0..9).flat_map(|n| [(7, n, 3.5), (60, n, 3.5)]).collect();
        assert_eq!(overlap(MOST_COMPARED + 1, &many).same_trade(&names).unwrap().files, (7, 60));
    }

    #[test]
    fn names_say_imports_and_exports() {
        let names = ["usa_imports_2022.csv", "usa-exports-2022.csv"];
        assert_eq!(names.map(says_imports), [Some(true), Some(false)]);
        assert_eq!(["important.csv", "imports_exports.csv", "x.csv"].map(says_imports), [None; 3]);
        let found = overlap(2, &[(0, 1, 5.0), (1, 1, 4.0)]).same_trade(&names).unwrap();
        assert!(found.by_name && found.pair == Pair { rows: 1, value: 4.0 });
    }
}
