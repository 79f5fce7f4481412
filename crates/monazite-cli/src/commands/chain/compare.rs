//! `monazite chain compare`.

use monazite::delimited::CsvText;
use monazite::disk;
use monazite::nomenclature::Hs6;
use monazite::value_chain::compare::{
    ComparedNetwork, Comparison, LoneLink, Overlap, PartOverlap, compare as score,
};

use crate::arguments::CompareArguments;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Links of one kind that are named on the terminal; a file gets all.
const NAMED: usize = 40;

/// Scores a network against a reference.
pub fn compare(arguments: &CompareArguments, terminal: &Terminal) -> Result<(), Failure> {
    let read = |path| ComparedNetwork::read(path, arguments.votes).map_err(|e| e.to_string());
    let reference = read(&arguments.reference)?;
    let network = read(&arguments.network)?.converted_to(reference.edition);
    if arguments.votes > 1 && network.runs.or(reference.runs).is_none() {
        terminal.line(
            "  note        --votes has no effect: neither of the two has runs that vote (a column run).",
        );
    }
    for note in network.notes.iter().chain(&reference.notes) {
        terminal.line(&format!("  note        {note}"));
    }
    let comparison = score(&network, &reference);
    let text = |code: Hs6| {
        [&network, &reference]
            .into_iter()
            .find_map(|n| n.descriptions.get(&code))
            .cloned()
            .unwrap_or_default()
    };
    terminal.line("              in both  network  reference  precision  recall    F1");
    terminal.line(&overlap("links", comparison.links));
    if comparison.covered_links != comparison.links {
        terminal.line(&overlap("  covered", comparison.covered_links));
    }
    terminal.line(&overlap("products", comparison.products));
    for part in &comparison.tiers {
        let name = if part.part.is_empty() { "no tier".to_owned() } else { format!("to tier {}", part.part) };
        terminal.line(&part_line(&name, part, true));
    }
    for part in &comparison.groups {
        terminal.line(&part_line(&part.part, part, false));
    }
    list(terminal, "missing", &comparison.missing, &text);
    list(terminal, "surplus", &comparison.surplus, &text);
    if let Some(out) = &arguments.out {
        disk::write(out, csv(&network, &reference, &comparison, &text).as_bytes())
            .map_err(|e| format!("{}: cannot be written: {e}", out.display()))?;
        terminal.line(&format!("  written     {}", out.display()));
    }
    Ok(())
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |v| format!("{v:.2}"))
}

fn overlap(name: &str, o: Overlap) -> String {
    format!(
        "  {name:<11} {:>7}  {:>7}  {:>9}  {:>9}  {:>6}  {:>4}",
        o.shared,
        o.network,
        o.reference,
        share(o.precision()),
        share(o.recall()),
        share(o.f1())
    )
}

fn part_line(name: &str, part: &PartOverlap, both: bool) -> String {
    let (network, precision) = if both {
        (part.network.to_string(), share(part.precision()))
    } else {
        ("-".to_owned(), "-".to_owned())
    };
    format!(
        "  {name:<11} {:>7}  {network:>7}  {:>9}  {precision:>9}  {:>6}",
        part.found,
        part.reference,
        share(part.recall())
    )
}

fn list(terminal: &Terminal, what: &str, links: &[LoneLink], text: &dyn Fn(Hs6) -> String) {
    if links.is_empty() {
        return;
    }
    terminal.line(&format!("{what} {}", links.len()));
    for link in links.iter().take(NAMED) {
        let short = |code: Hs6| {
            let words: String = text(code).chars().take(34).collect();
            if words.is_empty() { code.to_string() } else { format!("{code} {words}") }
        };
        let way = if link.indirect { "  (there by way of others)" } else { "" };
        terminal.line(&format!("  {} -> {}{way}", short(link.input), short(link.output)));
    }
    if links.len() > NAMED {
        terminal.line(&format!("  and {} more; --out FILE names all", links.len() - NAMED));
    }
}

fn csv(
    network: &ComparedNetwork,
    reference: &ComparedNetwork,
    comparison: &Comparison,
    text: &dyn Fn(Hs6) -> String,
) -> String {
    let mut out =
        CsvText::new(["input", "output", "side", "indirect", "input_description", "output_description"]);
    let mut row = |(input, output): (Hs6, Hs6), side: &str, indirect: &str| {
        let (input_code, output_code) = (input.to_string(), output.to_string());
        let (input_text, output_text) = (text(input), text(output));
        out.row([
            input_code.as_str(),
            output_code.as_str(),
            side,
            indirect,
            input_text.as_str(),
            output_text.as_str(),
        ]);
    };
    for &link in network.links.intersection(&reference.links) {
        row(link, "both", "");
    }
    for (side, links) in [("missing", &comparison.missing), ("surplus", &comparison.surplus)] {
        for link in links {
            row((link.input, link.output), side, if link.indirect { "true" } else { "false" });
        }
    }
    out.text()
}
