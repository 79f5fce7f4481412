//! `monazite codes`.

use std::collections::BTreeMap;
use std::path::Path;

use monazite::nomenclature::code_search::{CodeFound, CodesFound, Fate, fates_of, search_codes};
use monazite::nomenclature::{Hs6, HsEdition};
use monazite::report::brief::BriefError;
use monazite::run::Run;
use monazite::trade::{FlowSource, Store};
use serde_json::{Value, json};

use crate::arguments::codes::CodesArguments;
use crate::failure::Failure;
use crate::terminal::{FLOWS, Terminal, counted};

/// Codes that are listed on the terminal.
const SHOWN: usize = 20;
/// Characters of a text in a list.
const WIDTH: usize = 72;

/// Looks for codes, and says what became of the one that was named.
pub fn codes(arguments: &CodesArguments, terminal: &Terminal) -> Result<(), Failure> {
    let held = match (&arguments.store, &arguments.run) {
        (Some(store), _) => Some(Held::of_store(store)?),
        (None, Some(run)) => Some(Held::of_run(run)?),
        (None, None) => None,
    };
    if arguments.text.iter().all(|text| text.trim().is_empty()) {
        let message = "there is nothing to look for; give a word (cobalt), a critical raw material, or the beginning of a code (2846)";
        return Err(message.to_owned().into());
    }
    let all_codes = arguments.text.iter().all(|text| text.chars().all(|c| c.is_ascii_digit() || c == '.'));
    let queries = if all_codes { arguments.text.clone() } else { vec![arguments.text.join(" ")] };
    let mut answers = Vec::new();
    let mut without = None;
    for query in &queries {
        let found = search_codes(query, arguments.edition);
        if terminal.wants_json() {
            answers.push(as_json(query, &found, held.as_ref(), arguments.edition));
            if found.codes.is_empty() {
                without.get_or_insert_with(|| nothing(query, &found, arguments.edition));
            }
            continue;
        }
        if found.codes.is_empty() {
            without.get_or_insert_with(|| nothing(query, &found, arguments.edition));
            continue;
        }
        show(&found, held.as_ref(), arguments, terminal);
    }
    if terminal.wants_json() {
        terminal.answer_json(&Value::Array(answers));
    }
    without.map_or(Ok(()), |message| Err(message.into()))
}

fn nothing(query: &str, found: &CodesFound, edition: Option<HsEdition>) -> String {
    let of = edition.map_or_else(|| "of any edition of the HS".to_owned(), |e| format!("of {e}"));
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    let is_code = query.chars().all(|c| c.is_ascii_digit() || c == '.');
    if is_code && digits.len() > 6 {
        return format!(
            "{query} has {} digits, and codes of the HS have six at most; the rest is a country's own: look for {}",
            digits.len(),
            &digits[..6]
        );
    }
    if let (true, Some(edition)) = (is_code, edition) {
        let elsewhere = search_codes(query, None);
        if let [code] = elsewhere.codes.as_slice() {
            return elsewhere_only(code, edition);
        }
    }
    if is_code {
        return format!("no code {of} begins with {query}; give fewer digits (2846), or a word (cobalt)");
    }
    let what = format!("no text of a code {of}, and no critical raw material, has '{query}'");
    let near = found.near.join(", ");
    if near.is_empty() {
        format!("{what}; try one word, or the beginning of one")
    } else {
        format!("{what}; near to it: {near}")
    }
}

/// A code that other editions have: which, and what it is in the one that was asked for.
fn elsewhere_only(code: &CodeFound, edition: HsEdition) -> String {
    let there = fates_of(code.code, None)
        .and_then(|(_, fates)| fates.into_iter().find(|fate| fate.edition == edition))
        .map(|fate| fate_in_words(&fate, code.code))
        .unwrap_or_default();
    format!(
        "{} is not a code of {edition}; {} have it ({}). In {edition} its trade is under: {there}. Look for that, or leave --edition out",
        code.code,
        code.editions,
        cut(&code.text)
    )
}

fn show(found: &CodesFound, held: Option<&Held>, arguments: &CodesArguments, terminal: &Terminal) {
    for material in &found.materials {
        let note = if material.note.is_empty() { String::new() } else { format!("; {}", material.note) };
        terminal.answer(&format!("{}: critical for {}{note}", material.name, material.lists()));
    }
    if let [code] = found.codes.as_slice() {
        one(code, held, arguments.edition, terminal);
        return;
    }
    let shown = &found.codes[..found.codes.len().min(SHOWN)];
    let editions = shown.iter().map(|c| c.editions.to_string().len()).max().unwrap_or(0);
    let stages: Vec<String> = shown.iter().map(stage).collect();
    let stage_width = stages.iter().map(|s| s.chars().count()).max().unwrap_or(0);
    for (code, stage) in shown.iter().zip(&stages) {
        let mut line = format!("{}  {:<editions$}", code.code, code.editions.to_string());
        if stage_width > 0 {
            line.push_str(&format!("  {stage:<stage_width$}"));
        }
        if let Some(held) = held {
            line.push_str(&format!("  {:<22}", held.in_short(code.code)));
        }
        line.push_str(&format!("  {}", cut(&code.text)));
        terminal.answer(line.trim_end());
    }
    let rest = found.codes.len() - shown.len();
    if rest > 0 {
        terminal.answer(&format!(
            "and {rest} more; --json lists all, another word or --edition makes them fewer"
        ));
    }
}

/// The first material of a code and its stage: `cobalt, compound`.
fn stage(code: &CodeFound) -> String {
    let Some(first) = code.materials.first() else { return String::new() };
    let more = if code.materials.len() > 1 { ", ..." } else { "" };
    format!("{}: {}{more}", first.material.name, first.listed.stage)
}

fn cut(text: &str) -> String {
    if text.chars().count() <= WIDTH {
        return text.to_owned();
    }
    let kept: String = text.chars().take(WIDTH - 3).collect();
    format!("{}...", kept.trim_end())
}

/// Everything that is known of one code.
fn one(code: &CodeFound, held: Option<&Held>, edition: Option<HsEdition>, terminal: &Terminal) {
    terminal.answer(&format!("{}  {}  {}", code.code, code.editions, code.text));
    for held in &code.materials {
        let converted = if held.converted {
            format!(", {} in {}", held.listed.code, held.listed.edition)
        } else {
            String::new()
        };
        terminal.answer(&format!(
            "  {} ({}): {}; {}{converted}; critical for {}",
            held.material.name,
            held.listed.stage,
            held.listed.what,
            held.listed.source,
            held.material.lists()
        ));
    }
    if let Some(held) = held {
        terminal.answer(&format!("  {}: {}", held.name, held.in_words(code.code)));
    }
    let Some((from, fates)) = fates_of(code.code, edition) else { return };
    terminal.answer(&format!("  what {} of {from} is in other editions:", code.code));
    for fate in fates.iter().filter(|fate| fate.edition != from) {
        terminal.answer(&format!("    {}  {}", fate.edition, fate_in_words(fate, code.code)));
    }
}

fn fate_in_words(fate: &Fate, own: Hs6) -> String {
    // Parts with next to nothing of the trade are noise of the estimation of shares; --json has them.
    let codes: Vec<_> = fate.codes.iter().filter(|(_, share)| share.is_none_or(|s| s >= 0.0005)).collect();
    match codes.as_slice() {
        [] => "no code: the conversion tables name none".to_owned(),
        [(code, _)] if *code == own => format!("{code}, the same"),
        codes => {
            let shown: Vec<String> = codes
                .iter()
                .take(10)
                .map(|(code, share)| match share.filter(|share| *share < 0.9995) {
                    Some(share) => format!("{code} ({:.1} %)", 100.0 * share),
                    None => code.to_string(),
                })
                .collect();
            let rest = codes.len() - shown.len();
            let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
            format!("{}{more}", shown.join(", "))
        }
    }
}

/// Which codes a store or a run has.
struct Held {
    name: String,
    /// Years with trade and flows in all of them; of a run no flows are known.
    codes: BTreeMap<Hs6, (usize, Option<usize>)>,
}

impl Held {
    fn of_store(path: &Path) -> Result<Self, Failure> {
        let store = Store::open(path)?;
        let mut codes: BTreeMap<Hs6, (usize, Option<usize>)> = BTreeMap::new();
        for year in store.years() {
            for entry in store.traded_in(year) {
                let (years, flows) = codes.entry(entry.product).or_insert((0, Some(0)));
                *years += 1;
                *flows = flows.map(|flows| flows + entry.flows);
            }
        }
        Ok(Self { name: path.display().to_string(), codes })
    }

    fn of_run(path: &Path) -> Result<Self, Failure> {
        let run = Run::open(path).map_err(BriefError::from)?;
        let years = &run.manifest().study;
        let years = usize::from(years.last_year.saturating_sub(years.first_year)) + 1;
        let products =
            run.products().map_err(BriefError::from)?.iter().filter_map(|product| product.code.parse().ok());
        let codes = products.map(|code| (code, (years, None))).collect();
        Ok(Self { name: path.display().to_string(), codes })
    }

    fn in_short(&self, code: Hs6) -> String {
        match self.codes.get(&code) {
            None => "-".to_owned(),
            Some((_, None)) => "in the run".to_owned(),
            Some((years, Some(flows))) => {
                format!("{}, {}", counted(*years as u64, YEARS), counted(*flows as u64, FLOWS))
            }
        }
    }

    fn in_words(&self, code: Hs6) -> String {
        match self.codes.get(&code) {
            None => "does not have it".to_owned(),
            Some((years, None)) => format!("has it, in a study of {}", counted(*years as u64, YEARS)),
            Some(_) => format!("has it in {}", self.in_short(code)),
        }
    }

    fn as_json(&self, code: Hs6) -> Value {
        match self.codes.get(&code) {
            None => json!({ "held": false }),
            Some((years, flows)) => json!({ "held": true, "years": years, "flows": flows }),
        }
    }
}

const YEARS: [&str; 2] = ["year", "years"];

fn as_json(query: &str, found: &CodesFound, held: Option<&Held>, edition: Option<HsEdition>) -> Value {
    let alone = found.codes.len() == 1;
    let codes: Vec<Value> = found
        .codes
        .iter()
        .map(|code| {
            let editions: Vec<&str> = code.editions.iter().map(HsEdition::baci_name).collect();
            let materials: Vec<Value> = code.materials.iter().map(material_json).collect();
            let mut value = json!({
                "code": code.code.to_string(), "editions": editions, "text": code.text, "materials": materials,
            });
            if let Some(held) = held {
                value["held"] = held.as_json(code.code);
            }
            if let Some((from, fates)) = fates_of(code.code, edition).filter(|_| alone) {
                value["converted_from"] = json!(from.baci_name());
                value["in_other_editions"] = fates.iter().map(fate_json).collect();
            }
            value
        })
        .collect();
    let materials: Vec<Value> = found
        .materials
        .iter()
        .map(|m| json!({ "name": m.name, "synonyms": m.synonyms, "eu": m.eu, "us": m.us, "uk": m.uk, "note": m.note }))
        .collect();
    json!({ "query": query, "codes": codes, "materials": materials, "near": found.near })
}

fn material_json(held: &monazite::nomenclature::code_search::MaterialHeld) -> Value {
    let (material, listed) = (held.material, held.listed);
    json!({
        "material": material.name, "stage": listed.stage, "what": listed.what, "source": listed.source,
        "listed_code": listed.code.to_string(), "listed_edition": listed.edition.baci_name(), "converted": held.converted,
        "eu": material.eu, "us": material.us, "uk": material.uk,
    })
}

fn fate_json(fate: &Fate) -> Value {
    let codes: Vec<Value> =
        fate.codes.iter().map(|(code, share)| json!({ "code": code.to_string(), "share": share })).collect();
    json!({ "edition": fate.edition.baci_name(), "codes": codes })
}
