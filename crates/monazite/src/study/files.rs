//! The files of a study: which there have to be, and whether they are there.

use std::path::{Path, PathBuf};

use super::error::Problem;
use super::text::advice_on_path;
use super::whole::Study;
use crate::disk;
use crate::disk::place::{self, FolderKind};

/// Where the trade and the political stability of a study come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataFrom {
    /// From the files that `data.trade` and `data.governance` name.
    Files,
    /// They are given to the run: `data.trade` and `data.governance` may be empty.
    Memory,
}

impl Study {
    /// The tables that a study names besides trade, political stability and links, each with its key.
    pub fn tables(&self) -> impl Iterator<Item = (&'static str, &PathBuf)> {
        let tables = [
            ("data.totals", &self.data.totals),
            ("trade.reexport_shares", &self.trade.reexport_shares),
            ("indicators.production", &self.indicators.production),
            ("indices.production", &self.indices.production),
            ("indices.recycling", &self.indices.recycling),
            ("indices.substitution", &self.indices.substitution),
            ("indices.trade_factor", &self.indices.trade_factor),
            ("indices.disruption_potential", &self.indices.disruption_potential),
            ("indices.economic_vulnerability", &self.indices.economic_vulnerability),
            ("chain.population", &self.chain.population),
            ("shocks.links", &self.shocks.links),
            ("shocks.stocks", &self.shocks.stocks),
            ("shocks.capacities", &self.shocks.capacities),
            ("event.table", &self.event.table),
        ];
        tables.into_iter().filter_map(|(key, path)| Some((key, path.as_ref()?)))
    }

    /// Names the files that are not there. Those of `[data]` are not looked for if the data are given.
    pub(super) fn check_files(&self, data: DataFrom, problems: &mut Vec<Problem>) {
        let mut files = Vec::new();
        if data == DataFrom::Files {
            files.push(("data.trade", Some(&self.data.trade)));
            files.push(("data.governance", Some(&self.data.governance)));
        }
        if let Some(store) = &self.data.store {
            let [store, folder] =
                [self.resolve(store), self.resolve(Path::new("."))].map(|p| disk::absolute(&p));
            if folder.starts_with(&store) {
                problems.push(Problem {
                    line: None,
                    key: "data.store".to_owned(),
                    message: format!(
                        "{} holds the study itself, and a store is not mixed with other files; give it a folder of its own, such as \"store\"",
                        store.display()
                    ),
                });
            } else if let Err(taken) = place::refuse_taken(&store, Some(FolderKind::Store))
                && taken.kind != FolderKind::Package
            {
                let message = taken.to_string();
                problems.push(Problem { line: None, key: "data.store".to_owned(), message });
            }
        }
        let chain = &self.chain;
        files.extend(chain.edges.iter().map(|edges| ("chain.edges", Some(edges))));
        files.extend(chain.candidates.iter().map(|file| ("chain.candidates", Some(file))));
        files.extend(chain.networks.iter().map(|file| ("chain.networks", Some(file))));
        files.push(("chain.overrides", chain.overrides.as_ref()));
        files.extend(self.tables().map(|(key, path)| (key, Some(path))));
        for (key, path) in files {
            if let Some(path) = path
                && !self.resolve(path).exists()
            {
                problems.push(Problem {
                    line: None,
                    key: key.to_owned(),
                    message: format!(
                        "there is no {} (paths are relative to the study file){}",
                        self.resolve(path).display(),
                        advice_on_path(&path.to_string_lossy())
                    ),
                });
            }
        }
    }
}
