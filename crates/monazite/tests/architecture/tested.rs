//! Every file of the engine that computes has a test or an example of its own.
//!
//! A file computes if it multiplies, divides or takes roots of numbers more than a few times. It is tested if it holds tests
//! or an example that runs, if it has a `tests.rs`, or if the `tests.rs` of its folder names what it defines. That a test of the whole
//! engine passes through it is not enough: such a test says that something is wrong, not where.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::source_code::{Token, root, rust_files, tokens, without_tests};

/// So many multiplications, divisions and functions of numbers are no computation yet.
const A_FEW: usize = 4;

/// Folders whose files draw: what they multiply are places on paper. Figures have tests of the numbers behind them.
const DRAWN: &[&str] = &["report/figures/", "report/brief/", "report/page/"];

/// Multiplications, divisions and functions of numbers.
fn operations(code: &[Token]) -> usize {
    let ends = |t: &Token| t.is_name() || t.is("0") || t.is(")") || t.is("]");
    let starts = |t: &Token| t.is_name() || t.is("0") || t.is("(");
    let signs =
        code.windows(3).filter(|w| (w[1].is("*") || w[1].is("/")) && ends(&w[0]) && starts(&w[2])).count();
    let functions = ["sqrt", "log", "log1p", "exp", "pow", "powi", "powf", "hypot"];
    signs + code.windows(2).filter(|w| functions.contains(&w[0].text.as_str()) && w[1].is("(")).count()
}

/// Names of types and free functions that a source defines; methods have names that are found everywhere.
fn defined(code: &[Token]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    let mut depth = 0;
    for pair in code.windows(2) {
        match pair[0].text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "fn" | "struct" | "enum" if depth == 0 => {
                names.insert(pair[1].text.as_str());
            }
            _ => {}
        }
    }
    names
}

/// Whether a source holds tests, or an example that runs.
fn holds_a_test(source: &str) -> bool {
    let example = |line: &str| matches!(line.trim(), "/// ```" | "//! ```");
    let tests = |line: &str| matches!(line, "mod tests {" | "pub(super) mod tests {");
    source.lines().any(|line| tests(line) || example(line))
}

/// Whether the `tests.rs` of a file is there, or that of its folder names something the file defines.
fn tested_beside(file: &Path, names: &BTreeSet<&str>) -> bool {
    let of_folder = file.parent().unwrap().join("tests.rs");
    let named =
        || tokens(&fs::read_to_string(&of_folder).unwrap()).iter().any(|t| names.contains(t.text.as_str()));
    file.with_extension("").join("tests.rs").exists() || (of_folder.exists() && named())
}

#[test]
fn every_file_that_computes_has_a_test() {
    let source_folder = root().join("crates/monazite/src");
    let mut without = Vec::new();
    let mut computing = 0;
    for file in rust_files(&source_folder) {
        let name = file.strip_prefix(&source_folder).unwrap().display().to_string();
        let source = fs::read_to_string(&file).unwrap();
        let code = without_tests(&tokens(&source));
        let computes = code.iter().any(|t| t.is("f64")) && operations(&code) > A_FEW;
        if !computes || name.ends_with("tests.rs") || DRAWN.iter().any(|folder| name.starts_with(folder)) {
            continue;
        }
        computing += 1;
        if !holds_a_test(&source) && !tested_beside(&file, &defined(&code)) {
            without.push(name);
        }
    }
    assert!(computing > 40, "only {computing} files compute");
    assert!(without.is_empty(), "these compute and have no test of their own:\n{}", without.join("\n"));
}

#[test]
fn what_computes_and_what_is_tested_is_told_apart() {
    let count = |source: &str| operations(&tokens(source));
    assert_eq!(count("fn f(x: &f64) -> f64 { *x * 2.0 / sqrt(x[0]) }"), 3);
    assert_eq!(count("use a::*; // 2 * 3\nfn f(x: &[&str]) { g(*x, \"2 * 3\") }"), 0);
    assert!(holds_a_test("/// ```\n/// assert!(true);\n/// ```\nfn f() {}"));
    assert!(!holds_a_test("/// ```text\n/// a picture\nfn f() {}"));
    assert_eq!(
        defined(&tokens("pub struct A(u8); fn b() {} impl A { fn new() {} }")),
        BTreeSet::from(["A", "b"])
    );
}
