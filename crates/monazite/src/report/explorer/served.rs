//! What `explorer.json` says that is not of the run: where its files are, and what can be computed.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::diversification::CapacityOf;
use crate::study::DiversificationSection;

/// The program that serves or exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Program {
    /// `monazite`.
    pub name: String,
    /// Version.
    pub version: String,
    /// Commit it was built from; `None` outside a checkout.
    pub commit: Option<String>,
}

/// Limits of a plan as the study has them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Limits {
    /// Largest share of imports that moves.
    pub move_share: f64,
    /// Share of every present purchase that is kept.
    pub keep: f64,
    /// What a supplier can sell more, as a share.
    pub capacity: f64,
    /// Of what: `rest` or `all_exports`.
    pub capacity_of: &'static str,
    /// Least share of world exports of a new supplier.
    pub min_supplier_share: f64,
}

impl Limits {
    /// Those of a study.
    ///
    /// ```
    /// use monazite::report::explorer::Limits;
    /// use monazite::study::DiversificationSection;
    /// let limits = Limits::of(&DiversificationSection::default());
    /// assert!(limits.move_share > 0.0 && limits.capacity_of == "rest");
    /// ```
    pub fn of(study: &DiversificationSection) -> Self {
        Self {
            move_share: study.move_share,
            keep: study.keep,
            capacity: study.capacity,
            capacity_of: match study.capacity_of {
                CapacityOf::RestOfExports => "rest",
                CapacityOf::AllExports => "all_exports",
            },
            min_supplier_share: study.min_supplier_share,
        }
    }
}

/// What-if questions: answered when they are asked, answered beforehand, or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Tools {
    /// By a server.
    Live {
        /// Limits of plans.
        limits: Limits,
        /// The year that is asked about first.
        year: u16,
    },
    /// Files beside the page.
    Precomputed {
        /// Limits of plans.
        limits: Limits,
        /// The year of all of them.
        year: u16,
        /// Parts of exports that stop.
        cuts: Vec<f64>,
        /// By product, or `seeds`: the suppliers.
        scenarios: BTreeMap<String, Vec<String>>,
        /// By product: the importers.
        plans: BTreeMap<String, Vec<String>>,
    },
    /// There are none.
    None {
        /// Why.
        reason: String,
    },
}

/// A second run beside the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherRun {
    /// Its `explorer.json`.
    pub explorer: String,
    /// What differs.
    pub comparison: String,
    /// Name of its study.
    pub name: String,
    /// Its id.
    pub run_id: String,
}

/// Names of the files that hold what the first view does not show; they are read when a view needs them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parts {
    /// All that is known of products by year.
    pub product_years: String,
    /// All sentences.
    pub findings: String,
    /// The value chain with all links.
    pub chain: String,
    /// Where numbers come from.
    pub evidence: String,
    /// Systemic trade risk beside other indices.
    pub indices: String,
}

impl Parts {
    /// Those of the first run or of another one.
    ///
    /// ```
    /// use monazite::report::explorer::Parts;
    /// assert_eq!((Parts::of_run(0).findings, Parts::of_run(1).findings), ("findings.json".to_owned(), "findings-1.json".to_owned()));
    /// ```
    pub fn of_run(place: usize) -> Self {
        let name = |what: &str| match place {
            0 => format!("{what}.json"),
            _ => format!("{what}-{place}.json"),
        };
        Self {
            product_years: name("product_years"),
            findings: name("findings"),
            chain: name("chain"),
            evidence: name("evidence"),
            indices: name("indices"),
        }
    }
}

/// What a server or an export adds to a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Served {
    /// The program.
    pub program: Program,
    /// Where the files of the run are, without a slash at the end.
    pub dir: String,
    /// Names of its other files.
    pub parts: Parts,
    /// Bytes of the copy by country; `None` without one.
    pub by_country_bytes: Option<u64>,
    /// What-if questions.
    pub tools: Tools,
    /// The other run; `None` for one alone.
    pub with: Option<OtherRun>,
}
