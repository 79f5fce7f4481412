//! Values that are checked of every study.

use std::collections::BTreeSet;

use super::check::{Check, check_codes};
use super::whole::Study;
use crate::indicators::ImportContent;
use crate::indicators::systemic_risk::Orientation;
use crate::value_chain::significance::{CountriesLeftOut, Observations, TradeScale};

impl Study {
    /// Values of the sections in `sections` and of `[mapping]` that are out of range or do not go together.
    pub(super) fn check_values(&self, check: &mut Check<'_, '_>) {
        let s = &self.study;
        check.that(!s.seeds.is_empty(), "study", "seeds", || {
            "at least one seed code is needed, such as seeds = [\"284690\"]".to_owned()
        });
        for (key, codes) in [("seeds", &s.seeds), ("focus", &s.focus)] {
            let mut seen = BTreeSet::new();
            for code in codes {
                check.that(seen.insert(code), "study", key, || format!("{code} is listed twice"));
            }
        }
        let d = &self.data;
        check.that(!d.trade.as_os_str().is_empty(), "data", "trade", || {
            "where is the trade? Give a BACI zip, folder, csv, or a store".to_owned()
        });
        check.that(!d.governance.as_os_str().is_empty(), "data", "governance", || {
            "where is political stability? Give a file of the World Bank Governance Indicators".to_owned()
        });
        let t = &self.trade;
        check.that((0.0..=1.0).contains(&t.min_quantity_coverage), "trade", "min_quantity_coverage", || {
            format!("{} is not a share between 0 and 1", t.min_quantity_coverage)
        });
        check.that(t.min_trade >= 0.0, "trade", "min_trade", || format!("{} is negative", t.min_trade));
        check.that((0.0..=1.0).contains(&t.remove_trickles_below), "trade", "remove_trickles_below", || {
            format!(
                "{} is not a share between 0 and 1: imports as a share of exports, such as 0.01",
                t.remove_trickles_below
            )
        });
        let mut members = BTreeSet::new();
        check_codes(
            check,
            "trade",
            "merge",
            t.merge.iter().flat_map(|(group, list)| list.iter().chain([group])),
        );
        check_codes(check, "trade", "hubs", &t.hubs);
        for (group, list) in &t.merge {
            check.that(list.len() >= 2, "trade", "merge", || format!("{group} needs at least two members"));
            for member in list {
                check.that(members.insert(member), "trade", "merge", || {
                    format!("{member} is in two groups, or twice in one")
                });
            }
        }
        let i = &self.indicators;
        check.that(i.damping > 0.0 && i.damping <= 1.0, "indicators", "damping", || {
            format!("{} is not above 0 and at most 1", i.damping)
        });
        let of_paper = i.orientation == Orientation::Importer || i.import_content == ImportContent::Full;
        check.that(of_paper, "indicators", "orientation", || {
            "\"as_printed\" is the formula of the paper, in which import_content is \"full\"; take one of the two out".to_owned()
        });
        let from_table = i.import_content == ImportContent::Production;
        check.that(!from_table || i.production.is_some(), "indicators", "import_content", || {
            "\"production\" needs a table of production: set indicators.production".to_owned()
        });
        check.that(from_table || i.production.is_none(), "indicators", "production", || {
            "a table of production is used with import_content = \"production\" only; set it, or take the table out".to_owned()
        });
        check.that(i.pv_free_alpha > 0.0 && i.pv_free_alpha < 1.0, "indicators", "pv_free_alpha", || {
            format!("{} is not between 0 and 1", i.pv_free_alpha)
        });
        check.that(i.min_contribution >= 0.0, "indicators", "min_contribution", || {
            format!("{} is negative", i.min_contribution)
        });
        self.check_chain(check);
        for (key, message) in self.mapping.problems() {
            check.that(false, "mapping", key, || message);
        }
        let level = self.output.compression_level;
        check.that((1..=22).contains(&level), "output", "compression_level", || {
            format!("{level} is not between 1 and 22")
        });
    }

    fn check_chain(&self, check: &mut Check<'_, '_>) {
        let c = &self.chain;
        check.that((1..=1000).contains(&c.votes), "chain", "votes", || {
            format!("{} is not a number of votes from 1 to 1000", c.votes)
        });
        check.that(c.fdr.is_none_or(|q| q > 0.0 && q <= 1.0), "chain", "fdr", || {
            format!("{} is not above 0 and at most 1", c.fdr.unwrap_or(0.0))
        });
        check.that((2..=1_000_000).contains(&c.n_perm), "chain", "n_perm", || {
            format!("{} is not a number of draws from 2 to a million", c.n_perm)
        });
        check.that(c.min_country_trade >= 0.0, "chain", "min_country_trade", || {
            format!("{} is negative", c.min_country_trade)
        });
        check.that(c.memory_mb > 0, "chain", "memory_mb", || "some memory is needed".to_owned());
        check.that(
            c.leave_out == CountriesLeftOut::None || c.sample == Observations::Summed,
            "chain",
            "leave_out",
            || "leaving countries out needs sample = \"summed\"".to_owned(),
        );
        let per_person = c.transform == TradeScale::PerCapita;
        check.that(!per_person || c.population.is_some(), "chain", "transform", || {
            "\"per_capita\" needs a table of inhabitants: set chain.population".to_owned()
        });
    }
}
