//! A table of flows in memory: what a study can be computed from without a file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::flow_columns::{DROPPED, FlowColumns, FlowTableError, countries_of};
use super::flows::{FlowBatch, IndexEntry, Margins};
use super::labels::Labels;
use super::manifest::InputRecord;
use super::pair_sorter::PairSorter;
use super::source::{FlowSource, Provenance};
use crate::ingest::IngestAccount;
use crate::ingest::year_table::{Flow, sort_and_sum};
use crate::nomenclature::{Countries, Hs6, HsEdition};
use crate::plain_text::hex;
use crate::units::ThousandUsd;

/// Bilateral flows in memory, grouped into product-years and sorted by importer and exporter in each.
///
/// Repeated pairs are added up, trade of a country with itself and values of zero are left out, and
/// [`FlowTable::account`] says how much that was. Countries are in the order of their code. The table, and all that is computed
/// from it, is the same to the last bit whatever order the rows come in, and the same as from a [`super::Store`] with these flows.
///
/// ```
/// use monazite::nomenclature::Hs6;
/// use monazite::trade::{FlowSource, FlowTable, TradeMatrix};
/// let table = FlowTable::from_rows([
///     (2019, "284690", "CHN", "USA", 12.0),
///     (2019, "284690", "MYS", "USA", 4.0),
///     (2019, "284690", "CHN", "MYS", 3.0),
///     (2019, "284690", "CHN", "USA", 0.5),
///     (2019, "284690", "USA", "USA", 7.0),
/// ])?;
/// assert_eq!(table.countries().iso3_codes(), ["CHN", "MYS", "USA"]);
/// assert_eq!((table.account().duplicates, table.account().dropped_rows()), (1, 1));
///
/// let product: Hs6 = "284690".parse()?;
/// let matrix = table.matrix(2019, product);
/// assert_eq!(matrix.imports(), &[0.0, 3.0, 16.5]);
///
/// let wrong = FlowTable::from_rows([(2019, "284690", "CHN", "USA", -1.0)]).unwrap_err();
/// assert_eq!(wrong.to_string(), "row 1 of the flows: column value: -1 is negative");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct FlowTable {
    countries: Countries,
    products: BTreeMap<Hs6, String>,
    has_product_table: bool,
    edition: Option<HsEdition>,
    name: String,
    years: Vec<YearIndex>,
    importers: Vec<u16>,
    exporters: Vec<u16>,
    values: Vec<f64>,
    /// NaN where unknown; empty if the table has none.
    quantities: Vec<f64>,
    account: IngestAccount,
    margins: OnceLock<Vec<Margins>>,
}

#[derive(Debug, Clone)]
struct YearIndex {
    year: u16,
    /// `first_row` counts from the beginning of the table.
    index: Vec<IndexEntry>,
}

impl FlowTable {
    /// A table of rows (year, product, exporter, importer, value in thousand USD), in any order.
    ///
    /// # Errors
    /// [`FlowTableError::Row`] for the first row with a year outside 1900 to 2200, a product that is not a six-digit code, an
    /// empty country, or a value that is negative or not a number; [`FlowTableError::NoRows`] if nothing is left.
    pub fn from_rows<'a>(
        rows: impl IntoIterator<Item = (i32, &'a str, &'a str, &'a str, f64)>,
    ) -> Result<Self, FlowTableError> {
        let (mut years, mut values) = (Vec::new(), Vec::new());
        let (mut products, mut exporters, mut importers) = (Vec::new(), Vec::new(), Vec::new());
        for (year, product, exporter, importer, value) in rows {
            years.push(year);
            products.push(product);
            exporters.push(exporter);
            importers.push(importer);
            values.push(value);
        }
        let (products, exporters, importers) =
            (Labels::of(products), Labels::of(exporters), Labels::of(importers));
        Self::from_columns(FlowColumns {
            years: &years,
            products: (&products.0, &products.1),
            exporters: (&exporters.0, &exporters.1),
            importers: (&importers.0, &importers.1),
            values: &values,
            quantities: None,
        })
    }

    /// As [`FlowTable::from_rows`], from columns.
    ///
    /// # Errors
    /// As [`FlowTable::from_rows`]; [`FlowTableError::Length`] if the columns differ in length.
    ///
    /// # Panics
    /// If a number has no label.
    ///
    /// ```
    /// use monazite::trade::{FlowColumns, FlowSource, FlowTable, Labels};
    /// let (products, product) = Labels::of(["284690", "284690"]);
    /// let (exporters, exporter) = Labels::of_numbers([156, 842]);
    /// let (importers, importer) = Labels::of_numbers([842, 156]);
    /// let table = FlowTable::from_columns(FlowColumns {
    ///     years: &[2019, 2019],
    ///     products: (&products, &product),
    ///     exporters: (&exporters, &exporter),
    ///     importers: (&importers, &importer),
    ///     values: &[12.5, 1.0],
    ///     quantities: Some(&[3.0, f64::NAN]),
    /// })?;
    /// let batch = table.read(2019, &["284690".parse()?], true)?;
    /// assert_eq!(batch.quantities, [None, Some(3.0)], "by importer: 156, then 842");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_columns(columns: FlowColumns<'_>) -> Result<Self, FlowTableError> {
        columns.check_lengths()?;
        columns.check_countries()?;
        let (countries, from, to) = countries_of(&columns)?;
        let products = columns.products.0;
        let years = columns.years_there()?;
        let mut account = IngestAccount { rows_read: columns.years.len() as u64, ..Default::default() };
        let keys = columns.keys(&years, &from, &to, &mut account)?;
        let mut table = Self {
            countries,
            products: BTreeMap::new(),
            has_product_table: false,
            edition: None,
            name: "a table in memory".to_owned(),
            years: Vec::new(),
            importers: Vec::new(),
            exporters: Vec::new(),
            values: Vec::new(),
            quantities: Vec::new(),
            account,
            margins: OnceLock::new(),
        };
        let groups = years.len() * products.len();
        let flow = |row: usize| Flow {
            importer: to[columns.importers.1[row] as usize],
            exporter: from[columns.exporters.1[row] as usize],
            value: columns.values[row],
            quantity: columns.quantities.map_or(f64::NAN, |q| q[row]),
        };
        let starts = table.group(&keys, groups, columns.quantities.is_some(), flow);
        table.index(&starts, &years, products);
        if table.values.is_empty() {
            let (rows, dropped) = (table.account.rows_read, table.account.dropped_rows());
            return Err(FlowTableError::NoRows { rows, dropped });
        }
        Ok(table)
    }

    /// Puts the rows into the order of their groups, each group by importer and exporter with repeated pairs added up. Returns
    /// where each group begins, and where the last one ends. Rows that are in order already are taken as they stand.
    fn group(
        &mut self,
        keys: &[u32],
        groups: usize,
        with_quantity: bool,
        flow: impl Fn(usize) -> Flow,
    ) -> Vec<usize> {
        let kept = || (0..keys.len()).filter(|&row| keys[row] != DROPPED);
        let mut starts = vec![0usize; groups + 1];
        kept().for_each(|row| starts[keys[row] as usize + 1] += 1);
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        let place = |row: usize| {
            let flow = flow(row);
            (keys[row], flow.importer, flow.exporter)
        };
        if kept().is_sorted_by(|&x, &y| place(x) < place(y)) {
            self.reserve(starts[groups], with_quantity);
            kept().for_each(|row| self.push(flow(row), with_quantity));
            return starts;
        }
        self.scatter(keys, &starts, with_quantity, flow);
        let mut sorter = PairSorter::new(self.countries.len());
        let mut of_group: Vec<Flow> = Vec::new();
        let mut written = vec![0usize; groups + 1];
        let mut end = 0;
        for group in 0..groups {
            let range = starts[group]..starts[group + 1];
            let pairs = self.importers[range.clone()].iter().zip(&self.exporters[range.clone()]);
            if end == range.start && pairs.is_sorted_by(|x, y| x < y) {
                end = range.end;
            } else {
                of_group.clear();
                of_group.extend(range.map(|row| self.flow(row)));
                sorter.sort(&mut of_group);
                if !of_group.is_sorted_by(|x, y| (x.importer, x.exporter) < (y.importer, y.exporter)) {
                    let folded = sort_and_sum(&mut of_group);
                    self.account.duplicates += folded.rows;
                    self.account.duplicates_value += ThousandUsd::new(folded.value);
                }
                // No further than where the group began, so nothing is lost that is still to be read.
                for &flow in &of_group {
                    self.put(end, flow);
                    end += 1;
                }
            }
            written[group + 1] = end;
        }
        self.importers.truncate(end);
        self.exporters.truncate(end);
        self.values.truncate(end);
        self.quantities.truncate(end);
        written
    }

    /// Puts every row that is kept among those of its group, in the order in which they come.
    fn scatter(&mut self, keys: &[u32], starts: &[usize], with_quantity: bool, flow: impl Fn(usize) -> Flow) {
        let rows = starts.last().copied().unwrap_or(0);
        self.importers = vec![0; rows];
        self.exporters = vec![0; rows];
        self.values = vec![0.0; rows];
        self.quantities = vec![0.0; if with_quantity { rows } else { 0 }];
        let mut next = starts.to_vec();
        for row in (0..keys.len()).filter(|&row| keys[row] != DROPPED) {
            let place = &mut next[keys[row] as usize];
            self.put(*place, flow(row));
            *place += 1;
        }
    }

    fn flow(&self, row: usize) -> Flow {
        Flow {
            importer: self.importers[row],
            exporter: self.exporters[row],
            value: self.values[row],
            quantity: self.quantities.get(row).copied().unwrap_or(f64::NAN),
        }
    }

    fn put(&mut self, row: usize, flow: Flow) {
        self.importers[row] = flow.importer;
        self.exporters[row] = flow.exporter;
        self.values[row] = flow.value;
        if let Some(quantity) = self.quantities.get_mut(row) {
            *quantity = flow.quantity;
        }
    }

    fn reserve(&mut self, rows: usize, with_quantity: bool) {
        self.importers.reserve_exact(rows);
        self.exporters.reserve_exact(rows);
        self.values.reserve_exact(rows);
        self.quantities.reserve_exact(if with_quantity { rows } else { 0 });
    }

    fn push(&mut self, flow: Flow, with_quantity: bool) {
        self.importers.push(flow.importer);
        self.exporters.push(flow.exporter);
        self.values.push(flow.value);
        if with_quantity {
            self.quantities.push(flow.quantity);
        }
    }

    fn index(&mut self, starts: &[usize], years: &[u16], products: &Labels) {
        let mut value_kept = 0.0;
        for (t, &year) in years.iter().enumerate() {
            let mut index = Vec::new();
            for (p, product) in products.iter().enumerate() {
                let group = t * products.len() + p;
                let rows = starts[group]..starts[group + 1];
                // A label without rows need not be a product.
                let (false, Ok(product)) = (rows.is_empty(), product.parse()) else { continue };
                let value: f64 = self.values[rows.clone()].iter().sum();
                value_kept += value;
                index.push(IndexEntry {
                    product,
                    row_group: 0,
                    first_row: rows.start,
                    flows: rows.len(),
                    value,
                });
            }
            self.years.push(YearIndex { year, index });
        }
        self.years.retain(|year| !year.index.is_empty());
        self.account.rows_kept = self.values.len() as u64;
        self.account.value_kept = ThousandUsd::new(value_kept);
        self.account.quantity_missing = match self.quantities.is_empty() {
            true => self.values.len() as u64,
            false => self.quantities.iter().filter(|q| q.is_nan()).count() as u64,
        };
    }

    /// Says what the table is, for the manifest of a run; otherwise it is "a table in memory".
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Says which edition of the HS the codes are of.
    #[must_use]
    pub fn with_edition(mut self, edition: HsEdition) -> Self {
        self.edition = Some(edition);
        self
    }

    /// Adds the texts of the products. `complete` says that it is the whole table of the edition, so that any other code is a mistake.
    #[must_use]
    pub fn with_products(mut self, products: BTreeMap<Hs6, String>, complete: bool) -> Self {
        self.products = products;
        self.has_product_table = complete;
        self
    }

    /// Exchanges the countries for those of a larger table, with its names and with countries that do not trade.
    ///
    /// Without it, countries are named as in BACI's table that comes with the program, and by their code if they are not in it.
    ///
    /// # Errors
    /// [`FlowTableError::UnknownCountry`] if a country of the flows is not in it.
    pub fn with_countries(mut self, countries: Countries) -> Result<Self, FlowTableError> {
        // Both tables are in the order of their codes, so the flows stay sorted.
        let mut place = Vec::with_capacity(self.countries.len());
        for (_, country) in self.countries.iter() {
            let Some(id) = countries.by_iso3(&country.iso3) else {
                return Err(FlowTableError::UnknownCountry { code: country.iso3.clone() });
            };
            place.push(id.index() as u16);
        }
        for country in self.importers.iter_mut().chain(&mut self.exporters) {
            *country = place[usize::from(*country)];
        }
        (self.countries, self.margins) = (countries, OnceLock::new());
        Ok(self)
    }

    /// What happened to every row.
    pub fn account(&self) -> &IngestAccount {
        &self.account
    }

    /// Number of flows, after repeated pairs are added up.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no flow. Never so: a table without a flow is refused.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The product-years by year and product.
    pub fn product_years(&self) -> impl Iterator<Item = (u16, Hs6)> {
        self.years.iter().flat_map(|year| year.index.iter().map(|entry| (year.year, entry.product)))
    }

    /// Flows of a product-year as (importer, supplier, value), by importer and supplier, positions among the countries; the
    /// order that [`super::TradeMatrix::refill`] takes without sorting.
    pub fn flows(&self, year: u16, product: Hs6) -> impl ExactSizeIterator<Item = (u16, u16, f64)> {
        self.rows(year, product).map(|row| (self.importers[row], self.exporters[row], self.values[row]))
    }

    /// The trade matrix of a product-year; empty if there is no flow.
    pub fn matrix(&self, year: u16, product: Hs6) -> super::TradeMatrix {
        let rows = self.rows(year, product);
        let mut matrix = super::TradeMatrix::default();
        matrix.fill(
            self.countries.len(),
            self.importers[rows.clone()].iter().copied(),
            self.exporters[rows.clone()].iter().copied(),
            self.values[rows].iter().copied(),
        );
        matrix
    }

    fn rows(&self, year: u16, product: Hs6) -> Range<usize> {
        let index = self.traded_in(year);
        index
            .binary_search_by_key(&product, |e| e.product)
            .map_or(0..0, |at| index[at].first_row..index[at].first_row + index[at].flows)
    }

    fn margins_of(&self, year: &YearIndex) -> Margins {
        let mut margins = Margins::new(self.countries.len());
        for row in year.index.iter().flat_map(|entry| entry.first_row..entry.first_row + entry.flows) {
            margins.add(self.exporters[row], self.importers[row], self.values[row]);
        }
        margins
    }

    /// SHA-256 over all flows, countries by their code.
    fn digest(&self) -> (u64, String) {
        let mut hash = Sha256::new();
        let mut bytes = 0;
        for year in &self.years {
            for entry in &year.index {
                let head = format!("{} {} {}\n", year.year, entry.product, entry.flows);
                hash.update(&head);
                bytes += head.len();
                for row in entry.first_row..entry.first_row + entry.flows {
                    for country in [self.exporters[row], self.importers[row]] {
                        let code = self.countries.iso3_at(country);
                        hash.update(code);
                        hash.update(b",");
                        bytes += code.len() + 1;
                    }
                    hash.update(self.values[row].to_le_bytes());
                    let quantity = self.quantities.get(row).copied().unwrap_or(f64::NAN);
                    // One pattern for all that is unknown.
                    hash.update(if quantity.is_nan() { f64::NAN } else { quantity }.to_le_bytes());
                    bytes += 16;
                }
            }
        }
        (bytes as u64, hex(&hash.finalize()))
    }
}

impl FlowSource for FlowTable {
    fn countries(&self) -> &Countries {
        &self.countries
    }

    fn years(&self) -> Vec<u16> {
        self.years.iter().map(|y| y.year).collect()
    }

    fn traded_in(&self, year: u16) -> &[IndexEntry] {
        self.years.iter().find(|y| y.year == year).map_or(&[], |y| &y.index)
    }

    fn read_into(
        &self,
        year: u16,
        products: &[Hs6],
        with_quantity: bool,
        batch: &mut FlowBatch,
    ) -> Result<(), StoreError> {
        batch.clear();
        for &product in products {
            let rows = self.rows(year, product);
            if rows.is_empty() {
                continue;
            }
            let start = batch.values.len();
            batch.products.push((product, start..start + rows.len()));
            batch.importers.extend_from_slice(&self.importers[rows.clone()]);
            batch.exporters.extend_from_slice(&self.exporters[rows.clone()]);
            batch.values.extend_from_slice(&self.values[rows.clone()]);
            if with_quantity {
                let known = |row: usize| self.quantities.get(row).copied().filter(|q| !q.is_nan());
                batch.quantities.extend(rows.map(known));
            }
        }
        Ok(())
    }

    fn margins(&self, year: u16) -> Result<Margins, StoreError> {
        // Asked for several times on the way to a study.
        let all = self.margins.get_or_init(|| self.years.iter().map(|year| self.margins_of(year)).collect());
        let at = self.years.binary_search_by_key(&year, |known| known.year);
        Ok(at.map_or_else(|_| Margins::new(self.countries.len()), |at| all[at].clone()))
    }

    fn products(&self) -> &BTreeMap<Hs6, String> {
        &self.products
    }

    fn has_product_table(&self) -> bool {
        self.has_product_table
    }

    fn provenance(&self) -> Provenance {
        let (bytes, sha256) = self.digest();
        let flows = InputRecord {
            name: "flows".to_owned(),
            role: "flows".to_owned(),
            bytes,
            stamp: String::new(),
            sha256,
            layout: String::new(),
        };
        Provenance { inputs: vec![flows], ..self.about() }
    }

    fn about(&self) -> Provenance {
        Provenance {
            source: self.name.clone(),
            licence: String::new(),
            notes: Vec::new(),
            edition: self.edition.map_or_else(String::new, |edition| edition.to_string()),
            version: String::new(),
            synthetic: false,
            account: (&self.account).into(),
            inputs: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::LeftOut;

    const ROWS: [(i32, &str, &str, &str, f64); 7] = [
        (2020, "850511", "USA", "CHN", 5.0),
        (2019, "284690", "CHN", "USA", 0.1),
        (2019, "284690", "CHN", "USA", 0.7),
        (2019, "284690", "CHN", "USA", 0.3),
        (2019, "284690", "MYS", "CHN", 2.0),
        (2019, "030110", "MYS", "MYS", 9.0),
        (2020, "284690", "MYS", "CHN", 0.0),
    ];

    #[test]
    fn rows_are_grouped_summed_and_accounted_for() {
        let table = FlowTable::from_rows(ROWS).unwrap();
        let found: Vec<String> = table.product_years().map(|(year, p)| format!("{year} {p}")).collect();
        assert_eq!(found, ["2019 284690", "2020 850511"]);
        let code: Hs6 = "284690".parse().unwrap();
        let flows: Vec<_> = table.flows(2019, code).collect();
        assert_eq!(flows, [(0, 1, 2.0), (2, 0, 0.1 + 0.3 + 0.7)]);
        let account = table.account();
        assert!(account.balances());
        assert_eq!((account.rows_read, account.rows_kept, account.duplicates), (7, 3, 2));
        assert_eq!(account.dropped[&LeftOut::SelfTrade].value.get(), 9.0);
        assert_eq!(account.dropped[&LeftOut::ZeroValue].rows, 1);
        assert_eq!(table.countries().get(table.countries().by_iso3("MYS").unwrap()).name, "Malaysia");
        assert_eq!((table.knows(code), table.flow_count(2019, code)), (None, 2));
        assert_eq!(table.margins(2019).unwrap().between(1, 0), 2.0);
    }

    #[test]
    fn any_order_gives_the_same_table() {
        let forward = FlowTable::from_rows(ROWS).unwrap();
        let mut rows = ROWS;
        rows.reverse();
        let backward = FlowTable::from_rows(rows).unwrap();
        assert_eq!(forward.provenance(), backward.provenance());
        let sorted = forward.product_years().flat_map(|(year, product)| {
            forward.flows(year, product).map(move |(c, a, v)| (year, product.to_string(), c, a, v))
        });
        let codes = forward.countries().iso3_codes();
        let again: Vec<_> = sorted.collect();
        let again = FlowTable::from_rows(again.iter().map(|(y, p, c, a, v)| {
            (i32::from(*y), p.as_str(), codes[usize::from(*a)], codes[usize::from(*c)], *v)
        }))
        .unwrap();
        assert_eq!(forward.provenance().inputs, again.provenance().inputs);
    }

    #[test]
    fn what_is_wrong_is_named_with_row_column_and_value() {
        let error = |row| FlowTable::from_rows([ROWS[0], row]).unwrap_err().to_string();
        let place = "row 2 of the flows: column ";
        for (row, message) in [
            ((19, "850511", "USA", "CHN", 1.0), "year: 19 is not a year from 1900 to 2200"),
            (
                (2019, "30110", "USA", "CHN", 1.0),
                "product: '30110' has 5 digits; HS6 codes have six (a leading zero may be lost)",
            ),
            ((2019, "850511", "", "CHN", 1.0), "exporter: '' is not the code of a country"),
            ((2019, "850511", "USA", "CHN", -2.5), "value: -2.5 is negative"),
            ((2019, "850511", "USA", "CHN", f64::NAN), "value: NaN is not a number; leave the row out"),
        ] {
            assert_eq!(error(row), format!("{place}{message}"));
        }
        let empty = FlowTable::from_rows([ROWS[5]]).unwrap_err().to_string();
        assert_eq!(empty, "there is no flow in the table: 1 rows were read, 1 left out");
    }

    #[test]
    fn a_larger_table_of_countries_gives_names_and_keeps_the_flows() {
        let table = FlowTable::from_rows(ROWS).unwrap();
        let larger = table.clone().with_countries(Countries::builtin()).unwrap();
        assert!(larger.countries().len() > 200);
        assert_eq!(table.provenance(), larger.provenance());
        let few = Countries::from_list(vec![]).unwrap();
        let error = table.with_countries(few).unwrap_err().to_string();
        assert_eq!(error, "CHN trades in the flows and is not in the table of countries");
    }
}
