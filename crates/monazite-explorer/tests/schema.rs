//! As much of JSON Schema as `explorer.schema.json` uses. What it does not know it refuses.

use serde_json::Value;

/// Keys that say nothing about what fits.
const SAID: [&str; 5] = ["description", "title", "$schema", "definitions", "$comment"];

/// Where a value does not fit a definition of a schema; empty if it fits.
pub fn misfits(schema: &Value, definition: &str, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Check { root: schema, found: &mut found }.check(&schema["definitions"][definition], value, definition);
    found
}

struct Check<'a> {
    root: &'a Value,
    found: &'a mut Vec<String>,
}

impl Check<'_> {
    fn wrong(&mut self, at: &str, what: String) {
        if self.found.len() < 20 {
            self.found.push(format!("{at}: {what}"));
        }
    }

    fn check(&mut self, schema: &Value, value: &Value, at: &str) {
        let Some(schema) = schema.as_object() else {
            return self.wrong(at, "the schema has no such definition".to_owned());
        };
        for (key, says) in schema {
            match key.as_str() {
                key if SAID.contains(&key) => {}
                "$ref" => {
                    let name = says.as_str().unwrap().strip_prefix("#/definitions/").unwrap();
                    let name = name
                        .replace("%3C", "<")
                        .replace("%3E", ">")
                        .replace("%2C", ",")
                        .replace("%22", "\"")
                        .replace("%7C", "|");
                    self.check(&self.root["definitions"][name].clone(), value, at);
                }
                "type" => {
                    let types: Vec<&str> = match says {
                        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
                        one => one.as_str().into_iter().collect(),
                    };
                    let is = |of: &&str| match *of {
                        "null" => value.is_null(),
                        "boolean" => value.is_boolean(),
                        "number" => value.is_number(),
                        "integer" => value.is_i64() || value.is_u64(),
                        "string" => value.is_string(),
                        "array" => value.is_array(),
                        "object" => value.is_object(),
                        other => panic!("type {other}"),
                    };
                    if !types.iter().any(is) {
                        self.wrong(at, format!("{value:.80} is none of {types:?}"));
                    }
                }
                "const" if says != value => self.wrong(at, format!("{value:.80} is not {says}")),
                "enum" if !says.as_array().unwrap().contains(value) => {
                    self.wrong(at, format!("{value:.80} is not among {says}"))
                }
                "const" | "enum" => {}
                "required" => {
                    for name in says.as_array().unwrap().iter().filter_map(Value::as_str) {
                        if value.as_object().is_some_and(|of| !of.contains_key(name)) {
                            self.wrong(at, format!("{name} is left out"));
                        }
                    }
                }
                "properties" => {
                    for (name, of) in says.as_object().unwrap() {
                        if let Some(inner) = value.get(name) {
                            self.check(of, inner, &format!("{at}.{name}"));
                        }
                    }
                }
                "additionalProperties" => {
                    let known = schema.get("properties").and_then(Value::as_object);
                    for (name, inner) in value.as_object().into_iter().flatten() {
                        if known.is_some_and(|known| known.contains_key(name)) {
                            continue;
                        }
                        match says {
                            Value::Bool(false) => self.wrong(at, format!("{name} is not in the contract")),
                            Value::Bool(true) => {}
                            of => self.check(of, inner, &format!("{at}.{name}")),
                        }
                    }
                }
                "items" => {
                    for (place, inner) in value.as_array().into_iter().flatten().enumerate() {
                        let of = match says {
                            Value::Array(each) => each.get(place).unwrap_or(&Value::Null),
                            one => one,
                        };
                        self.check(of, inner, &format!("{at}[{place}]"));
                    }
                }
                "minItems" | "maxItems" => {
                    let (count, bound) =
                        (value.as_array().map_or(0, Vec::len) as u64, says.as_u64().unwrap());
                    if value.is_array()
                        && (key == "minItems" && count < bound || key == "maxItems" && count > bound)
                    {
                        self.wrong(at, format!("{count} items, {key} {bound}"));
                    }
                }
                "anyOf" => {
                    let fits = |of: &Value| {
                        let mut found = Vec::new();
                        Check { root: self.root, found: &mut found }.check(of, value, at);
                        found.is_empty()
                    };
                    if !says.as_array().unwrap().iter().any(fits) {
                        self.wrong(at, format!("{value:.200} fits none of several"));
                    }
                }
                other => panic!("the test does not know {other} of JSON Schema"),
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_found() {
    let schema: Value = serde_json::from_str(include_str!("../explorer.schema.json")).unwrap();
    let named = serde_json::json!({ "code": "CHN", "name": "China" });
    assert!(misfits(&schema, "Named", &named).is_empty());
    for (wrong, says) in [
        (serde_json::json!({ "code": "CHN" }), "name is left out"),
        (serde_json::json!({ "code": 1, "name": "" }), "is none of [\"string\"]"),
        (serde_json::json!({ "code": "", "name": "", "x": 1 }), "x is not in the contract"),
    ] {
        let found = misfits(&schema, "Named", &wrong);
        assert!(found.len() == 1 && found[0].contains(says), "{found:?}");
    }
}
