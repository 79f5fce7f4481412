//! The flows of a product-year into the order of importers and exporters, by counting.

use crate::ingest::year_table::Flow;

/// Fewer flows than this are compared.
const FEW: usize = 32;

/// Memory that is used again from product-year to product-year.
#[derive(Debug, Default)]
pub(super) struct PairSorter {
    countries: usize,
    counts: Vec<u32>,
    other: Vec<Flow>,
}

impl PairSorter {
    pub(super) fn new(countries: usize) -> Self {
        Self { countries, ..Self::default() }
    }

    /// Sorts flows by importer and exporter; those of one pair stay in the order in which they come.
    pub(super) fn sort(&mut self, flows: &mut Vec<Flow>) {
        if flows.len() < FEW || self.countries > 4 * flows.len() {
            flows.sort_by_key(|flow| (flow.importer, flow.exporter));
            return;
        }
        let Self { countries, counts, other } = self;
        // Flows often come by exporter, as a release has them.
        if !flows.is_sorted_by_key(|flow| flow.exporter) {
            by_country(flows, other, counts, *countries, |flow| flow.exporter);
        }
        by_country(flows, other, counts, *countries, |flow| flow.importer);
    }
}

fn by_country(
    flows: &mut Vec<Flow>,
    other: &mut Vec<Flow>,
    counts: &mut Vec<u32>,
    countries: usize,
    country: impl Fn(&Flow) -> u16,
) {
    counts.clear();
    counts.resize(countries + 1, 0);
    flows.iter().for_each(|flow| counts[usize::from(country(flow)) + 1] += 1);
    for at in 0..countries {
        counts[at + 1] += counts[at];
    }
    other.clear();
    other.extend_from_slice(flows);
    for flow in flows.iter() {
        let place = &mut counts[usize::from(country(flow))];
        other[*place as usize] = *flow;
        *place += 1;
    }
    std::mem::swap(flows, other);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_as_by_comparing() {
        for (rows, countries) in [(5usize, 3usize), (200, 7), (1000, 230), (40, 1000)] {
            let mut seed = 7u64;
            let mut next = |below: usize| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                ((seed >> 33) as usize % below) as u16
            };
            let flows: Vec<Flow> = (0..rows)
                .map(|row| Flow {
                    importer: next(countries),
                    exporter: next(countries),
                    value: row as f64,
                    quantity: 0.0,
                })
                .collect();
            let (mut counted, mut compared) = (flows.clone(), flows);
            PairSorter::new(countries).sort(&mut counted);
            compared.sort_by_key(|flow| (flow.importer, flow.exporter));
            assert_eq!(counted, compared, "{rows} rows, {countries} countries");
        }
    }
}
