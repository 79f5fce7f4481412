//! A comparison of indices as text for a terminal.

use super::correlations::Correlation;
use super::disagreements::Disagreement;
use super::index::Index;
use super::pair::Pair;
use super::result::IndexComparison;
use super::words::{sample, what_to_know};
use crate::report::answers::amounts::{Amounts, share};
use crate::report::answers::columns::{Columns, wrapped};
use crate::report::brief::cut;
use crate::units::counted;

impl IndexComparison {
    /// The answer as text for a terminal.
    pub fn to_text(&self) -> String {
        let mut lines = vec![
            format!("STR beside other indices, {}.", self.year),
            format!("Compared are {}.", sample(self)),
        ];
        lines.push(String::new());
        lines.extend(wrapped("Do they put importers into the same order? Rank correlation: 1 is the same order, 0 none, -1 the opposite.", ""));
        lines.push(
            "Above the dots: all importers of all products at once that have both. Below: mean inside products."
                .to_owned(),
        );
        lines.extend(self.matrix());
        lines.push(String::new());
        lines.extend(self.across());
        lines.push(String::new());
        lines.extend(self.legend());
        if let Some(know) = what_to_know(self) {
            lines.push(String::new());
            lines.extend(wrapped(&know, "  "));
        }
        lines.push(String::new());
        lines.extend(self.disagreements_as_text());
        lines.extend(self.left_out());
        lines.extend(wrapped(&self.source, "  "));
        lines.join("\n") + "\n"
    }

    /// Correlations: above the diagonal pooled, below inside products.
    fn matrix(&self) -> Vec<String> {
        let there = self.there();
        let mut table = self.columns(&there);
        for (row, &of) in there.iter().enumerate() {
            let mut cells = vec![of.short().to_owned()];
            cells.extend(there.iter().enumerate().map(|(column, &other)| {
                let found = self.correlation(of, other);
                match column.cmp(&row) {
                    std::cmp::Ordering::Equal => "·".to_owned(),
                    std::cmp::Ordering::Greater => shown(found.and_then(|c| c.pooled)),
                    std::cmp::Ordering::Less => shown(found.and_then(|c| c.inside)),
                }
            }));
            table.row(cells);
        }
        table.lines()
    }

    /// STR and the others across products, and how well each tells who is flagged.
    fn across(&self) -> Vec<String> {
        let there = self.there();
        let most = self.correlations.iter().map(|c: &Correlation| c.products_across).max().unwrap_or(0);
        let mut lines =
            vec![format!("Across {most} products, of each the mean of its importers weighted by imports:")];
        let mut table = self.columns(&there);
        for of in [Index::StrFull, Index::StrMassBalance] {
            let mut cells = vec![of.short().to_owned()];
            cells.extend(there.iter().map(|&other| match other == of {
                true => "·".to_owned(),
                false => shown(self.correlation(of, other).and_then(|c| c.across)),
            }));
            table.row(cells);
        }
        lines.extend(table.lines());
        if let Some(flags) = &self.flags {
            lines.push(String::new());
            lines.extend(wrapped(
                &format!(
                    "Who has a flag of import dependence (GeoDep, in two of three years): {} of the importers. A year counts if the HHI of the exporters is above 0.4, too, which in the last of \
                     the three {} of {} products have. How well an index tells who has it (area under the curve: 1 without error, 0.50 by chance):",
                    share(Some(flags.share())),
                    flags.products_concentrated,
                    flags.products
                ),
                "",
            ));
            let mut table = self.columns(&there);
            let mut cells = vec!["flag".to_owned()];
            cells.extend(there.iter().map(|&index| shown(flags.curve(index))));
            table.row(cells);
            lines.extend(table.lines());
        } else {
            lines.push(String::new());
            lines.extend(wrapped(
                &format!(
                    "No flag of import dependence (GeoDep, which counts three years) is known of {}.",
                    self.year
                ),
                "",
            ));
        }
        lines
    }

    fn columns(&self, there: &[Index]) -> Columns {
        let mut heads = vec![""];
        heads.extend(there.iter().map(|index| index.short()));
        Columns::new(&heads, &[0])
    }

    /// What each index measures.
    fn legend(&self) -> Vec<String> {
        let mut lines = vec!["What they measure:".to_owned()];
        for index in self.there() {
            let text = format!("{}: {}.", index.short(), index.measures());
            lines.extend(wrapped(&text, "  "));
        }
        lines
    }

    fn disagreements_as_text(&self) -> Vec<String> {
        let mut lines = wrapped(
            &format!(
                "Where they disagree most, and why: importers of {} or more; rank 1 is most risk in the product.",
                Amounts::Value.in_words(self.least_of_cases)
            ),
            "",
        );
        let mut none = Vec::new();
        for pair in Pair::ALL {
            let cases: Vec<&Disagreement> = self.disagreements.iter().filter(|d| d.pair == pair).collect();
            if cases.is_empty() {
                none.push(pair.title());
                continue;
            }
            lines.push(String::new());
            lines.push(pair.title());
            for case in cases {
                lines.extend(wrapped(
                    &format!(
                        "{}, {} {} ({}): {} {} (rank {}), {} {} (rank {} of {}).",
                        case.importer.short(),
                        case.product.code,
                        cut(&case.product.text, 40),
                        Amounts::Value.in_words(case.imports),
                        pair.high().short(),
                        shown(Some(case.values[0])),
                        case.rank(0),
                        pair.low().short(),
                        shown(Some(case.values[1])),
                        case.rank(1),
                        case.among
                    ),
                    "  ",
                ));
                lines.extend(case.why.iter().flat_map(|why| wrapped(why, "      ")));
            }
        }
        if !none.is_empty() {
            lines.push(String::new());
            lines.extend(wrapped(&format!("No such importer: {}.", none.join("; ")), ""));
        }
        lines.push(String::new());
        lines
    }

    /// What was not compared.
    fn left_out(&self) -> Vec<String> {
        let mut said = Vec::new();
        if self.products_without > 0 {
            let products = counted(self.products_without as u64, ["product has", "products have"]);
            said.push(format!("{products} no indices in this run (indices.products)"));
        }
        for of in &self.indices {
            match of.column {
                None => said.push(format!("{} is not in this run", of.index.label())),
                Some(_) if of.undefined > 0 => {
                    said.push(format!("{} is undefined for {} importers", of.index.label(), of.undefined));
                }
                Some(_) => {}
            }
        }
        if let Some(flags) = self.flags.as_ref().filter(|flags| flags.undefined > 0) {
            said.push(format!("the flag is undefined for {} importers", flags.undefined));
        }
        match said.is_empty() {
            true => Vec::new(),
            false => wrapped(&format!("Left out: {}.", said.join("; ")), "  "),
        }
    }
}

impl Disagreement {
    /// Its rank from the largest value on, by the high index (0) or the low one (1); a half where values are equal.
    pub fn rank(&self, which: usize) -> f64 {
        let among = self.among as f64;
        let rank = among - self.places[which] * among + 1.0;
        (2.0 * rank).round() / 2.0
    }
}

fn shown(number: Option<f64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| format!("{number:.2}"))
}
