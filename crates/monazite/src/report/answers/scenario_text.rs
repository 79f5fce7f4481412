//! A scenario as text for a terminal.

use super::amounts::{Amounts, amount_range, range, share};
use super::columns::{Columns, beside, wrapped};
use super::scenario::{HitProduct, Loser, ScenarioAnswer, UnderReadings};
use crate::report::shock_words::times;

/// So many hit products have a line of their own.
const MOST_PRODUCTS: usize = 6;
/// So many suppliers are named that could fill a gap.
const MOST_FILLERS: usize = 5;
/// So many products down the chain are named.
const MOST_TOUCHED: usize = 4;

impl ScenarioAnswer {
    /// The answer in at most about 45 lines of 100 characters.
    pub fn to_text(&self) -> String {
        let mut lines = self.headline();
        lines.push(String::new());
        lines.extend(self.product_lines());
        lines.push(String::new());
        if self.losers.is_empty() {
            let none = self.products.iter().all(|of| of.share.is_none());
            lines.push(
                if none { "  Nobody else imports any." } else { "  Nobody else loses anything." }.to_owned(),
            );
        } else {
            lines.extend(beside(self.loser_lines(), self.hardest_lines()));
        }
        lines.push(String::new());
        lines.extend(self.chain_lines());
        lines.extend(self.substitution_lines());
        lines.extend(self.notes.iter().flat_map(|note| wrapped(note, "  ")));
        lines.extend(wrapped(&self.leaves_out, "  "));
        lines.extend(wrapped(&self.source, "  "));
        lines.join("\n") + "\n"
    }

    fn headline(&self) -> Vec<String> {
        let mut lines = wrapped(&format!("What if {}? Trade of {}.", self.happens.join("; "), self.year), "");
        if self.is_named {
            lines.extend(wrapped(&format!("Scenario: {}.", self.name), ""));
        }
        let imports: f64 = self.products.iter().map(|of| of.imports).sum();
        let of = |reading: fn(&UnderReadings) -> f64| -> f64 {
            self.products.iter().map(|product| reading(&product.value)).sum()
        };
        let lost = [of(|v| v.none), of(|v| v.exposure), of(|v| v.mass_balance)];
        if imports > 0.0 {
            let shares = lost.map(|lost| lost / imports);
            let [least, most] = [f64::min, f64::max].map(|pick| lost.into_iter().fold(lost[0], pick));
            let amount = amount_range(self.amounts, least, most);
            let who = if self.suppliers.is_empty() { "All" } else { "All others" };
            let codes: Vec<&str> = self.products.iter().map(|of| of.product.code.as_str()).collect();
            lines.extend(wrapped(
                &format!(
                    "{who} together lose {} of their imports of {}: {amount}.",
                    range(&shares),
                    codes.join(", ")
                ),
                "",
            ));
        } else if !self.products.is_empty() {
            lines.extend(wrapped(&self.nobody_else(), ""));
        }
        lines
    }

    /// Where the suppliers that are hit are all that import a product, there is nothing to lose a share of.
    fn nobody_else(&self) -> String {
        let codes: Vec<&str> = self.products.iter().map(|of| of.product.code.as_str()).collect();
        let suppliers: Vec<String> = self.suppliers.iter().map(super::amounts::Named::short).collect();
        format!(
            "Nobody but {} imports {}, so that there is no share that all others lose.",
            suppliers.join(", "),
            codes.join(", ")
        )
    }

    fn product_lines(&self) -> Vec<String> {
        let unit = self.amounts.unit();
        let (imports, none) = (format!("of {unit}"), format!("lost, {unit}"));
        let mut table = Columns::new(
            &[
                if self.suppliers.is_empty() { "All lose" } else { "All others lose" },
                &imports,
                "none",
                "exposure",
                "mass",
                &none,
                "exposure",
                "mass",
            ],
            &[0],
        );
        for of in self.products.iter().take(MOST_PRODUCTS) {
            let mut cells = vec![of.product.shown(28), self.amounts.shown(of.imports)];
            cells.extend(shares_of(of.share));
            cells.extend(of.value.all().map(|value| self.amounts.shown(value)));
            table.row(cells);
            if let Some(alone) = of.share_without_others {
                let mut cells = vec!["   if nobody sells more".to_owned(), String::new()];
                cells.extend(shares_of(Some(alone)));
                cells.extend(alone.all().map(|s| self.amounts.shown(s * of.imports)));
                table.row(cells);
            }
        }
        let mut lines = table.lines();
        let more = self.products.len().saturating_sub(MOST_PRODUCTS);
        if more > 0 {
            lines.push(format!("  and {more} more (--json or --out has all)"));
        }
        lines.extend(wrapped(&readings(&self.products), "  "));
        lines
    }

    fn loser_lines(&self) -> Vec<String> {
        let head = format!("lost, {}", self.amounts.unit());
        table_of("Lose most", &head, &self.losers, self.amounts)
    }

    fn hardest_lines(&self) -> Vec<String> {
        table_of("Lose the largest share*", "", &self.hardest, self.amounts)
    }

    fn chain_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.hardest.is_empty() {
            lines.push(
                "  * of importers with at least 0.5 % of these imports; by the reading that takes most"
                    .to_owned(),
            );
        }
        if self.tiers.is_empty() {
            lines.push("  Nothing further down the chain is touched.".to_owned());
            return lines;
        }
        lines.push(String::new());
        let of_unit = format!("of {}", self.amounts.unit());
        let mut table = Columns::new(
            &["Down the chain", "touched", &of_unit, "reach: exp.", "mass", "content: exp.", "mass"],
            &[0],
        );
        for tier in &self.tiers {
            let both = |value: f64| {
                let part = if tier.imports > 0.0 { Some(value / tier.imports) } else { None };
                format!("{} {:>7}", self.amounts.shown(value), share(part))
            };
            table.row(vec![
                format!("tier {}", tier.tier),
                format!("{} of {}", tier.touched, tier.products),
                self.amounts.shown(tier.imports),
                both(tier.reach.exposure),
                both(tier.reach.mass_balance),
                both(tier.content.exposure),
                both(tier.content.mass_balance),
            ]);
        }
        lines.extend(table.lines());
        lines.extend(self.none_lines());
        let most: Vec<String> = self
            .touched
            .iter()
            .take(MOST_TOUCHED)
            .map(|of| {
                format!(
                    "{} ({})",
                    of.product.shown(40).replacen("  ", " ", 1),
                    self.amounts.in_words(of.reach)
                )
            })
            .collect();
        lines.extend(wrapped(
            &format!(
                "Reach: everything stops that contains what is lacking. Content: what is lacking is dispensed with, {}. Neither is a bound of what will stop.{}",
                match self.amounts {
                    Amounts::Value => "at its price",
                    Amounts::Weight => "at its weight",
                },
                if most.is_empty() { String::new() } else { format!(" Most, by reach and the reading that takes most: {}.", most.join(", ")) }
            ),
            "  ",
        ));
        lines
    }

    /// Under `none` only lost production passes down; where none is lost, nothing does.
    fn none_lines(&self) -> Vec<String> {
        let passed: Vec<String> = self
            .tiers
            .iter()
            .filter(|tier| tier.reach.none > 0.0 || tier.content.none > 0.0)
            .map(|tier| {
                let both = |value: f64| {
                    let part = if tier.imports > 0.0 { Some(value / tier.imports) } else { None };
                    format!("{} ({})", self.amounts.in_words(value), share(part))
                };
                format!(
                    "tier {} reach {}, content {}",
                    tier.tier,
                    both(tier.reach.none),
                    both(tier.content.none)
                )
            })
            .collect();
        if passed.is_empty() {
            return Vec::new();
        }
        wrapped(&format!("none (only lost production passes down): {}.", passed.join("; ")), "  ")
    }

    fn substitution_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for of in &self.products {
            let Some(fill) = of.fill else { continue };
            let fillers: Vec<String> = of
                .fillers
                .iter()
                .take(MOST_FILLERS)
                .map(|filler| format!("{} {}", filler.supplier.short(), self.amounts.in_words(filler.amount)))
                .collect();
            let who = match fillers.is_empty() {
                true => "nobody can sell more".to_owned(),
                false => format!("most could come from {}", fillers.join(", ")),
            };
            lines.extend(wrapped(
                &format!(
                    "Others fill {} of all that is lacking of {}{}: {who}.",
                    share(Some(fill.total)),
                    of.product.code,
                    match range(&[fill.least, fill.most]) {
                        one if one == share(Some(fill.total)) => String::new(),
                        apart => format!(" (by importer {apart})"),
                    }
                ),
                "  ",
            ));
        }
        for of in &self.products {
            if let Some(price) = of.log_price {
                lines.push(format!(
                    "  Price of {} that clears the loss: {} that of today (log {price:.3}), with the elasticities given.",
                    of.product.code,
                    times(price)
                ));
            }
        }
        lines
    }
}

/// Shares under the three readings; dashes where there are none.
fn shares_of(shares: Option<UnderReadings>) -> [String; 3] {
    shares.map_or([None; 3], |shares| shares.all().map(Some)).map(share)
}

fn table_of(title: &str, amount: &str, losers: &[Loser], amounts: Amounts) -> Vec<String> {
    let mut heads = vec![title, "none", "exp.", "mass"];
    if !amount.is_empty() {
        heads.push(amount);
    }
    let mut table = Columns::new(&heads, &[0]);
    for loser in losers {
        let mut cells = vec![loser.importer.short()];
        cells.extend(loser.share.all().map(|s| share(Some(s))));
        if !amount.is_empty() {
            cells.push(amounts.shown(loser.value.most()));
        }
        table.row(cells);
    }
    table.lines()
}

/// What the readings are, and whether they are bounds.
fn readings(products: &[HitProduct]) -> String {
    let without: Vec<&str> =
        products.iter().filter(|of| !of.bounds).map(|of| of.product.code.as_str()).collect();
    let (lower, upper, rest) = match (without.is_empty(), without.len() == products.len()) {
        (true, _) => (" (the lower end)", " (the upper end)", String::new()),
        (_, true) => {
            ("", "", " Production is lost too, so that none of them is a lower or an upper end: the more a country sells on, the less its own production counts.".to_owned())
        }
        _ => (
            " (the lower end)",
            " (the upper end)",
            format!(" They are no ends for {}, of which production is lost too.", without.join(", ")),
        ),
    };
    format!(
        "none: nobody sells on what it bought{lower}. exposure: a country makes as much as it sells. mass balance: it sells on as much as it can have bought{upper}.{rest}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_nothing_are_dashes() {
        let shares = UnderReadings { none: 0.0, exposure: 0.012, mass_balance: 0.36 };
        assert_eq!(shares_of(Some(shares)), ["0", "1.2 %", "36 %"]);
        assert_eq!(shares_of(None), ["-"; 3]);
    }
}
