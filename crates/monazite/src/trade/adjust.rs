//! Adjustments of a product-year's flows before the trade matrix is made: groups, entrepots, country sets.

use super::matrix::sort_and_sum;

/// Flows of one product-year as (importer, supplier, value), and what was taken out of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flows {
    /// (importer, supplier, value).
    pub triples: Vec<(u16, u16, f64)>,
    /// Value of trade within groups, taken out.
    pub within_groups: f64,
    /// Value of flows from suppliers without a stability score, taken out.
    pub without_stability: f64,
    /// Value of flows from or to countries outside the country set, taken out.
    pub outside_country_set: f64,
    /// Value of imports that are a trickle beside the exports of the same country, taken out.
    pub trickles: f64,
    /// Value of re-exports traced to their origin.
    pub traced: f64,
}

impl Flows {
    /// Puts every country in the place its group has; trade within a group is taken out.
    pub fn merge(&mut self, place: &[u16]) {
        for (importer, supplier, _) in &mut self.triples {
            *importer = place[usize::from(*importer)];
            *supplier = place[usize::from(*supplier)];
        }
        let within = &mut self.within_groups;
        self.triples.retain(|(importer, supplier, value)| {
            let keep = importer != supplier;
            if !keep {
                *within += value;
            }
            keep
        });
        sort_and_sum(&mut self.triples);
    }

    /// Takes out the flows of suppliers for which `known` is false.
    pub fn drop_suppliers(&mut self, known: impl Fn(u16) -> bool) {
        let dropped = &mut self.without_stability;
        self.triples.retain(|&(_, supplier, value)| {
            let keep = known(supplier);
            if !keep {
                *dropped += value;
            }
            keep
        });
    }

    /// Takes out all flows but those between countries of a set.
    pub fn keep_countries(&mut self, within: &[bool]) {
        let dropped = &mut self.outside_country_set;
        self.triples.retain(|&(importer, supplier, value)| {
            let keep = within[usize::from(importer)] && within[usize::from(supplier)];
            if !keep {
                *dropped += value;
            }
            keep
        });
    }

    /// Takes out what a country imports where it is less than a share of what it exports, in all such countries at once.
    ///
    /// `below` is that share, θ: all flows into countries d with 0 < M_d < θ X_d go, where M and X are the imports and exports before any
    /// flow goes. The others keep their import shares, so that STR of the paper is as if column d of V were 0 for all of them together.
    /// It answers how much of STR hangs on trickles, and is no cure of them: it is a cliff, and an importer that counts as one has STR 1.
    ///
    /// ```
    /// use monazite::trade::adjust::Flows;
    /// // (importer, supplier, value): a mine sells 1,000 and buys a sample of 1.
    /// let mut flows = Flows { triples: vec![(0, 1, 1.0), (1, 0, 1000.0), (2, 1, 500.0)], ..Flows::default() };
    /// flows.remove_trickles(3, 0.01);
    /// assert_eq!((flows.triples.as_slice(), flows.trickles), (&[(1, 0, 1000.0), (2, 1, 500.0)][..], 1.0));
    /// ```
    ///
    /// # Panics
    /// If a country is not below `countries`.
    pub fn remove_trickles(&mut self, countries: usize, below: f64) {
        let [mut imports, mut exports] = [vec![0.0; countries], vec![0.0; countries]];
        for &(importer, supplier, value) in &self.triples {
            imports[usize::from(importer)] += value;
            exports[usize::from(supplier)] += value;
        }
        let dropped = &mut self.trickles;
        self.triples.retain(|&(importer, _, value)| {
            let d = usize::from(importer);
            let keep = imports[d] >= below * exports[d];
            if !keep {
                *dropped += value;
            }
            keep
        });
    }

    /// Traces re-exports of entrepots to where the entrepots buy.
    ///
    /// `share[h]` is the part of the exports of h that are re-exports, 0 for most countries. That part of every flow out
    /// of h is laid at the door of the suppliers of h, in proportion to their shares in its imports; if one of them
    /// is an entrepot itself, its part is traced further. What an entrepot buys is left as recorded, since trade data do not tell
    /// what stays. Goods that come back to where they were made are taken out. An entrepot that
    /// imports nothing has nothing to trace and keeps its exports.
    pub fn trace_reexports(&mut self, share: &[f64]) {
        let imports = import_shares(&self.triples, share);
        let origins: Vec<(u16, Vec<(u16, f64)>)> = imports
            .iter()
            .filter(|(hub, _)| share[usize::from(*hub)] > 0.0)
            .map(|(hub, _)| (*hub, origins_of(*hub, share, &imports)))
            .collect();
        if origins.is_empty() {
            return;
        }
        let mut traced = Vec::with_capacity(self.triples.len());
        for &(importer, supplier, value) in &self.triples {
            let Ok(found) = origins.binary_search_by_key(&supplier, |o| o.0) else {
                traced.push((importer, supplier, value));
                continue;
            };
            let again = share[usize::from(supplier)] * value;
            if value > again {
                traced.push((importer, supplier, value - again));
            }
            self.traced += again;
            for &(origin, part) in &origins[found].1 {
                if origin != importer && again * part > 0.0 {
                    traced.push((importer, origin, again * part));
                }
            }
        }
        self.triples = traced;
        sort_and_sum(&mut self.triples);
    }
}

type ImportShares = Vec<(u16, Vec<(u16, f64)>)>;

/// Import shares of every entrepot that imports, by position.
fn import_shares(triples: &[(u16, u16, f64)], share: &[f64]) -> ImportShares {
    let mut imports: ImportShares = Vec::new();
    for &(importer, supplier, value) in triples {
        if share[usize::from(importer)] > 0.0 {
            match imports.last_mut() {
                Some((hub, suppliers)) if *hub == importer => suppliers.push((supplier, value)),
                _ => imports.push((importer, vec![(supplier, value)])),
            }
        }
    }
    for (_, suppliers) in &mut imports {
        let total: f64 = suppliers.iter().map(|s| s.1).sum();
        suppliers.iter_mut().for_each(|s| s.1 /= total);
    }
    imports
}

/// Rounds of tracing after which what is still on its way between entrepots is left with the last of them.
const MOST_ROUNDS: usize = 200;

/// Where the re-exports of an entrepot come from, as shares that sum to one.
fn origins_of(hub: u16, share: &[f64], imports: &ImportShares) -> Vec<(u16, f64)> {
    let mut arrived = vec![0.0; share.len()];
    let mut travelling = vec![(hub, 1.0)];
    for _ in 0..MOST_ROUNDS {
        let mut next: Vec<(u16, f64)> = Vec::new();
        for (at, mass) in travelling {
            match imports.binary_search_by_key(&at, |i| i.0) {
                Err(_) => arrived[usize::from(at)] += mass,
                Ok(found) => {
                    for &(supplier, part) in &imports[found].1 {
                        let again = share[usize::from(supplier)];
                        arrived[usize::from(supplier)] += mass * part * (1.0 - again);
                        if again > 0.0 {
                            next.push((supplier, mass * part * again));
                        }
                    }
                }
            }
        }
        next.sort_by_key(|n| n.0);
        next.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 += later.1;
            }
            same
        });
        travelling = next;
        if travelling.iter().map(|t| t.1).sum::<f64>() < 1e-15 {
            break;
        }
    }
    for (at, mass) in travelling {
        arrived[usize::from(at)] += mass;
    }
    (0..share.len() as u16)
        .filter(|&c| arrived[usize::from(c)] > 0.0)
        .map(|c| (c, arrived[usize::from(c)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::{Leontief, RiskParameters, systemic_trade_risk};
    use crate::nomenclature::CountryId;
    use crate::trade::TradeMatrix;

    fn matrix(flows: &Flows, countries: usize) -> TradeMatrix {
        let flows: Vec<_> =
            flows.triples.iter().map(|&(c, a, v)| (CountryId::new(a), CountryId::new(c), v)).collect();
        TradeMatrix::from_flows(countries, &flows)
    }

    /// Oracle H2: A sends 100 to HK and 50 to X, HK sends 80 to A and 50 to X.
    fn h2() -> Flows {
        Flows { triples: vec![(0, 1, 80.0), (1, 0, 100.0), (2, 0, 50.0), (2, 1, 50.0)], ..Flows::default() }
    }

    #[test]
    fn oracle_h2_netted() {
        let mut flows = h2();
        flows.trace_reexports(&[0.0, 1.0, 0.0]);
        assert_eq!(flows.triples, [(1, 0, 100.0), (2, 0, 100.0)]);
        assert_eq!(flows.traced, 130.0);
        let risk = systemic_trade_risk(
            &matrix(&flows, 3),
            &[0.72, 0.4, 0.3],
            &RiskParameters::default(),
            &mut Leontief::default(),
        );
        let str: Vec<f64> = risk.str.iter().map(|s| s.unwrap()).collect();
        assert_eq!(str, [1.0, 1.72, 1.72]);
    }

    #[test]
    fn oracle_h2_merged() {
        let mut flows = h2();
        flows.merge(&[0, 0, 1]);
        assert_eq!(flows.triples, [(1, 0, 100.0)]);
        assert_eq!(flows.within_groups, 180.0);
    }

    #[test]
    fn a_chain_of_entrepots_is_traced_to_its_origin_and_keeps_the_value() {
        // M -> hub 1 -> hub 2 -> X, and hub 2 also makes half of what it exports.
        let mut flows = Flows { triples: vec![(1, 0, 60.0), (2, 1, 40.0), (3, 2, 30.0)], ..Flows::default() };
        flows.trace_reexports(&[0.0, 1.0, 0.5, 0.0]);
        assert_eq!(flows.triples, [(1, 0, 60.0), (2, 0, 40.0), (3, 0, 15.0), (3, 2, 15.0)]);
    }

    #[test]
    fn two_entrepots_that_only_trade_with_each_other_keep_their_exports() {
        let mut flows = Flows { triples: vec![(0, 1, 5.0), (1, 0, 5.0), (2, 0, 8.0)], ..Flows::default() };
        flows.trace_reexports(&[1.0, 1.0, 0.0]);
        let into_x: f64 = flows.triples.iter().filter(|t| t.0 == 2).map(|t| t.2).sum();
        assert!((into_x - 8.0).abs() < 1e-12);
    }

    #[test]
    fn trickles_go_together_and_shares_of_the_others_stay() {
        // A and B sell 100 each and buy a trickle of one another; C buys from both. Without them STR of C is 1 + the mean of w.
        let mut flows = Flows {
            triples: vec![(0, 1, 0.5), (1, 0, 0.25), (2, 0, 100.0), (2, 1, 100.0)],
            ..Flows::default()
        };
        flows.remove_trickles(3, 0.01);
        assert_eq!((flows.triples.as_slice(), flows.trickles), (&[(2, 0, 100.0), (2, 1, 100.0)][..], 0.75));
        let risk = systemic_trade_risk(
            &matrix(&flows, 3),
            &[0.8, 0.4, 0.1],
            &RiskParameters::default(),
            &mut Leontief::default(),
        );
        let str: Vec<f64> = risk.str.iter().map(|s| s.unwrap()).collect();
        assert_eq!(str[..2], [1.0, 1.0]);
        assert!((str[2] - 1.6).abs() < 1e-15);
        // Exactly at the share it is no trickle, and a country that sells nothing has none.
        let mut flows = Flows { triples: vec![(0, 1, 1.0), (1, 0, 100.0)], ..Flows::default() };
        let before = flows.clone();
        flows.remove_trickles(2, 0.01);
        assert_eq!(flows, before);
    }

    #[test]
    fn sets_and_suppliers_are_counted() {
        let mut flows = h2();
        flows.drop_suppliers(|s| s != 1);
        assert_eq!((flows.triples.len(), flows.without_stability), (2, 130.0));
        let mut flows = h2();
        flows.keep_countries(&[true, false, true]);
        assert_eq!((flows.triples.as_slice(), flows.outside_country_set), (&[(2, 0, 50.0)][..], 230.0));
    }
}
