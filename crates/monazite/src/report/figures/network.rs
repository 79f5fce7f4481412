//! Figure 1 A to C: the production network by tier, coloured by how dependent a country is on each product.

use std::collections::BTreeSet;

use super::FigureError;
use super::caption::{CLUSTERS, COMPOSITE, Caption, TIERS};
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, Selections, file_of};
use super::inputs::{FigureInputs, Need};
use super::names::{group_name, short_name};
use super::source::ChainTables;
use super::svg::Svg;
use super::typology_map::{self, TypologyMap};
use crate::indicators::Column;
use crate::run_folder::{CsvTable, cell};
use crate::study::FigureSize;

/// One country or group on the network.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkPanel {
    /// iso3, or code of the group.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// By product: composite score; `None` where it is undefined.
    pub scores: Vec<Option<f64>>,
}

/// The network for some countries in a year, with one scale of colours.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkFigure {
    /// Products and links.
    pub chain: ChainTables,
    /// The year.
    pub year: u16,
    /// The countries.
    pub panels: Vec<NetworkPanel>,
    /// Scores at the black and at the yellow end: 2nd and 98th percentile of those shown.
    pub range: [f64; 2],
}

/// Share of the scores that lie beyond each end of the scale of colours.
const TAILS: f64 = 0.02;

/// The figure `network`, and one of each country.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "At which products, and how far from the seeds, is a country dependent?"
    }

    fn needs(&self) -> Need {
        Need::Chain
    }

    fn columns(&self) -> &'static [Column] {
        &[Column::Pc1]
    }

    fn selections(&self) -> Selections {
        Selections { country: true, year: true }
    }

    /// The map of the typology is the last panel of the networks of several countries, and not on those of one.
    fn shows(&self, stem: &str, need: Need) -> bool {
        need == self.needs() || need == Need::Typology && stem == NAME
    }

    fn drawing(&self, country: Option<&str>) -> String {
        country.map_or_else(|| NAME.to_owned(), of_country)
    }

    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        let chain = run.chain()?;
        if chain.links.is_empty() {
            return Ok(Gathered::Absent("the chain has no links".to_owned()));
        }
        let panel = run.panel();
        let Some(year) = run.year else { return Ok(Gathered::Absent("there is no year".to_owned())) };
        if panel.year(year).is_none() {
            return Err(FigureError::Unknown {
                what: "year",
                asked: year.to_string(),
                choices: panel.years.iter().map(u16::to_string).collect(),
            });
        }
        let groups = run.study().mean_groups();
        let mut panels = Vec::new();
        let mut seen = BTreeSet::new();
        for code in run.countries.iter().filter(|code| seen.insert(*code)) {
            let name = match panel.country(code) {
                Some(at) => short_name(&panel.countries[at].name),
                None => groups
                    .iter()
                    .find(|g| g.code == *code)
                    .map_or(code.clone(), |g| group_name(&g.code, &g.name)),
            };
            let scores = run.composites(code, year, &chain.products)?;
            panels.push(NetworkPanel { code: code.clone(), name, scores });
        }
        if panels.iter().all(|p| p.scores.iter().all(Option::is_none)) {
            return Ok(Gathered::Absent(format!("no composite score in {year}")));
        }
        let map = run.clustered()?.map(|data| TypologyMap::of(data, &run.countries));
        Ok(Gathered::numbers(Networks { network: NetworkFigure::of(chain.clone(), year, panels), map }))
    }
}

const NAME: &str = "network";
const LINKS: &str = "network_links";

/// Name of the figure of one country.
fn of_country(code: &str) -> String {
    format!("{NAME}_{code}")
}

/// The networks, with the map of the typology as their last panel if there is one.
struct Networks {
    network: NetworkFigure,
    map: Option<TypologyMap>,
}

impl FigureNumbers for Networks {
    fn tables(&self) -> Vec<FigureTable> {
        let network = &self.network;
        let mut tables =
            vec![FigureTable::new(NAME, network.csv()), FigureTable::new(LINKS, network.links_csv())];
        let of = |panel: &NetworkPanel| FigureTable::new(of_country(&panel.code), network.country_csv(panel));
        tables.extend(network.panels.iter().map(of));
        tables.extend(self.map.iter().flat_map(TypologyMap::tables));
        tables
    }

    fn drawings(&self, size: FigureSize) -> Vec<Drawing<'_>> {
        let network = &self.network;
        let slide = size == FigureSize::Slide;
        let mut drawings = vec![Drawing {
            name: NAME.to_owned(),
            description: format!(
                "Production network by tier for {}, coloured by composite dependency",
                network.names()
            ),
            caption: network.caption(self.map.is_some()),
            draw: Box::new(move |width| {
                let map = self
                    .map
                    .as_ref()
                    .map(|map| |width: f64, height: f64| map.panel_with_numbers(width, height));
                network.draw(width, map.as_ref().map(|m| m as &dyn Fn(f64, f64) -> Svg), slide)
            }),
        }];
        let key = !slide || network.has_short_key();
        for panel in &network.panels {
            drawings.push(Drawing {
                name: of_country(&panel.code),
                description: format!(
                    "Production network of {} by tier, with the key to products",
                    panel.name
                ),
                caption: network.country_caption(panel, key),
                draw: Box::new(move |width| network.draw_country(panel, width, key)),
            });
        }
        drawings
    }
}

impl NetworkFigure {
    /// The figure of some countries.
    pub fn of(chain: ChainTables, year: u16, panels: Vec<NetworkPanel>) -> Self {
        let mut scores: Vec<f64> = panels.iter().flat_map(|p| p.scores.iter().flatten().copied()).collect();
        scores.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (share * scores.len().saturating_sub(1) as f64).round() as usize;
            scores.get(place).copied().unwrap_or(0.0)
        };
        let mut range = [at(TAILS), at(1.0 - TAILS)];
        if range[1] - range[0] < 1e-9 {
            range = [range[0] - 0.5, range[1] + 0.5];
        }
        Self { chain, year, panels, range }
    }

    /// What the figures of the countries show, products by country.
    fn csv(&self) -> CsvTable {
        let mut table = CsvTable::new(&HEADER);
        for panel in &self.panels {
            self.rows_of(panel, &mut table);
        }
        table
    }

    /// What the figure of one country shows.
    fn country_csv(&self, panel: &NetworkPanel) -> CsvTable {
        let mut table = CsvTable::new(&HEADER);
        self.rows_of(panel, &mut table);
        table
    }

    fn rows_of(&self, panel: &NetworkPanel, table: &mut CsvTable) {
        for (product, score) in self.chain.products.iter().zip(&panel.scores) {
            table.row(&[
                panel.code.clone(),
                self.year.to_string(),
                product.code.clone(),
                product.text.clone(),
                product.tier.to_string(),
                size_of(product.tier).to_string(),
                cell(*score),
            ]);
        }
    }

    /// The links that the figures draw.
    fn links_csv(&self) -> CsvTable {
        let mut table = CsvTable::new(&["input", "output", "input_tier", "output_tier"]);
        for &[input, output] in &self.chain.links {
            let (input, output) = (&self.chain.products[input], &self.chain.products[output]);
            table.row(&[
                input.code.clone(),
                output.code.clone(),
                input.tier.to_string(),
                output.tier.to_string(),
            ]);
        }
        table
    }

    fn names(&self) -> String {
        self.panels.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The caption of all countries, with the map beside them if there is one.
    fn caption(&self, with_map: bool) -> Caption {
        let last = char::from(b'A' + self.panels.len().saturating_sub(1) as u8);
        let panels = if self.panels.len() > 1 { format!("A to {last}") } else { "A".to_owned() };
        let mut reading = vec![
            format!("{panels}: {}.", self.names()),
            "Each mark is a product; rows are tiers of the value chain with the seeds on top; lines are links from an input (above) to what is made of it (below). The larger a mark, the nearer to the seeds: size 1/(1 + tier).".to_owned(),
            format!(
                "Colour: composite dependency score of the country in {}, from black (low) to yellow (high); the ends of the scale are the 2nd and 98th percentile of the scores shown. Open marks: no score, the country does not trade the product.",
                self.year
            ),
        ];
        if self.has_back_links() {
            reading.push(
                "Dashed: links whose input stands in the tier of what is made of it, or farther from the seeds."
                    .to_owned(),
            );
        }
        let mut definitions = vec![TIERS, COMPOSITE];
        let mut numbers = vec![file_of(NAME), file_of(LINKS)];
        if with_map {
            let next = char::from(last as u8 + 1);
            reading.push(format!(
                "{next}: countries by year, placed by the likeness of their profiles and coloured by cluster (figures/typology_map); outliers are black, lines are the paths of the countries of {panels}."
            ));
            definitions.push(CLUSTERS);
            numbers.push(file_of(typology_map::NAME));
        }
        let title = format!(
            "Production network of {} products and {} links by tier, {}.",
            self.chain.products.len(),
            self.chain.links.len(),
            self.year
        );
        Caption { title, reading, definitions, numbers }
    }

    /// The caption of one country.
    fn country_caption(&self, panel: &NetworkPanel, key: bool) -> Caption {
        let mut caption = self.caption(false);
        caption.title = format!("Production network of {}, {}.", panel.name, self.year);
        let meaning =
            if key { "the key below says what they are" } else { "chain/nodes.csv says what they are" };
        caption.reading[0] = format!("Numbers are HS6 codes; {meaning}.");
        caption.numbers = vec![file_of(&of_country(&panel.code)), file_of(LINKS)];
        caption
    }

    /// Whether an input stands in the tier of what is made of it, or farther from the seeds.
    pub fn has_back_links(&self) -> bool {
        let tier = |product: usize| self.chain.products[product].tier;
        self.chain.links.iter().any(|&[input, output]| tier(output) <= tier(input))
    }
}

const HEADER: [&str; 7] = ["country", "year", "product", "description", "tier", "size", "composite"];

/// Size of the mark of a product in relation to a seed.
pub(in crate::report) fn size_of(tier: u8) -> f64 {
    1.0 / (1.0 + f64::from(tier))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figures::source::ChainProduct;

    fn networks() -> Networks {
        let product = |code: &str, text: &str, tier| ChainProduct {
            code: code.to_owned(),
            text: text.to_owned(),
            tier,
        };
        let chain = ChainTables {
            products: vec![
                product("850511", "Magnets, <permanent>", 0),
                product("280530", "Rare-earth metals", 1),
                product("284690", "Compounds", 2),
            ],
            links: vec![[1, 0], [2, 1], [0, 1]],
        };
        let panel = |code: &str, scores: [Option<f64>; 3]| NetworkPanel {
            code: code.to_owned(),
            name: format!("Name of {code}"),
            scores: scores.to_vec(),
        };
        let panels = vec![panel("AAA", [Some(-1.0), Some(0.5), None]), panel("BBB", [Some(2.0), None, None])];
        Networks { network: NetworkFigure::of(chain, 2021, panels), map: None }
    }

    #[test]
    fn products_links_and_scores_are_written_by_country() {
        let tables = networks().tables();
        let names: Vec<&str> = tables.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["network", "network_links", "network_AAA", "network_BBB"]);
        assert_eq!(
            tables[2].csv,
            "country,year,product,description,tier,size,composite
AAA,2021,850511,\"Magnets, <permanent>\",0,1,-1
AAA,2021,280530,Rare-earth metals,1,0.5,0.5
AAA,2021,284690,Compounds,2,0.3333333333333333,
"
        );
        assert_eq!(
            tables[1].csv,
            "input,output,input_tier,output_tier
280530,850511,1,0
284690,280530,2,1
850511,280530,0,1
"
        );
        assert_eq!(tables[0].csv.lines().count(), 7);
    }

    #[test]
    fn captions_name_their_numbers_and_what_is_drawn() {
        let networks = networks();
        let drawings = networks.drawings(FigureSize::TwoColumns);
        let [all, first, _] = &drawings[..] else { panic!("three drawings") };
        assert_eq!(all.caption.title, "Production network of 3 products and 3 links by tier, 2021.");
        assert!(all.caption.reading[0].starts_with("A to B: Name of AAA, Name of BBB"));
        assert!(all.caption.reading.iter().any(|text| text.starts_with("Dashed: ")));
        assert_eq!(first.caption.numbers, ["figures/network_AAA.csv", "figures/network_links.csv"]);
        let svg = (first.draw)(510.0).finish(180.0, &first.description);
        for part in [
            ">Name of AAA, 2021</text>",
            "<title>850511 Magnets, &lt;permanent&gt; (tier 0): -1.00</title>",
            "<title>284690 Compounds (tier 2): no score</title>",
            ">Tier 0 (seeds)</text>",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
    }
}
