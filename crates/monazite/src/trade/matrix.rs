//! The trade matrix of one product in one year: the unit of all parallel work.

use super::super::nomenclature::CountryId;

/// The exporter x importer matrix T of one product in one year, sparse.
///
/// T[a, c] is what supplier a sends to importer c: **rows are suppliers, columns are
/// importers**, everywhere in this crate. A full-size product-year has a few thousand
/// flows among some 230 countries, so the matrix is kept column by column (one column
/// an importer), with its margins and the import shares s[a, c] = T[a, c] / M_c.
///
/// ```
/// use monazite::trade::TradeMatrix;
/// // Rows: suppliers A, B, C. A sends 60 to B and 30 to C, and so on.
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// assert_eq!(t.imports(), &[10.0, 80.0, 80.0]);
/// assert_eq!(t.exports(), &[90.0, 60.0, 20.0]);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TradeMatrix {
    columns: Vec<Column>,
    suppliers: Vec<u16>,
    values: Vec<f64>,
    shares: Vec<f64>,
    imports: Vec<f64>,
    exports: Vec<f64>,
}

/// One importer's flows: the range of the flow arrays that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Column {
    importer: u16,
    start: u32,
    end: u32,
}

/// All flows into one importer.
#[derive(Debug, Clone, Copy)]
pub struct Imports<'a> {
    /// The importing country, as its position.
    pub importer: u16,
    /// The suppliers, as positions, in ascending order.
    pub suppliers: &'a [u16],
    /// T[a, c], in the unit of the trade data (thousand USD or tonnes).
    pub values: &'a [f64],
    /// s[a, c], in (0, 1]; they sum to one.
    pub shares: &'a [f64],
}

impl TradeMatrix {
    /// An empty matrix over a number of countries.
    pub fn new(countries: usize) -> Self {
        Self { imports: vec![0.0; countries], exports: vec![0.0; countries], ..Self::default() }
    }

    /// Builds the matrix from flows (supplier, importer, value) in any order.
    ///
    /// Flows of a country with itself and flows that are not positive are left out;
    /// several flows of one pair are added up, smallest first, so that the sum does not
    /// depend on the order they came in.
    ///
    /// # Panics
    /// If a country is not below `countries`.
    pub fn from_flows(countries: usize, flows: &[(CountryId, CountryId, f64)]) -> Self {
        let mut triples: Vec<(u16, u16, f64)> =
            flows.iter().map(|&(a, c, v)| (c.index() as u16, a.index() as u16, v)).collect();
        let mut matrix = Self::default();
        matrix.refill(countries, &mut triples);
        matrix
    }

    /// Refills the matrix from flows (importer, supplier, value) in any order, as [`TradeMatrix::from_flows`], and reuses the
    /// memory of the matrix it replaces.
    ///
    /// Flows of a country with itself and flows that are not above 0 (NaN among them) are taken out of `flows`; it is sorted
    /// by importer and supplier if it is not already, and several flows of one pair are added up, smallest first. The matrix is
    /// the same to the last bit whatever order the flows came in.
    ///
    /// # Panics
    /// If a country is not below `countries`.
    ///
    /// ```
    /// use monazite::trade::TradeMatrix;
    /// let mut matrix = TradeMatrix::default();
    /// let mut flows = vec![(1, 0, 0.7), (0, 0, 9.0), (0, 1, 10.0), (1, 0, 0.1), (1, 0, 0.3)];
    /// matrix.refill(2, &mut flows);
    /// assert_eq!(flows, [(0, 1, 10.0), (1, 0, 0.1 + 0.3 + 0.7)]);
    /// assert_eq!(matrix.imports(), &[10.0, 0.1 + 0.3 + 0.7]);
    /// ```
    pub fn refill(&mut self, countries: usize, flows: &mut Vec<(u16, u16, f64)>) {
        flows.retain(|&(importer, supplier, value)| importer != supplier && value > 0.0);
        if !flows.is_sorted_by(|x, y| (x.0, x.1) < (y.0, y.1)) {
            sort_and_sum(flows);
        }
        self.fill(countries, flows.iter().map(|t| t.0), flows.iter().map(|t| t.1), flows.iter().map(|t| t.2));
    }

    /// Builds the matrix from a dense table, rows = suppliers. The diagonal is left out.
    ///
    /// # Panics
    /// If the table is not square.
    pub fn from_dense(rows: &[&[f64]]) -> Self {
        let flows: Vec<(CountryId, CountryId, f64)> = rows
            .iter()
            .enumerate()
            .flat_map(|(a, row)| {
                assert_eq!(row.len(), rows.len(), "a trade matrix is square");
                row.iter()
                    .enumerate()
                    .map(move |(c, &v)| (CountryId::new(a as u16), CountryId::new(c as u16), v))
            })
            .collect();
        Self::from_flows(rows.len(), &flows)
    }

    /// Refills the matrix from flows that are already sorted by importer and then by
    /// supplier, each pair once, positive, without self-trade: the order of the store.
    ///
    /// Reuses the memory of the matrix it replaces.
    pub fn fill(
        &mut self,
        countries: usize,
        importers: impl Iterator<Item = u16>,
        suppliers: impl Iterator<Item = u16>,
        values: impl Iterator<Item = f64>,
    ) {
        self.suppliers.clear();
        self.suppliers.extend(suppliers);
        self.values.clear();
        self.values.extend(values);
        self.columns.clear();
        self.imports.clear();
        self.imports.resize(countries, 0.0);
        self.exports.clear();
        self.exports.resize(countries, 0.0);
        let mut open: Option<Column> = None;
        for (flow, importer) in (0u32..).zip(importers) {
            match &mut open {
                Some(column) if column.importer == importer => column.end += 1,
                _ => {
                    debug_assert!(open.is_none_or(|c| c.importer < importer), "sorted by importer");
                    self.columns.extend(open);
                    open = Some(Column { importer, start: flow, end: flow + 1 });
                }
            }
        }
        self.columns.extend(open);
        self.shares.resize(self.values.len(), 0.0);
        for column in &self.columns {
            let range = column.start as usize..column.end as usize;
            let mut total = 0.0;
            for (&supplier, &value) in self.suppliers[range.clone()].iter().zip(&self.values[range.clone()]) {
                total += value;
                self.exports[usize::from(supplier)] += value;
            }
            self.imports[usize::from(column.importer)] = total;
            for (share, &value) in self.shares[range.clone()].iter_mut().zip(&self.values[range]) {
                *share = value / total;
            }
        }
    }

    /// Number of countries, traders or not.
    pub fn countries(&self) -> usize {
        self.imports.len()
    }

    /// Number of flows.
    pub fn flows(&self) -> usize {
        self.values.len()
    }

    /// Imports M_c of every country, same unit as the flows; 0 where there are none.
    pub fn imports(&self) -> &[f64] {
        &self.imports
    }

    /// Exports X_a of every country, same unit as the flows; 0 where there are none.
    pub fn exports(&self) -> &[f64] {
        &self.exports
    }

    /// World trade in the product.
    pub fn total(&self) -> f64 {
        self.imports.iter().sum()
    }

    /// Whether a country buys or sells the product at all.
    pub fn trades(&self, country: usize) -> bool {
        self.imports[country] > 0.0 || self.exports[country] > 0.0
    }

    /// The importers with their flows, in ascending order of position.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = Imports<'_>> {
        self.columns.iter().map(|column| {
            let range = column.start as usize..column.end as usize;
            Imports {
                importer: column.importer,
                suppliers: &self.suppliers[range.clone()],
                values: &self.values[range.clone()],
                shares: &self.shares[range],
            }
        })
    }

    /// The flows into one importer; `None` if it imports nothing.
    pub fn imports_of(&self, importer: usize) -> Option<Imports<'_>> {
        let found = self.columns.binary_search_by_key(&importer, |c| usize::from(c.importer)).ok()?;
        self.columns().nth(found)
    }

    /// All flows as (supplier, importer, value), by importer and then supplier.
    pub fn triples(&self) -> impl Iterator<Item = (u16, u16, f64)> {
        self.columns().flat_map(|column| {
            column
                .suppliers
                .iter()
                .zip(column.values)
                .map(move |(&supplier, &value)| (supplier, column.importer, value))
        })
    }
}

/// Sorts (importer, supplier, value) and adds up repeated pairs. Returns how many rows
/// were folded into another one.
///
/// The values of a pair are added in ascending order, so that the sum is the same to the
/// last bit whatever order the rows came in.
pub(crate) fn sort_and_sum(triples: &mut Vec<(u16, u16, f64)>) -> usize {
    triples.sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(x.2.total_cmp(&y.2)));
    let before = triples.len();
    triples.dedup_by(|later, kept| {
        let same = (later.0, later.1) == (kept.0, kept.1);
        if same {
            kept.2 += later.2;
        }
        same
    });
    before - triples.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(position: u16) -> CountryId {
        CountryId::new(position)
    }

    #[test]
    fn margins_and_shares_of_oracle_e1() {
        let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
        assert_eq!(t.imports(), &[10.0, 80.0, 80.0]);
        assert_eq!(t.exports(), &[90.0, 60.0, 20.0]);
        assert_eq!(t.total(), 170.0);
        let b = t.imports_of(1).unwrap();
        assert_eq!((b.suppliers, b.shares), (&[0u16, 2][..], &[0.75, 0.25][..]));
        assert_eq!(t.flows(), 5);
    }

    #[test]
    fn order_of_rows_does_not_matter_and_self_trade_is_left_out() {
        let flows = [
            (id(0), id(1), 0.1),
            (id(2), id(1), 5.0),
            (id(0), id(1), 0.7),
            (id(1), id(1), 9.0),
            (id(0), id(1), 0.3),
            (id(1), id(0), 0.0),
        ];
        let forward = TradeMatrix::from_flows(3, &flows);
        let mut reversed = flows;
        reversed.reverse();
        assert_eq!(forward, TradeMatrix::from_flows(3, &reversed));
        assert_eq!(forward.flows(), 2);
        assert!(forward.imports_of(0).is_none());
        assert!(!forward.trades(1) || forward.imports()[1] > 0.0);
    }

    #[test]
    fn refilling_forgets_what_was_there() {
        let mut t = TradeMatrix::from_dense(&[&[0.0, 60.0], &[10.0, 0.0]]);
        t.fill(3, [2].into_iter(), [0].into_iter(), [7.0].into_iter());
        assert_eq!(t.imports(), &[0.0, 0.0, 7.0]);
        assert_eq!(t.exports(), &[7.0, 0.0, 0.0]);
        assert_eq!(t.columns().len(), 1);
    }
}
