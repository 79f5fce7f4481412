//! What a study says of its trade data, against what the store that it names was made with.

use crate::ingest::own_table::ValueUnit;
use crate::study::{Problem, Study, StudyError};
use crate::trade::StoreManifest;

/// Options that a store is made with, while they are compared.
#[derive(Default)]
struct Compared {
    problems: Vec<Problem>,
    unrecorded: Vec<String>,
}

impl Compared {
    /// Holds what the study says of a key against what the store has; nothing if the study says nothing.
    fn hold(&mut self, key: &str, said: Option<&str>, has: Has<'_>) {
        let Some(said) = said else { return };
        match has {
            Has::Nothing => self.unrecorded.push(format!("data.{key}")),
            Has::Same => {}
            Has::Other(other) => {
                let message = format!(
                    "the study says '{said}', and the store has {other}. A store stays as it was imported: take the key out, or import the data \
                     again with it (monazite import)"
                );
                self.problems.push(Problem { line: None, key: format!("data.{key}"), message });
            }
        }
    }
}

/// What a store has.
enum Has<'a> {
    /// It does not say.
    Nothing,
    /// What the study says.
    Same,
    /// Something else, in words.
    Other(&'a str),
}

impl<'a> Has<'a> {
    fn of(recorded: &'a str, said: Option<&str>) -> Self {
        match recorded {
            "" => Self::Nothing,
            same if Some(same) == said => Self::Same,
            other => Self::Other(other),
        }
    }
}

/// Compares what a study says of its trade data with the store that it names; what the store does not record is a note.
///
/// # Errors
/// [`StudyError`] with everything in which the two contradict each other.
pub(super) fn compare(study: &Study, store: &StoreManifest) -> Result<Vec<String>, StudyError> {
    let data = &study.data;
    let mut compared = Compared::default();
    editions(study, store, &mut compared);
    let version = data.baci_version.as_deref();
    compared.hold("baci_version", version, Has::of(&store.baci_version, version));
    compared.hold("source", data.source.as_deref(), Has::of(&store.source, data.source.as_deref()));
    compared.hold("licence", data.licence.as_deref(), Has::of(&store.licence, data.licence.as_deref()));
    tables(study, store, &mut compared);
    if !compared.problems.is_empty() {
        return Err(study.error(compared.problems));
    }
    let mut notes = Vec::new();
    if !compared.unrecorded.is_empty() {
        notes.push(format!(
            "{} of the study {} no effect: the trade is a store that is there already and does not record it. Import the data again if it matters \
             (monazite import).",
            compared.unrecorded.join(", "),
            if compared.unrecorded.len() == 1 { "has" } else { "have" }
        ));
    }
    if data.store.is_some() {
        notes.push("data.store has no effect: data.trade is a store already.".to_owned());
    }
    Ok(notes)
}

/// The edition of the trade, and that which it was converted from.
fn editions(study: &Study, store: &StoreManifest, compared: &mut Compared) {
    let name = |edition: crate::nomenclature::HsEdition| edition.baci_name().to_owned();
    let (said, to) = (study.data.edition.map(name), study.data.convert_to.map(name));
    let from = store.conversion.as_ref().map(|c| c.from.as_str());
    let now = match from {
        Some(from) => format!("{}, converted from {from}", store.edition),
        None => store.edition.clone(),
    };
    let has = |said: Option<&str>, recorded: &str| match recorded {
        "" => Has::Nothing,
        same if Some(same) == said => Has::Same,
        _ => Has::Other(&now),
    };
    compared.hold("convert_to", to.as_deref(), has(to.as_deref(), &store.edition));
    let before = if to.is_some() { from.unwrap_or(&store.edition) } else { &store.edition };
    compared.hold("edition", said.as_deref(), has(said.as_deref(), before));
}

/// What was said of a table of trade besides its header.
fn tables(study: &Study, store: &StoreManifest, compared: &mut Compared) {
    let data = &study.data;
    let said = store.options.table.clone().unwrap_or_default();
    let layouts: Vec<&str> = store
        .inputs
        .iter()
        .filter(|input| input.role == "flows")
        .map(|input| input.layout.as_str())
        .collect();
    let read_as: Vec<&str> = layouts.iter().copied().filter(|layout| !layout.is_empty()).collect();
    // BACI's own layout is in thousand USD and tonnes, and is written down as nothing.
    let of_baci = !layouts.is_empty() && read_as.is_empty();
    let words = format!("read its table so: {}", read_as.first().copied().unwrap_or_default());
    let in_words = |needles: &[String]| {
        let in_one = |layout: &&str| {
            needles
                .iter()
                .any(|needle| layout.ends_with(needle.as_str()) || layout.contains(&format!("{needle},")))
        };
        if read_as.is_empty() {
            Has::Nothing
        } else if read_as.iter().all(in_one) {
            Has::Same
        } else {
            Has::Other(&words)
        }
    };
    let unit = data.unit.map(ValueUnit::key);
    let unit_words = [format!(" in {}", data.unit.map_or("", ValueUnit::in_words))];
    let has = match (said.unit.as_str(), of_baci) {
        ("", true) => Has::of("thousand_usd", unit),
        ("", false) => in_words(&unit_words),
        (unit_said, _) => Has::of(unit_said, unit),
    };
    compared.hold("unit", unit, has);
    let quantity = data.quantity_unit.map(|unit| unit.key());
    let quantity_words = [format!(" in {}", quantity.unwrap_or_default())];
    let has = match (said.quantity_unit.as_str(), of_baci) {
        ("", true) => Has::of("tonnes", quantity),
        ("", false) => in_words(&quantity_words),
        (unit_said, _) => Has::of(unit_said, quantity),
    };
    compared.hold("quantity_unit", quantity, has);
    let flow = data.flow.map(|flow| flow.key());
    let has = match said.flow.as_str() {
        "" => {
            let key = flow.unwrap_or_default();
            let (one, both) = (format!(", {key} by "), ", imports or exports by ");
            let names = |layout: &&str| layout.contains(&one) || layout.ends_with(&format!(", as {key}"));
            let silent = |layout: &&str| !layout.contains(" by ") && !layout.contains(", as ");
            if read_as.is_empty() || read_as.iter().any(|layout| silent(layout) || layout.contains(both)) {
                Has::Nothing
            } else if read_as.iter().all(names) {
                Has::Same
            } else {
                Has::Other(&words)
            }
        }
        recorded => Has::of(recorded, flow),
    };
    compared.hold("flow", flow, has);
    for (role, name) in data.columns.iter().flat_map(|columns| columns.iter()) {
        let key = format!("columns.{}", role.key());
        let has = match said.columns.get(role.key()) {
            Some(recorded) => Has::of(recorded, Some(name)),
            None if read_as.is_empty() => Has::Nothing,
            None if read_as.iter().all(|layout| layout.contains(name)) => Has::Same,
            None => Has::Other(&words),
        };
        compared.hold(&key, Some(name), has);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const STORE: &str = "format = 2\nmonazite = \"0.1.0\"\nedition = \"HS12\"\nbaci_version = \"\"\ncodes = \"c\"\nproduct_table = false\nsource = \"Customs\"\n\
        years = []\n[options]\nunknown_country = \"refuse\"\nshort_codes = \"refuse\"\ncompression_level = 3\n[options.table]\nunit = \"usd\"\n\
        [account]\nrows_read = 1\nrows_kept = 1\nvalue_kept = 1.0\nduplicates = 0\nformer_states = 0\nquantity_missing = 0\npadded_codes = 0\ndropped = []\n[[inputs]]\nname = \"t.csv\"\nrole = \"flows\"\nbytes = 1\nstamp = \"\"\nsha256 = \"\"\n\
        layout = \"year = anio, exporter = de, importer = a, product = hs, value = v in USD, quantity = kg in kilograms\"\n";

    fn said(data: &str, store: &StoreManifest) -> Result<Vec<String>, String> {
        let text = format!(
            "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"s\"\ngovernance = \"pv.csv\"\n{data}\n"
        );
        compare(&Study::parse(&text, Path::new("study.toml")).0, store).map_err(|e| e.to_string())
    }

    fn store() -> StoreManifest {
        toml::from_str(STORE).unwrap()
    }

    #[test]
    fn what_the_store_has_is_taken_and_what_contradicts_it_is_refused() {
        for same in [
            "",
            "edition = \"HS12\"",
            "unit = \"usd\"\nquantity_unit = \"kilograms\"",
            "source = \"Customs\"",
            "columns = { year = \"anio\", value = \"v\" }",
        ] {
            assert_eq!(said(same, &store()), Ok(Vec::new()), "{same}");
        }
        for (data, key, has) in [
            ("edition = \"HS17\"", "data.edition: the study says 'HS17'", "the store has HS12"),
            ("convert_to = \"HS17\"", "data.convert_to: the study says 'HS17'", "the store has HS12"),
            ("unit = \"thousand_usd\"", "data.unit: ", "the store has usd"),
            ("quantity_unit = \"tonnes\"", "data.quantity_unit: ", "quantity = kg in kilograms"),
            ("source = \"Others\"", "data.source: ", "the store has Customs"),
            ("columns = { value = \"fob\" }", "data.columns.value: ", "value = v in USD"),
        ] {
            let error = said(data, &store()).unwrap_err();
            assert!(
                error.contains(key) && error.contains(has) && error.contains("import the data again"),
                "{error}"
            );
        }
        // Two at once are both said.
        assert!(
            said("edition = \"HS17\"\nunit = \"million_usd\"", &store()).unwrap_err().contains("2 problems")
        );
    }

    #[test]
    fn what_the_store_does_not_record_is_a_note() {
        let notes = said("licence = \"free\"\nflow = \"imports\"\nstore = \"other\"", &store()).unwrap();
        assert!(notes[0].starts_with("data.licence, data.flow of the study have no effect"), "{notes:?}");
        assert_eq!(notes[1], "data.store has no effect: data.trade is a store already.");
        let mut baci = store();
        baci.options.table = None;
        baci.inputs[0].layout = String::new();
        assert_eq!(said("unit = \"thousand_usd\"\nquantity_unit = \"tonnes\"", &baci), Ok(Vec::new()));
        assert!(said("unit = \"usd\"", &baci).unwrap_err().contains("the store has thousand_usd"));
    }

    #[test]
    fn a_conversion_is_compared_from_both_its_ends() {
        let mut converted = store();
        converted.conversion =
            Some(crate::trade::manifest::ConversionRecord { from: "HS92".to_owned(), unmatched: Vec::new() });
        assert_eq!(said("edition = \"HS92\"\nconvert_to = \"HS12\"", &converted), Ok(Vec::new()));
        assert_eq!(said("edition = \"HS12\"", &converted), Ok(Vec::new()));
        for wrong in
            ["edition = \"HS92\"", "edition = \"HS96\"\nconvert_to = \"HS12\"", "convert_to = \"HS17\""]
        {
            let error = said(wrong, &converted).unwrap_err();
            assert!(error.contains("the store has HS12, converted from HS92"), "{error}");
        }
    }
}
