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
