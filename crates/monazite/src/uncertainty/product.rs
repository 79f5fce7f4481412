//! One product over all years and draws: bands of levels, ranks, means and changes under each reading.

use super::drawn_risk::{DrawMemory, DrawnNetwork};
use super::drawn_trade::DrawnTrade;
use super::parts::{PARTS, parts_of_change};
use super::quantile::quantiles;
use super::setting::Setting;
use crate::indicators::content_risk::content_risk;
use crate::indicators::import_weights::ImportWeights;
use crate::indicators::systemic_risk::{Identity, systemic_trade_risk};
use crate::indicators::{ImportContent, Leontief, RiskParameters};
use crate::panel::matrices::YearTrade;
use crate::profile::groups::export_weighted_mean;
use crate::progress::Cancelled;

/// Importers with at least this share of world imports are ranked.
const RANKED_FROM: f64 = 0.005;
const LEVELS: [f64; 3] = [0.05, 0.5, 0.95];
const CHANGES: [f64; 3] = [0.025, 0.5, 0.975];

/// A value with its band: the point, and quantiles of the draws.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// With the published stability.
    pub point: f64,
    /// The lower end.
    pub low: f64,
    /// Half of the draws are below.
    pub median: f64,
    /// The upper end.
    pub high: f64,
}

/// The rank of an importer among those with at least 0.5 % of world imports: 1 + number strictly above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankBand {
    /// The rank.
    pub rank: Band,
    /// Share of the draws in which it is among the riskiest, as many as the study says.
    pub share_top: f64,
}

/// STR of an importer of a product in a year, with its band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the country.
    pub country: u16,
    /// The reading.
    pub reading: ImportContent,
    /// STR; 5 % to 95 % of the draws.
    pub str: Band,
    /// Its rank, if it imports enough to be ranked.
    pub rank: Option<RankBand>,
}

/// Whom a mean or change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// All importers, weighted by imports.
    World,
    /// A group by its position: the mean of its members, weighted by exports.
    Group(usize),
    /// A country by its position.
    Country(u16),
}

/// Mean STR of a product in a year, with its band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanRow {
    /// Position of the year.
    pub year: usize,
    /// Whose mean.
    pub who: Who,
    /// The reading.
    pub reading: ImportContent,
    /// The mean; 5 % to 95 % of the draws.
    pub mean: Band,
}

/// What a row about a change says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The whole change.
    Change,
    /// A part of it, by its position in [`PARTS`].
    Of(usize),
}

impl Part {
    /// Name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Of(part) => PARTS[part],
        }
    }
}

/// A change from the first to the last year of the study, or a part of it, with its band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeRow {
    /// Whose change.
    pub who: Who,
    /// The reading.
    pub reading: ImportContent,
    /// Which part.
    pub part: Part,
    /// The change; 2.5 % to 97.5 % of the draws.
    pub change: Band,
    /// Share of the draws in which it is above 0.
    pub share_above: f64,
    /// Slope a year of the straight line through all years, for whole changes.
    pub slope: Option<Band>,
}

/// Everything that a product comes to.
#[derive(Debug, Default)]
pub struct ProductBands {
    /// By year, reading and country.
    pub levels: Vec<LevelRow>,
    /// By year and reading.
    pub means: Vec<MeanRow>,
    /// From the first to the last year.
    pub changes: Vec<ChangeRow>,
    /// Draws of product-years that were solved by elimination, under all readings.
    pub eliminated: u64,
    /// Product-years with trade.
    pub product_years: u64,
}

/// The point of a reading in a year.
struct Point {
    /// STR by country.
    str: Vec<Option<f64>>,
    /// STR by country as the panel shows it: without those below the least trade of a row.
    shown: Vec<Option<f64>>,
    /// e = STR - 1 of every country.
    excess: Vec<f64>,
    content: Vec<f64>,
}

/// STR - 1 in all draws by importer, draws contiguous; NaN where it does not trade in a draw.
struct Drawn {
    importers: Vec<usize>,
    values: Vec<f64>,
    draws: usize,
}

impl Drawn {
    fn rows(&self) -> impl Iterator<Item = (usize, &[f64])> {
        self.importers.iter().copied().zip(self.values.chunks_exact(self.draws))
    }
}

/// The draws of somebody's change and slope.
struct Series {
    who: Who,
    first: f64,
    last: f64,
    change: Vec<f64>,
    slope: Vec<f64>,
    /// By year: what STR of the year counts in the slope.
    weights: Vec<f64>,
    slope_of_point: f64,
}

impl Series {
    /// `None` if the first or the last year has no value, or they are one.
    fn of(who: Who, points: &[Option<f64>], years: &[u16], draws: usize) -> Option<Self> {
        let (first, last) = ((*points.first()?)?, (*points.last()?)?);
        let known = || points.iter().zip(years).filter(|(point, _)| point.is_some());
        let mean = known().map(|(_, &year)| f64::from(year)).sum::<f64>() / known().count() as f64;
        let squares: f64 = known().map(|(_, &year)| (f64::from(year) - mean).powi(2)).sum();
        if points.len() < 2 || squares <= 0.0 {
            return None;
        }
        let weight = |(point, &year): (&Option<f64>, &u16)| {
            if point.is_some() { (f64::from(year) - mean) / squares } else { 0.0 }
        };
        let weights: Vec<f64> = points.iter().zip(years).map(weight).collect();
        let slope_of_point = weights.iter().zip(points).map(|(w, p)| w * p.unwrap_or(0.0)).sum();
        let (change, slope) = (vec![0.0; draws], vec![0.0; draws]);
        Some(Self { who, first, last, change, slope, weights, slope_of_point })
    }

    /// Takes the draws of a year; those of the point where there are none.
    fn take(&mut self, year: usize, values: impl Fn(usize) -> f64) {
        let (is_first, is_last) = (year == 0, year + 1 == self.weights.len());
        let weight = self.weights[year];
        if weight == 0.0 && !is_first && !is_last {
            return;
        }
        let sign = if is_last {
            1.0
        } else if is_first {
            -1.0
        } else {
            0.0
        };
        for draw in 0..self.change.len() {
            let value = values(draw);
            self.change[draw] += sign * value;
            self.slope[draw] += weight * value;
        }
    }

    fn row(mut self, reading: ImportContent) -> Option<ChangeRow> {
        let point = self.last - self.first;
        let share_above = share_above(&self.change);
        let slope = band(&mut self.slope, self.slope_of_point, CHANGES);
        Some(ChangeRow {
            who: self.who,
            reading,
            part: Part::Change,
            change: band(&mut self.change, point, CHANGES)?,
            share_above,
            slope,
        })
    }
}

fn share_above(draws: &[f64]) -> f64 {
    let known = draws.iter().filter(|d| !d.is_nan()).count().max(1);
    draws.iter().filter(|d| **d > 0.0).count() as f64 / known as f64
}

/// The band of draws around nothing: the point stands beside it. `None` if no draw has a value.
fn band(draws: &mut [f64], point: f64, shares: [f64; 3]) -> Option<Band> {
    let mut known = draws.len();
    let mut at = 0;
    while at < known {
        if draws[at].is_nan() {
            known -= 1;
            draws.swap(at, known);
        } else {
            at += 1;
        }
    }
    (known > 0).then(|| {
        let [low, median, high] = quantiles(&mut draws[..known], shares);
        Band { point, low, median, high }
    })
}

impl Setting<'_> {
    /// All bands of a product.
    ///
    /// # Errors
    /// [`Cancelled`] if the work was asked to stop.
    pub fn bands(
        &self,
        position: usize,
        years: &[YearTrade<'_>],
        memory: &mut DrawMemory,
    ) -> Result<ProductBands, Cancelled> {
        let mut found = ProductBands {
            product_years: years.iter().filter(|year| year.matrix.flows() > 0).count() as u64,
            ..ProductBands::default()
        };
        for &reading in self.readings {
            self.reading(position, reading, years, memory, &mut found)?;
        }
        found.levels.sort_by_key(|row| row.year);
        found.means.sort_by_key(|row| row.year);
        Ok(found)
    }

    fn reading(
        &self,
        position: usize,
        reading: ImportContent,
        years: &[YearTrade<'_>],
        memory: &mut DrawMemory,
        found: &mut ProductBands,
    ) -> Result<(), Cancelled> {
        let points: Vec<Point> =
            years.iter().enumerate().map(|(t, year)| self.point(t, year, reading)).collect();
        let mut series = self.series(years, &points);
        for (t, year) in years.iter().enumerate() {
            self.progress.go_on()?;
            let (drawn, eliminated) = self.draw((position, t), year, reading, &points[t], memory);
            found.eliminated += eliminated;
            self.follow(t, year, &drawn, &points[t], reading, &mut series, found);
            self.levels(t, year, drawn, &points[t], reading, found);
        }
        let whole: Vec<ChangeRow> = series.into_iter().filter_map(|series| series.row(reading)).collect();
        let moves = whole.iter().any(|row| row.who == Who::World);
        found.changes.extend(whole);
        if moves && !self.study.uncertainty.draws_trade() {
            self.progress.go_on()?;
            let ends = [0, years.len() - 1];
            let traders = ends.map(|t| points[t].str.iter().map(Option::is_some).collect::<Vec<bool>>());
            let contents = ends.map(|t| points[t].content.as_slice());
            let starts = ends.map(|t| points[t].excess.as_slice());
            let trade = ends.map(|t| &years[t]);
            let parts = parts_of_change(self, ends, trade, contents, starts, &traders, memory);
            for (at, (point, mut draws)) in parts.into_iter().enumerate() {
                if reading == ImportContent::Full && PARTS[at] == "import_content" {
                    continue;
                }
                let share_above = share_above(&draws);
                if let Some(change) = band(&mut draws, point, CHANGES) {
                    let (who, part) = (Who::World, Part::Of(at));
                    found.changes.push(ChangeRow { who, reading, part, change, share_above, slope: None });
                }
            }
        }
        Ok(())
    }

    /// What STR is where nothing arrives.
    fn floor(&self) -> f64 {
        match self.study.indicators.identity {
            Identity::Keep => 1.0,
            Identity::Excess => 0.0,
        }
    }

    fn parameters(&self) -> RiskParameters {
        let RiskParameters { orientation, .. } = RiskParameters::default();
        let indicators = &self.study.indicators;
        RiskParameters { orientation, identity: indicators.identity, damping: indicators.damping }
    }

    /// STR with the published stability, by the same arithmetic as in the panel.
    fn point(&self, t: usize, year: &YearTrade<'_>, reading: ImportContent) -> Point {
        let w = &self.world.instability[t];
        let content = year.content(reading, &year.matrix);
        let mut leontief = Leontief::default();
        let (str, excess) = if reading == ImportContent::Full {
            let risk = systemic_trade_risk(&year.matrix, w, &self.parameters(), &mut leontief);
            (risk.str, risk.importer_sums.iter().map(|sum| sum - 1.0).collect())
        } else {
            let solved = content_risk(&year.matrix, w, &content, &self.parameters(), &mut leontief);
            (solved.risk.str, solved.risk.excess)
        };
        let least = self.study.trade.min_trade;
        let enough = |c: usize| year.imports[c] + year.exports[c] >= least;
        let shown = str.iter().enumerate().map(|(c, str)| str.filter(|_| enough(c))).collect();
        Point { str, shown, excess, content }
    }

    /// Everybody whose change can be followed: countries that trade in the first and the last year and import in one of them, groups, the world.
    fn series(&self, years: &[YearTrade<'_>], points: &[Point]) -> Vec<Series> {
        let (of_years, draws) = (&self.world.years, self.stability.draws());
        let mut series = Vec::new();
        let mut add = |who, points: &[Option<f64>]| series.extend(Series::of(who, points, of_years, draws));
        let world: Vec<Option<f64>> = years.iter().zip(points).map(|(y, p)| world_mean(y, p)).collect();
        add(Who::World, &world);
        for group in 0..self.groups.len() {
            let means: Vec<Option<f64>> = years
                .iter()
                .zip(points)
                .enumerate()
                .map(|(t, (year, point))| self.group_mean(group, t, year, point))
                .collect();
            add(Who::Group(group), &means);
        }
        let Some((first, last)) = years.first().zip(years.last()) else { return series };
        for c in 0..self.world.countries.len() {
            if first.matrix.imports()[c] > 0.0 || last.matrix.imports()[c] > 0.0 {
                let of: Vec<Option<f64>> = points.iter().map(|point| point.shown[c]).collect();
                add(Who::Country(c as u16), &of);
            }
        }
        series
    }

    fn group_mean(&self, group: usize, t: usize, year: &YearTrade<'_>, point: &Point) -> Option<f64> {
        let members = &self.groups[group][t];
        let exports: Vec<f64> = members.iter().map(|&c| year.exports[c]).collect();
        export_weighted_mean(members.iter().map(|&c| point.shown[c]), &exports)
    }

    /// e of every importer in every draw.
    fn draw(
        &self,
        (product, t): (usize, usize),
        year: &YearTrade<'_>,
        reading: ImportContent,
        point: &Point,
        memory: &mut DrawMemory,
    ) -> (Drawn, u64) {
        let draws = self.stability.draws();
        let damping = self.study.indicators.damping;
        if self.study.uncertainty.draws_trade() {
            let drawn_trade = DrawnTrade::of(self.study, self.world, product, t);
            let importers: Vec<usize> =
                year.matrix.columns().map(|column| usize::from(column.importer)).collect();
            let mut values = vec![f64::NAN; importers.len() * draws];
            let mut leontief = Leontief::default();
            for draw in 0..draws {
                let matrix = drawn_trade.matrix(&year.matrix, draw);
                let content = year.content(reading, &matrix);
                let w = self.stability.of_draw(t, draw);
                let parameters = RiskParameters { damping, ..RiskParameters::default() };
                let solved = content_risk(&matrix, &w, &content, &parameters, &mut leontief);
                for (at, &c) in importers.iter().enumerate() {
                    if matrix.trades(c) {
                        values[at * draws + draw] = solved.risk.excess[c];
                    }
                }
            }
            return (Drawn { importers, values, draws }, 0);
        }
        let network = DrawnNetwork::new(&year.matrix, &point.content, damping);
        let importers: Vec<usize> = network.importers().collect();
        let mut values = vec![0.0; importers.len() * draws];
        let mut eliminated = 0;
        for block in 0..self.stability.blocks() {
            let wanted = self.stability.in_block(block);
            network.solve(self.stability.block(t, block), &point.excess, wanted, memory);
            eliminated += memory.eliminated as u64;
            let from = block * super::drawn_risk::LANES;
            for (row, excess) in values.chunks_exact_mut(draws).zip(&memory.excess) {
                row[from..from + wanted].copy_from_slice(&excess[..wanted]);
            }
        }
        (Drawn { importers, values, draws }, eliminated)
    }

    /// Takes a year into the means and into everybody's change.
    fn follow(
        &self,
        t: usize,
        year: &YearTrade<'_>,
        drawn: &Drawn,
        point: &Point,
        reading: ImportContent,
        series: &mut [Series],
        found: &mut ProductBands,
    ) {
        let floor = self.floor();
        let row_of = |c: usize| -> Option<&[f64]> {
            let at = drawn.importers.binary_search(&c).ok()?;
            Some(&drawn.values[at * drawn.draws..(at + 1) * drawn.draws])
        };
        let mut mean = |who: Who, point: Option<f64>, weights: &mut dyn Iterator<Item = (usize, f64)>| {
            let Some(point) = point else { return };
            let (mut draws, mut sum) = (vec![0.0; drawn.draws], 0.0);
            for (c, weight) in weights {
                sum += weight;
                if let Some(row) = row_of(c) {
                    draws.iter_mut().zip(row).for_each(|(mean, e)| {
                        *mean += if e.is_nan() { 0.0 } else { weight * e };
                    });
                }
            }
            draws.iter_mut().for_each(|mean| *mean = floor + *mean / sum);
            if let Some(own) = series.iter_mut().find(|series| series.who == who) {
                own.take(t, |draw| draws[draw]);
            }
            if let Some(mean) = band(&mut draws, point, LEVELS) {
                found.means.push(MeanRow { year: t, who, reading, mean });
            }
        };
        let shares = ImportWeights::of(&year.matrix);
        let mut importers = shares.shares().iter().copied().enumerate().filter(|(_, share)| *share > 0.0);
        mean(Who::World, world_mean(year, point), &mut importers);
        for group in 0..self.groups.len() {
            let weighing = |&c: &usize| point.shown[c].is_some() && year.exports[c] > 0.0;
            let members = self.groups[group][t].iter().copied().filter(weighing);
            let point = self.group_mean(group, t, year, point);
            mean(Who::Group(group), point, &mut members.map(|c| (c, year.exports[c])));
        }
        for series in series {
            if let Who::Country(c) = series.who {
                match row_of(usize::from(c)) {
                    Some(row) => series.take(t, |draw| floor + row[draw]),
                    None => series.take(t, |_| floor),
                }
            }
        }
    }

    /// The bands of a year, with the ranks of those that import enough.
    fn levels(
        &self,
        t: usize,
        year: &YearTrade<'_>,
        mut drawn: Drawn,
        point: &Point,
        reading: ImportContent,
        found: &mut ProductBands,
    ) {
        let world: f64 = year.matrix.total();
        let is_ranked = |c: usize| {
            point.shown[c].is_some() && world > 0.0 && year.matrix.imports()[c] / world >= RANKED_FROM
        };
        let ranked: Vec<(f64, &[f64])> =
            drawn.rows().filter(|(c, _)| is_ranked(*c)).map(|(c, row)| (point.excess[c], row)).collect();
        let mut ranks = ranks_of(&ranked, self.study.uncertainty.top).into_iter();
        let floor = self.floor();
        let importers = std::mem::take(&mut drawn.importers);
        for (&c, row) in importers.iter().zip(drawn.values.chunks_exact_mut(drawn.draws)) {
            let rank = if is_ranked(c) { ranks.next().flatten() } else { None };
            let Some(str) = point.shown[c] else { continue };
            let Some(e) = band(row, str, LEVELS) else { continue };
            let str = Band { point: str, low: floor + e.low, median: floor + e.median, high: floor + e.high };
            found.levels.push(LevelRow { year: t, country: c as u16, reading, str, rank });
        }
    }
}

/// The import-weighted mean of a product-year; importers below the least trade of a row count in it.
fn world_mean(year: &YearTrade<'_>, point: &Point) -> Option<f64> {
    let weights = ImportWeights::of(&year.matrix);
    weights.mean(&point.str)
}

/// The ranks of importers, each given by its point and its draws; `None` for one without a draw.
fn ranks_of(importers: &[(f64, &[f64])], top: u64) -> Vec<Option<RankBand>> {
    let above = |others: &mut dyn Iterator<Item = f64>, own: f64| 1 + others.filter(|e| *e > own).count();
    let mut counts: Vec<f64> = Vec::new();
    importers
        .iter()
        .map(|(own, row)| {
            counts.clear();
            counts.resize(row.len(), 1.0);
            for (_, other) in importers {
                for (count, (other, own)) in counts.iter_mut().zip(other.iter().zip(row.iter())) {
                    *count += if other > own { 1.0 } else { 0.0 };
                }
            }
            counts.iter_mut().zip(row.iter()).filter(|(_, e)| e.is_nan()).for_each(|(n, _)| *n = f64::NAN);
            let known = counts.iter().filter(|n| !n.is_nan()).count().max(1);
            let share_top = counts.iter().filter(|n| **n <= top as f64).count() as f64 / known as f64;
            let point = above(&mut importers.iter().map(|other| other.0), *own) as f64;
            band(&mut counts, point, LEVELS).map(|rank| RankBand { rank, share_top })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_by_hand() {
        let (a, b, c) = ([3.0, 3.0, 1.0, 1.0], [2.0, 4.0, 2.0, 2.0], [1.0, 1.0, 3.0, 2.0]);
        let found = ranks_of(&[(3.0, &a), (2.0, &b), (2.0, &c)], 1);
        let of = |at: usize| found[at].unwrap();
        // Ranks of a: 1, 2, 3, 3; of b: 2, 1, 2, 1; of c: 3, 3, 1, 1, the last beside b.
        assert_eq!((of(0).rank.point, of(0).rank.median, of(0).share_top), (1.0, 2.5, 0.25));
        assert_eq!((of(1).rank.point, of(1).rank.median, of(1).share_top), (2.0, 1.5, 0.5));
        assert_eq!((of(2).rank.point, of(2).rank.median, of(2).share_top), (2.0, 2.0, 0.5));
    }

    #[test]
    fn change_and_slope_of_three_years() {
        let points = [Some(1.0), None, Some(3.0)];
        let mut series = Series::of(Who::World, &points, &[2001, 2003, 2005], 2).unwrap();
        let draws = [[1.0, 2.0], [9.0, 9.0], [2.0, 1.5]];
        for (year, draws) in draws.iter().enumerate() {
            series.take(year, |draw| draws[draw]);
        }
        let row = series.row(ImportContent::Full).unwrap();
        assert_eq!((row.change.point, row.change.median, row.share_above), (2.0, 0.25, 0.5));
        let slope = row.slope.unwrap();
        assert!((slope.point - 0.5).abs() < 1e-15 && (slope.median - 0.0625).abs() < 1e-15);
        assert!(Series::of(Who::World, &[None, Some(1.0)], &[2001, 2002], 2).is_none());
        assert!(Series::of(Who::World, &[Some(1.0)], &[2001], 2).is_none());
    }

    #[test]
    fn draws_without_a_value_do_not_count() {
        let mut draws = [f64::NAN, 3.0, 1.0, f64::NAN];
        assert_eq!(share_above(&draws), 1.0);
        let found = band(&mut draws, 9.0, [0.0, 0.5, 1.0]).unwrap();
        assert_eq!(found, Band { point: 9.0, low: 1.0, median: 2.0, high: 3.0 });
        assert_eq!(band(&mut [f64::NAN], 1.0, LEVELS), None);
    }
}
