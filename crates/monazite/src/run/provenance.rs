//! Where the numbers of a run come from, in words: whatever leaves the program carries it.

use std::fmt::Write;

use crate::run_folder::Manifest;
use crate::study::Study;
use crate::trade::{BACI_SOURCE, SYNTHETIC_SOURCE};

/// The data of a run in a sentence; data that are made up, and extracts, say so first.
pub fn data_of(study: &Study, manifest: &Manifest) -> String {
    let trade = &manifest.trade;
    let mut text = trade.source.clone();
    if !trade.edition.is_empty() {
        let _ = write!(text, ", {}", trade.edition);
    }
    if !trade.baci_version.is_empty() {
        let _ = write!(text, ", version {}", trade.baci_version);
    }
    let years = match (manifest.study.first_year, manifest.study.last_year) {
        (first, last) if first == last => first.to_string(),
        (first, last) => format!("{first} to {last}"),
    };
    let _ = write!(
        text,
        "; {years}; {} products, {} countries. Political stability: {}, {}.",
        manifest.study.products,
        manifest.study.countries,
        manifest.stability.vintage,
        manifest.stability.measure
    );
    if let Some(extract) = &manifest.trade.extract {
        text.insert_str(0, &format!("AN EXTRACT, not the trade of the world: {} ", extract.sentence()));
    }
    if is_synthetic(study, manifest) {
        text.insert_str(
            0,
            "SYNTHETIC DATA, made up to test the program: nothing here is about real countries. ",
        );
    }
    text
}

/// Whether the trade of a run is made up: its release says so, or the study does in its name, material, question or version of the data.
pub fn is_synthetic(study: &Study, manifest: &Manifest) -> bool {
    let s = &study.study;
    let said = [&s.name, &s.material, &s.question, &manifest.trade.baci_version];
    manifest.trade.source == SYNTHETIC_SOURCE
        || said.iter().any(|text| text.to_lowercase().contains("synthetic"))
}

/// Where the numbers of a figure come from, short enough to stand below it.
pub fn source_line(study: &Study, manifest: &Manifest) -> String {
    let trade = &manifest.trade;
    let (first, last) = (manifest.study.first_year, manifest.study.last_year);
    let years = if first == last { first.to_string() } else { format!("{first}-{last}") };
    let version = match trade.baci_version.as_str() {
        "" | "not stated" => String::new(),
        version => format!(" V{version}"),
    };
    let edition = if trade.edition.is_empty() { String::new() } else { format!(" {}", trade.edition) };
    let mark = match (is_synthetic(study, manifest), trade.extract.is_some()) {
        (true, _) => "Synthetic data, not about real countries. ",
        (_, true) => "An extract, not the trade of the world. ",
        _ => "",
    };
    let stability = if is_synthetic(study, manifest) { String::new() } else { "; World Bank WGI".to_owned() };
    format!(
        "{mark}Source: {}{edition}{version}, {years}{stability}; {} {}.",
        trade.source, manifest.program.name, manifest.program.version
    )
}

/// How a run is to be cited: data, method, the run itself; plain text, one sentence or more each.
pub fn citations(study: &Study, manifest: &Manifest) -> Vec<String> {
    let mut cited = Vec::new();
    if is_synthetic(study, manifest) {
        cited
            .push("Trade and stability: synthetic, made by monazite; there is no source to cite.".to_owned());
    } else {
        cited.push(if manifest.trade.source == BACI_SOURCE {
            "Trade: CEPII, BACI. G. Gaulier, S. Zignago (2010), BACI: International Trade Database at the Product-Level, CEPII Working Paper \
             2010-23. Etalab Open Licence 2.0."
                .to_owned()
        } else {
            format!("Trade: {}.", manifest.trade.cited())
        });
        cited.push(
            "Stability: World Bank, Worldwide Governance Indicators. D. Kaufmann, A. Kraay, M. Mastruzzi (2010), World Bank Policy Research \
             Working Paper 5430. CC BY 4.0."
                .to_owned(),
        );
    }
    cited.push(
        "Method: P. Klimek, S. Baum, M. Gerschberger, M. Hess (2025), Systemic Trade Risk Suppresses Comparative Advantage in Rare Earth \
         Dependent Industries, arXiv:2508.00556."
            .to_owned(),
    );
    let (p, s) = (&manifest.program, &manifest.study);
    cited.push(format!(
        "This run: {} {} ({}), study \"{}\", sha256 {}.",
        p.name, p.version, p.commit, s.name, s.sha256
    ));
    cited
}

/// Under which licences the data of a run, and the outlines of maps, may be passed on; a line each.
///
/// ```
/// use monazite::run::provenance::licences;
/// # use monazite::{pipeline::{RunData, RunOptions, Until, run_in_memory}, progress::Silent, study::Study};
/// # use monazite::{ingest::Governance, trade::FlowTable};
/// # let flows = FlowTable::from_rows([(2023, "284690", "CHN", "USA", 90.0), (2023, "284690", "USA", "JPN", 9.0)])?;
/// # let stability = Governance::from_rows([("CHN", 2023, 30.0), ("USA", 2023, 50.0), ("JPN", 2023, 90.0)])?;
/// # let data = RunData { trade: &flows, governance: &stability };
/// # let options = RunOptions { until: Until::Indicators, commit: String::new() };
/// # let study = Study::new(["284690".parse()?]);
/// # let done = run_in_memory(&study, data, &options, &Silent)?;
/// # let manifest = done.manifest;
/// let lines = licences(&study, &manifest);
/// assert!(lines.last().unwrap().contains("Natural Earth"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn licences(study: &Study, manifest: &Manifest) -> Vec<String> {
    let mut lines = Vec::new();
    if is_synthetic(study, manifest) {
        lines.push(
            "Trade and political stability: made up by monazite; there is no source, and nothing to ask for."
                .to_owned(),
        );
    } else {
        lines.push(if manifest.trade.source == BACI_SOURCE {
            "Trade: CEPII, BACI. Etalab Open Licence 2.0: may be passed on with attribution to CEPII."
                .to_owned()
        } else {
            match &manifest.trade.licence {
                Some(licence) => format!("Trade: {}. {licence}", manifest.trade.source),
                None => format!(
                    "Trade: {}, under the licence of its source; ask there before you pass it on.",
                    manifest.trade.source
                ),
            }
        });
        lines.push(
            "Political stability: World Bank, Worldwide Governance Indicators. CC BY 4.0: may be passed on with attribution to the World Bank."
                .to_owned(),
        );
    }
    let tables = manifest.tables.iter();
    lines.extend(
        tables.map(|table| format!("{} ({}): under the licence of its source.", table.name, table.key)),
    );
    lines.push(
        "Outlines of countries: Natural Earth, public domain; they express no opinion on any boundary."
            .to_owned(),
    );
    lines
}
