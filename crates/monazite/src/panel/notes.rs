//! What a reader of the results should know, while it is gathered: sentences, and the lists that are too long for one.

use crate::plain_text::{MOST_NAMED, listed};
use crate::run_folder::tables::LISTS;

/// A list that a sentence names the beginning of; all of it is in `lists.csv`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongList {
    /// What is listed.
    pub what: &'static str,
    /// All of it.
    pub items: Vec<String>,
}

/// Sentences, and lists that are too long for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// The sentences.
    pub sentences: Vec<String>,
    /// The lists of more than [`MOST_NAMED`] names.
    pub lists: Vec<LongList>,
}

impl Notes {
    /// Adds a sentence.
    pub fn push(&mut self, sentence: String) {
        self.sentences.push(sentence);
    }

    /// Adds sentences.
    pub fn extend(&mut self, sentences: impl IntoIterator<Item = String>) {
        self.sentences.extend(sentences);
    }

    /// A list for a sentence: all of it up to ten names, otherwise the first ten, how many more there are, and the file that holds all of
    /// them, which the list is kept for.
    ///
    /// ```
    /// use monazite::panel::notes::Notes;
    /// let mut notes = Notes::default();
    /// assert_eq!(notes.listed("countries without totals", ["CHN", "USA"]), "CHN, USA");
    /// let many = notes.listed("countries without totals", (1..=12).map(|n| n.to_string()));
    /// assert!(many.ends_with("9, 10 and 2 more (all in lists.csv)"));
    /// assert_eq!((notes.lists.len(), notes.lists[0].items.len()), (1, 12));
    /// ```
    pub fn listed<T: ToString>(&mut self, what: &'static str, names: impl IntoIterator<Item = T>) -> String {
        let items: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
        let text = listed(&items, LISTS.file);
        if items.len() > MOST_NAMED {
            self.lists.push(LongList { what, items });
        }
        text
    }
}
