//! Commands for the user to type: paths as a shell takes them.

use std::path::Path;

/// A path as an argument that can be copied into a shell: in quotes if there is a blank or another sign in it that a shell reads otherwise.
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    // What begins with a hyphen would be taken for an option.
    let text = if text.starts_with('-') { format!("./{text}") } else { text };
    let plain = |c: char| c.is_alphanumeric() || "_-./:@%+=,".contains(c) || cfg!(windows) && c == '\\';
    if !text.is_empty() && text.chars().all(plain) {
        return text;
    }
    if cfg!(windows) { format!("\"{text}\"") } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
