//! How much of the change of the average importer's STR is due to shares, stability, import content and who imports, in every draw.

use super::drawn_risk::{DrawMemory, DrawnNetwork, LANES, Lanes};
use super::setting::Setting;
use crate::indicators::import_weights::ImportWeights;
use crate::panel::matrices::YearTrade;

/// The parts, in order; `network` is shares and import content together.
pub const PARTS: [&str; 5] = ["shares", "stability", "import_content", "importers", "network"];

/// The change of the import-weighted mean between two years in its parts: the value with the published stability, and those of all draws.
///
/// The three factors behind e are import shares, stability and import content. A part is its Shapley value, the mean over the 3! orders in
/// which the factors change one after the other, weighted by the mean of the importers' shares in world imports; the parts of everybody
/// and the change of who imports add up to the change. A country that exports in one of the years only keeps the import content of that
/// year throughout.
pub(super) fn parts_of_change(
    setting: &Setting<'_>,
    ends: [usize; 2],
    trade: [&YearTrade<'_>; 2],
    contents: [&[f64]; 2],
    starts: [&[f64]; 2],
    traders: &[Vec<bool>; 2],
    memory: &mut DrawMemory,
) -> Vec<(f64, Vec<f64>)> {
    let exports = trade.map(|year| year.matrix.exports());
    let carried = |own: usize| -> Vec<f64> {
        let other = 1 - own;
        let of = |c: usize| if exports[own][c] > 0.0 || exports[other][c] <= 0.0 { own } else { other };
        (0..contents[own].len()).map(|c| contents[of(c)][c]).collect()
    };
    let contents = [carried(0), carried(1)];
    let weights = trade.map(|year| ImportWeights::of(&year.matrix));
    let both = |c: usize| traders[0][c] && traders[1][c];
    let mean_weight: Vec<f64> = (0..contents[0].len())
        .map(|c| if both(c) { 0.5 * (weights[0].shares()[c] + weights[1].shares()[c]) } else { 0.0 })
        .collect();
    // What a year's e counts in the change of who imports: half of it, or all where the country trades in one year only.
    let entering = |own: usize| -> Vec<f64> {
        let moved = |c: usize| weights[1].shares()[c] - weights[0].shares()[c];
        let part = |c: usize| {
            if both(c) {
                0.5
            } else if traders[own][c] {
                1.0
            } else {
                0.0
            }
        };
        (0..mean_weight.len()).map(|c| moved(c) * part(c)).collect()
    };
    let entering = [entering(0), entering(1)];
    let draws = setting.stability.draws();
    // The draws, and behind them the point.
    let mut parts = vec![vec![0.0; draws + 1]; PARTS.len()];
    let damping = setting.study.indicators.damping;
    for corner in 0..8usize {
        let [shares, stability, content] = [corner & 1, (corner >> 1) & 1, corner >> 2];
        let network = DrawnNetwork::new(&trade[shares].matrix, &contents[content], damping);
        let start = starts[shares];
        let mut add = |from: usize, wanted: usize, excess: &[Lanes]| {
            let sum = |weights: &[f64]| weighted(network.importers().zip(excess), weights);
            let mean = sum(&mean_weight);
            for (factor, at) in [shares, stability, content].into_iter().enumerate() {
                let others = shares + stability + content - at;
                // k! (2 - k)!/3! where k of the two others have changed.
                let order = if others == 1 { 1.0 / 6.0 } else { 1.0 / 3.0 };
                let sign = if at == 1 { order } else { -order };
                for lane in 0..wanted {
                    parts[factor][from + lane] += sign * mean[lane];
                }
            }
            if shares == stability && stability == content {
                let level = sum(&entering[shares]);
                for lane in 0..wanted {
                    parts[3][from + lane] += level[lane];
                }
            }
        };
        for block in 0..setting.stability.blocks() {
            let wanted = setting.stability.in_block(block);
            network.solve(setting.stability.block(ends[stability], block), start, wanted, memory);
            add(block * LANES, wanted, &memory.excess);
        }
        let point: Vec<Lanes> =
            setting.world.instability[ends[stability]].iter().map(|w| [*w; LANES]).collect();
        network.solve(&point, start, 1, memory);
        add(draws, 1, &memory.excess);
    }
    let network = parts[0].iter().zip(&parts[2]).map(|(shares, content)| shares + content).collect();
    parts[4] = network;
    parts
        .into_iter()
        .map(|mut part| {
            let point = part.pop().unwrap_or(f64::NAN);
            (point, part)
        })
        .collect()
}

/// Σ weight e over importers.
fn weighted<'a>(excess: impl Iterator<Item = (usize, &'a Lanes)>, weights: &[f64]) -> Lanes {
    let mut sum = [0.0; LANES];
    for (c, e) in excess.filter(|(c, _)| weights[*c] != 0.0) {
        for lane in 0..LANES {
            sum[lane] += weights[c] * e[lane];
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::{ImportContent, Wanted};
    use crate::ingest::Governance;
    use crate::nomenclature::Hs6;
    use crate::panel::World;
    use crate::panel::product::{ProductRun, YearFlows};
    use crate::progress::Silent;
    use crate::study::Study;
    use crate::trade::{FlowBatch, FlowSource, FlowTable};
    use crate::uncertainty::product::{Part, Who};
    use crate::uncertainty::stability_draws::{DrawOptions, StabilityDraws};
    use crate::value_chain::{CyclePolicy, ValueChain};

    const CODE: &str = "284690";

    /// The three countries of the worked example, and a year in which all has changed.
    fn flows() -> FlowTable {
        FlowTable::from_rows([
            (2022, CODE, "CHN", "DEU", 60.0),
            (2022, CODE, "CHN", "USA", 30.0),
            (2022, CODE, "DEU", "CHN", 10.0),
            (2022, CODE, "DEU", "USA", 50.0),
            (2022, CODE, "USA", "DEU", 20.0),
            (2023, CODE, "CHN", "DEU", 80.0),
            (2023, CODE, "CHN", "USA", 60.0),
            (2023, CODE, "DEU", "CHN", 20.0),
            (2023, CODE, "DEU", "USA", 10.0),
            (2023, CODE, "USA", "DEU", 10.0),
        ])
        .unwrap()
    }

    const FILE: &[u8] =
        b"iso3,year,pv_rank,pv_est,pv_se\nCHN,2022,25,-0.6,0.2\nDEU,2022,80,0.8,0.3\nUSA,2022,50,0.1,0.25\n\
        CHN,2023,20,-0.7,0.2\nDEU,2023,85,0.9,0.3\nUSA,2023,45,0.0,0.25\n";

    #[test]
    fn oracle_of_a_change_in_three_factors_and_who_imports() {
        let product: Hs6 = CODE.parse().unwrap();
        let governance = Governance::parse(FILE, "wgi.csv").unwrap();
        let mut study = Study::new([product]);
        study.groups.means.clear();
        let flows = flows();
        let chain = ValueChain::build(Vec::new(), &[product], CyclePolicy::default()).unwrap();
        let world = World::prepare_with(&study, &flows, &chain, &governance).unwrap();
        let options = DrawOptions { draws: 40, rho: 0.9, seed: 7, measure: study.stability.measure };
        let own = |code: &str| vec![(code.to_owned(), 1.0)];
        let sources = vec![["CHN", "DEU", "USA"].map(own).to_vec(); 2];
        let stability = StabilityDraws::of(&governance, &world.years, &sources, &world.instability, &options);
        let readings = [ImportContent::Full, ImportContent::MassBalance];
        let setting = Setting {
            study: &study,
            world: &world,
            stability: &stability,
            readings: &readings,
            groups: &[],
            progress: &Silent,
        };
        let batches: Vec<FlowBatch> =
            world.years.iter().map(|&year| flows.read(year, &[product], false).unwrap()).collect();
        let years: Vec<YearFlows<'_>> = batches.iter().map(|b| YearFlows::of(b, product)).collect();
        let (study, world) = (&study, &world);
        let run = ProductRun {
            study,
            world,
            position: 0,
            in_focus: true,
            columns: &[],
            wanted: Wanted::ALL,
            flows: false,
        };
        let found = setting.bands(0, &run.trade(&years), &mut DrawMemory::default()).unwrap();
        let row = |reading, part: &str| {
            let row = found
                .changes
                .iter()
                .find(|row| row.who == Who::World && row.reading == reading && row.part.name() == part);
            row.unwrap_or_else(|| panic!("{part}"))
        };
        // Mean shares in world imports: of 170 and 180.
        let (before, after) = ([10.0, 80.0, 80.0].map(|m| m / 170.0), [20.0, 90.0, 70.0].map(|m| m / 180.0));
        let mean = |of: [f64; 3]| (0..3).map(|c| 0.5 * (before[c] + after[c]) * of[c]).sum::<f64>();
        let mass = |part| row(ImportContent::MassBalance, part).change.point;
        for (part, expected) in [
            ("shares", mean([0.0029099, 0.0168729, 0.2374745])),
            ("stability", mean([-0.0819604, 0.0486615, -0.0044022])),
            ("import_content", mean([0.0012143, 0.0068689, 0.0052574])),
        ] {
            assert!((mass(part) - expected).abs() < 1e-7, "{part}: {} is not {expected}", mass(part));
        }
        for reading in readings {
            let change = row(reading, "change").change.point;
            let of = |part| row(reading, part).change.point;
            let content = if reading == ImportContent::Full { 0.0 } else { of("import_content") };
            assert!((of("shares") + of("stability") + content + of("importers") - change).abs() < 1e-9);
            assert!((of("shares") + content - of("network")).abs() < 1e-12);
        }
        assert!(
            found.changes.iter().all(|row| row.part != Part::Of(2) || row.reading != ImportContent::Full)
        );
        // A country that is drawn has a band, and the point need not be in it.
        let of_usa = found.levels.iter().find(|row| row.country == 2 && row.year == 1).unwrap();
        assert!(of_usa.str.low < of_usa.str.high && of_usa.rank.is_some());
    }
}
