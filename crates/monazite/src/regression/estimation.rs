//! The estimation panel: one row a country-product, and the design of a regression made from it.

use std::collections::BTreeMap;

use super::dummies::Factor;
use super::error::RegressionError;
use super::ols::{Column as Term, Design};
use super::transform::Transform;
use super::variable::{Grouping, Timing, Variable};
use super::workspace::Workspace;
use super::yearly::{WindowMeans, YearlyPanel};
use crate::indicators::{Column, RiskReading};

/// Which country-products enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Sample {
    /// All with the variables that are needed (default).
    #[default]
    All,
    /// Those in which the country has comparative strength: mean RCA above 1.
    Strengths,
    /// Those with a baseline RCA above 0.
    Positive,
}

impl Sample {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Strengths => "strengths",
            Self::Positive => "positive",
        }
    }
}

/// What the input products of a country-product are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InputsOf {
    /// The direct inputs of the product (default).
    #[default]
    Product,
    /// The direct inputs of everything in which the country has comparative strength: the same for all its products.
    Country,
}

impl InputsOf {
    /// What is meant, for headings and notes.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Product => "the direct inputs of the product",
            Self::Country => "the inputs of everything the country is strong in",
        }
    }

    /// The other reading.
    pub const fn other(self) -> Self {
        match self {
            Self::Product => Self::Country,
            Self::Country => Self::Product,
        }
    }
}

/// What happens to the seeds, which have no inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seeds {
    /// Their input columns are filled with one number (default). It moves only the constant and the tiers.
    #[default]
    Fill,
    /// They are left out, and the tiers are compared with tier 1.
    Drop,
}

/// What is regressed on what: everything but windows, preset and sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Specification {
    /// What is explained.
    pub dependent: Variable,
    /// What explains it.
    pub regressors: Vec<Variable>,
    /// Groupings with coefficients of their own.
    pub factors: Vec<Grouping>,
    /// Groupings whose effects are taken out.
    pub absorb: Vec<Grouping>,
    /// Cluster that the others are compared with.
    pub reference_cluster: String,
    /// Tier that the others are compared with.
    pub reference_tier: String,
    /// What input products are.
    pub inputs: InputsOf,
    /// What happens to seeds.
    pub seeds: Seeds,
    /// What the input columns of seeds are filled with.
    pub fill: f64,
    /// Whether groups that stand beside their members enter.
    pub groups: bool,
    /// Countries left out.
    pub exclude: Vec<String>,
}

impl Default for Specification {
    fn default() -> Self {
        Self {
            dependent: Variable::change(Column::Rca),
            regressors: vec![
                Variable::baseline(Column::Rca),
                Variable::baseline(Column::Exposure),
                Variable::baseline(Column::Hhi),
                Variable::baseline(Column::Str),
                Variable::of_inputs(Column::Exposure),
                Variable::of_inputs(Column::Hhi),
                Variable::of_inputs(Column::Str),
                Variable::of_inputs(Column::Rca),
            ],
            factors: vec![Grouping::Cluster, Grouping::Tier],
            absorb: Vec::new(),
            reference_cluster: "1".to_owned(),
            reference_tier: "0".to_owned(),
            inputs: InputsOf::Product,
            seeds: Seeds::Fill,
            fill: 0.0,
            groups: false,
            exclude: Vec::new(),
        }
    }
}

impl Specification {
    /// The dependent variable, then the regressors.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        std::iter::once(&self.dependent).chain(&self.regressors)
    }

    /// The columns of the panel that it needs; weights of inputs and RCA for samples included.
    pub fn columns(&self) -> Vec<Column> {
        let mut columns: Vec<Column> = self.variables().map(|v| v.column).collect();
        columns.extend([Column::Imports, Column::Exports, Column::Rca]);
        let balanced: Vec<Column> = columns.iter().map(|&c| RiskReading::MassBalance.column(c)).collect();
        columns.extend(balanced);
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    fn uses(&self, grouping: Grouping) -> bool {
        self.factors.contains(&grouping) || self.absorb.contains(&grouping)
    }

    fn needs_inputs(&self) -> bool {
        self.variables().any(|v| v.inputs)
    }
}

/// What became of the country-products.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowAccount {
    /// All pairs of a country and a product of the panel.
    pub pairs: usize,
    /// Those in the regression.
    pub used: usize,
    /// The others by the first reason that applies, in the order in which reasons are looked at.
    pub lost: Vec<LostRows>,
}

/// Country-products that are not in the regression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostRows {
    /// Why, in words.
    pub reason: String,
    /// How many.
    pub count: usize,
}

/// The rows and columns of one regression before they are put together: variables over all country-products.
#[derive(Debug, Clone)]
pub struct Variables {
    /// Dependent variable, then regressors; NaN is missing, infinite is the logarithm of zero.
    pub values: Vec<Vec<f64>>,
}

/// A design with the country-products that its rows are.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The design.
    pub design: Design,
    /// Country of each row, as a factor to cluster by.
    pub country: Factor,
    /// Product of each row.
    pub product: Factor,
    /// Pair (product times number of countries plus country) of each row.
    pub pairs: Vec<u32>,
    /// What became of the others.
    pub account: RowAccount,
}

/// One variable over all country-products of a panel.
pub fn evaluate(
    panel: &YearlyPanel,
    specification: &Specification,
    variable: &Variable,
    preset: Transform,
    baseline: &WindowMeans,
    after: &WindowMeans,
) -> Vec<f64> {
    let scale = variable.scale_under(preset);
    let level = |means: &WindowMeans| {
        let own: Vec<f64> = means.of(variable.column).iter().map(|&x| scale.apply(x)).collect();
        if variable.inputs { mean_over_inputs(panel, specification, &own, &means.trade) } else { own }
    };
    // The logarithm of zero stays one, also where both are.
    let change = |after: f64, before: f64| {
        if after.is_infinite() || before.is_infinite() { f64::NEG_INFINITY } else { after - before }
    };
    match variable.timing {
        Timing::Baseline => level(baseline),
        Timing::After => level(after),
        Timing::Change if variable.inputs => level(after)
            .into_iter()
            .zip(level(baseline))
            .map(|(after, before)| change(after, before))
            .collect(),
        Timing::Change => after
            .of(variable.column)
            .iter()
            .zip(baseline.of(variable.column))
            .map(|(&after, &before)| change(scale.apply(after), scale.apply(before)))
            .collect(),
    }
}

/// Mean over the input products of each country-product, weighted by the country's imports plus exports of them. An input without
/// a value leaves numerator and denominator; NaN if none has one.
fn mean_over_inputs(
    panel: &YearlyPanel,
    specification: &Specification,
    own: &[f64],
    trade: &[f64],
) -> Vec<f64> {
    let countries = panel.countries.len();
    let mut values = vec![f64::NAN; own.len()];
    let mean = |inputs: &[usize], country: usize| {
        let (mut sum, mut weight, mut zero) = (0.0, 0.0, false);
        for &input in inputs {
            let (value, w) = (own[input * countries + country], trade[input * countries + country]);
            if w > 0.0 && value.is_finite() {
                sum += w * value;
                weight += w;
            }
            zero |= w > 0.0 && value.is_infinite();
        }
        match (weight > 0.0, zero) {
            (true, _) => sum / weight,
            (false, true) => f64::NEG_INFINITY,
            (false, false) => f64::NAN,
        }
    };
    match specification.inputs {
        InputsOf::Country => {
            for country in 0..countries {
                let value = mean(&panel.country_inputs[country], country);
                for product in 0..panel.products.len() {
                    values[product * countries + country] = value;
                }
            }
        }
        InputsOf::Product => {
            for (product, entry) in panel.products.iter().enumerate() {
                for country in 0..countries {
                    values[product * countries + country] =
                        if entry.inputs.is_empty() && entry.tier == Some(0) {
                            specification.fill
                        } else {
                            mean(&entry.inputs, country)
                        };
                }
            }
        }
    }
    values
}

/// The country-products of a regression.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    /// Pairs (product times number of countries plus country), ascending.
    pub pairs: Vec<u32>,
    /// What became of the others.
    pub account: RowAccount,
}

/// Chooses the rows of a regression, of those (product, country) that `keep` keeps if it is given, and puts its design together.
///
/// `values` are the variables of the specification in its order, each over all country-products.
///
/// # Errors
/// [`RegressionError::NoRows`] with what the rows were lost to; [`RegressionError::NoFactor`].
pub(super) fn assemble_where(
    panel: &YearlyPanel,
    specification: &Specification,
    preset: Transform,
    sample: Sample,
    baseline_rca: &[f64],
    values: &[&[f64]],
    keep: Option<&dyn Fn(usize, usize) -> bool>,
    work: &mut Workspace,
) -> Result<Rows, RegressionError> {
    let chosen = choose(panel, specification, sample, baseline_rca, values, keep, work)?;
    Ok(put_together(panel, specification, preset, values, chosen, work))
}

/// Chooses the rows of a regression, of those (product, country) that `keep` keeps if it is given.
///
/// # Errors
/// As [`assemble_where`].
pub(super) fn choose(
    panel: &YearlyPanel,
    specification: &Specification,
    sample: Sample,
    baseline_rca: &[f64],
    values: &[&[f64]],
    keep: Option<&dyn Fn(usize, usize) -> bool>,
    work: &mut Workspace,
) -> Result<Chosen, RegressionError> {
    let countries = panel.countries.len();
    if specification.uses(Grouping::Cluster) && !panel.has_clusters {
        return Err(RegressionError::NoFactor {
            factor: "cluster".to_owned(),
            reason: "there is no typology/countries.csv; run the typology first, or take cluster out of regression.factors",
        });
    }
    let variables: Vec<&Variable> = specification.variables().collect();
    let fixed = fixed_reasons(panel, specification);
    let mut lost = vec![0usize; fixed.names.len() + 2 + 2 * variables.len()];
    let of_sample = fixed.names.len();
    let mut pairs = work.codes();
    let mut probe = vec![0.0; countries];
    for product in 0..panel.products.len() {
        if let Some(reason) = fixed.of_product[product] {
            lost[reason] += countries;
            continue;
        }
        // Zero times anything finite is zero: what is left tells rows with all variables from the others, without a branch.
        let from = product * countries;
        probe.fill(0.0);
        for variable in values {
            for (probe, value) in probe.iter_mut().zip(&variable[from..from + countries]) {
                *probe += value * 0.0;
            }
        }
        for country in 0..countries {
            let pair = from + country;
            let in_sample = match sample {
                Sample::All => true,
                Sample::Strengths => panel.is_strength(product, country),
                Sample::Positive => baseline_rca[pair] > 0.0,
            };
            if let Some(reason) = fixed.of_country[country] {
                lost[reason] += 1;
            } else if !in_sample {
                lost[of_sample] += 1;
            } else if keep.is_some_and(|keep| !keep(product, country)) {
                lost[of_sample + 1] += 1;
            } else if probe[country] == 0.0 {
                pairs.push(pair as u32);
            } else if let Some(bad) = values.iter().position(|v| !v[pair].is_finite()) {
                lost[of_sample + 2 + 2 * bad + usize::from(values[bad][pair].is_infinite())] += 1;
            }
        }
    }
    let mut names = fixed.names;
    names.push(match sample {
        Sample::Positive => "baseline RCA is not above zero".to_owned(),
        _ => "no comparative strength in the product".to_owned(),
    });
    names.push("left out on purpose".to_owned());
    for variable in &variables {
        names.push(format!("no {}", variable.label()));
        names.push(format!("{} has the logarithm of zero in it", variable.label()));
    }
    let account = RowAccount {
        pairs: panel.pairs(),
        used: pairs.len(),
        lost: names
            .into_iter()
            .zip(lost)
            .filter(|(_, count)| *count > 0)
            .map(|(reason, count)| LostRows { reason, count })
            .collect(),
    };
    if pairs.is_empty() {
        let mut reasons: Vec<&LostRows> = account.lost.iter().collect();
        reasons.sort_by_key(|l| std::cmp::Reverse(l.count));
        return Err(RegressionError::NoRows {
            reasons: reasons.iter().map(|l| format!("{} lost to: {}", l.count, l.reason)).collect(),
        });
    }
    Ok(Chosen { pairs, account })
}

/// Reasons that do not depend on windows.
struct FixedReasons {
    names: Vec<String>,
    of_product: Vec<Option<usize>>,
    of_country: Vec<Option<usize>>,
}

fn fixed_reasons(panel: &YearlyPanel, specification: &Specification) -> FixedReasons {
    let needs_chain = specification.uses(Grouping::Tier)
        || (specification.needs_inputs() && specification.inputs == InputsOf::Product);
    let names = [
        "product outside the value chain",
        "seed",
        "group of countries",
        "country left out by the study",
        "country without a cluster",
    ];
    FixedReasons {
        of_product: panel
            .products
            .iter()
            .map(|p| match p.tier {
                None if needs_chain => Some(0),
                Some(0) if specification.seeds == Seeds::Drop => Some(1),
                _ => None,
            })
            .collect(),
        of_country: panel
            .countries
            .iter()
            .map(|c| {
                if c.beside_members && !specification.groups {
                    Some(2)
                } else if specification.exclude.contains(&c.code) {
                    Some(3)
                } else if specification.uses(Grouping::Cluster) && c.cluster.is_none() {
                    Some(4)
                } else {
                    None
                }
            })
            .collect(),
        names: names.map(str::to_owned).to_vec(),
    }
}

/// The design on chosen rows.
pub(super) fn put_together(
    panel: &YearlyPanel,
    specification: &Specification,
    preset: Transform,
    values: &[&[f64]],
    chosen: Chosen,
    work: &mut Workspace,
) -> Rows {
    let Chosen { pairs, account } = chosen;
    let countries = panel.countries.len();
    let runs = runs_of(&pairs);
    let mut columns: Vec<Term> = specification
        .variables()
        .zip(values)
        .map(|(variable, values)| Term { name: variable.label(), values: gathered(values, &runs, work) })
        .collect();
    if preset != Transform::Literal {
        // The dependent variable says on which scale it is.
        columns[0].name = format!("{} ({})", columns[0].name, preset.name());
    }
    let outcome = columns.remove(0);
    let mut factor =
        |grouping: &Grouping| group_rows(panel, specification, *grouping, &pairs, countries as u32, work);
    let factors = specification.factors.iter().map(&mut factor).collect();
    let absorbed = specification.absorb.iter().map(&mut factor).collect();
    let (country, product) = (factor(&Grouping::Country), factor(&Grouping::Product));
    Rows {
        design: Design { outcome, regressors: columns, factors, absorbed, intercept: true },
        country,
        product,
        pairs,
        account,
    }
}

/// The values of a variable in some stretches of pairs.
pub(super) fn gathered(values: &[f64], runs: &[std::ops::Range<usize>], work: &mut Workspace) -> Vec<f64> {
    let mut column = work.doubles();
    column.reserve(runs.iter().map(ExactSizeIterator::len).sum());
    runs.iter().for_each(|run| column.extend_from_slice(&values[run.clone()]));
    column
}

/// Stretches of pairs that follow one another.
pub(super) fn runs_of(pairs: &[u32]) -> Vec<std::ops::Range<usize>> {
    pairs.chunk_by(|a, b| a + 1 == *b).map(|run| run[0] as usize..run[0] as usize + run.len()).collect()
}

impl Rows {
    /// Gives the memory back.
    pub(super) fn recycle(self, work: &mut Workspace) {
        work.keep_codes(self.pairs);
        for factor in
            self.design.factors.into_iter().chain(self.design.absorbed).chain([self.country, self.product])
        {
            work.keep_codes(factor.codes);
        }
    }
}

/// A grouping of the rows, with the levels that they have.
fn group_rows(
    panel: &YearlyPanel,
    specification: &Specification,
    grouping: Grouping,
    pairs: &[u32],
    countries: u32,
    work: &mut Workspace,
) -> Factor {
    let mut codes = work.codes();
    let mut by_country = |of: &[u32]| codes.extend(pairs.iter().map(|pair| of[(pair % countries) as usize]));
    let (levels, reference): (Vec<String>, Option<&str>) = match grouping {
        Grouping::Country => {
            by_country(&(0..countries).collect::<Vec<_>>());
            (panel.countries.iter().map(|c| c.code.clone()).collect(), None)
        }
        Grouping::Cluster => {
            let (levels, of) = numbered(&panel.countries.iter().map(|c| c.cluster).collect::<Vec<_>>());
            by_country(&of);
            (levels, Some(specification.reference_cluster.as_str()))
        }
        of_product => {
            let (levels, of, reference) = match of_product {
                Grouping::Tier => {
                    let tiers: Vec<Option<i32>> =
                        panel.products.iter().map(|p| p.tier.map(i32::from)).collect();
                    let (levels, of) = numbered(&tiers);
                    (levels, of, Some(specification.reference_tier.as_str()))
                }
                Grouping::Chapter => {
                    let chapters: Vec<Option<i32>> =
                        panel.products.iter().map(|p| p.code.to_string()[..2].parse().ok()).collect();
                    let (levels, of) = numbered(&chapters);
                    (levels.iter().map(|chapter| format!("{chapter:0>2}")).collect(), of, None)
                }
                _ => (
                    panel.products.iter().map(|p| p.code.to_string()).collect(),
                    (0..panel.products.len() as u32).collect(),
                    None,
                ),
            };
            // Rows are in the order of products: one division a product, not a row.
            let mut rows = pairs.iter().peekable();
            for (product, code) in of.iter().enumerate() {
                let end = (product as u32 + 1) * countries;
                while rows.next_if(|pair| **pair < end).is_some() {
                    codes.push(*code);
                }
            }
            (levels, reference)
        }
    };
    Factor::from_codes(grouping.name(), &levels, codes, reference)
}

/// Levels of a grouping by number, and the position of the level of each member; those without a number have no rows.
fn numbered(of: &[Option<i32>]) -> (Vec<String>, Vec<u32>) {
    let mut numbers: Vec<i32> = of.iter().flatten().copied().collect();
    numbers.sort_unstable();
    numbers.dedup();
    let place: BTreeMap<i32, u32> = numbers.iter().copied().zip(0..).collect();
    let codes = of.iter().map(|n| n.map_or(0, |n| place[&n])).collect();
    (numbers.iter().map(i32::to_string).collect(), codes)
}

#[cfg(test)]
mod tests;
