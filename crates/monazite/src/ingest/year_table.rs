//! The flows of one year: sorted into products piece by piece as they are read, and brought together product by product at the end.

use super::baci::FlowRow;
use crate::nomenclature::Hs6;

/// All flows of one year while they are read, twelve bytes a flow and a little for each product of a piece.
///
/// Each piece of a file is sorted by whoever parsed it, while it lies in the cache, and is not touched again until all are there: then
/// every product is gathered from the pieces, which are read from beginning to end. Nothing depends on the order of the pieces.
#[derive(Debug, Default)]
pub struct YearTable {
    pieces: Vec<Piece>,
    rows: u64,
}

/// Some flows of one year, sorted by product.
#[derive(Debug, Default)]
pub struct Piece {
    /// The products in order, and where the flows of each end.
    products: Vec<(u32, u32)>,
    flows: Vec<PackedFlow>,
    /// Numbers that do not fit into a packed flow.
    wide: Vec<f64>,
    /// Number of the file that they come from, where several make one table.
    source: u32,
}

/// A flow in twelve bytes: BACI has three decimals, so nearly every number is a whole number of thousandths, and comes back to the last bit.
#[derive(Debug, Clone, Copy, Default)]
struct PackedFlow {
    exporter: u16,
    importer: u16,
    value: u32,
    quantity: u32,
}

/// From here on a packed number says where among the wide ones it is.
const WIDE: u32 = 0xf000_0000;
/// A quantity that is not known.
const UNKNOWN: u32 = u32::MAX;

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

impl Piece {
    /// The number in four bytes. Thousandths are kept if they are the very same number: both ways are one correctly rounded step.
    #[inline]
    fn pack(wide: &mut Vec<f64>, number: f64) -> u32 {
        if number.is_nan() {
            return UNKNOWN;
        }
        // Saturates, and is nothing that comes back where it does.
        let thousandths = (number * 1000.0 + 0.5) as u32;
        if thousandths < WIDE && (f64::from(thousandths) / 1000.0).to_bits() == number.to_bits() {
            return thousandths;
        }
        wide.push(number);
        WIDE + (wide.len() - 1) as u32
    }

    #[inline]
    fn unpack(&self, packed: u32) -> f64 {
        match packed {
            UNKNOWN => f64::NAN,
            WIDE.. => self.wide[(packed - WIDE) as usize],
            thousandths => f64::from(thousandths) / 1000.0,
        }
    }

    /// These flows as those of a file.
    pub fn of_source(self, source: u32) -> Self {
        Self { source, ..self }
    }

    /// Hands the flows of a product, if it is the one at `at` of this piece, to `take`, and goes on to the next one.
    #[inline]
    fn of_product(&self, product: Hs6, at: &mut usize, mut take: impl FnMut(Flow)) {
        let Some(&(code, end)) = self.products.get(*at) else { return };
        if code as usize == product.index() {
            let start = if *at == 0 { 0 } else { self.products[*at - 1].1 };
            (start..end).for_each(|flow| take(self.flow(flow as usize)));
            *at += 1;
        }
    }

    #[inline]
    fn flow(&self, at: usize) -> Flow {
        let PackedFlow { exporter, importer, value, quantity } = self.flows[at];
        Flow { exporter, importer, value: self.unpack(value), quantity: self.unpack(quantity) }
    }

    /// Its flows with their products, in order of product.
    pub fn iter(&self) -> impl Iterator<Item = (Hs6, Flow)> {
        let ends = self.products.iter().map(|&(_, end)| end as usize);
        let starts = std::iter::once(0).chain(ends.clone());
        self.products.iter().zip(starts.zip(ends)).flat_map(move |(&(product, _), (start, end))| {
            let product = Hs6::from_index(product as usize).expect("only codes are taken");
            (start..end).map(move |at| (product, self.flow(at)))
        })
    }
}

/// Sorts flows into pieces. Keeps its memory from one piece to the next.
#[derive(Debug)]
pub struct Sorter {
    /// One bit for each code: whether it is among the rows.
    present: Vec<u64>,
    /// Codes present before each word of it.
    before: Vec<u32>,
    /// For each row, its product among those present.
    slots: Vec<u32>,
    /// For each product, where its next flow goes.
    places: Vec<u32>,
}

/// More rows than a piece may have: every number of it may be a wide one, and there has to be room to say which.
const MOST_ROWS: usize = (UNKNOWN - WIDE) as usize / 2;

impl Default for Sorter {
    fn default() -> Self {
        let words = Hs6::TABLE_SIZE.div_ceil(64);
        Self { present: vec![0; words], before: vec![0; words], slots: Vec::new(), places: Vec::new() }
    }
}

impl Sorter {
    /// A piece of these rows, whose year is not looked at; within a product they stay in order.
    ///
    /// # Panics
    /// If there are more than 134 million rows.
    pub fn piece(&mut self, rows: &[FlowRow]) -> Piece {
        assert!(rows.len() < MOST_ROWS, "a block of text has fewer rows");
        self.present.fill(0);
        for row in rows {
            self.present[row.product.index() / 64] |= 1 << (row.product.index() % 64);
        }
        let mut products = Vec::new();
        for (at, (&word, before)) in self.present.iter().zip(&mut self.before).enumerate() {
            *before = products.len() as u32;
            let mut rest = word;
            while rest != 0 {
                products.push(((at * 64) as u32 + rest.trailing_zeros(), 0));
                rest &= rest - 1;
            }
        }
        self.places.clear();
        self.places.resize(products.len() + 1, 0);
        self.slots.clear();
        self.slots.extend(rows.iter().map(|row| {
            let (word, bit) = (row.product.index() / 64, row.product.index() % 64);
            let below = self.present[word] & ((1 << bit) - 1);
            let slot = self.before[word] + below.count_ones();
            self.places[slot as usize + 1] += 1;
            slot
        }));
        accumulate(&mut self.places);
        let mut flows = vec![PackedFlow::default(); rows.len()];
        let mut wide = Vec::new();
        for (row, &slot) in rows.iter().zip(&self.slots) {
            let place = &mut self.places[slot as usize];
            flows[*place as usize] = PackedFlow {
                exporter: row.exporter.index() as u16,
                importer: row.importer.index() as u16,
                value: Piece::pack(&mut wide, row.value),
                quantity: Piece::pack(&mut wide, row.quantity),
            };
            *place += 1;
        }
        for ((_, end), place) in products.iter_mut().zip(&self.places) {
            *end = *place;
        }
        Piece { products, flows, wide, source: 0 }
    }
}

impl YearTable {
    /// Takes flows of the year.
    pub fn take(&mut self, piece: Piece) {
        self.rows += piece.flows.len() as u64;
        self.pieces.push(piece);
    }

    /// Number of flows taken.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of memory that the flows take.
    pub fn bytes(&self) -> usize {
        let of = |p: &Piece| {
            size_of::<(u32, u32)>() * p.products.capacity()
                + size_of::<PackedFlow>() * p.flows.capacity()
                + size_of::<f64>() * p.wide.capacity()
        };
        self.pieces.iter().map(of).sum()
    }

    /// Number of different products.
    pub fn product_count(&self) -> usize {
        self.present().iter().map(|word| word.count_ones() as usize).sum()
    }

    /// One bit for each code that there is.
    fn present(&self) -> Vec<u64> {
        let mut present = vec![0u64; Hs6::TABLE_SIZE.div_ceil(64)];
        for &(product, _) in self.pieces.iter().flat_map(|p| &p.products) {
            present[product as usize / 64] |= 1 << (product % 64);
        }
        present
    }

    /// Whether the flows come from several files.
    pub fn has_several_sources(&self) -> bool {
        self.pieces.windows(2).any(|pair| pair[0].source != pair[1].source)
    }

    /// Hands the flows of each product to `take`, each with the number of its file, in order of code.
    ///
    /// # Errors
    /// What `take` returns.
    pub fn each_product<E>(
        &self,
        mut take: impl FnMut(Hs6, &[(u32, Flow)]) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut at, mut flows) = (vec![0; self.pieces.len()], Vec::new());
        let mut left = Products { pieces: Vec::new(), at: Vec::new(), present: self.present(), word: 0 };
        while let Some(product) = left.next() {
            flows.clear();
            for (piece, at) in self.pieces.iter().zip(&mut at) {
                piece.of_product(product, at, |flow| flows.push((piece.source, flow)));
            }
            take(product, &flows)?;
        }
        Ok(())
    }

    /// Takes the table apart: product after product in order of code.
    pub fn into_products(self) -> Products {
        let present = self.present();
        Products { at: vec![0; self.pieces.len()], pieces: self.pieces, present, word: 0 }
    }
}

/// The products of a year that have not been handed out yet.
#[derive(Debug)]
pub struct Products {
    pieces: Vec<Piece>,
    /// For each piece, its next product.
    at: Vec<usize>,
    /// One bit for each code that is still to come.
    present: Vec<u64>,
    word: usize,
}

impl Products {
    fn next(&mut self) -> Option<Hs6> {
        while *self.present.get(self.word)? == 0 {
            self.word += 1;
        }
        let word = &mut self.present[self.word];
        let index = self.word * 64 + word.trailing_zeros() as usize;
        *word &= *word - 1;
        Hs6::from_index(index)
    }

    /// Hands the flows of a product, the next of [`Products::next`], to `take`.
    fn gather(&mut self, product: Hs6, mut take: impl FnMut(Flow)) {
        for (piece, at) in self.pieces.iter().zip(&mut self.at) {
            piece.of_product(product, at, &mut take);
        }
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
    unsorted: Vec<Flow>,
    starts: Vec<u32>,
}

impl SortedFlows {
    /// Takes the flows of the next product and sorts them; repeated pairs are added up in ascending order of value, so that nothing
    /// depends on the order of the rows. Returns the product and the rows that were folded into another one; `None` after the last.
    ///
    /// # Panics
    /// If a country is not below `countries`.
    pub fn fill(&mut self, products: &mut Products, countries: usize) -> Option<(Hs6, Folded)> {
        let product = products.next()?;
        self.by_exporter.clear();
        products.gather(product, |flow| self.by_exporter.push(flow));
        // Two stable counting sorts, by exporter and by importer. A release is sorted by exporter, so the first is rarely needed.
        if !self.by_exporter.is_sorted_by_key(|flow| flow.exporter) {
            std::mem::swap(&mut self.by_exporter, &mut self.unsorted);
            self.starts.clear();
            self.starts.resize(countries + 1, 0);
            self.unsorted.iter().for_each(|flow| self.starts[usize::from(flow.exporter) + 1] += 1);
            accumulate(&mut self.starts);
            self.by_exporter.clone_from(&self.unsorted);
            for flow in &self.unsorted {
                let place = &mut self.starts[usize::from(flow.exporter)];
                self.by_exporter[*place as usize] = *flow;
                *place += 1;
            }
        }
        let count = self.by_exporter.len();
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
        Some((product, if repeated { self.fold_duplicates() } else { Folded::default() }))
    }

    fn fold_duplicates(&mut self) -> Folded {
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

/// Rows that were added to another one.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Folded {
    /// How many.
    pub rows: u64,
    /// Their value; of the rows of a pair, all but the first in ascending order.
    pub value: f64,
}

/// Sorts flows by importer and exporter and adds up repeated pairs, in ascending order of value and quantity, so that the sums
/// are the same whatever order the rows came in. Returns what was folded into another row.
pub(crate) fn sort_and_sum(flows: &mut Vec<Flow>) -> Folded {
    let pair = |f: &Flow| (f.importer, f.exporter);
    flows.sort_unstable_by(|x, y| {
        pair(x).cmp(&pair(y)).then(x.value.total_cmp(&y.value)).then(x.quantity.total_cmp(&y.quantity))
    });
    let mut folded = Folded::default();
    // A sum with an unknown quantity is unknown: NaN stays NaN.
    flows.dedup_by(|later, kept| {
        let same = pair(later) == pair(kept);
        if same {
            kept.value += later.value;
            kept.quantity += later.quantity;
            folded.rows += 1;
            folded.value += later.value;
        }
        same
    });
    folded
}

fn accumulate(starts: &mut [u32]) {
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
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
        let collect = |rows: &[FlowRow], piece: usize| {
            let mut table = YearTable::default();
            let mut sorter = Sorter::default();
            rows.chunks(piece).for_each(|rows| table.take(sorter.piece(rows)));
            assert_eq!(table.rows(), rows.len() as u64);
            let mut sorted = SortedFlows::default();
            let mut products = table.into_products();
            let mut found = Vec::new();
            while let Some((product, duplicates)) = sorted.fill(&mut products, 30) {
                let flows: Vec<Flow> = (0..sorted.values.len())
                    .map(|at| Flow {
                        importer: sorted.importers[at],
                        exporter: sorted.exporters[at],
                        value: sorted.values[at],
                        quantity: sorted.quantities[at],
                    })
                    .collect();
                found.push((product, flows, duplicates));
            }
            found
        };
        let forward = collect(&rows, 1000);
        assert_eq!(format!("{forward:?}"), format!("{:?}", collect(&rows, 7)), "the same bits in any pieces");
        rows.reverse();
        let backward = collect(&rows, 50);
        assert_eq!(forward.len(), 2);
        assert_eq!(forward[0].0.to_string(), "284690");
        assert_eq!((forward[0].1.len(), forward[0].1[0].value), (1, 6.0));
        assert_eq!(forward[0].2, Folded { rows: 1, value: 5.0 });
        assert!(forward[0].1[0].quantity.is_nan());
        assert_eq!(forward[1].1.len(), 77);
        assert_eq!(forward[1].2.rows, 123);
        assert!(forward[1].1.is_sorted_by_key(|f| (f.importer, f.exporter)));
        assert_eq!(format!("{forward:?}"), format!("{backward:?}"), "the same bits in any order");
    }

    #[test]
    fn a_piece_keeps_every_row_and_the_order_within_a_product() {
        let rows: Vec<FlowRow> = (0..5000)
            .map(|n| {
                let product = Hs6::from_index(n * 7919 % Hs6::TABLE_SIZE / 3000 * 3000).unwrap();
                FlowRow { product, ..row("284690", 1, 2, 1.0 + n as f64, 0.0) }
            })
            .chain([row("9999AA", 3, 4, 1.0, 2.0)])
            .collect();
        let mut expected = rows.clone();
        expected.sort_by_key(|r| r.product);
        let mut sorter = Sorter::default();
        for rows in [&rows[..], &rows[..0], &rows[..1], &rows[..]] {
            let piece = sorter.piece(rows);
            assert_eq!(piece.iter().count(), rows.len());
            if rows.len() == expected.len() {
                let found: Vec<(Hs6, f64)> =
                    piece.iter().map(|(product, flow)| (product, flow.value)).collect();
                assert_eq!(found, expected.iter().map(|r| (r.product, r.value)).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn every_number_comes_back_to_the_last_bit_and_most_in_four_bytes() {
        let short = [0.0, 0.001, 1.5, 0.7, 4_026_531.839, 123.456, f64::NAN];
        let long =
            [4_026_531.84, 1e-9, 0.0005, -0.0, 1e15, 1.0 / 3.0, f64::MIN_POSITIVE, 1e300, 1.000_000_1, -1.0];
        for (numbers, wide) in [(&short[..], 0), (&long[..], long.len())] {
            let rows: Vec<FlowRow> = numbers.iter().map(|&n| row("284690", 1, 2, 7.0, n)).collect();
            let piece = Sorter::default().piece(&rows);
            assert_eq!(piece.wide.len(), wide);
            for ((_, flow), number) in piece.iter().zip(numbers) {
                assert_eq!(flow.quantity.to_bits(), number.to_bits(), "{number}");
            }
        }
    }

    #[test]
    fn a_flow_takes_twelve_bytes_and_eight_more_for_each_product_of_a_piece() {
        let rows: Vec<FlowRow> = (0..10_000u32)
            .map(|n| FlowRow {
                product: Hs6::from_index((n % 500) as usize).unwrap(),
                ..row("284690", 1, 2, f64::from(n + 1) / 1000.0, f64::NAN)
            })
            .collect();
        let mut table = YearTable::default();
        table.take(Sorter::default().piece(&rows));
        assert!((120_000..130_000).contains(&table.bytes()), "{}", table.bytes());
    }
}
