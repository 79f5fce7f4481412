//! Files stay under 600 lines and functions under 100, in all crates, tests included.
//!
//! A longer function says why, in a comment right above it: `// Long: one line for each column of the file`.

use std::fs;

use super::source_code::{functions, root, rust_files, tokens};

const LINES_OF_A_FILE: usize = 600;
const LINES_OF_A_FUNCTION: usize = 100;
const REASON: &str = "// Long: ";

/// Functions of a source that are too long and do not say why: name, line, lines.
fn too_long(source: &str, most: usize) -> Vec<(String, usize, usize)> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let reason = |line: usize| {
        let above = lines[..line - 1].iter().rev();
        above
            .take_while(|l| l.starts_with("//") || l.starts_with("#["))
            .any(|l| l.strip_prefix(REASON).is_some_and(|reason| !reason.is_empty()))
    };
    functions(&tokens(source))
        .into_iter()
        .filter(|f| f.lines > most && !reason(f.line))
        .map(|f| (f.name, f.line, f.lines))
        .collect()
}

#[test]
fn files_and_functions_are_short() {
    let mut long = Vec::new();
    let files = rust_files(&root().join("crates"));
    assert!(files.len() > 250, "only {} files are read", files.len());
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(root()).unwrap().display().to_string();
        let lines = source.lines().count();
        if lines > LINES_OF_A_FILE {
            long.push(format!("{name}: {lines} lines"));
        }
        for (function, line, lines) in too_long(&source, LINES_OF_A_FUNCTION) {
            long.push(format!("{name}:{line}: {function} has {lines} lines"));
        }
    }
    assert!(
        long.is_empty(),
        "split these (files of {LINES_OF_A_FILE} lines at most, functions of {LINES_OF_A_FUNCTION}, or the reason right above: \
         {REASON}...):\n{}",
        long.join("\n")
    );
}

#[test]
fn the_scanner_is_not_misled_by_text_comments_and_characters() {
    let source = r####"
/* a block /* in a block */ fn no() { */
fn first<'a>(x: &'a str) -> char {
    let _ = "fn not() { \" {"; // fn not() {
    let _ = r#"a raw " { text"#;
    let _ = (b"{", b'{', '{', '\'', '\u{7b}');
    '"'
}
const F: fn(usize) -> [u8; 2] = second;
trait T { fn declared(&self, x: [u8; 3]); }
fn second(
    n: usize,
) -> [u8; 2]
where
    u8: Copy,
{
    fn inner() {}
    [0, 1]
}
"####;
    let found: Vec<(String, usize, usize)> =
        functions(&tokens(source)).into_iter().map(|f| (f.name, f.line, f.lines)).collect();
    let expected = [("first", 3, 6), ("second", 11, 4), ("inner", 17, 1)];
    assert_eq!(found, expected.map(|(name, line, lines)| (name.to_owned(), line, lines)));
}

#[test]
fn a_long_function_may_say_why() {
    let body = "{\n\n\n}\n";
    let long = |above: &str| too_long(&format!("{above}fn long() {body}"), 3);
    assert_eq!(long(""), [("long".to_owned(), 1, 4)]);
    assert_eq!(long("// Long: one line for each column\n"), []);
    assert_eq!(long("// Long: one line for each column\n#[allow(dead_code)]\n"), []);
    assert_eq!(long("// Long: \n"), [("long".to_owned(), 2, 4)], "no reason");
    assert_eq!(long("// Long: of another\nconst X: u8 = 1;\n"), [("long".to_owned(), 3, 4)]);
    assert_eq!(too_long(&format!("fn short() {body}"), 4), []);
}
