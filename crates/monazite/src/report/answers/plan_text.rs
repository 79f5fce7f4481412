//! A plan as text for a terminal.

use super::amounts::share;
use super::columns::{Columns, wrapped};
use super::plan::{LimitLines, PlanAnswer, PlanLines, Stop};

/// So many moves have a line of their own.
const MOST_MOVES: usize = 6;

/// What every plan leaves out.
pub(super) const CAVEAT: &str = "The plan finds what the index calls safe. Where a supplier gets what it sells more is not known, nor are prices, contracts and quality within an HS code.";

impl PlanAnswer {
    /// The answer in at most about 45 lines of 100 characters.
    pub fn to_text(&self) -> String {
        let mut lines = self.headline();
        lines.push(String::new());
        lines.extend(self.number_lines());
        lines.push(String::new());
        lines.extend(self.move_lines());
        lines.push(String::new());
        lines.extend(self.frontier_lines());
        lines.push(String::new());
        lines.extend(self.other_lines());
        lines.extend(self.full_lines());
        lines.extend(self.notes.iter().flat_map(|note| wrapped(note, "  ")));
        lines.extend(wrapped(CAVEAT, "  "));
        lines.extend(wrapped(&self.source, "  "));
        lines.join("\n") + "\n"
    }

    fn headline(&self) -> Vec<String> {
        let name = self.importer.short();
        let plan = &self.mass_balance;
        let what = match self.objective {
            "hhi" => "the least concentrated purchases",
            "largest" => "the smallest largest supplier",
            "worst-stop" => "the least loss if any one supplier stops",
            _ => "the least systemic trade risk (STR)",
        };
        let mut lines = wrapped(
            &format!(
                "Whom could {name} buy {} from instead? Trade of {}, imports of {}.",
                self.product.shown(85),
                self.year,
                self.amounts.in_words(self.imports)
            ),
            "",
        );
        let moved = if plan.moves.is_empty() {
            "No move within these limits makes it better.".to_owned()
        } else {
            format!(
                "Moving {} of its imports brings STR from {:.3} to {:.3}.",
                share(Some(plan.moved)),
                plan.str.before,
                plan.str.after
            )
        };
        lines.extend(wrapped(&moved, ""));
        lines.extend(wrapped(&format!("For {what}; {}.", limits_in_words(&self.limits)), "  "));
        lines
    }

    fn number_lines(&self) -> Vec<String> {
        let plan = &self.mass_balance;
        let mut table =
            Columns::new(&["Under mass balance", "now", "with the plan", "import content anew"], &[0]);
        let number = |of: &super::plan::BeforeAfter| {
            vec![
                format!("{:.3}", of.before),
                format!("{:.3}", of.after),
                of.recomputed.map_or_else(String::new, |after| format!("{after:.3}")),
            ]
        };
        let mut row = |head: &str, cells: Vec<String>| {
            let mut all = vec![head.to_owned()];
            all.extend(cells);
            table.row(all);
        };
        row("STR", number(&plan.str));
        row("HHI of its suppliers", number(&plan.hhi));
        row("largest supplier", vec![share(Some(plan.largest.before)), share(Some(plan.largest.after))]);
        let stop = |stop: &Stop| format!("{} {}", stop.supplier.short(), share(Some(stop.loss)));
        row("worst single stop loses", vec![stop(&plan.worst_stop_before), stop(&plan.worst_stop_after)]);
        table.lines()
    }

    fn move_lines(&self) -> Vec<String> {
        moves_of(&self.mass_balance, self)
    }

    fn frontier_lines(&self) -> Vec<String> {
        let mut heads = vec!["Frontier: at most".to_owned()];
        let mut least = vec!["least STR".to_owned()];
        for point in &self.frontier {
            heads.push(format!("{:.0} %", 100.0 * point.allowed));
            least.push(format!("{:.3}", point.str));
        }
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let mut table = Columns::new(&heads, &[0]);
        table.row(least);
        let mut lines = table.lines();
        if let Some(flat) = self.frontier.iter().find(|point| point.moved < point.allowed - 1e-9) {
            lines.push(format!("  From {} on nothing more can or need be moved.", share(Some(flat.moved))));
        }
        lines
    }

    fn other_lines(&self) -> Vec<String> {
        let plan = &self.mass_balance;
        let Some(mean) = plan.mean_effect else { return vec!["  Nobody else imports it.".to_owned()] };
        let shown = plan.others.iter().filter(|other| other.change.abs() >= 5e-5).take(4);
        let others: Vec<String> =
            shown.map(|other| format!("{} {:+.4}", other.importer.short(), other.change)).collect();
        let others = if others.is_empty() { String::new() } else { format!(" ({})", others.join(", ")) };
        let rises = plan.others.iter().any(|other| other.change > 0.0);
        let said = match (rises, mean == 0.0) {
            (true, _) => "risk of others rises with it",
            (_, true) => "nobody else's STR moves",
            _ => "nobody loses",
        };
        wrapped(
            &format!(
                "Others: if suppliers make more when asked for more, {said}: their mean STR changes by {mean:+.4}{others}. If there is no more to be had, somebody gives way: --swap FROM:TO:SHARE."
            ),
            "  ",
        )
    }

    fn full_lines(&self) -> Vec<String> {
        let plan = &self.full;
        let part = |more: f64| share(Some(if self.imports > 0.0 { more / self.imports } else { 0.0 }));
        let to =
            plan.used.iter().take(3).map(|used| format!("{} to {}", part(used.more), used.supplier.short()));
        let to: Vec<String> = to.collect();
        let to = if to.is_empty() { "nothing".to_owned() } else { to.join(", ") };
        wrapped(
            &format!(
                "In the paper's reading, in which importers sell on all they buy, STR is {:.3} and the best plan moves {to} for {:.3} ({:.3} with import content anew).",
                plan.str.before,
                plan.str.after,
                plan.str.recomputed.unwrap_or(plan.str.after)
            ),
            "  ",
        )
    }
}

fn moves_of(plan: &PlanLines, answer: &PlanAnswer) -> Vec<String> {
    if plan.moves.is_empty() {
        return vec!["  Nothing is moved.".to_owned()];
    }
    let mut table = Columns::new(
        &["Move from", "to", "of imports", answer.amounts.unit(), "price from", "price to"],
        &[0, 1],
    );
    for step in plan.moves.iter().take(MOST_MOVES) {
        table.row(vec![
            step.from.short(),
            step.to.short(),
            share(Some(step.share)),
            answer.amounts.shown(step.amount),
            format!("{:.3}", step.price_from),
            format!("{:.3}", step.price_to),
        ]);
    }
    let mut lines = table.lines();
    let more = plan.moves.len().saturating_sub(MOST_MOVES);
    if more > 0 {
        lines.push(format!("  and {more} smaller moves (--json or --out has all)"));
    }
    let used: Vec<String> = plan
        .used
        .iter()
        .take(6)
        .map(|used| format!("{} {}", used.supplier.short(), share(Some(used.share))))
        .collect();
    lines.extend(wrapped(
        &format!(
            "price: what a share of that supplier adds to STR, w(1 + φe). Used of what each can sell more: {}.",
            used.join(", ")
        ),
        "  ",
    ));
    lines
}

/// The limits in words.
pub(super) fn limits_in_words(limits: &LimitLines) -> String {
    let of = if limits.capacity_of == "rest" { "what they sell to others" } else { "all their exports" };
    let mut text = format!(
        "at most {} moves, suppliers can add {} of {of}, new ones have {} of world exports or more",
        share(Some(limits.moved)),
        share(Some(limits.capacity)),
        share(Some(limits.min_supplier_share))
    );
    if limits.keep > 0.0 {
        text.push_str(&format!(", {} of every supplier is kept", share(Some(limits.keep))));
    }
    if !limits.exclude.is_empty() {
        let names: Vec<String> = limits.exclude.iter().map(super::amounts::Named::short).collect();
        text.push_str(&format!(", nothing moves to {}", names.join(", ")));
    }
    text
}
