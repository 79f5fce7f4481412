//! What a comparison comes to, in sentences.

use super::answered::{Answered, ThreeAnswers};
use super::before_after;
use super::correlations::Correlation;
use super::flags::CONCENTRATED;
use super::index::Index;
use super::result::IndexComparison;
use crate::complexity::options::LEAST_PRODUCTS;
use crate::indices::Index as Named;
use crate::report::answers::amounts::{Amounts, share};
use crate::run::{Run, RunError};
use crate::units::{counted, grouped};

/// The answers of a comparison.
pub(super) fn three_answers(found: &IndexComparison, run: &Run) -> Result<ThreeAnswers, RunError> {
    Ok(ThreeAnswers(vec![
        Answered {
            asks: "A referee",
            question: "How does this compare with the EU's supply risk, with GeoPolRisk, with flags of import dependence?",
            sentences: beside_others(found),
        },
        Answered {
            asks: "An economist",
            question: "Where is economic complexity?",
            sentences: complexity(run.panel()?.products.len()),
        },
        Answered {
            asks: "A policy desk",
            question: "What happened after the quota?",
            sentences: before_after::sentences(run)?,
        },
    ]))
}

/// How alike two orders are.
fn alike(rho: f64) -> &'static str {
    match rho {
        r if r < -0.2 => "runs against",
        r if r < 0.2 => "has hardly to do with",
        r if r < 0.5 => "has something to do with",
        r if r < 0.8 => "goes along with",
        _ => "is almost the same order as",
    }
}

fn two(number: f64) -> String {
    format!("{number:.2}")
}

fn or_none(number: Option<f64>) -> String {
    number.map_or_else(|| "undefined".to_owned(), two)
}

/// That STR says nothing of how much would be lost, with the numbers of the run; `None` where they are undefined or say otherwise.
pub fn what_to_know(found: &IndexComparison) -> Option<String> {
    let rho = |a, b| found.correlation(a, b).and_then(|c| c.pooled);
    let [hhi, worst] = [Index::Hhi, Index::WorstStop]
        .map(|other| Some([rho(Index::StrFull, other)?, rho(Index::StrMassBalance, other)?]));
    let (hhi, worst, same) = (hhi?, worst?, rho(Index::Hhi, Index::WorstStop)?);
    hhi.iter().chain(&worst).all(|rho| rho.abs() < 0.3).then(|| {
        format!(
            "STR is no measure of how much supply one would lose: it hardly correlates with concentration (rank correlation with HHI {} full, {} mass balance) or with \
             the worst single stop ({}, {}), as it averages instability. HHI and the worst stop {}: {}. Report them side by side.",
            two(hhi[0]),
            two(hhi[1]),
            two(worst[0]),
            two(worst[1]),
            if same >= 0.8 { "are nearly the same order" } else { "are orders of their own" },
            two(same)
        )
    })
}

/// Of how many importers and products numbers are, and in which year.
pub(super) fn sample(found: &IndexComparison) -> String {
    format!(
        "{} of {} that import {} or more in {}",
        counted(found.importers as u64, ["importer", "importers"]),
        counted(found.products as u64, ["product", "products"]),
        Amounts::Value.in_words(found.least_imports),
        found.year
    )
}

/// The same of a pair, which may be over fewer.
fn sample_of(found: &IndexComparison, pair: &Correlation) -> String {
    if pair.importers == found.importers {
        return sample(found);
    }
    format!("the {} that have both, of {}", grouped(pair.importers as u64), sample(found))
}

fn beside_others(found: &IndexComparison) -> Vec<String> {
    let mut said = Vec::new();
    let with_mass =
        |index| found.correlation(Index::StrMassBalance, index).and_then(|of| Some((of, of.pooled?)));
    if let Some((eu, pooled)) = with_mass(Index::EuSupplyRisk) {
        let full = found.correlation(Index::StrFull, Index::EuSupplyRisk).and_then(|c| c.pooled);
        said.push(format!(
            "Mass-balanced STR {} the EU's supply risk: over {} the rank correlation is {} (full STR: {}). The EU's index squares shares; STR averages over them and \
             follows suppliers' suppliers.",
            alike(pooled),
            sample_of(found, eu),
            three_ways(eu, pooled),
            or_none(full)
        ));
    }
    if let Some((geo, pooled)) = with_mass(Index::GeoPolRisk) {
        let name = Some(Named::GeopolriskTrade.name());
        let by_trade = found.indices.iter().any(|of| of.index == Index::GeoPolRisk && of.column == name);
        let why = if by_trade {
            " By trade alone GeoPolRisk is the concentration of the world's exporters times the direct part of STR: inside a product it ranks as that part does, and tells \
             products apart by their exporters."
        } else {
            ""
        };
        said.push(format!(
            "Mass-balanced STR {} GeoPolRisk: over {} {}.{why}",
            alike(pooled),
            sample_of(found, geo),
            three_ways(geo, pooled)
        ));
    }
    said.extend(flags(found));
    said.extend(what_to_know(found));
    said
}

/// A correlation in the three ways.
fn three_ways(of: &Correlation, pooled: f64) -> String {
    let mut said = two(pooled);
    if let Some(inside) = of.inside {
        said.push_str(&format!(", inside products {}", two(inside)));
    }
    if let Some(across) = of.across {
        said.push_str(&format!(", across products {}", two(across)));
    }
    said
}

/// What the flags see, and which index sees the same.
fn flags(found: &IndexComparison) -> Option<String> {
    let flags = found.flags.as_ref()?;
    let mut said = format!(
        "Flags of import dependence (GeoDep: importer's HHI and exporters' HHI above {CONCENTRATED}, imports above exports, in two of three years) are on {} of the importers; \
         {} of {} products have exporters so concentrated in the last of them.",
        share(Some(flags.share())),
        flags.products_concentrated,
        flags.products
    );
    let best = flags.curves.iter().filter_map(|&(index, auc)| Some((index, auc?)));
    let best = best.reduce(|a, b| if b.1 > a.1 { b } else { a });
    if let (Some((best, auc)), Some(full), Some(mass)) =
        (best, flags.curve(Index::StrFull), flags.curve(Index::StrMassBalance))
    {
        said.push_str(&format!(
            " {} tells best who is flagged (area under the curve {}; 0.50 is chance), STR {} full and {} under mass balance: a flag asks for concentration.",
            best.label(),
            two(auc),
            two(full),
            two(mass)
        ));
    }
    Some(said)
}

fn complexity(products: usize) -> Vec<String> {
    vec![
        "Complexity (ECI, PCI, fitness) says what a country can make, from all that everybody exports; STR says whose instability arrives with one product. They are \
         about other things, and neither stands in for the other."
            .to_owned(),
        format!(
            "It needs every product of a whole release, as its index is a direction in all of them: of the {} of this run it would be a number and not complexity, and \
             below {} the program refuses. Ask a release: monazite complexity RELEASE.",
            counted(products as u64, ["product", "products"]),
            grouped(LEAST_PRODUCTS as u64)
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::index_comparison::correlations::correlations;
    use crate::report::index_comparison::correlations::tests::cell;

    /// A comparison of STR, in both readings the same, with HHI and the worst stop, in the same order.
    fn compared(hhi: [f64; 6]) -> IndexComparison {
        let mut rows: Vec<_> =
            (0..6).map(|c| cell(0, c, 150.0, Some(1.0 + c as f64), Some(hhi[c]))).collect();
        for row in &mut rows {
            row.values[Index::StrMassBalance as usize] = row.of(Index::StrFull);
            row.values[Index::WorstStop as usize] = row.of(Index::Hhi);
        }
        IndexComparison {
            year: 2020,
            source: String::new(),
            least_imports: 100.0,
            least_of_cases: 20_000.0,
            importers: 6,
            products: 1,
            products_without: 0,
            indices: Vec::new(),
            correlations: correlations(&rows.iter().collect::<Vec<_>>()),
            flags: None,
            disagreements: Vec::new(),
            answers: ThreeAnswers::default(),
        }
    }

    #[test]
    fn that_str_is_no_measure_of_loss_is_said_where_the_numbers_say_so() {
        // Ranks 1 to 6 and 2 5 4 3 6 1: 1 - 6 (1 + 9 + 1 + 1 + 1 + 25) / 210 = -3/35.
        let said = what_to_know(&compared([0.2, 0.5, 0.4, 0.3, 0.6, 0.1])).unwrap();
        assert!(said.contains("(rank correlation with HHI -0.09 full, -0.09 mass balance)"), "{said}");
        assert!(said.contains("HHI and the worst stop are nearly the same order: 1.00."), "{said}");
        assert_eq!(what_to_know(&compared([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])), None);
        assert_eq!(
            sample(&compared([0.1; 6])),
            "6 importers of 1 product that import 100 thousand USD or more in 2020"
        );
    }

    #[test]
    fn what_the_run_does_not_have_is_not_compared() {
        assert!(beside_others(&compared([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])).is_empty());
        assert_eq!(
            [-0.5, 0.0, 0.3, 0.6, 0.9].map(alike).map(|words| words.split(' ').next().unwrap()),
            ["runs", "has", "has", "goes", "is"]
        );
        assert!(complexity(74)[1].contains("of the 74 products of this run"));
    }
}
