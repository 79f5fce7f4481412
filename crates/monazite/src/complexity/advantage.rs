//! M: which country exports which product with comparative advantage.

/// The matrix M of countries and products: M\[c, p\] is 1 if country c exports product p with comparative advantage, otherwise 0.
///
/// Diversity k_c is the number of products of a country, ubiquity k_p the number of countries of a product.
///
/// ```
/// use monazite::complexity::Advantage;
/// let m = Advantage::from_rows(&["110", "101"]);
/// assert_eq!((m.diversity(), m.ubiquity(0)), (&[2, 2][..], 2));
/// assert!(m.holds(1, 2) && !m.holds(0, 2));
/// assert_eq!(m.exporters(0), [0, 1]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advantage {
    /// Where the exporters of each product begin, and where the last ones end.
    starts: Vec<usize>,
    exporters: Vec<u16>,
    diversity: Vec<u32>,
}

/// Countries and products that have nothing to do with the others: no chain of common products or exporters leads to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Positions of the countries, ascending.
    pub countries: Vec<usize>,
    /// Positions of the products, ascending.
    pub products: Vec<usize>,
}

impl Advantage {
    /// M from the exporters of each product, ascending, as positions among `countries`.
    ///
    /// # Panics
    /// If the exporters of a product are not ascending positions.
    pub fn new<T: IntoIterator<Item = u16>>(countries: usize, products: impl IntoIterator<Item = T>) -> Self {
        let mut made = Self { starts: vec![0], exporters: Vec::new(), diversity: vec![0; countries] };
        for of in products {
            let start = made.exporters.len();
            made.exporters.extend(of);
            let exporters = &made.exporters[start..];
            assert!(exporters.is_sorted_by(|a, b| a < b), "exporters are ascending");
            for &exporter in exporters {
                made.diversity[usize::from(exporter)] += 1;
            }
            made.starts.push(made.exporters.len());
        }
        made
    }

    /// M from a line of 0 and 1 for each country, for examples and tests.
    ///
    /// # Panics
    /// If the lines differ in length.
    pub fn from_rows(rows: &[&str]) -> Self {
        let products = rows.first().map_or(0, |row| row.len());
        assert!(rows.iter().all(|row| row.len() == products), "every country has a digit for each product");
        let of = |p: usize| {
            rows.iter().enumerate().filter(move |(_, row)| row.as_bytes()[p] == b'1').map(|(c, _)| c as u16)
        };
        Self::new(rows.len(), (0..products).map(of))
    }

    /// Number of countries.
    pub fn countries(&self) -> usize {
        self.diversity.len()
    }

    /// Number of products.
    pub fn products(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of ones.
    pub fn ones(&self) -> usize {
        self.exporters.len()
    }

    /// The countries that export a product with advantage, ascending.
    pub fn exporters(&self, product: usize) -> &[u16] {
        &self.exporters[self.starts[product]..self.starts[product + 1]]
    }

    /// k_p, the number of countries that export a product with advantage.
    pub fn ubiquity(&self, product: usize) -> usize {
        self.starts[product + 1] - self.starts[product]
    }

    /// k_c of each country: the number of products that it exports with advantage.
    pub fn diversity(&self) -> &[u32] {
        &self.diversity
    }

    /// Whether a country exports a product with advantage.
    pub fn holds(&self, country: usize, product: usize) -> bool {
        u16::try_from(country).is_ok_and(|c| self.exporters(product).binary_search(&c).is_ok())
    }

    /// For each product the bits of its exporters, in words of 64; how many words a product has is the second.
    pub fn bits(&self) -> (Vec<u64>, usize) {
        let words = self.countries().div_ceil(64).max(1);
        let mut bits = vec![0u64; words * self.products()];
        for product in 0..self.products() {
            for &c in self.exporters(product) {
                bits[product * words + usize::from(c) / 64] |= 1 << (c % 64);
            }
        }
        (bits, words)
    }

    /// The parts of M that have nothing to do with one another, the largest (by countries, then products) first. Countries and products with no one
    /// are parts of their own.
    ///
    /// ```
    /// use monazite::complexity::Advantage;
    /// let parts = Advantage::from_rows(&["1100", "0110", "0001"]).components();
    /// assert_eq!(parts.len(), 2);
    /// assert_eq!((&parts[1].countries[..], &parts[1].products[..]), (&[2][..], &[3][..]));
    /// ```
    pub fn components(&self) -> Vec<Component> {
        let countries = self.countries();
        let mut parent: Vec<usize> = (0..countries + self.products()).collect();
        for product in 0..self.products() {
            for &c in self.exporters(product) {
                let (a, b) = (root(&mut parent, usize::from(c)), root(&mut parent, countries + product));
                parent[a.max(b)] = a.min(b);
            }
        }
        let mut place = vec![usize::MAX; parent.len()];
        let mut parts: Vec<Component> = Vec::new();
        for node in 0..parent.len() {
            let of = root(&mut parent, node);
            if place[of] == usize::MAX {
                place[of] = parts.len();
                parts.push(Component { countries: Vec::new(), products: Vec::new() });
            }
            let part = &mut parts[place[of]];
            if node < countries {
                part.countries.push(node);
            } else {
                part.products.push(node - countries);
            }
        }
        parts.sort_by_key(|part| std::cmp::Reverse((part.countries.len(), part.products.len())));
        parts
    }
}

/// Who stands for the part that a node is of; the way there is halved.
fn root(parent: &mut [usize], mut node: usize) -> usize {
    while parent[node] != node {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_columns_and_bits_say_the_same() {
        let rows = ["111111", "111100", "111010", "110000", "100100"];
        let m = Advantage::from_rows(&rows);
        assert_eq!((m.countries(), m.products(), m.ones()), (5, 6, 18));
        assert_eq!(m.diversity(), [6, 4, 4, 2, 2]);
        assert_eq!((0..6).map(|p| m.ubiquity(p)).collect::<Vec<_>>(), [5, 4, 3, 3, 2, 1]);
        let (bits, words) = m.bits();
        assert_eq!(words, 1);
        for (c, row) in rows.iter().enumerate() {
            for (p, digit) in row.bytes().enumerate() {
                assert_eq!(m.holds(c, p), digit == b'1');
                assert_eq!(bits[p] >> c & 1 == 1, digit == b'1');
            }
        }
        assert_eq!(m.components().len(), 1);
        assert!(!m.holds(99_999, 0));
        let many = Advantage::new(130, [vec![0u16, 64, 129]]);
        assert_eq!(many.bits(), (vec![1, 1, 2], 3));
    }

    #[test]
    fn parts_without_a_link_are_told_apart() {
        let parts = Advantage::from_rows(&["00110", "10000", "00011", "01000", "00000"]).components();
        let found: Vec<(&[usize], &[usize])> =
            parts.iter().map(|part| (&part.countries[..], &part.products[..])).collect();
        let expected: [(&[usize], &[usize]); 4] =
            [(&[0, 2], &[2, 3, 4]), (&[1], &[0]), (&[3], &[1]), (&[4], &[])];
        assert_eq!(found, expected);
    }
}
