//! In which setting two studies differ.

use super::whole::Study;

/// A setting in which a study differs from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Section and key.
    pub key: String,
    /// Its value, as a study file has it.
    pub found: String,
    /// Its value in the other study.
    pub wanted: String,
}

impl Study {
    /// The first setting in which the study differs from another, in the order of the file; `but_for` are sections, and single settings with
    /// their section, that are not compared.
    ///
    /// ```
    /// use monazite::study::Study;
    /// let study = Study::new(["284690".parse()?]);
    /// let mut other = study.clone();
    /// other.study.random_seed = 1;
    /// other.indicators.damping = 0.5;
    /// let difference = other.difference(&study, &["study.random_seed"]).unwrap();
    /// assert_eq!((difference.key.as_str(), difference.found.as_str()), ("indicators.damping", "0.5"));
    /// assert_eq!(other.difference(&study, &["study.random_seed", "indicators"]), None);
    /// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
    /// ```
    pub fn difference(&self, other: &Self, but_for: &[&str]) -> Option<Difference> {
        let shown = |value: Option<String>| value.unwrap_or_else(|| "left out".to_owned());
        self.parameters().into_iter().zip(other.parameters()).find_map(|(own, other)| {
            let key = format!("{}.{}", own.section, own.key);
            let compared = !but_for.iter().any(|exempt| *exempt == own.section || *exempt == key);
            (compared && own.value != other.value).then(|| Difference {
                key,
                found: shown(own.value),
                wanted: shown(other.value),
            })
        })
    }
}
