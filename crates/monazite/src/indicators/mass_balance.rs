//! STR and influence if no exporter passes on more of what it bought than can be in what it sells.

use super::content_risk::{ContentRisk, content_risk, content_risk_of};
use super::dependency::{Dependency, content_dependencies};
use super::import_content::{ContentSources, ImportContent, import_content};
use super::import_weights::ImportWeights;
use super::influence::{InfluenceMeasure, content_influence, share_through};
use super::leontief::{Factored, Leontief, Returns};
use super::systemic_risk::{RiskParameters, SystemicRisk};
use crate::trade::TradeMatrix;

/// STR and influence of one product-year under mass balance; arrays go by country.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MassBalance {
    /// The import content φ = min(1, M/X) of exports, as it enters STR; 1 also for countries without exports.
    pub content: Vec<f64>,
    /// The same as a number to show: `None` for a country that exports nothing.
    pub import_content: Vec<Option<f64>>,
    /// Mass-balanced STR, always the importer's, on the scale of STR.
    pub str: Vec<Option<f64>>,
    /// Influence under it.
    pub influence: Vec<Option<f64>>,
    /// Mean STR over importers, weighted by imports.
    pub weighted_str: Option<f64>,
    /// Mean STR over importers, all alike.
    pub plain_str: Option<f64>,
    /// Countries whose instability had to be lowered.
    pub clamped: Vec<usize>,
}

impl MassBalance {
    /// What nobody asked for.
    pub(super) fn undefined(countries: usize) -> Self {
        let undefined = || vec![None; countries];
        Self {
            content: Vec::new(),
            import_content: undefined(),
            str: undefined(),
            influence: undefined(),
            weighted_str: None,
            plain_str: None,
            clamped: Vec::new(),
        }
    }
}

/// How STR and influence are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Options of systemic trade risk.
    pub risk: RiskParameters,
    /// How influence is measured.
    pub influence: InfluenceMeasure,
    /// The instability of everybody for [`InfluenceMeasure::PvFree`].
    pub pv_free_alpha: f64,
}

/// STR, influence and dependencies under one import content.
pub(super) struct OfReading {
    /// The risk.
    pub risk: ContentRisk,
    /// The influence.
    pub influence: Vec<Option<f64>>,
    /// Dependencies, if they were asked for.
    pub dependencies: Vec<Dependency>,
}

impl MassBalance {
    /// From a solution whose import content is that of mass balance.
    pub(super) fn of(
        trade: &TradeMatrix,
        sources: ContentSources<'_>,
        content: Vec<f64>,
        risk: &ContentRisk,
        influence: Vec<Option<f64>>,
    ) -> Self {
        let weights = ImportWeights::of(trade);
        Self {
            import_content: content_of_exporters(&content, trade, sources),
            content,
            weighted_str: weights.mean(&risk.str),
            plain_str: weights.plain_mean(&risk.str),
            str: risk.str.clone(),
            influence,
            clamped: risk.clamped.clone(),
        }
    }
}

/// Import content as a number to show: `None` for a country that exports nothing.
pub(super) fn content_of_exporters(
    content: &[f64],
    trade: &TradeMatrix,
    sources: ContentSources<'_>,
) -> Vec<Option<f64>> {
    let exports = sources.margins.map_or(trade.exports(), |margins| margins.exports);
    content.iter().zip(exports).map(|(&content, &x)| (x > 0.0).then_some(content)).collect()
}

/// The mass-balanced pair of a product-year.
pub(super) fn mass_balance(
    trade: &TradeMatrix,
    instability: &[f64],
    sources: ContentSources<'_>,
    how: &Reading,
    leontief: &mut Leontief,
) -> MassBalance {
    let content = import_content(ImportContent::MassBalance, trade, sources);
    let found = reading(trade, instability, &content, how, None, leontief);
    MassBalance::of(trade, sources, content, &found.risk, found.influence)
}

/// The same from the paper's solution of the product-year and its network, to the last bit. `None` where only [`mass_balance`] can tell:
/// where instability had to be lowered, and for an influence that rests on another network.
pub(super) fn mass_balance_of(
    trade: &TradeMatrix,
    instability: &[f64],
    sources: ContentSources<'_>,
    how: &Reading,
    paper: &SystemicRisk,
    network: Factored<'_>,
) -> Option<MassBalance> {
    if how.influence == InfluenceMeasure::PvFree {
        return None;
    }
    let content = import_content(ImportContent::MassBalance, trade, sources);
    let mut solved = content_risk_of(trade, instability, &content, &how.risk, paper, network)?;
    let influence = content_influence(how.influence, trade, &content, &mut solved);
    Some(MassBalance::of(trade, sources, content, &solved.risk, influence))
}

/// STR and influence under an import content, with the dependencies of at least `least_contribution`.
pub(super) fn reading(
    trade: &TradeMatrix,
    instability: &[f64],
    content: &[f64],
    how: &Reading,
    least_contribution: Option<f64>,
    leontief: &mut Leontief,
) -> OfReading {
    let mut solved = content_risk(trade, instability, content, &how.risk, leontief);
    let dependencies = least_contribution.map_or_else(Vec::new, |least| {
        content_dependencies(trade, content, how.risk.damping, least, &mut solved)
    });
    if how.influence == InfluenceMeasure::PvFree {
        let risk = solved.risk;
        let alike = vec![how.pv_free_alpha; trade.countries()];
        let mut alike = content_risk(trade, &alike, content, &RiskParameters::default(), leontief);
        let influence = content_influence(how.influence, trade, content, &mut alike);
        return OfReading { risk, influence, dependencies };
    }
    let influence = content_influence(how.influence, trade, content, &mut solved);
    OfReading { risk: solved.risk, influence, dependencies }
}

/// The share of the influence between all other countries that passes through `hubs`, as
/// [`super::influence::influence_through`], under an import content.
pub(super) fn content_through(
    hubs: &[usize],
    trade: &TradeMatrix,
    weight: &[f64],
    content: &[f64],
    leontief: &mut Leontief,
) -> Option<f64> {
    share_through(hubs, weight, |weight, outside| {
        leontief.factor_passed_on(trade, weight, content).ok()?;
        let mut network = leontief.factored();
        let reach = network.supplier_sums(outside);
        let Returns { sums, loops, .. } = network.returns(trade, weight, &reach);
        Some((0..sums.len()).filter(|&a| outside[a] > 0.0).map(|a| sums[a] - loops[a]).sum())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::influence::influence_through;
    use crate::indicators::{ProductYearOptions, Workspace, product_year};

    const W: [f64; 3] = [0.75, 0.2, 0.5];

    fn e1() -> TradeMatrix {
        TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]])
    }

    #[test]
    fn the_pair_is_there_whatever_the_setting_says() {
        let of = |reading: ImportContent| {
            let options = ProductYearOptions { import_content: reading, ..ProductYearOptions::default() };
            product_year(&e1(), &W, &options, &mut Workspace::default()).unwrap()
        };
        let paper = of(ImportContent::Full);
        assert_eq!(paper.str_full, [None; 3], "STR itself is the full one");
        assert!((paper.mass_balance.str[2].unwrap() - 1.5140788415).abs() < 1e-9);
        assert!((paper.mass_balance.influence[0].unwrap() - 0.9774738536).abs() < 1e-9);
        assert_eq!(paper.mass_balance.import_content, [Some(1.0 / 9.0), Some(1.0), Some(1.0)]);
        // Imports of 10, 80 and 80 of 170.
        let mean = (10.0 * 1.3547868061 + 80.0 * 1.7739340306 + 80.0 * 1.5140788415) / 170.0;
        assert!((paper.mass_balance.weighted_str.unwrap() - mean).abs() < 1e-9);
        for reading in [
            ImportContent::MassBalance,
            ImportContent::Exposure,
            ImportContent::Production,
            ImportContent::None,
        ] {
            let found = of(reading);
            assert_eq!(found.mass_balance, paper.mass_balance, "{reading:?}");
            assert_eq!(found.str_full, paper.risk.str);
            assert_eq!(found.risk.direct, paper.risk.direct);
        }
        let balanced = of(ImportContent::MassBalance);
        assert_eq!((balanced.risk.str, balanced.influence), {
            let both = paper.mass_balance;
            (both.str, both.influence)
        });
        let none = of(ImportContent::None);
        assert_eq!(none.risk.indirect, [Some(0.0); 3]);
    }

    #[test]
    fn dependencies_are_those_of_the_reading() {
        let of = |import_content: ImportContent| {
            let options = ProductYearOptions {
                import_content,
                least_contribution: Some(0.2),
                ..ProductYearOptions::default()
            };
            product_year(&e1(), &W, &options, &mut Workspace::default()).unwrap()
        };
        let balanced = of(ImportContent::MassBalance);
        let pairs: Vec<(u16, u16)> = balanced.dependencies.iter().map(|d| (d.importer, d.supplier)).collect();
        assert_eq!(pairs, [(0, 1), (1, 0), (2, 0)]);
        assert!((balanced.dependencies[0].contribution - 0.2059533387).abs() < 1e-9);
        let none = of(ImportContent::None);
        assert!(none.dependencies.iter().all(|d| d.contribution == d.direct && d.share > 0.0));
        assert_eq!(of(ImportContent::Full).dependencies.len(), 4, "all but those on C, .17 together");
    }

    #[test]
    fn what_passes_through_entrepots_with_a_content_of_one_is_as_in_the_paper() {
        let mut leontief = Leontief::default();
        let paper = influence_through(&[1], &e1(), &W, &mut leontief).unwrap();
        let found = content_through(&[1], &e1(), &W, &[1.0; 3], &mut leontief).unwrap();
        assert!((paper - found).abs() < 1e-14);
        // Nothing passes through anybody whose exports are its own.
        assert_eq!(content_through(&[1], &e1(), &W, &[0.0; 3], &mut leontief), Some(0.0));
    }
}
