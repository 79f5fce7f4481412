//! Where the products of a chain stand: a row a tier, seeds on top, ordered so that few links cross.
//!
//! The layers are given (the tiers), so what is left of the method of Sugiyama, Tagawa and Toda (IEEE Transactions on Systems, Man, and
//! Cybernetics 11, 1981) is the order within layers and the places: the order goes by the mean place of neighbours, sweep by sweep,
//! then by exchanging neighbours in a row as long as that saves crossings; the places come as near to the mean of the
//! neighbours as the distances allow (isotonic regression). Crates for layered layouts choose layers of their own and draw a layer
//! as one line; here a tier with many products is folded into rows that stand in the gaps of one another.

/// Products and links to lay out, and the room there is.
#[derive(Debug, Clone, Copy)]
pub struct LayoutInput<'a> {
    /// By product: its tier.
    pub tiers: &'a [u8],
    /// Positions of input and output.
    pub links: &'a [[usize; 2]],
    /// Width of the drawing.
    pub width: f64,
    /// By number of the tier: least distance of two products in a row.
    pub spacing: &'a [f64],
    /// By number of the tier: distance of its rows.
    pub row: &'a [f64],
    /// Distance of tiers, from the last row of one to the first row of the next.
    pub gap: f64,
}

/// Places of products.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// By product: its middle, measured from the middle of the first row at the left edge.
    pub places: Vec<[f64; 2]>,
    /// By tier: number and height of its first and last row; tiers without products are left out.
    pub tiers: Vec<(u8, [f64; 2])>,
    /// From the first to the last row.
    pub height: f64,
    /// Crossings of links between tiers, were each tier one row.
    pub crossings: usize,
}

const SWEEPS: usize = 24;

/// Lays out a chain. The same chain always gets the same places.
pub fn layout(input: LayoutInput<'_>) -> Layout {
    let mut numbers: Vec<u8> = input.tiers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    let layer_of: Vec<usize> =
        input.tiers.iter().map(|tier| numbers.binary_search(tier).unwrap_or(0)).collect();
    let mut order: Vec<Vec<usize>> = vec![Vec::new(); numbers.len()];
    for (product, &layer) in layer_of.iter().enumerate() {
        order[layer].push(product);
    }
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); input.tiers.len()];
    for &[from, to] in input.links {
        if layer_of[from] != layer_of[to] {
            neighbours[from].push(to);
            neighbours[to].push(from);
        }
    }
    let order = Order { layer_of: &layer_of, links: input.links, neighbours: &neighbours }.settle(order);
    let crossings = order.crossings;
    let mut places = vec![[0.0; 2]; input.tiers.len()];
    let mut tiers = Vec::new();
    let mut y = 0.0;
    let mut height = 0.0;
    for (layer, products) in order.rows.iter().enumerate() {
        let tier = usize::from(numbers[layer]);
        let rows = rows_of(products.len(), input.width, input.spacing[tier]);
        for (at, &product) in products.iter().enumerate() {
            places[product][1] = y + input.row[tier] * (at % rows) as f64;
        }
        height = y + input.row[tier] * (rows - 1) as f64;
        tiers.push((numbers[layer], [y, height]));
        y = height + input.gap;
    }
    spread(&mut places, &order.rows, &neighbours, input);
    Layout { places, tiers, height, crossings }
}

/// Number of rows into which a tier is folded: as few as keep the distance.
fn rows_of(products: usize, width: f64, spacing: f64) -> usize {
    let in_row = ((width / spacing) as usize).max(1);
    products.div_ceil(in_row).max(1)
}

struct Order<'a> {
    layer_of: &'a [usize],
    links: &'a [[usize; 2]],
    neighbours: &'a [Vec<usize>],
}

struct Settled {
    rows: Vec<Vec<usize>>,
    crossings: usize,
}

impl Order<'_> {
    fn settle(&self, mut rows: Vec<Vec<usize>>) -> Settled {
        let mut best = Settled { crossings: self.crossings(&rows), rows: rows.clone() };
        for sweep in 0..SWEEPS {
            let layers: Vec<usize> =
                if sweep % 2 == 0 { (0..rows.len()).collect() } else { (0..rows.len()).rev().collect() };
            for layer in layers {
                let place = self.shares(&rows);
                let mut keyed: Vec<(f64, usize, usize)> = rows[layer]
                    .iter()
                    .enumerate()
                    .map(|(at, &product)| {
                        let own = place[product];
                        (mean(self.neighbours[product].iter().map(|&n| place[n])).unwrap_or(own), at, product)
                    })
                    .collect();
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                rows[layer] = keyed.into_iter().map(|(_, _, product)| product).collect();
            }
            let crossings = self.crossings(&rows);
            if crossings < best.crossings {
                best = Settled { crossings, rows: rows.clone() };
            }
        }
        self.exchange(&mut best.rows);
        best.crossings = self.crossings(&best.rows);
        best
    }

    /// Exchanges neighbours in a row as long as that saves crossings.
    fn exchange(&self, rows: &mut [Vec<usize>]) {
        let mut place = vec![0usize; self.layer_of.len()];
        for row in rows.iter() {
            for (at, &product) in row.iter().enumerate() {
                place[product] = at;
            }
        }
        for _ in 0..50 {
            let mut better = false;
            for row in rows.iter_mut() {
                for at in 1..row.len() {
                    let (left, right) = (row[at - 1], row[at]);
                    let [now, then] = self.crossings_of_pair(left, right, &place);
                    if then < now {
                        row.swap(at - 1, at);
                        (place[left], place[right]) = (at, at - 1);
                        better = true;
                    }
                }
            }
            if !better {
                return;
            }
        }
    }

    /// Crossings among the links of two neighbours in a row, as they stand and exchanged.
    fn crossings_of_pair(&self, left: usize, right: usize, place: &[usize]) -> [usize; 2] {
        let mut counts = [0, 0];
        for &a in &self.neighbours[left] {
            for &b in &self.neighbours[right] {
                if self.layer_of[a] == self.layer_of[b] {
                    counts[0] += usize::from(place[a] > place[b]);
                    counts[1] += usize::from(place[a] < place[b]);
                }
            }
        }
        counts
    }

    /// Where each product stands in its row, as a share of its length.
    fn shares(&self, rows: &[Vec<usize>]) -> Vec<f64> {
        let mut place = vec![0.0; self.layer_of.len()];
        for row in rows {
            for (at, &product) in row.iter().enumerate() {
                place[product] = (at as f64 + 0.5) / row.len() as f64;
            }
        }
        place
    }

    /// Crossings of links that lie between the same two tiers.
    fn crossings(&self, rows: &[Vec<usize>]) -> usize {
        let mut place = vec![0usize; self.layer_of.len()];
        for row in rows {
            for (at, &product) in row.iter().enumerate() {
                place[product] = at;
            }
        }
        let mut between: Vec<([usize; 2], [usize; 2])> = self
            .links
            .iter()
            .filter(|[from, to]| self.layer_of[*from] != self.layer_of[*to])
            .map(|&[from, to]| {
                let (up, down) =
                    if self.layer_of[from] < self.layer_of[to] { (from, to) } else { (to, from) };
                ([self.layer_of[up], self.layer_of[down]], [place[up], place[down]])
            })
            .collect();
        between.sort_unstable();
        between
            .chunk_by(|a, b| a.0 == b.0)
            .map(|same| {
                // Sorted by the upper end: pairs whose lower ends stand the other way round cross.
                let mut count = 0;
                for (at, (_, a)) in same.iter().enumerate() {
                    count += same[at + 1..].iter().filter(|(_, b)| b[0] > a[0] && b[1] < a[1]).count();
                }
                count
            })
            .sum()
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), v| (sum + v, count + 1));
    (count > 0).then(|| sum / count as f64)
}

/// Moves every row as near to the means of its neighbours as order, distance and edges allow.
fn spread(places: &mut [[f64; 2]], rows: &[Vec<usize>], neighbours: &[Vec<usize>], input: LayoutInput<'_>) {
    let step_of = |row: &Vec<usize>| {
        let spacing = input.spacing[usize::from(input.tiers[row[0]])];
        let folded = rows_of(row.len(), input.width, spacing) as f64;
        (input.width / row.len() as f64).min(spacing / folded)
    };
    for row in rows {
        let step = input.width / row.len() as f64;
        for (at, &product) in row.iter().enumerate() {
            places[product][0] = step * (at as f64 + 0.5);
        }
    }
    for sweep in 0..12 {
        let layers: Vec<usize> =
            if sweep % 2 == 0 { (0..rows.len()).collect() } else { (0..rows.len()).rev().collect() };
        for layer in layers {
            let row = &rows[layer];
            let step = step_of(row);
            let wished: Vec<f64> = row
                .iter()
                .map(|&product| {
                    let own = places[product][0];
                    let of_neighbours = mean(neighbours[product].iter().map(|&n| places[n][0]));
                    // Half way only, so that rows do not crowd in the middle.
                    of_neighbours.map_or(own, |m| 0.5 * (own + m))
                })
                .collect();
            let (low, high) = (0.5 * step, input.width - 0.5 * step);
            let settled = in_order(&wished, step, low, high);
            for (&product, x) in row.iter().zip(settled) {
                places[product][0] = x;
            }
        }
    }
}

/// Places in order, at least `step` apart and within bounds, nearest to those wished for by least squares (pool adjacent violators).
fn in_order(wished: &[f64], step: f64, low: f64, high: f64) -> Vec<f64> {
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for (at, wish) in wished.iter().enumerate() {
        let mut block = (wish - step * at as f64, 1usize);
        while let Some(&(last, count)) = blocks.last() {
            if last <= block.0 {
                break;
            }
            blocks.pop();
            let total = count + block.1;
            block = ((last * count as f64 + block.0 * block.1 as f64) / total as f64, total);
        }
        blocks.push(block);
    }
    let most = high - step * wished.len().saturating_sub(1) as f64;
    let flat = blocks.iter().flat_map(|&(mean, count)| std::iter::repeat_n(mean, count));
    flat.enumerate().map(|(at, mean)| mean.clamp(low, most.max(low)) + step * at as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input<'a>(tiers: &'a [u8], links: &'a [[usize; 2]]) -> LayoutInput<'a> {
        LayoutInput { tiers, links, width: 400.0, spacing: &[20.0; 5], row: &[14.0; 5], gap: 40.0 }
    }

    #[test]
    fn a_crossing_that_need_not_be_is_not() {
        // Two seeds, each with its own input, named crosswise.
        let made = layout(input(&[0, 0, 1, 1], &[[3, 0], [2, 1]]));
        assert_eq!(made.crossings, 0);
        let x = |n: usize| made.places[n][0];
        assert_eq!(x(0) < x(1), x(3) < x(2));
        assert_eq!(made.tiers, [(0, [0.0, 0.0]), (1, [40.0, 40.0])]);
    }

    #[test]
    fn the_complete_graph_of_three_and_three_has_nine_crossings() {
        let links: Vec<[usize; 2]> = (3..6).flat_map(|a| (0..3).map(move |b| [a, b])).collect();
        assert_eq!(layout(input(&[0, 0, 0, 1, 1, 1], &links)).crossings, 9);
    }

    #[test]
    fn places_keep_order_distance_and_bounds() {
        let settled = in_order(&[5.0, 4.0, 90.0, 95.0], 10.0, 5.0, 95.0);
        assert_eq!(settled, [5.0, 15.0, 85.0, 95.0]);
    }

    #[test]
    fn many_products_are_folded_without_overlap() {
        let tiers: Vec<u8> = (0..168u32).map(|n| [0, 1, 2, 2, 3, 3, 3, 4][(n % 8) as usize]).collect();
        let links: Vec<[usize; 2]> = (0..500usize)
            .map(|n| [(n * 37) % 168, (n * 101 + 13) % 168])
            .filter(|[a, b]| tiers[*a] > tiers[*b])
            .collect();
        let made = layout(input(&tiers, &links));
        assert_eq!(made, layout(input(&tiers, &links)));
        for a in 0..168 {
            assert!((0.0..=400.0).contains(&made.places[a][0]));
            for b in 0..a {
                let apart = [0, 1].map(|axis| (made.places[a][axis] - made.places[b][axis]).abs());
                assert!(apart[0] > 9.0 || apart[1] > 13.0, "{a} {b} {apart:?}");
            }
        }
        let unordered = Order {
            layer_of: &tiers.iter().map(|t| usize::from(*t)).collect::<Vec<_>>(),
            links: &links,
            neighbours: &[],
        };
        let plain: Vec<Vec<usize>> =
            (0..5).map(|tier| (0..168).filter(|n| tiers[*n] == tier).collect()).collect();
        assert!(made.crossings * 10 < unordered.crossings(&plain) * 9);
    }
}
