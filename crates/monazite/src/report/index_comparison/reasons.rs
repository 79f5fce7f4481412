//! Why two indices disagree on an importer, from the numbers of its own purchases.
//!
//! A reason is said only where it holds in the numbers that it names; where none does, or the run does not have them, nothing is said.

use super::cells::Cell;
use super::index::Index;
use super::pair::Pair;
use super::ranks::middle;
use crate::indicators::Column;
use crate::report::answers::amounts::{Amounts, Named, share};
use crate::run::{Run, RunError};

/// Share from which on one supplier is called the one.
const ONE: f64 = 0.5;
/// Share up to which all suppliers are small.
const SMALL: f64 = 0.4;
/// As many equal suppliers, by 1/HHI, are many.
const MANY: f64 = 2.5;
/// Part of a difference, or of STR, from which on something explains it.
const EXPLAINS: f64 = 0.25;
/// Part of its purchases that a country passes on up to which it is called a trickle.
const TRICKLE: f64 = 0.5;
/// Known suppliers have to cover so much of the imports before they speak for all.
const COVERED: f64 = 0.8;

/// A supplier of an importer with what reasons rest on.
struct Supplier {
    at: usize,
    share: f64,
    instability: f64,
    /// What it buys of what it sells, at most 1; 0 if it sells nothing.
    content: f64,
    str_full: f64,
}

/// What reasons are looked for in.
pub(super) struct Reasons<'a> {
    run: &'a Run,
    year: usize,
    /// STR where no instability arrives.
    floor: f64,
}

impl<'a> Reasons<'a> {
    /// Those of a run in a year (a position).
    pub(super) fn of(run: &'a Run, year: usize) -> Result<Self, RunError> {
        // Read here, so that a damaged table is told.
        run.panel()?;
        run.suppliers()?;
        run.stability()?;
        Ok(Self { run, year, floor: run.study().str_scale().floor() })
    }

    /// Why an importer is high by one and low by the other index of a pair; `everybody` are all importers of the product.
    pub(super) fn why(&self, pair: Pair, cell: &Cell, everybody: &[&Cell]) -> Option<String> {
        // Where STR adds up rows, it does not speak of what an importer buys.
        if !self.run.study().str_scale().is_of_importers() {
            return None;
        }
        let suppliers = self.suppliers(cell)?;
        let usual = usual_instability(everybody)?;
        match pair {
            Pair::HhiHighStrLow => self.one_stable(&suppliers, usual),
            Pair::StrHighHhiLow => self.many_unstable(cell, usual),
            Pair::FullHighMassLow => self.trickle(cell, &suppliers),
            Pair::MassHighFullLow => {
                self.makers(cell, &suppliers, everybody).or_else(|| self.own_unstable(cell, everybody, usual))
            }
            Pair::MassHighEuLow => self
                .small_squares(cell, &suppliers)
                .or_else(|| self.further_up(cell))
                .or_else(|| less_concentrated(cell, everybody, usual)),
            Pair::EuHighMassLow => self.one_middling(&suppliers, usual).or_else(|| self.of_the_world(cell)),
        }
    }

    /// Its main suppliers, the largest first; `None` if the stability of one of them is not known.
    fn suppliers(&self, cell: &Cell) -> Option<Vec<Supplier>> {
        let panel = self.run.panel().ok()?;
        let pv = self.run.stability().ok()??;
        let main = self.run.suppliers().ok()??.of(panel, cell.product, self.year, cell.country);
        let full = Index::StrFull.of_panel(panel)?;
        let known = main.iter().map(|supply| {
            let at = supply.supplier;
            let pv = pv.get(&(panel.years[self.year], panel.countries[at].code.clone()))?;
            let of = |column| panel.value(column, cell.product, self.year, at);
            Some(Supplier {
                at,
                share: supply.share,
                instability: 1.0 - pv / 100.0,
                content: of(Column::ImportContent).unwrap_or(0.0),
                str_full: of(full)?,
            })
        });
        known.collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
    }

    fn name(&self, supplier: &Supplier) -> Option<String> {
        Some(Named::at(self.run, supplier.at).ok()?.short())
    }

    /// One supplier, a stable one.
    fn one_stable(&self, suppliers: &[Supplier], usual: f64) -> Option<String> {
        let top = suppliers.first().filter(|top| top.share >= ONE && top.instability < usual)?;
        Some(format!(
            "One supplier, a stable one: {} has {} of its imports and an instability of {:.2}; the mean of all imports is {usual:.2}.",
            self.name(top)?,
            share(Some(top.share)),
            top.instability
        ))
    }

    /// Many suppliers, unstable ones; or unstable ones behind them.
    fn many_unstable(&self, cell: &Cell, usual: f64) -> Option<String> {
        let (hhi, direct, full) =
            (cell.of(Index::Hhi)?, cell.of(Index::StrDirect)?, cell.of(Index::StrFull)?);
        let many = (hhi > 0.0 && 1.0 / hhi >= MANY).then(|| format!("{:.1}", 1.0 / hhi))?;
        if direct > usual {
            return Some(format!(
                "Many suppliers, unstable ones: spread as over {many} equal ones, with a mean instability of {direct:.2}; the mean of all imports is \
                 {usual:.2}."
            ));
        }
        let indirect = full - self.floor - direct;
        (indirect > direct).then(|| {
            format!(
                "Many suppliers, as {many} equal ones; the instability lies behind them: of STR − {} = {:.2}, {indirect:.2} comes from suppliers of suppliers.",
                self.floor,
                full - self.floor
            )
        })
    }

    /// A supplier that buys a trickle of what it sells: the full reading passes on all the risk behind it.
    fn trickle(&self, cell: &Cell, suppliers: &[Supplier]) -> Option<String> {
        let removed = cell.of(Index::StrFull)? - cell.of(Index::StrMassBalance)?;
        // What of the full reading goes if the supplier passes on no more than its import content.
        let taken = |s: &Supplier| s.share * s.instability * (1.0 - s.content) * (s.str_full - self.floor);
        let most = suppliers.iter().reduce(|a, b| if taken(b) > taken(a) { b } else { a })?;
        if removed <= 0.0 || most.content >= TRICKLE || taken(most) < EXPLAINS * removed {
            return None;
        }
        let panel = self.run.panel().ok()?;
        let of = |column| panel.value(column, cell.product, self.year, most.at);
        let words = |amount: f64| Amounts::Value.in_words(amount);
        Some(format!(
            "Trickles pass on rivers: {}, with {} of its imports, sells {} and buys {}. Full STR passes on all the risk of what it buys as if it sold only \
             that; mass balance {} of it.",
            self.name(most)?,
            share(Some(most.share)),
            words(of(Column::Exports)?),
            words(of(Column::Imports)?),
            share(Some(most.content))
        ))
    }

    /// Suppliers that hardly import: both readings agree on them, and the others are the ones that fall.
    fn makers(&self, cell: &Cell, suppliers: &[Supplier], everybody: &[&Cell]) -> Option<String> {
        let fall = |cell: &Cell| Some(cell.of(Index::StrFull)? - cell.of(Index::StrMassBalance)?);
        let (own, usual) = (fall(cell)?, middle(everybody.iter().filter_map(|cell| fall(cell)))?);
        let covered = suppliers.iter().fold(0.0, |sum, s| sum + s.share);
        let content = suppliers.iter().fold(0.0, |sum, s| sum + s.share * s.content) / covered;
        if own > 0.5 * usual || covered < COVERED || content >= EXPLAINS {
            return None;
        }
        Some(format!(
            "Suppliers that hardly import: at most {} of what they sell can be bought goods, so that mass balance takes {own:.2} from its STR; it takes {usual:.2} \
             from the median importer.",
            share(Some(content))
        ))
    }

    /// Its own suppliers are the unstable ones; behind those of others there is more.
    fn own_unstable(&self, cell: &Cell, everybody: &[&Cell], usual: f64) -> Option<String> {
        let behind = |cell: &Cell| Some(cell.of(Index::StrFull)? - self.floor - cell.of(Index::StrDirect)?);
        let direct = cell.of(Index::StrDirect)?;
        let (own, others) = (behind(cell)?, middle(everybody.iter().filter_map(|cell| behind(cell)))?);
        (direct > usual && own < others).then(|| {
            format!(
                "Its own suppliers are the unstable ones: mean instability {direct:.2}, of all imports {usual:.2}. What lies behind them adds {own:.2} to its full STR, \
                 {others:.2} to that of the median importer."
            )
        })
    }

    /// Squares of small shares vanish.
    fn small_squares(&self, cell: &Cell, suppliers: &[Supplier]) -> Option<String> {
        let top = suppliers.first().filter(|top| top.share < SMALL)?;
        Some(format!(
            "Squares of small shares vanish: no supplier has more than {}. Shares times instability add up to {:.2}, squared shares times instability to {:.2}.",
            share(Some(top.share)),
            cell.of(Index::StrDirect)?,
            cell.of(Index::WeightedHhi)?
        ))
    }

    /// Instability of suppliers of suppliers, which the EU's index does not look at.
    fn further_up(&self, cell: &Cell) -> Option<String> {
        let above = cell.of(Index::StrMassBalance)? - self.floor;
        let indirect = above - cell.of(Index::StrDirect)?;
        (above > 0.0 && indirect >= EXPLAINS * above).then(|| {
            format!(
                "Instability further up: of mass-balanced STR − {} = {above:.2}, {indirect:.2} comes from suppliers of suppliers, which the EU's index does not look at.",
                self.floor
            )
        })
    }

    /// One supplier of no more than usual instability.
    fn one_middling(&self, suppliers: &[Supplier], usual: f64) -> Option<String> {
        let top = suppliers.first().filter(|top| top.share >= ONE)?;
        let kind = match top.instability {
            w if w < 0.25 => "stable",
            w if w <= 0.75 => "of middling stability",
            _ => return None,
        };
        Some(format!(
            "One supplier, {kind}: {} has {} of its imports and an instability of {:.2}; the mean of all imports is {usual:.2}. Squared shares count that it is one, \
             STR only how unstable it is.",
            self.name(top)?,
            share(Some(top.share)),
            top.instability
        ))
    }

    /// The EU's index takes in whom the world buys from, whoever the importer's own suppliers are. The whole index has more parts than can be told
    /// apart here.
    fn of_the_world(&self, cell: &Cell) -> Option<String> {
        let computed = &self.run.manifest().indices.as_ref()?.computed;
        if computed.iter().any(|name| *name == crate::indices::Index::EuSr.name()) {
            return None;
        }
        let panel = self.run.panel().ok()?;
        let exports = panel.value(Column::Exports, cell.product, self.year, cell.country)?;
        let reliance = ((cell.imports - exports) / cell.imports).clamp(0.0, 1.0);
        let (all, own) =
            (cell.of(Index::EuSupplyRisk)?, 10.0 * cell.of(Index::WeightedHhi)? * (1.0 - 0.5 * reliance));
        let world = all - own;
        (world > own).then(|| {
            format!(
                "The world's suppliers, not its own: {world:.2} of its EU supply risk of {all:.2} is the concentration of those who export to anybody."
            )
        })
    }
}

/// Fewer eggs in one basket than others have.
fn less_concentrated(cell: &Cell, everybody: &[&Cell], usual: f64) -> Option<String> {
    let (hhi, direct) = (cell.of(Index::Hhi)?, cell.of(Index::StrDirect)?);
    let others = middle(everybody.iter().filter_map(|cell| cell.of(Index::Hhi)))?;
    (hhi < others && direct >= usual).then(|| {
        format!(
            "Less concentrated than others, from suppliers no more stable: HHI {hhi:.2}, of the median importer {others:.2}; mean instability {direct:.2}, of all \
             imports {usual:.2}."
        )
    })
}

/// Mean instability of what all importers buy of a product.
fn usual_instability(everybody: &[&Cell]) -> Option<f64> {
    let known = || everybody.iter().filter_map(|cell| Some((cell.imports, cell.of(Index::StrDirect)?)));
    let weight = known().fold(0.0, |sum, (imports, _)| sum + imports);
    (weight > 0.0).then(|| known().fold(0.0, |sum, (imports, direct)| sum + imports * direct) / weight)
}

#[cfg(test)]
mod tests {
    use super::super::cells::Cells;
    use super::*;
    use crate::pipeline::{RunOptions, Until, run_study};
    use crate::progress::Silent;
    use crate::study::Study;

    /// The network of the tutorial: Beta buys 60 from Alpha and 20 from Gamma, Gamma 30 from Alpha and 50 from Beta, Alpha 10 from Beta; instability .75,
    /// .2 and .5.
    #[test]
    fn reasons_rest_on_the_numbers_of_the_cell_by_hand() {
        let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
        let temporary = tempfile::tempdir().unwrap();
        let mut study = Study::load(tiny.as_ref()).unwrap();
        study.data.store = Some(temporary.path().join("store"));
        let out = temporary.path().join("run");
        run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)
            .unwrap();
        let run = Run::open(&out).unwrap();
        let panel = run.panel().unwrap();
        let (product, year) = (panel.product("284690".parse().unwrap()).unwrap(), panel.year(2019).unwrap());
        let cells = Cells::read(&run, year).unwrap().unwrap();
        let everybody: Vec<&Cell> = cells.all.iter().filter(|cell| cell.product == product).collect();
        let [beta, gamma] = ["BBB", "CCC"].map(|code| {
            let country = panel.country(code).unwrap();
            *everybody.iter().find(|cell| cell.country == country).unwrap()
        });
        let reasons = Reasons::of(&run, year).unwrap();
        let why = |pair, cell| reasons.why(pair, cell, &everybody);

        // Gamma buys five eighths from the stable Beta; what all buy has (10 * .2 + 80 * .6875 + 80 * .40625) / 170.
        assert_eq!(
            why(Pair::HhiHighStrLow, gamma).unwrap(),
            "One supplier, a stable one: Beta has 62 % of its imports and an instability of 0.20; the mean of all imports is 0.53."
        );
        assert_eq!(why(Pair::HhiHighStrLow, beta), None, "its one supplier is unstable");
        assert_eq!(why(Pair::StrHighHhiLow, beta), None, "its suppliers are few");
        // Alpha sells 90 and buys 10 of it.
        assert_eq!(
            why(Pair::FullHighMassLow, beta).unwrap(),
            "Trickles pass on rivers: Alpha, with 75 % of its imports, sells 90.0 thousand USD and buys 10.0 thousand USD. Full STR passes on all the risk of what it buys \
             as if it sold only that; mass balance 11 % of it."
        );
        assert!(
            why(Pair::EuHighMassLow, beta).unwrap().starts_with(
                "One supplier, of middling stability: Alpha has 75 % of its imports and an instability of 0.75;"
            ),
            "{:?}",
            why(Pair::EuHighMassLow, beta)
        );
        // What is undefined says nothing.
        let unknown = Cell { values: [None; Index::ALL.len()], ..beta.clone() };
        for pair in [Pair::StrHighHhiLow, Pair::FullHighMassLow, Pair::MassHighFullLow, Pair::MassHighEuLow] {
            assert_eq!(why(pair, &unknown), None, "{pair:?}");
        }
        let sum: f64 = everybody.iter().map(|cell| cell.imports).sum();
        assert_eq!(sum, 170.0);
    }
}
