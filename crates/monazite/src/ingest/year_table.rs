//! The flows of one year, sorted into products as they arrive.

use super::baci::FlowRow;
use crate::nomenclature::Hs6;

/// Flows in one block of memory.
const BLOCK: usize = 64;

/// All flows of one year while they are read, grouped by product, twenty bytes a flow.
///
/// Rows go into small blocks per product, so that nothing is ever copied to grow and the memory is that of
/// the rows themselves.
pub struct YearTable {
    slot_of: Vec<u32>,
    products: Vec<ProductRows>,
    rows: u64,
}

/// All flows of one product and year, unsorted.
pub struct ProductRows {
    /// The product.
    pub product: Hs6,
    /// The block that is being filled; kept here so that a row costs one miss of the cache, not three.
    open: Vec<PackedFlow>,
    /// Full blocks.
    full: Vec<Vec<PackedFlow>>,
}

/// A flow in twenty bytes: the doubles are kept as halves, so that nothing is lost to alignment and a row
/// lies in one cache line or two.
#[derive(Clone, Copy)]
struct PackedFlow {
    exporter: u16,
    importer: u16,
    value: [u32; 2],
    quantity: [u32; 2],
}

impl PackedFlow {
    #[inline]
    fn pack(flow: Flow) -> Self {
        let halves = |number: f64| [number.to_bits() as u32, (number.to_bits() >> 32) as u32];
        Self {
            exporter: flow.exporter,
            importer: flow.importer,
            value: halves(flow.value),
            quantity: halves(flow.quantity),
        }
    }

    #[inline]
    fn unpack(self) -> Flow {
        let whole = |[low, high]: [u32; 2]| f64::from_bits(u64::from(low) | (u64::from(high) << 32));
        Flow {
            exporter: self.exporter,
            importer: self.importer,
            value: whole(self.value),
            quantity: whole(self.quantity),
        }
    }
}

/// One flow of one product and year: (importer, exporter) sort first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// Importing country, position in the table of countries.
    pub importer: u16,
    /// Exporting country, position in the table of countries.
    pub exporter: u16,
    /// Thousand USD.
    pub value: f64,
    /// Tonnes; NaN where unknown.
    pub quantity: f64,
}

const NO_SLOT: u32 = u32::MAX;

impl Default for YearTable {
    fn default() -> Self {
        Self { slot_of: vec![NO_SLOT; Hs6::TABLE_SIZE], products: Vec::new(), rows: 0 }
    }
}

impl YearTable {
    /// Takes flows; their year is not looked at. Fastest if flows of one product stand together.
    pub fn push(&mut self, rows: &[FlowRow]) {
        for run in rows.chunk_by(|a, b| a.product == b.product) {
            let slot = self.slot(run[0].product);
            for row in run {
                self.products[slot].push(Flow {
                    importer: row.importer.index() as u16,
                    exporter: row.exporter.index() as u16,
                    value: row.value,
                    quantity: row.quantity,
                });
            }
        }
        self.rows += rows.len() as u64;
    }

    /// Takes one flow of a product.
    pub fn add(&mut self, product: Hs6, flow: Flow) {
        let slot = self.slot(product);
        self.products[slot].push(flow);
        self.rows += 1;
    }

    fn slot(&mut self, product: Hs6) -> usize {
        let slot = &mut self.slot_of[product.index()];
        if *slot == NO_SLOT {
            // There are fewer codes than fit: a million.
            *slot = self.products.len() as u32;
            self.products.push(ProductRows { product, open: Vec::new(), full: Vec::new() });
        }
        *slot as usize
    }

    /// Number of flows taken.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Number of different products.
    pub fn product_count(&self) -> usize {
        self.products.len()
    }

    /// Takes the table apart: product after product in order of code. Memory is given back as the products are
    /// dropped.
    pub fn into_products(self) -> impl ExactSizeIterator<Item = ProductRows> {
        let mut products = self.products;
        products.sort_by_key(|p| p.product);
        products.into_iter()
    }
}

/// The flows of one product and year by importer and then exporter, each pair once.
///
/// Keeps its memory from one product to the next.
#[derive(Debug, Default)]
pub struct SortedFlows {
    /// Importing countries, positions in the table of countries.
    pub importers: Vec<u16>,
    /// Exporting countries, positions in the table of countries.
    pub exporters: Vec<u16>,
    /// Thousand USD.
    pub values: Vec<f64>,
    /// Tonnes; NaN where unknown.
    pub quantities: Vec<f64>,
    by_exporter: Vec<Flow>,
    starts: Vec<u32>,
}

impl SortedFlows {
    /// Sorts the flows of a product; repeated pairs are added up in ascending order of value, so that nothing
    /// depends on the order of the rows. Returns how many rows were folded into another one.
    ///
    /// # Panics
    /// If a country is not below `countries`.
    pub fn fill(&mut self, rows: &ProductRows, countries: usize) -> u64 {
        // Two stable counting sorts: by exporter, then by importer.
        let count = rows.len();
        self.starts.clear();
        self.starts.resize(countries + 1, 0);
        rows.each(|flow| self.starts[usize::from(flow.exporter) + 1] += 1);
        accumulate(&mut self.starts);
        self.by_exporter.resize(count, Flow { importer: 0, exporter: 0, value: 0.0, quantity: 0.0 });
        rows.each(|flow| {
            let place = &mut self.starts[usize::from(flow.exporter)];
            self.by_exporter[*place as usize] = flow.unpack();
            *place += 1;
        });
        self.starts.clear();
        self.starts.resize(countries + 1, 0);
        for flow in &self.by_exporter {
            self.starts[usize::from(flow.importer) + 1] += 1;
        }
        accumulate(&mut self.starts);
        self.importers.resize(count, 0);
        self.exporters.resize(count, 0);
        self.values.resize(count, 0.0);
        self.quantities.resize(count, 0.0);
        for flow in &self.by_exporter {
            let place = &mut self.starts[usize::from(flow.importer)];
            let at = *place as usize;
            self.importers[at] = flow.importer;
            self.exporters[at] = flow.exporter;
            self.values[at] = flow.value;
            self.quantities[at] = flow.quantity;
            *place += 1;
        }
        let repeated = (1..count).any(|at| {
            self.exporters[at] == self.exporters[at - 1] && self.importers[at] == self.importers[at - 1]
        });
        if repeated { self.fold_duplicates() } else { 0 }
    }

    fn fold_duplicates(&mut self) -> u64 {
        let folded = sort_and_sum(&mut self.by_exporter);
        self.importers.clear();
        self.exporters.clear();
        self.values.clear();
        self.quantities.clear();
        for flow in &self.by_exporter {
            self.importers.push(flow.importer);
            self.exporters.push(flow.exporter);
            self.values.push(flow.value);
            self.quantities.push(flow.quantity);
        }
        folded
    }
}

/// Sorts flows by importer and exporter and adds up repeated pairs, in ascending order of value and quantity, so that the sums
/// are the same whatever order the rows came in. Returns how many were folded into another one.
pub(crate) fn sort_and_sum(flows: &mut Vec<Flow>) -> u64 {
    let before = flows.len();
    let pair = |f: &Flow| (f.importer, f.exporter);
    flows.sort_unstable_by(|x, y| {
        pair(x).cmp(&pair(y)).then(x.value.total_cmp(&y.value)).then(x.quantity.total_cmp(&y.quantity))
    });
    // A sum with an unknown quantity is unknown: NaN stays NaN.
    flows.dedup_by(|later, kept| {
        let same = pair(later) == pair(kept);
        if same {
            kept.value += later.value;
            kept.quantity += later.quantity;
        }
        same
    });
    (before - flows.len()) as u64
}

fn accumulate(starts: &mut [u32]) {
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
}

impl ProductRows {
    #[inline]
    fn push(&mut self, flow: Flow) {
        if self.open.len() == self.open.capacity() {
            self.next_block();
        }
        self.open.push(PackedFlow::pack(flow));
    }

    #[cold]
    fn next_block(&mut self) {
        let full = std::mem::replace(&mut self.open, Vec::with_capacity(BLOCK));
        if !full.is_empty() {
            self.full.push(full);
        }
    }

    fn len(&self) -> usize {
        self.full.iter().map(Vec::len).sum::<usize>() + self.open.len()
    }

    #[inline]
    fn each(&self, take: impl FnMut(&PackedFlow)) {
        self.full.iter().flatten().chain(&self.open).for_each(take);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomenclature::CountryId;

    fn row(product: &str, exporter: u16, importer: u16, value: f64, quantity: f64) -> FlowRow {
        FlowRow {
            year: 2007,
            exporter: CountryId::new(exporter),
            importer: CountryId::new(importer),
            product: product.parse().unwrap(),
            value,
            quantity,
        }
    }

    #[test]
    fn products_come_out_in_order_with_their_flows_sorted_and_summed() {
        let mut rows = Vec::new();
        for n in 0..200u16 {
            rows.push(row("850511", n % 7, 10 + n % 11, f64::from(n) + 0.1, 1.0));
        }
        rows.push(row("284690", 3, 4, 5.0, f64::NAN));
        rows.push(row("284690", 3, 4, 1.0, 2.0));
        let collect = |rows: &[FlowRow]| {
            let mut table = YearTable::default();
            table.push(rows);
            assert_eq!(table.rows(), rows.len() as u64);
            let mut sorted = SortedFlows::default();
            table
                .into_products()
                .map(|product| {
                    let duplicates = sorted.fill(&product, 30);
                    let flows: Vec<Flow> = (0..sorted.values.len())
                        .map(|at| Flow {
                            importer: sorted.importers[at],
                            exporter: sorted.exporters[at],
                            value: sorted.values[at],
                            quantity: sorted.quantities[at],
                        })
                        .collect();
                    (product.product, flows, duplicates)
                })
                .collect::<Vec<_>>()
        };
        let forward = collect(&rows);
        rows.reverse();
        let backward = collect(&rows);
        assert_eq!(forward.len(), 2);
        assert_eq!(forward[0].0.to_string(), "284690");
        assert_eq!((forward[0].1.len(), forward[0].1[0].value, forward[0].2), (1, 6.0, 1));
        assert!(forward[0].1[0].quantity.is_nan());
        assert_eq!(forward[1].1.len(), 77);
        assert_eq!(forward[1].2, 123);
        assert!(forward[1].1.is_sorted_by_key(|f| (f.importer, f.exporter)));
        assert_eq!(format!("{forward:?}"), format!("{backward:?}"), "the same bits in any order");
    }
}
