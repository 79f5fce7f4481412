//! Text in columns, for a terminal of a hundred.

/// So many characters a line has at most.
pub const WIDTH: usize = 100;

/// A table of text.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// Rows of cells, the heads first; rows may be shorter than others.
    rows: Vec<Vec<String>>,
    /// Columns that stand at the left; the others are numbers.
    left: Vec<usize>,
}

impl Columns {
    /// A table with heads; `left` are the columns of words.
    pub fn new(heads: &[&str], left: &[usize]) -> Self {
        Self { rows: vec![heads.iter().map(|&head| head.to_owned()).collect()], left: left.to_vec() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The lines, two blanks between columns and before the first.
    ///
    /// ```
    /// use monazite::report::answers::columns::Columns;
    /// let mut table = Columns::new(&["", "lost"], &[0]);
    /// table.row(vec!["Japan".to_owned(), "9 %".to_owned()]);
    /// assert_eq!(table.lines(), ["         lost", "  Japan   9 %"]);
    /// ```
    pub fn lines(&self) -> Vec<String> {
        let count = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |at: usize| {
            self.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..count).map(width).collect();
        let line = |row: &Vec<String>| {
            let mut text = String::new();
            for (at, cell) in row.iter().enumerate() {
                let width = widths[at];
                text.push_str("  ");
                match self.left.contains(&at) {
                    true => text.push_str(&format!("{cell:<width$}")),
                    false => text.push_str(&format!("{cell:>width$}")),
                }
            }
            text.trim_end().to_owned()
        };
        self.rows.iter().map(line).collect()
    }
}

/// Two texts beside one another, if they fit; else one below the other.
///
/// ```
/// use monazite::report::answers::columns::beside;
/// let lines = |text: &[&str]| text.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
/// assert_eq!(beside(lines(&["a", "bb"]), lines(&["c"])), ["a    c", "bb"]);
/// assert_eq!(beside(lines(&["a".repeat(60).as_str()]), lines(&["c".repeat(50).as_str()])).len(), 2);
/// ```
pub fn beside(left: Vec<String>, right: Vec<String>) -> Vec<String> {
    let widest = |lines: &[String]| lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let (first, second) = (widest(&left), widest(&right));
    if first + 3 + second > WIDTH {
        return left.into_iter().chain(right).collect();
    }
    let nothing = String::new();
    let of = |lines: &[String], at: usize| lines.get(at).unwrap_or(&nothing).clone();
    let line = |at: usize| format!("{:<first$}   {}", of(&left, at), of(&right, at)).trim_end().to_owned();
    (0..left.len().max(right.len())).map(line).collect()
}

/// A text in lines of at most [`WIDTH`] characters, each with `indent` before it.
///
/// ```
/// use monazite::report::answers::columns::wrapped;
/// assert_eq!(wrapped("one two", ""), ["one two"]);
/// assert_eq!(wrapped(&format!("{} 50 %", "w".repeat(97)), "")[1], "50 %");
/// assert!(wrapped(&"word ".repeat(60), "  ").iter().all(|line| line.len() <= 100 && line.starts_with("  ")));
/// ```
pub fn wrapped(text: &str, indent: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    // A number stays with its percent sign.
    let text = text.replace(" %", "\u{a0}%");
    for word in text.split([' ', '\n']).filter(|word| !word.is_empty()) {
        let longer = indent.chars().count() + line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && longer > WIDTH {
            lines.push(format!("{indent}{line}"));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word.replace('\u{a0}', " "));
    }
    if !line.is_empty() {
        lines.push(format!("{indent}{line}"));
    }
    lines
}

/// A text of several lines, in which lines of more than [`WIDTH`] characters are broken; what is broken off stands as deep as the line began.
///
/// ```
/// use monazite::report::answers::columns::narrowed;
/// assert_eq!(narrowed("one\n\n  two\n"), "one\n\n  two\n");
/// let long = format!("short\n  {}", "word ".repeat(30));
/// assert!(narrowed(&long).lines().skip(1).all(|line| line.len() <= 100 && line.starts_with("  word")));
/// ```
pub fn narrowed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for line in text.lines() {
        if line.chars().count() <= WIDTH {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        for part in wrapped(line, indent) {
            out.push_str(&part);
            out.push('\n');
        }
    }
    out
}
