//! From one year of a product to the next: how STR changed, and what moved it, in both readings.

use crate::indicators::decomposition::{
    Change, ContentChange, ContentState, YearState, decompose_change, decompose_content_change,
};
use crate::indicators::import_weights::ChangeOfMean;
use crate::indicators::{ImportContent, ProductYear};

use super::change_rows::{BalancedTrend, ChangeRow, TrendRow};
use super::product::{ProductMemory, ProductOutput, ProductRun};

/// Import content and STR of every country in a year.
type ContentAndRisk<'a> = (&'a [Option<f64>], &'a [Option<f64>]);

/// The changes of every country between two years, in both readings.
struct Changes {
    own: Vec<Option<Change>>,
    balanced: Vec<Option<ContentChange>>,
}

impl ProductRun<'_> {
    /// The change since the year before, and the trend of the average importer.
    pub(super) fn follow(
        &self,
        t: usize,
        before: Option<&(usize, ProductYear)>,
        now: &ProductYear,
        work: &mut ProductMemory,
        output: &mut ProductOutput,
    ) {
        let mut trend = TrendRow {
            year: t,
            product: self.position,
            trade: now.summary.trade,
            weighted: now.weighted_str,
            plain: now.plain_str,
            parts: None,
            balanced: BalancedTrend {
                weighted: now.mass_balance.weighted_str,
                plain: now.mass_balance.plain_str,
                ..BalancedTrend::default()
            },
        };
        if let Some((year, before)) = before
            && self.covers(self.study.indicators.decomposition)
            && [*year, t].iter().all(|t| self.world.extract.whole(*t).is_none())
        {
            let changes = self.changes([(*year, before), (t, now)], work);
            trend.parts = before
                .import_weights
                .parts(&now.import_weights, &before.risk.str, &now.risk.str, &changes.own)
                .map(|ChangeOfMean { network, stability, importers }| [network, stability, importers]);
            let (from, to) = (&before.mass_balance, &now.mass_balance);
            trend.balanced.parts = before.import_weights.content_parts(
                &now.import_weights,
                &from.str,
                &to.str,
                &changes.balanced,
            );
            trend.balanced.change = to.weighted_str.zip(from.weighted_str).map(|(to, from)| to - from);
            let both = changes.own.into_iter().zip(changes.balanced).enumerate();
            output.changes.extend(both.filter_map(|(country, (change, balanced))| {
                Some(ChangeRow {
                    before: *year,
                    after: t,
                    product: self.position,
                    country: country as u16,
                    change: change?,
                    balanced: balanced?,
                })
            }));
        }
        output.trends.push(trend);
    }

    /// The changes between two years, whose matrices the memory holds.
    ///
    /// STR of the study is split in two; where its import content is not the paper's, the network is shares and import content together.
    fn changes(&self, years: [(usize, &ProductYear); 2], work: &mut ProductMemory) -> Changes {
        let parameters = self.parameters();
        let matrices = [&work.previous, &work.matrix];
        let leontief = &mut work.indicators.leontief;
        let instability = years.map(|(t, _)| &self.world.instability[t][..]);
        let mut in_three = |of: [ContentAndRisk<'_>; 2]| {
            let state = |at: usize| ContentState {
                trade: matrices[at],
                instability: instability[at],
                content: of[at].0,
                str: Some(of[at].1),
            };
            decompose_content_change(state(0), state(1), &parameters, leontief)
        };
        let balanced = in_three(years.map(|(_, year)| {
            let balanced = &year.mass_balance;
            (&balanced.import_content[..], &balanced.str[..])
        }));
        let in_two = |changes: &[Option<ContentChange>]| {
            changes.iter().map(|change| change.map(|change| change.in_two())).collect()
        };
        let own = match self.study.indicators.import_content {
            ImportContent::Full => {
                let state = |at: usize| YearState {
                    trade: matrices[at],
                    instability: instability[at],
                    str: Some(&years[at].1.risk.str),
                };
                decompose_change(state(0), state(1), &parameters, leontief)
            }
            ImportContent::MassBalance => in_two(&balanced),
            _ => in_two(&in_three(years.map(|(_, year)| (&year.content[..], &year.risk.str[..])))),
        };
        Changes { own, balanced }
    }
}
