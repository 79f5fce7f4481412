//! Notes the commit that the program is built from, for the manifest of every run.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=../../.git/HEAD");
    println!("cargo::rerun-if-changed=../../.git/index");
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"]).map_or_else(
        || "unknown".to_owned(),
        |commit| {
            let changes = git(&["status", "--porcelain", "--untracked-files=no"]).unwrap_or_default();
            if changes.is_empty() { commit } else { format!("{commit}-dirty") }
        },
    );
    println!("cargo::rustc-env=MONAZITE_COMMIT={commit}");
}
