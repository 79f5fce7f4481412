//! The sections of the page, in order.

use std::fmt::Write;

use super::data::PageData;
use crate::html::{escaped, put};
use crate::indicators::systemic_risk::{Identity, Orientation};
use crate::report::figures::page_slots;
use crate::report::readings::own_definition;
use crate::run::provenance::is_synthetic;
use crate::run::{ChainTables, Run, RunError};
use crate::run_folder::Manifest;
use crate::study::{Study, TradeMeasure};
use crate::trade::BACI_SOURCE;
use crate::units::{ThousandUsd, grouped};

fn years_text(manifest: &Manifest) -> String {
    let (first, last) = (manifest.study.first_year, manifest.study.last_year);
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}

fn data_name(manifest: &Manifest) -> String {
    let t = &manifest.trade;
    let version = if t.baci_version.starts_with(|c: char| c.is_ascii_digit()) {
        format!(", version {}", t.baci_version)
    } else {
        String::new()
    };
    let edition = if t.edition.is_empty() { String::new() } else { format!(" {}", t.edition) };
    format!("{}{edition}{version}", t.source)
}

/// What the page is: the question, and in two sentences its data, measure and coverage.
pub(super) fn head(out: &mut String, run: &Run, data: &PageData, title: &str) {
    let (study, manifest) = (run.study(), run.manifest());
    put!(out, "<header>\n<h1>{}</h1>\n", escaped(title));
    if is_synthetic(study, manifest) {
        out.push_str("<p class=\"made-up\"><b>Synthetic data</b>, made up to test the program: nothing here is about real countries.</p>\n");
    }
    if let Some(extract) = &manifest.trade.extract {
        put!(
            out,
            "<p class=\"made-up\"><b>An extract, not the trade of the world:</b> {}</p>\n",
            escaped(&extract.sentence())
        );
    }
    if !study.study.question.is_empty() {
        put!(out, "<p class=\"question\">{}</p>\n", escaped(&study.study.question));
    }
    let (trade, size) = (&manifest.trade, &manifest.study);
    put!(
        out,
        "<p>This page shows who buys from whom, and what political instability comes with it, in {} products among {} countries, {}: {} flows worth {} \
         ({}). {} Political stability: {}, {}; comparative advantage relative to: {}.</p>\n</header>\n",
        grouped(size.products as u64),
        grouped(size.countries as u64),
        years_text(manifest),
        grouped(trade.flows),
        ThousandUsd::new(trade.value).in_words(),
        escaped(&data_name(manifest)),
        measured(study, data),
        escaped(&manifest.stability.vintage),
        escaped(&manifest.stability.measure.replace('_', " ")),
        escaped(&manifest.indicators.rca_basis)
    );
}

/// What shares and risk are made of, and how much of the trade that covers.
fn measured(study: &Study, data: &PageData) -> String {
    match study.trade.measure {
        TradeMeasure::Value => "Shares and risk are by value, of all flows.".to_owned(),
        TradeMeasure::Quantity => {
            let last: Vec<f64> =
                data.products.iter().filter_map(|p| p.coverage.last().map(|c| c.1)).collect();
            let (low, high) = last.iter().fold((f64::INFINITY, 0.0f64), |(l, h), &v| (l.min(v), h.max(v)));
            let covered = match last.is_empty() {
                true => String::new(),
                false => format!(
                    ", which {:.0} to {:.0} % of the value have in the last year",
                    100.0 * low,
                    100.0 * high
                ),
            };
            format!(
                "Shares and risk are by weight{covered}; where it is under {:.0} % they are undefined and left empty.",
                100.0 * study.trade.min_quantity_coverage
            )
        }
    }
}

/// The text of a product, cut at a word so that it fits over a chart.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 76;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let cut: String = text.chars().take(MOST).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', ':', ';']))
}

/// Products of a chain that are listed without being asked for.
const LISTED_AT_ONCE: usize = 12;

/// The products of the chain by tier; nothing for a chain without links.
pub(super) fn chain(out: &mut String, chain: &ChainTables) {
    if chain.links.is_empty() {
        return;
    }
    let tiers = chain.products.last().map_or(0, |last| last.tier + 1);
    put!(
        out,
        "<section id=\"chain\">\n<h2>The value chain</h2>\n<p>{} products in {tiers} tiers, {} links. Seeds are tier 0; every other product is one step \
         from a product of the tier before.</p>\n",
        chain.products.len(),
        chain.links.len()
    );
    let folded = chain.products.len() > LISTED_AT_ONCE;
    out.push_str(if folded { "<details><summary>All products, with their inputs</summary>\n" } else { "" });
    out.push_str("<div class=\"tiers\">\n");
    for of_tier in chain.products.chunk_by(|a, b| a.tier == b.tier) {
        put!(out, "<div>\n<h3>Tier {}</h3>\n<ul>\n", of_tier[0].tier);
        for product in of_tier {
            let place = chain.products.iter().position(|p| p.code == product.code);
            let inputs: Vec<&str> = place
                .into_iter()
                .flat_map(|at| chain.inputs_of(at))
                .map(|input| chain.products[input].code.as_str())
                .collect();
            let made_of = if inputs.is_empty() {
                String::new()
            } else {
                format!(" <span class=\"from\">from {}</span>", inputs.join(", "))
            };
            let text = escaped(&shortened(&product.text));
            put!(out, "<li><b>{}</b> {text}{made_of}</li>\n", escaped(&product.code));
        }
        out.push_str("</ul>\n</div>\n");
    }
    out.push_str(if folded { "</div>\n</details>\n</section>\n" } else { "</div>\n</section>\n" });
}

/// The production networks; nothing for a chain without links.
pub(super) fn network(out: &mut String, run: &Run) -> Result<(), RunError> {
    let figure = page_slots::framed(run, "network")?;
    if !figure.is_empty() {
        put!(out, "<section id=\"network\">\n<h3>Dependence along the chain</h3>\n{figure}</section>\n");
    }
    Ok(())
}

pub(super) fn definitions(out: &mut String, study: &Study) {
    let i = &study.indicators;
    let own = own_definition(study);
    let str_note = match (i.orientation, i.identity) {
        (Orientation::AsPrinted, _) => {
            " In this run the rows of L are summed, as the formula is printed in the paper."
        }
        (_, Identity::Excess) => " In this run 1 is taken off, so 0 means that no instability arrives.",
        _ => "",
    };
    put!(
        out,
        "<section id=\"definitions\">\n<h2>Definitions</h2>\n<details><summary>What the numbers mean</summary>\n<dl class=\"definitions\">\n\
         <dt>Exposure</dt><dd>Imports / (imports + exports) of the product. 1: the country only buys. It says nothing about domestic production.</dd>\n\
         <dt>HHI</dt><dd>Sum of squared shares of the suppliers in a country's imports. 1: a single supplier.</dd>\n\
         <dt>Largest supplier</dt><dd>The supplier with the largest share in a country’s imports of the product, and that share.</dd>\n\
         <dt>STR</dt><dd>Systemic trade risk: the expected number of countries that a supply chain visits, from the importer upstream, if each step is \
         survived with the instability of the supplier{}{str_note}</dd>\n\
         <dt>Mass-balanced STR</dt><dd>The same if a country passes on at most what it bought: of what it sells, the share min(1, imports / exports) \
         carries what lies behind its purchases. The number to quote where the two differ.</dd>\n\
         <dt>Direct, indirect</dt><dd>STR − 1 split into the instability of the suppliers themselves and what stands behind them.</dd>\n\
         <dt>Influence</dt><dd>{}hat the country, as a supplier, adds to the STR of all others.</dd>\n\
         <dt>RCA</dt><dd>Revealed comparative advantage: the country's share in world exports of the product over its share in all world exports.</dd>\n\
         <dt>PC1</dt><dd>First principal component of exposure, HHI and STR. High means dependent.</dd>\n</dl>\n</details>\n</section>\n",
        match &own {
            Some(own) =>
                format!(" and of what it sells only its import content is passed on. {}", escaped(own)),
            None => {
                ". Column sum of L = (I − V)⁻¹ with V = instability of the supplier × its share in the imports. If all countries were equally stable it \
                 would be the same for all: differences come from unstable chains, not from concentration."
                    .to_owned()
            }
        },
        if own.is_none() { "Row sum of L without the own cell: w" } else { "W" },
    );
}

pub(super) fn provenance(out: &mut String, study: &Study, manifest: &Manifest) {
    out.push_str("<section id=\"provenance\">\n<h2>Data and citation</h2>\n<details><summary>Files and checksums</summary>\n<dl class=\"facts\">\n");
    let p = &manifest.program;
    let facts = [
        ("Program", format!("{} {} ({})", p.name, p.version, p.commit)),
        ("Study", format!("sha256 {}", manifest.study.sha256)),
        ("Stability", format!("{}, sha256 {}", manifest.stability.file, manifest.stability.sha256)),
    ];
    for (name, value) in facts {
        put!(out, "<div><dt>{name}</dt><dd>{}</dd></div>\n", escaped(&value));
    }
    for input in &manifest.trade.inputs {
        put!(
            out,
            "<div><dt>Trade</dt><dd>{}, {} bytes, sha256 {}</dd></div>\n",
            escaped(&input.name),
            grouped(input.bytes),
            escaped(&input.sha256)
        );
    }
    let vintages = [
        ("Data", format!("{}, {}", data_name(manifest), years_text(manifest))),
        ("Random seed", manifest.study.random_seed.to_string()),
        (
            "Chain",
            format!(
                "{} products, {} links of {} proposed{}",
                manifest.chain.products,
                manifest.chain.links,
                manifest.chain.proposed,
                manifest
                    .chain
                    .sources
                    .iter()
                    .map(|s| format!("; {} ({}), sha256 {}", s.name, s.kind, s.sha256))
                    .collect::<String>()
            ),
        ),
    ];
    for (name, value) in vintages {
        put!(out, "<div><dt>{name}</dt><dd>{}</dd></div>\n", escaped(&value));
    }
    let data = if is_synthetic(study, manifest) {
        "<li>Trade and stability: synthetic, made by monazite; there is no source to cite.</li>\n".to_owned()
    } else if manifest.trade.source == BACI_SOURCE {
        format!("{BACI_CITATION}{STABILITY_CITATION}")
    } else {
        format!("<li>Trade: {}.</li>\n{STABILITY_CITATION}", escaped(&manifest.trade.cited()))
    };
    put!(
        out,
        "</dl>\n<p>The study with every default spelled out is in <code>study.toml</code>, checksums of all files and the wall time of every stage in \
         <code>manifest.toml</code>. <code>monazite replicate RUN --out DIR</code> makes a replication package.</p>\n</details>\n\
         <h3>How to cite</h3>\n<ul class=\"citations\">\n{data}\
         <li>Method: P. Klimek, S. Baum, M. Gerschberger, M. Hess (2025), <i>Systemic Trade Risk Suppresses Comparative Advantage in Rare Earth \
         Dependent Industries</i>, arXiv:2508.00556.</li>\n\
         <li>Outlines of the map: Natural Earth, public domain.</li>\n\
         <li>This run: monazite {} ({}), study “{}”, sha256 {}.</li>\n</ul>\n</section>\n",
        escaped(&p.version),
        escaped(&p.commit),
        escaped(&manifest.study.name),
        escaped(&manifest.study.sha256)
    );
}

const BACI_CITATION: &str = "<li>Trade: CEPII, BACI. G. Gaulier, S. Zignago (2010), BACI: International Trade Database at the Product-Level, CEPII Working Paper \
         2010-23. Etalab Open Licence 2.0.</li>\n";
const STABILITY_CITATION: &str = "<li>Stability: World Bank, Worldwide Governance Indicators. D. Kaufmann, A. Kraay, M. Mastruzzi (2010), World Bank Policy Research \
         Working Paper 5430. CC BY 4.0.</li>\n";
