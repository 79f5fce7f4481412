//! The sections of the page, in order.

use std::fmt::Write;

use super::data::PageData;
use super::trend::{share_chart, str_trend};
use crate::html::{escaped, put};
use crate::indicators::concentration::ZeroImports;
use crate::indicators::systemic_risk::{Identity, Orientation};
use crate::report::brief::product::Ends;
use crate::report::figures::page_slots;
use crate::report::findings::{composite_near_noise, ending_moved as ending_moved_finding, signed};
use crate::run::provenance::is_synthetic;
use crate::run::{ChainTables, Run, RunError, RunView};
use crate::run_folder::Manifest;
use crate::study::Study;
use crate::trade::BACI_SOURCE;
use crate::trade::manifest::AccountRecord;
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

pub(super) fn head(out: &mut String, study: &Study, manifest: &Manifest, title: &str) {
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
    let facts = [
        ("Trade", format!("{}, {}", data_name(manifest), years_text(manifest))),
        (
            "Size",
            format!(
                "{} flows worth {} in {} products among {} countries",
                grouped(manifest.trade.flows),
                ThousandUsd::new(manifest.trade.value).in_words(),
                grouped(manifest.study.products as u64),
                grouped(manifest.study.countries as u64)
            ),
        ),
        ("Stability", format!("{}; {}", manifest.stability.vintage, manifest.stability.measure)),
        ("Comparative advantage", format!("relative to: {}", manifest.indicators.rca_basis)),
    ];
    out.push_str("<dl class=\"facts\">\n");
    for (name, value) in facts {
        put!(out, "<div><dt>{name}</dt><dd>{}</dd></div>\n", escaped(&value));
    }
    out.push_str("</dl>\n</header>\n");
}

/// The world map.
pub(super) fn map(out: &mut String, map: Option<&str>) {
    let Some(map) = map else { return };
    put!(
        out,
        "<section id=\"map\">\n<h2>Where are the chains least stable?</h2>\n<figure class=\"map\">\n{map}<figcaption class=\"note\">Hover over a country for \
         its number; all are in figures/map_str.csv. Other indicators, products and years: <code>monazite report RUN --map hhi --product 284690 \
         --year 2020</code>.</figcaption>\n</figure>\n</section>\n"
    );
}

pub(super) fn trends(out: &mut String, data: &PageData, view: &RunView<'_>) {
    out.push_str("<section id=\"trends\">\n<h2>Did the risk behind imports grow?</h2>\n");
    if data.years.len() < 2 {
        out.push_str(
            "<p>The study has one year, so there is no trend; the levels are in the tables below.</p>\n",
        );
    } else {
        out.push_str(
            "<p>Systemic trade risk (STR) of the average importer, each importer counting by its imports. ",
        );
        out.push_str(str_in_words(view));
        out.push_str(
            " The black line is what happened. The coloured lines start at the same point and show what \
             would have happened if only one thing had changed: the trade network, the political stability of the \
             countries, or who imports.</p>\n\
             <p class=\"legend\"><span class=\"key level\"></span> STR <span class=\"key network\"></span> network only \
             <span class=\"key stability\"></span> stability only <span class=\"key importers\"></span> importers only</p>\n",
        );
    }
    out.push_str("<div class=\"charts\">\n");
    for product in &data.products {
        let chart = str_trend(&product.code, &product.trend);
        let words = if chart.is_empty() {
            String::new()
        } else {
            sentence(product) + &without_trickle(view, product)
        };
        put!(
            out,
            "<figure>\n<figcaption><b>{}</b> {}</figcaption>\n{chart}\n<p class=\"note\">{words}</p>\n</figure>\n",
            escaped(&product.code),
            escaped(&shortened(&product.description))
        );
    }
    out.push_str("</div>\n</section>\n");
}

/// The change in words, from the numbers alone.
fn sentence(product: &super::data::ProductData) -> String {
    let level: Vec<(u16, f64)> = product.trend.iter().filter_map(|p| Some((p.year, p.str?))).collect();
    let (Some(first), Some(last)) = (level.first(), level.last()) else { return String::new() };
    if first.0 == last.0 {
        return format!("STR {:.2} in {}.", first.1, first.0);
    }
    let mut text = format!("{:.2} in {}, {:.2} in {}", first.1, first.0, last.1, last.0);
    let steps: Vec<[f64; 3]> = product.trend.iter().skip(1).filter_map(|p| p.parts).collect();
    if steps.len() + 1 == product.trend.len() {
        let part = |n: usize| steps.iter().fold(0.0, |sum, step| sum + step[n]);
        let _ = write!(
            text,
            ": {}, of which network {}, stability {}, importers {}",
            signed(last.1 - first.1),
            signed(part(0)),
            signed(part(1)),
            signed(part(2))
        );
    }
    text.push('.');
    text
}

/// What is left of the levels of the first and the last year without negligible imports that create a feedback loop.
fn without_trickle(view: &RunView<'_>, product: &super::data::ProductData) -> String {
    let place = product.code.parse().ok().and_then(|code| view.panel.product(code));
    let Some(ends) = place.and_then(|p| Ends::of(view, p, view.last_year())) else { return String::new() };
    if ends.trickles.iter().all(Option::is_none) {
        return String::new();
    }
    let told: Vec<String> = [0, 1]
        .map(|end| {
            let of = ends.trickles[end].as_ref().map_or("none there", |t| t.supplier.as_str());
            format!("{:.2} in {} ({})", ends.without(end), view.panel.years[ends.years[end]], escaped(of))
        })
        .to_vec();
    format!(
        " Without negligible imports that create a <a href=\"#account\">spurious feedback loop</a>: {}.",
        told.join(", ")
    )
}

/// The text of a product, cut at a word so that it fits over a chart.
fn shortened(text: &str) -> String {
    const MOST: usize = 76;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let cut: String = text.chars().take(MOST).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', ':', ';']))
}

/// What STR without risk is, on the scale of the run.
fn str_in_words(view: &RunView<'_>) -> &'static str {
    let scale = view.str_scale();
    match (scale.is_of_importers(), scale.floor() > 0.0) {
        (false, _) => {
            "In this run it is the row sum of L, as printed in the paper: what a country passes on, not what arrives."
        }
        (true, true) => "1 means that no instability arrives.",
        (true, false) => "0 means that no instability arrives.",
    }
}

pub(super) fn rankings(out: &mut String, data: &PageData) {
    out.push_str(
        "<section id=\"rankings\">\n<h2>Who depends on whom?</h2>\n\
         <noscript><p>These tables need JavaScript; the same numbers are in indicators.parquet and dependencies.parquet.</p></noscript>\n\
         <div class=\"controls\">\n<label>Product <select id=\"product\">",
    );
    for (at, product) in data.products.iter().enumerate() {
        put!(
            out,
            "<option value=\"{at}\">{} {}</option>",
            escaped(&product.code),
            escaped(&shortened(&product.description))
        );
    }
    out.push_str("</select></label>\n<label>Year <select id=\"year\">");
    for (at, year) in data.years.iter().enumerate().rev() {
        put!(out, "<option value=\"{at}\">{year}</option>");
    }
    out.push_str(
        "</select></label>\n<label>Importers with at least <select id=\"floor\"><option value=\"0\">any</option>\
         <option value=\"0.001\">0.1 %</option><option value=\"0.005\" selected>0.5 %</option><option value=\"0.01\">1 %</option>\
         <option value=\"0.05\">5 %</option></select> of world imports</label>\n</div>\n\
         <p id=\"summary\" aria-live=\"polite\"></p>\n<div class=\"tables\">\n<div>\n<h3>Importers</h3>\n\
         <div class=\"scroll\"><table id=\"importers\"></table></div>\n<p class=\"note\">Imports in USD. Click a heading to sort. Click a country to see whose instability it carries.</p>\n</div>\n\
         <div>\n<h3>Most influential suppliers</h3>\n<div class=\"scroll\"><table id=\"suppliers\"></table></div>\n\
         <p class=\"note\">Influence: the part of all other importers' STR that starts at, or passes through, this country. A stable country has little influence, however much it sells.</p>\n</div>\n</div>\n\
         <div id=\"behind\" hidden></div>\n</section>\n",
    );
}

pub(super) fn chain(out: &mut String, chain: &ChainTables) {
    if chain.links.is_empty() {
        return;
    }
    out.push_str(
        "<section id=\"chain\">\n<h2>The value chain</h2>\n<p>Products by tier: seeds are tier 0; every other product is one step from a product of the tier before.</p>\n<div class=\"tiers\">\n",
    );
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
    out.push_str("</div>\n</section>\n");
}

/// The production networks; nothing for a chain without links.
pub(super) fn network(out: &mut String, run: &Run) -> Result<(), RunError> {
    let figure = page_slots::framed(run, "network")?;
    if !figure.is_empty() {
        put!(
            out,
            "<section id=\"network\">\n<h2>How dependent are countries along the chain?</h2>\n{figure}</section>\n"
        );
    }
    Ok(())
}

pub(super) fn account(out: &mut String, view: &RunView<'_>, data: &PageData) {
    let manifest = view.manifest;
    out.push_str("<section id=\"account\">\n<h2>What to doubt</h2>\n");
    super::trickles::section(out, view);
    rows_left_out(out, manifest);
    imputed(out, manifest);
    composite_note(out, view);
    if data.years.len() > 1 && data.products.iter().any(|p| p.ending.len() > 1) {
        out.push_str(
            "<h3>Chains that end</h3>\n<p>Share of import value that comes from countries which import none of the product themselves. \
             A chain ends there. If this share moves, STR tends to move against it whatever the risk; read a trend of STR beside it.</p>\n<div class=\"charts\">\n",
        );
        for product in data.products.iter().filter(|p| p.ending.len() > 1) {
            let (code, series) = (&product.code, &product.ending);
            put!(
                out,
                "<figure>\n<figcaption><b>{}</b> percent of import value</figcaption>\n{}\n</figure>\n",
                escaped(code),
                share_chart(&format!("Import value from countries that import no {code}"), series)
            );
        }
        out.push_str("</div>\n");
        ending_moved(out, data);
    }
    hubs(out, data);
    if !manifest.notes.is_empty() {
        out.push_str("<h3>Notes of this run</h3>\n<ul>\n");
        for note in &manifest.notes {
            put!(out, "<li>{}</li>\n", escaped(note));
        }
        out.push_str("</ul>\n");
    }
    if !manifest.skipped.is_empty() {
        out.push_str("<h3>Left out for want of anything to work on</h3>\n<ul>\n");
        for skipped in &manifest.skipped {
            put!(out, "<li>{}: {}.</li>\n", escaped(&skipped.stage), escaped(&skipped.reason));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</section>\n");
}

/// The products in which the share of trade at whose supplier chains end moved by five points or more.
fn ending_moved(out: &mut String, data: &PageData) {
    let told: Vec<String> = data
        .products
        .iter()
        .filter_map(|p| {
            let (first, last) = (*p.ending.first()?, *p.ending.last()?);
            let str = |year: u16| p.trend.iter().find(|t| t.year == year)?.str;
            ending_moved_finding(&p.code, first, last, str(first.0).zip(str(last.0)).map(|(a, b)| [a, b]))
        })
        .collect();
    if !told.is_empty() {
        out.push_str("<ul>\n");
        for finding in told {
            put!(out, "<li>{}</li>\n", escaped(&finding));
        }
        out.push_str("</ul>\n");
    }
}

fn rows_left_out(out: &mut String, manifest: &Manifest) {
    let a = &manifest.trade.import;
    let usd = |value: f64| escaped(&ThousandUsd::new(value).in_words());
    out.push_str(
        "<h3>Every row of the trade data</h3>\n<table class=\"plain\">\n\
         <thead><tr><th scope=\"col\">What became of it</th><th scope=\"col\">Rows</th><th scope=\"col\">Value</th></tr></thead>\n<tbody>\n",
    );
    put!(out, "<tr><td>read</td><td>{}</td><td></td></tr>\n", grouped(a.rows_read));
    if a.added_by_conversion > 0 {
        put!(
            out,
            "<tr><td>added by splitting rows over several codes of another edition</td><td>{}</td><td></td></tr>\n",
            grouped(a.added_by_conversion)
        );
    }
    put!(
        out,
        "<tr><td>kept as flows</td><td>{}</td><td>{}</td></tr>\n",
        grouped(a.rows_kept),
        usd(a.value_kept)
    );
    put!(
        out,
        "<tr><td>added to another row of the same pair</td><td>{}</td><td>{}</td></tr>\n",
        grouped(a.duplicates),
        if a.duplicates_value > 0.0 { usd(a.duplicates_value) } else { String::new() }
    );
    for (count, what) in
        [(a.national_lines, "of national tariff lines, counted under their first six digits")]
    {
        if count > 0 {
            put!(out, "<tr><td>{what}</td><td>{}</td><td></td></tr>\n", grouped(count));
        }
    }
    for dropped in &a.dropped {
        put!(
            out,
            "<tr><td>left out: {}</td><td>{}</td><td>{}</td></tr>\n",
            escaped(&AccountRecord::reason_in_words(&dropped.reason)),
            grouped(dropped.rows),
            usd(dropped.value)
        );
    }
    let t = &manifest.trade;
    if t.flows_outside_years > 0 {
        put!(
            out,
            "<tr><td>in the store, outside the years of the study</td><td>{}</td><td>{}</td></tr>\n",
            grouped(t.flows_outside_years),
            usd(t.value_outside_years)
        );
    }
    for (what, value) in [
        ("taken out: trade within merged groups", t.taken_out.within_groups),
        ("taken out: suppliers without stability", t.taken_out.without_stability),
        ("taken out: outside the balanced set of countries", t.taken_out.outside_country_set),
        ("moved: re-exports traced to their origin", t.taken_out.traced_reexports),
    ] {
        if value > 0.0 {
            put!(out, "<tr><td>{what}</td><td></td><td>{}</td></tr>\n", usd(value));
        }
    }
    out.push_str("</tbody>\n</table>\n");
    let mut remarks = Vec::new();
    if a.former_states > 0 {
        remarks.push(format!(
            "{} rows of former states are counted under their successors.",
            grouped(a.former_states)
        ));
    }
    if a.quantity_missing > 0 {
        remarks.push(format!(
            "{} flows have no quantity; values are not affected.",
            grouped(a.quantity_missing)
        ));
    }
    if a.padded_codes > 0 {
        remarks.push(format!(
            "{} product codes got back a leading zero that was lost.",
            grouped(a.padded_codes)
        ));
    }
    if !remarks.is_empty() {
        put!(out, "<p class=\"note\">{}</p>\n", remarks.join(" "));
    }
}

fn imputed(out: &mut String, manifest: &Manifest) {
    let s = &manifest.stability;
    out.push_str("<h3>Imputed political stability</h3>\n");
    let worst = s.imputed.iter().max_by(|a, b| a.share.total_cmp(&b.share));
    match worst {
        Some(worst) if worst.share > 0.0 => {
            put!(
                out,
                "<p>At most {:.2} % of import value (in {}) comes from countries whose stability score was not published for the \
                 year and had to be filled in.",
                // Rounded up: at most.
                (worst.share * 1e4).ceil() / 1e2,
                worst.year
            );
        }
        _ => out.push_str("<p>No import value rests on a stability score that had to be filled in."),
    }
    if !s.never_covered.is_empty() {
        let codes: Vec<&str> = s.never_covered.iter().filter_map(|c| c.split(' ').next()).collect();
        put!(
            out,
            " {} territories are never covered by the indicators: {}.",
            codes.len(),
            escaped(&crate::plain_text::listed(&codes, "stability.csv"))
        );
    }
    out.push_str("</p>\n");
}

fn composite_note(out: &mut String, view: &RunView<'_>) {
    let Some(composite) = view.panel.composite else { return };
    let (loading, explained) = (composite.loading, composite.explained_variance);
    put!(
        out,
        "<h3>The composite score</h3>\n<p>The first component of exposure, HHI and STR carries {:.0} % of their joint variance \
         (a third would mean that they have nothing in common). Loadings: exposure {:.2}, HHI {:.2}, STR {:.2}.{} It is fitted on all products of the data; profiles and clusters take its values \
         in the products of the chain. {}</p>\n",
        explained * 100.0,
        loading[0],
        loading[1],
        loading[2],
        composite_near_noise(explained).map_or_else(String::new, |told| format!(" {told}")),
        rows_of_composite(view.study.indicators.zero_imports_hhi)
    );
}

/// Which rows the composite is fitted on.
fn rows_of_composite(hhi: ZeroImports) -> &'static str {
    match hhi {
        ZeroImports::Undefined => {
            "Where a country imports nothing it has no HHI and no score; indicators.zero_imports_hhi = \"zero\" counts these rows, and changes loadings and explained variance."
        }
        ZeroImports::Zero => {
            "Where a country imports nothing its HHI counts as 0 (indicators.zero_imports_hhi)."
        }
    }
}

fn hubs(out: &mut String, data: &PageData) {
    let last: Vec<(&str, u16, f64)> = data
        .products
        .iter()
        .filter_map(|p| p.hubs.last().map(|&(year, share)| (p.code.as_str(), year, share)))
        .collect();
    let Some((_, year, _)) = last.first() else { return };
    put!(
        out,
        "<h3>Entrepots</h3>\n<p>Share of the influence between all other countries that passes through entrepots, {year}: "
    );
    let parts: Vec<String> =
        last.iter().map(|(code, _, share)| format!("{} {:.0} %", escaped(code), share * 100.0)).collect();
    put!(
        out,
        "{}. Where it is large, the results lean on re-exports; merge or trace them (trade.merge, trade.reexport_shares) and compare.</p>\n",
        parts.join(", ")
    );
}

pub(super) fn definitions(out: &mut String, study: &Study) {
    let i = &study.indicators;
    let str_note = match (i.orientation, i.identity) {
        (Orientation::AsPrinted, _) => {
            " In this run the rows of L are summed, as the formula is printed in the paper."
        }
        (_, Identity::Excess) => " In this run 1 is taken off, so 0 means that no instability arrives.",
        _ => "",
    };
    put!(
        out,
        "<section id=\"definitions\">\n<h2>What the numbers mean</h2>\n<dl class=\"definitions\">\n\
         <dt>Exposure</dt><dd>Imports / (imports + exports) of the product. 1: the country only buys. It says nothing about domestic production.</dd>\n\
         <dt>HHI</dt><dd>Sum of squared shares of the suppliers in a country's imports. 1: a single supplier.</dd>\n\
         <dt>STR</dt><dd>Systemic trade risk: column sum of L = (I − V)⁻¹ with V = instability of the supplier × its share in the imports. The expected number of countries that a supply chain visits, \
         starting at the importer, if each step survives with the instability of the supplier. If all countries were equally stable it would be the same for everybody: differences come from unstable chains, not from concentration.{str_note}</dd>\n\
         <dt>Direct, indirect</dt><dd>STR − 1 split into the instability of the suppliers themselves and what stands behind them.</dd>\n\
         <dt>Influence</dt><dd>Row sum of L without the own cell: what the country, as a supplier, adds to the STR of all others.</dd>\n\
         <dt>RCA</dt><dd>Revealed comparative advantage: the country's share in world exports of the product over its share in all world exports.</dd>\n\
         <dt>PC1</dt><dd>First principal component of exposure, HHI and STR. High means dependent.</dd>\n</dl>\n</section>\n"
    );
}

pub(super) fn provenance(out: &mut String, study: &Study, manifest: &Manifest) {
    out.push_str("<section id=\"provenance\">\n<h2>Where it comes from</h2>\n<dl class=\"facts\">\n");
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
         <code>manifest.toml</code>. <code>monazite replicate RUN --out DIR</code> makes a replication package of it all.</p>\n\
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
