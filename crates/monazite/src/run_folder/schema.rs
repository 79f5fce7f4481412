//! The JSON schema of the run folder, made from the descriptions of its tables, its other files and the keys of its manifest.
//!
//! It describes a run as one JSON value: `manifest` is `manifest.toml`, `tables` has every table by the name of its file as a list of
//! rows, `files` lists the other files. What JSON Schema has no word for is said with words of its own, which validators pass over:
//! `x-unit`, `x-missing` (when a value is null), `x-only-if` (when a column is there), `x-not-written` (when a file is not there),
//! `x-method` (the page that defines a column).

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::format::RUN_FORMAT;
use super::manifest_keys::{KeyKind, MANIFEST_KEYS};
use super::name_pattern::{is_pattern, regular_expression};
use super::other_files::{OTHER_FILES, RunFile};
use super::table::{ColumnKind, RunColumn, RunTable};
use super::tables;

/// Name of the schema in every run folder.
pub const SCHEMA_FILE: &str = "schema.json";

/// A JSON value whose keys keep their order.
enum Json {
    Null,
    Flag(bool),
    Number(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Number(number) if number.fract() == 0.0 => serializer.serialize_i64(*number as i64),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

fn text(text: impl Into<String>) -> Json {
    Json::Text(text.into())
}

fn texts<'a>(items: impl IntoIterator<Item = &'a str>) -> Json {
    Json::List(items.into_iter().map(text).collect())
}

fn object<const N: usize>(entries: [(&str, Json); N]) -> Json {
    Json::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// The schema, as it stands in `schema.json` of every run.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(&monazite::run_folder::schema::json_schema())?;
/// let row = &schema["properties"]["tables"]["properties"]["stability.csv"]["items"];
/// assert_eq!(row["properties"]["pv"]["maximum"], 100);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn json_schema() -> String {
    let schema = object([
        ("$schema", text("https://json-schema.org/draft/2020-12/schema")),
        ("$id", text(format!("urn:monazite:run-folder:{RUN_FORMAT}"))),
        ("title", text(format!("Run folder of monazite, format {RUN_FORMAT}"))),
        (
            "description",
            text(
                "A run as one JSON value: manifest.toml as JSON, every table as a list of rows by the name of its file, and the names of the other \
                 files. Columns stand in the order of the file. A value that is not defined is null (an empty cell in csv). x-unit: unit; x-missing: \
                 when a value is null; x-only-if: when a column is there; x-not-written: when a file is not there; x-method: the page of docs/methods \
                 that defines it.",
            ),
        ),
        ("type", text("object")),
        ("required", texts(["manifest", "tables", "files"])),
        (
            "properties",
            object([("manifest", manifest()), ("tables", described_tables()), ("files", other_files())]),
        ),
        ("additionalProperties", Json::Flag(false)),
    ]);
    let mut written = serde_json::to_string_pretty(&schema).expect("texts and numbers can always be written");
    written.push('\n');
    written
}

/// An object whose members have fixed names or fit a pattern.
fn members(entries: Vec<(&str, Json)>, required: Vec<&str>) -> Vec<(String, Json)> {
    let (mut fixed, mut patterns) = (Vec::new(), Vec::new());
    for (name, schema) in entries {
        if is_pattern(name) {
            patterns.push((regular_expression(name), schema));
        } else {
            fixed.push((name.to_owned(), schema));
        }
    }
    let mut all = vec![("type".to_owned(), text("object")), ("properties".to_owned(), Json::Object(fixed))];
    if !patterns.is_empty() {
        all.push(("patternProperties".to_owned(), Json::Object(patterns)));
    }
    all.push(("required".to_owned(), texts(required)));
    all.push(("additionalProperties".to_owned(), Json::Flag(false)));
    all
}

fn described_tables() -> Json {
    let entries = tables::ALL.iter().map(|table| (table.file, of_table(table))).collect();
    let required = tables::ALL.iter().filter(|t| t.not_written.is_none()).map(|t| t.file).collect();
    Json::Object(members(entries, required))
}

fn of_table(table: &RunTable) -> Json {
    let columns = (table.columns)();
    let entries = columns.iter().map(|c| (c.name, of_column(c))).collect();
    let required = columns.iter().filter(|c| c.is_always_there()).map(|c| c.name).collect();
    let mut schema = vec![
        ("title".to_owned(), text(table.title)),
        ("description".to_owned(), text(format!("A row is {}.", table.row))),
    ];
    if let Some(when) = table.not_written {
        schema.push(("x-not-written".to_owned(), text(when)));
    }
    schema.push(("type".to_owned(), text("array")));
    schema.push(("items".to_owned(), Json::Object(members(entries, required))));
    Json::Object(schema)
}

fn of_column(column: &RunColumn) -> Json {
    let kind = match column.kind {
        ColumnKind::Text => "string",
        ColumnKind::Whole => "integer",
        ColumnKind::Number => "number",
        ColumnKind::Boolean => "boolean",
    };
    let mut schema = vec![("title", text(column.label)), ("description", text(column.definition))];
    schema.push(("type", if column.missing.is_some() { texts([kind, "null"]) } else { text(kind) }));
    if !column.choices.is_empty() {
        let mut choices: Vec<Json> = column.choices.iter().map(|choice| text(*choice)).collect();
        choices.extend(column.missing.map(|_| Json::Null));
        schema.push(("enum", Json::List(choices)));
    }
    let [low, high] = column.range;
    schema.extend(low.map(|low| ("minimum", Json::Number(low))));
    schema.extend(high.map(|high| ("maximum", Json::Number(high))));
    if !column.unit.is_empty() {
        schema.push(("x-unit", text(column.unit)));
    }
    schema.extend(column.missing.map(|when| ("x-missing", text(when))));
    schema.extend(column.only_if.map(|when| ("x-only-if", text(when))));
    if !column.page.is_empty() {
        schema.push(("x-method", text(column.page)));
    }
    Json::Object(schema.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn other_files() -> Json {
    let of_file = |file: &RunFile| {
        let mut schema = vec![("description".to_owned(), text(file.meaning))];
        if let Some(when) = file.not_written {
            schema.push(("x-not-written".to_owned(), text(when)));
        }
        if is_pattern(file.file) {
            schema.push(("pattern".to_owned(), text(regular_expression(file.file))));
        } else {
            schema.push(("const".to_owned(), text(file.file)));
        }
        Json::Object(schema)
    };
    let items =
        object([("type", text("string")), ("anyOf", Json::List(OTHER_FILES.iter().map(of_file).collect()))]);
    object([
        ("description", text("The files that are no tables.")),
        ("type", text("array")),
        ("items", items),
    ])
}

fn manifest() -> Json {
    let mut schema = vec![("title".to_owned(), text("manifest.toml"))];
    schema.extend(keys_in(""));
    Json::Object(schema)
}

/// The keys of a table of the manifest.
fn keys_in(table: &str) -> Vec<(String, Json)> {
    let inside = MANIFEST_KEYS.iter().filter_map(|key| {
        let (parent, name) = key.name.rsplit_once('.').unwrap_or(("", key.name));
        (parent == table).then_some((name, key))
    });
    let (mut entries, mut required) = (Vec::new(), Vec::new());
    for (name, key) in inside {
        let mut schema = vec![("description".to_owned(), text(key.definition))];
        if let Some(when) = key.missing {
            schema.push(("x-missing".to_owned(), text(when)));
        } else {
            required.push(name);
        }
        let list_of = |items: Json| vec![("type".to_owned(), text("array")), ("items".to_owned(), items)];
        schema.extend(match key.kind {
            _ if key.name == "format" => vec![("const".to_owned(), Json::Number(f64::from(RUN_FORMAT)))],
            KeyKind::Text => vec![("type".to_owned(), text("string"))],
            KeyKind::Whole => vec![("type".to_owned(), text("integer"))],
            KeyKind::Number => vec![("type".to_owned(), text("number"))],
            KeyKind::Boolean => vec![("type".to_owned(), text("boolean"))],
            KeyKind::Texts => list_of(object([("type", text("string"))])),
            KeyKind::TwoWhole => {
                let mut list = list_of(object([("type", text("integer"))]));
                list.push(("minItems".to_owned(), Json::Number(2.0)));
                list.push(("maxItems".to_owned(), Json::Number(2.0)));
                list
            }
            KeyKind::Table => keys_in(key.name),
            KeyKind::Tables => list_of(Json::Object(keys_in(key.name))),
        });
        entries.push((name, Json::Object(schema)));
    }
    members(entries, required)
}
