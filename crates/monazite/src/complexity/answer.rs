//! What complexity comes to, for the terminal and for scripts.

use serde::Serialize;

use super::computed::Complexity;
use super::opportunities::{most_complex_exports, opportunities};
use super::sample::{DropReason, Left, Sample};
use crate::nomenclature::{Countries, CountryId};
use crate::plain_text::beginning;
use crate::units::{ThousandUsd, counted};

/// Countries at each end of the list.
const ENDS: usize = 5;
/// Products that are named for a country.
const OF_A_COUNTRY: usize = 8;
/// Countries and products that are left out for a reason and named.
const LEFT_OUT: usize = 5;
/// Letters of the text of a product.
const TEXT: usize = 60;

const COUNTRIES: [&str; 2] = ["country", "countries"];
const PRODUCTS: [&str; 2] = ["product", "products"];

/// A country and its place.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankedCountry {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its rank by ECI; 1 is the most complex.
    pub rank: usize,
    /// Its ECI.
    pub eci: f64,
    /// Its rank by fitness.
    pub fitness_rank: usize,
    /// Products that it exports with advantage.
    pub diversity: u32,
}

/// A product of a country, exported or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProductLine {
    /// Its code.
    pub product: String,
    /// What it is; empty if nobody says.
    pub description: String,
    /// Its PCI.
    pub pci: f64,
    /// RCA of the country in it.
    pub rca: Option<f64>,
    /// How near it is to what the country exports.
    pub density: Option<f64>,
    /// What it would open up; `None` if it is exported already.
    pub gain: Option<f64>,
}

/// What is left out for one reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOut {
    /// `countries` or `products`.
    pub what: &'static str,
    /// How many.
    pub count: usize,
    /// Why, for scripts.
    pub reason: &'static str,
    /// Why, in words.
    pub words: String,
    /// Their exports, thousand USD a year.
    pub exports_thousand_usd: f64,
    /// Codes of the largest exporters (or most exported products) among them; none if they export nothing.
    pub largest: Vec<String>,
}

/// One country.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CountryAnswer {
    /// Its place.
    pub place: RankedCountry,
    /// Its complexity outlook.
    pub coi: Option<f64>,
    /// What it exports, the most complex first.
    pub exports: Vec<ProductLine>,
    /// What it does not export yet, the nearest tenth, the most complex first.
    pub opportunities: Vec<ProductLine>,
}

/// What complexity comes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplexityAnswer {
    /// The year or years.
    pub years: String,
    /// Countries that are compared.
    pub countries: usize,
    /// Products that are compared.
    pub products: usize,
    /// Pairs of country and product with comparative advantage.
    pub advantages: usize,
    /// Share of the exports in the data that the sample holds.
    pub share: f64,
    /// The same, thousand USD a year.
    pub exports_thousand_usd: f64,
    /// What is left out.
    pub left_out: Vec<LeftOut>,
    /// The eigenvalues, the largest first.
    pub eigenvalues: Vec<f64>,
    /// The most complex countries.
    pub most_complex: Vec<RankedCountry>,
    /// The least complex ones, the last one last.
    pub least_complex: Vec<RankedCountry>,
    /// The country that was asked for.
    pub country: Option<CountryAnswer>,
    /// What a reader of the numbers should know.
    pub notes: Vec<String>,
}

impl ComplexityAnswer {
    /// The answer, with one country in detail if asked for. `known` are the countries of the source.
    ///
    /// # Errors
    /// In words, if the country is left out of the sample, and why.
    pub fn of(found: &Complexity, known: &Countries, country: Option<CountryId>) -> Result<Self, String> {
        let sample = &found.sample;
        let country = country.map(|id| of_country(found, id)).transpose()?;
        let mut order: Vec<usize> = (0..found.countries.len()).collect();
        order.sort_by_key(|&c| (found.rank[c], c));
        let ends = ENDS.min(order.len() / 2);
        let ranked = |places: &[usize]| places.iter().map(|&c| place_of(found, c)).collect();
        let left_out = [(true, "countries"), (false, "products")].into_iter().flat_map(|(of, what)| {
            sample.account(of).into_iter().map(move |(reason, count, value)| LeftOut {
                what,
                count,
                reason: reason.key(),
                words: reason.in_words(&found.options),
                exports_thousand_usd: value.get(),
                largest: named(sample, known, reason, of),
            })
        });
        Ok(Self {
            years: found.options.years_in_words(),
            countries: sample.countries.len(),
            products: sample.products.len(),
            advantages: found.advantage.ones(),
            share: sample.compared() / sample.world,
            exports_thousand_usd: sample.compared(),
            left_out: left_out.collect(),
            eigenvalues: found.index.eigenvalues.clone(),
            most_complex: ranked(&order[..ends]),
            least_complex: ranked(&order[order.len() - ends..]),
            country,
            notes: found.notes.clone(),
        })
    }

    /// As text, a line each.
    pub fn to_text(&self) -> String {
        let mut lines = vec![
            format!("Economic complexity, {}", self.years),
            format!(
                "  compared    {} by {}, {:.1} % of the exports in the data ({} a year); M has {} ones",
                counted(self.countries as u64, COUNTRIES),
                counted(self.products as u64, PRODUCTS),
                100.0 * self.share,
                ThousandUsd::new(self.exports_thousand_usd).in_words(),
                crate::units::grouped(self.advantages as u64)
            ),
        ];
        for of in &self.left_out {
            let names = if of.what == "countries" { COUNTRIES } else { PRODUCTS };
            let value = ThousandUsd::new(of.exports_thousand_usd).in_words();
            let which = match of.largest.len() {
                0 => String::new(),
                n if n < of.count => format!(": {} and others, the largest first", of.largest.join(", ")),
                _ => format!(": {}", of.largest.join(", ")),
            };
            lines.push(format!(
                "  left out    {}, {value}: {}{which}",
                counted(of.count as u64, names),
                of.words
            ));
        }
        let first: Vec<String> =
            self.eigenvalues.iter().take(4).map(|v| format!("{:.4}", shown(*v, 4))).collect();
        lines.push(format!("  eigenvalues {}", first.join(", ")));
        let mut table = |title: &str, of: &[RankedCountry]| {
            lines.push(format!("  {title:<34}   rank     ECI  products  rank by fitness"));
            lines.extend(of.iter().map(line_of_country));
        };
        table("most complex", &self.most_complex);
        table("least complex", &self.least_complex);
        if let Some(of) = &self.country {
            lines.extend(of.lines(self.countries));
        }
        lines.extend(self.notes.iter().map(|note| format!("  note        {note}")));
        lines.join("\n")
    }
}

impl CountryAnswer {
    fn lines(&self, countries: usize) -> Vec<String> {
        let coi = self.coi.map_or_else(String::new, |coi| format!(", outlook {:+.2}", shown(coi, 2)));
        let RankedCountry { code, name, rank, fitness_rank, .. } = &self.place;
        let eci = shown(self.place.eci, 2);
        let mut lines = vec![format!(
            "  {code} ({name}): rank {rank} of {countries}, ECI {eci:+.2}{coi}; rank {fitness_rank} by fitness"
        )];
        lines.push(heads("its most complex exports", "RCA"));
        lines.extend(self.exports.iter().map(|of| line_of_product(of, of.rca)));
        lines.push(heads("nearest opportunities", "gain"));
        lines.extend(self.opportunities.iter().map(|of| line_of_product(of, of.gain)));
        if self.opportunities.is_empty() {
            lines.push("    none of what is near to it is more complex than what it exports".to_owned());
        }
        lines
    }
}

/// A number as it is shown with so many digits: what comes to 0 has no sign.
fn shown(x: f64, digits: usize) -> f64 {
    if x.abs() < 0.5 * 10f64.powi(-(digits as i32)) { 0.0 } else { x }
}

/// The largest of what is left out for a reason, by code.
fn named(sample: &Sample, known: &Countries, reason: DropReason, countries: bool) -> Vec<String> {
    sample.left_out_for(reason, countries).into_iter().take(LEFT_OUT).map(|left| left.code(known)).collect()
}

/// What stands above the lines of products.
fn heads(title: &str, number: &str) -> String {
    format!("  {title:<26} {:>8} {number:>7}  {:>7}", "PCI", "density")
}

fn line_of_country(of: &RankedCountry) -> String {
    let name = format!("{} {}", of.code, beginning(&of.name, 30));
    let RankedCountry { rank, diversity, fitness_rank, .. } = of;
    let eci = shown(of.eci, 2);
    format!("    {name:<34} {rank:>4}  {eci:>+6.2}  {diversity:>8}  {fitness_rank:>15}")
}

fn line_of_product(of: &ProductLine, number: Option<f64>) -> String {
    let cell = |x: Option<f64>, digits: usize| {
        x.map_or_else(String::new, |x| format!("{:.digits$}", shown(x, digits)))
    };
    format!(
        "    {:<24} {:>+8.2} {:>7}  {:>7}  {}",
        of.product,
        shown(of.pci, 2),
        cell(number, 2),
        cell(of.density, 3),
        beginning(&of.description, TEXT)
    )
}

fn place_of(found: &Complexity, c: usize) -> RankedCountry {
    RankedCountry {
        code: found.countries[c].0.clone(),
        name: found.countries[c].1.clone(),
        rank: found.rank[c],
        eci: found.index.eci[c],
        fitness_rank: found.fitness.rank[c],
        diversity: found.advantage.diversity()[c],
    }
}

fn of_country(found: &Complexity, id: CountryId) -> Result<CountryAnswer, String> {
    let Some(c) = found.sample.position(id) else {
        let of = found.sample.dropped.iter().find(|d| d.left == Left::Country(id));
        let why = of.map_or_else(
            || "it is not among the countries of the data".to_owned(),
            |d| d.reason.in_words(&found.options),
        );
        return Err(format!("it is left out: {why}"));
    };
    let line = |p: usize| ProductLine {
        product: found.sample.products[p].to_string(),
        description: found.descriptions[p].clone(),
        pci: found.index.pci[p],
        rca: found.sample.rca(c, p),
        density: found.space.density(c, p),
        gain: found.space.gain(c, p),
    };
    let (m, index, space) = (&found.advantage, &found.index, &found.space);
    Ok(CountryAnswer {
        place: place_of(found, c),
        coi: space.coi[c],
        exports: most_complex_exports(m, index, c, OF_A_COUNTRY).into_iter().map(line).collect(),
        opportunities: opportunities(m, index, space, c, OF_A_COUNTRY)
            .into_iter()
            .map(|of| line(of.product))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_to_nothing_has_no_sign() {
        assert_eq!(format!("{:+.2} {:+.2}", shown(-0.004_9, 2), shown(-0.005_1, 2)), "+0.00 -0.01");
        assert_eq!(format!("{:.4}", shown(-1e-17, 4)), "0.0000");
        let product = ProductLine {
            product: "284690".to_owned(),
            description: "Compounds".to_owned(),
            pci: -0.001,
            rca: None,
            density: Some(0.25),
            gain: None,
        };
        let line = line_of_product(&product, product.gain);
        assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["284690", "+0.00", "0.250", "Compounds"]);
    }
}
