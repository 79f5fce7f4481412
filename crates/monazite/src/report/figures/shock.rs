//! What the scenarios of a study take: who loses most, by tier, under each reading.

use super::FigureError;
use super::caption::Caption;
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, file_of};
use super::inputs::{FigureInputs, Need};
use super::shock_drawing::draw;
use super::shock_numbers::{MOST_SCENARIOS, OfScenario, ShockFigure};
use crate::report::shock_words::{CHAIN, LEAVES_OUT, READINGS, capacity_in_words};
use crate::run::LossReading;
use crate::run_folder::CsvTable;
use crate::run_folder::tables::SHOCK_FIGURE;
use crate::study::{FigureSize, TradeMeasure};

const NAME: &str = "shock";

/// The figure `shock`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "Who would lose how much, and how deep in the chain?"
    }

    fn needs(&self) -> Need {
        Need::Trends
    }

    // Its caption names the study, which changes with the settings of the typology.
    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        let study = run.study();
        let (losses, products) = (run.run().shock_losses()?, run.run().shock_products()?);
        let Some((losses, products)) = losses.zip(products) else {
            return Ok(Gathered::Absent(match run.manifest().shocks {
                Some(_) => {
                    "the study has no scenario that takes anything ([[shock]], shocks.events)".to_owned()
                }
                None => format!("no scenarios: {}", run.run().why_no_shocks()),
            }));
        };
        let capacity = capacity_in_words(&study.shocks);
        let found = ShockFigure::of(run.panel(), &losses, &products, study.trade.measure, capacity);
        Ok(match found {
            Some(numbers) => Gathered::numbers(numbers),
            None => Gathered::Absent("nobody loses anything in the scenarios".to_owned()),
        })
    }
}

impl FigureNumbers for ShockFigure {
    fn tables(&self) -> Vec<FigureTable> {
        let mut table = CsvTable::of(&SHOCK_FIGURE);
        for scenario in &self.scenarios {
            for chain in LossReading::BOTH {
                for tier in &scenario.tiers {
                    for loser in &tier.losers {
                        let lost = loser.lost[chain as usize];
                        table.row(&[
                            scenario.name.clone(),
                            scenario.year.to_string(),
                            chain.name().to_owned(),
                            tier.tier.map_or_else(String::new, |tier| tier.to_string()),
                            loser.code.clone(),
                            lost.none.to_string(),
                            lost.exposure.to_string(),
                            lost.mass_balance.to_string(),
                        ]);
                    }
                }
            }
        }
        vec![FigureTable::new(NAME, table)]
    }

    fn drawings(&self, _size: FigureSize) -> Vec<Drawing<'_>> {
        let more = match self.left_out {
            0 => String::new(),
            n => format!(" {MOST_SCENARIOS} scenarios are drawn; {n} more are in shock_losses.parquet."),
        };
        let unclear: Vec<&str> = self
            .scenarios
            .iter()
            .filter(|scenario| !scenario.hit_are_bounds)
            .map(|scenario| scenario.name.as_str())
            .collect();
        let unclear = match unclear.is_empty() {
            true => String::new(),
            false => format!(
                " No bounds even for the products that are hit, since production is lost: {}.",
                unclear.join("; ")
            ),
        };
        vec![Drawing {
            name: NAME.to_owned(),
            description: self.description(),
            caption: Caption {
                title: "What the scenarios take, and from whom.".to_owned(),
                reading: vec![format!(
                    "By tier the importers that lose most, the suppliers that are hit among them. Bar: from the least to the most of the three readings, \
                     on a scale on which each step is a factor of ten; dot: exposure. A bar that begins at the left edge begins at 0: down the chain nothing is lost if \
                     nobody passes on a lost import, unless production is lost. Left all that contains what is lost (reach), right its own {} (content); neither is a forecast. In \
                     grey: the share of all others’ imports of those products of the tier that lose anything. {}{unclear}{more}",
                    if self.measure == TradeMeasure::Quantity { "weight" } else { "value" },
                    self.capacity
                )],
                definitions: vec![READINGS, CHAIN, LEAVES_OUT],
                numbers: vec![file_of(NAME)],
            },
            draw: Box::new(move |width| draw(self, width)),
        }]
    }
}

impl ShockFigure {
    fn description(&self) -> String {
        let of = |scenario: &OfScenario| {
            let tiers = scenario.tiers.iter().filter_map(|tier| {
                let [reach, content] = tier.share;
                let name =
                    tier.tier.map_or_else(|| "outside the chain".to_owned(), |tier| format!("tier {tier}"));
                let (reach, content) = (100.0 * reach?.mass_balance, 100.0 * content?.mass_balance);
                let first = tier.losers.first()?;
                Some(format!("{name} {reach:.1} % reach, {content:.1} % content, most of all {}", first.name))
            });
            format!("{} ({}): {}", scenario.name, scenario.year, tiers.collect::<Vec<_>>().join(", "))
        };
        let all: Vec<String> = self.scenarios.iter().map(of).collect();
        format!("Share of imports lost under mass balance. {}", all.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{LossShares, ShockLoss, ShockLosses, ShockProduct};
    use crate::run_folder::StoredPanel;
    use crate::run_folder::stored_panel::StoredProduct;

    fn figure() -> ShockFigure {
        let product = |code: &str, tier| StoredProduct {
            code: code.parse().unwrap(),
            description: String::new(),
            tier: Some(tier),
            inputs: Vec::new(),
        };
        let products = vec![product("280530", 0), product("850511", 1)];
        let panel =
            StoredPanel::of_values(&[2020, 2021], products, &["AAA", "BBB", "CCC"], |_, _, _, _| None);
        let loss =
            |year, chain, product: usize, importer, imports, [none, exposure, mass_balance]: [f64; 3]| {
                ShockLoss {
                    scenario: 0,
                    year,
                    chain,
                    product,
                    tier: Some(product as u8),
                    importer,
                    imports,
                    lost: LossShares { none, exposure, mass_balance },
                }
            };
        let (reach, content) = (LossReading::Reach, LossReading::Content);
        let rows = vec![
            loss(0, reach, 0, 1, 900.0, [1.0; 3]),
            loss(1, reach, 0, 1, 100.0, [0.5, 0.6, 0.8]),
            loss(1, reach, 0, 2, 400.0, [0.5, 0.5, 0.5]),
            loss(1, reach, 1, 1, 1000.0, [0.0, 0.3, 0.8]),
            loss(1, content, 0, 1, 100.0, [0.5, 0.6, 0.8]),
            loss(1, content, 1, 1, 1000.0, [0.0, 0.001, 0.004]),
        ];
        let losses = ShockLosses { scenarios: vec!["A <stops>".to_owned()], rows };
        let of = |chain, product: usize, [none, exposure, mass_balance]: [f64; 3]| ShockProduct {
            scenario: "A <stops>".to_owned(),
            year: 1,
            chain,
            product,
            tier: Some(product as u8),
            hit: product == 0,
            imports: 1000.0,
            lost: Some(LossShares { none, exposure, mass_balance }),
            are_bounds: product == 0,
        };
        let products = [
            of(reach, 0, [0.25, 0.26, 0.28]),
            of(reach, 1, [0.0, 0.3, 0.8]),
            of(content, 0, [0.25, 0.26, 0.28]),
            of(content, 1, [0.0, 0.001, 0.004]),
        ];
        ShockFigure::of(&panel, &losses, &products, TradeMeasure::Value, "Nobody adds anything.".to_owned())
            .unwrap()
    }

    #[test]
    fn losses_are_summed_by_tier_in_the_last_base_year() {
        let figure = figure();
        let csv = &figure.tables()[0].csv;
        let expected = "scenario,year,chain,tier,importer,value_none,value_exposure,value_mass_balance\n\
            A <stops>,2021,reach,0,CCC,200,200,200\n\
            A <stops>,2021,reach,0,BBB,50,60,80\n\
            A <stops>,2021,reach,1,BBB,0,300,800\n\
            A <stops>,2021,content,0,CCC,0,0,0\n\
            A <stops>,2021,content,0,BBB,50,60,80\n\
            A <stops>,2021,content,1,BBB,0,1,4\n";
        assert_eq!(csv, expected);
        assert!(figure.scenarios[0].hit_are_bounds);
        let share = figure.scenarios[0].tiers[1].share[0].unwrap();
        assert_eq!((share.none, share.exposure, share.mass_balance), (0.0, 0.3, 0.8));
    }

    #[test]
    fn a_bar_from_least_to_most_and_a_dot_between() {
        let figure = figure();
        let [drawing] = figure.drawings(FigureSize::TwoColumns).try_into().unwrap_or_else(|_| panic!("one"));
        assert!(
            drawing.description.ends_with(
                "A <stops> (2021): tier 0 28.0 % reach, 28.0 % content, most of all CCC, tier 1 80.0 % reach, 0.4 % content, most of all BBB"
            ),
            "{}",
            drawing.description
        );
        let svg = (drawing.draw)(510.0).finish(180.0, &drawing.description);
        for part in [
            "A &lt;stops&gt;",
            "BBB, tier 1, reach: 0 USD (none), 300 thousand USD (exposure), 800 thousand USD (mass balance)",
            "BBB, tier 1, content: 0 USD (none), 1000 USD (exposure), 4000 USD (mass balance)",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}
