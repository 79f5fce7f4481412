//! A run of monazite in the browser.
//!
//! [`Site`] is a run (or two side by side) with the page over it: the page's own files, which are compiled in, `explorer.json` and its parts, the files of the
//! run by the names in its manifest, the copy by country, and answers to what-if questions. [`serve()`] serves it to this machine only;
//! [`export()`] writes the same as a folder for any file server. Neither ever writes to the run.
//!
//! | who asks | answer |
//! |---|---|
//! | what the page is made of | [`mod@assets`] |
//! | from whom requests are taken | [`mod@host_check`] |
//! | what a path means | [`mod@site`] |
//! | which bytes of a file | [`mod@range`] |
//! | what if | [`mod@question`], [`mod@answers`], [`mod@desk`] |
//! | packed or plain | [`mod@zipped`] |
//! | over HTTP | [`mod@respond`], [`mod@serve`] |
//! | as a folder | [`mod@export`] |

pub mod answers;
pub mod assets;
mod body;
pub mod desk;
mod error;
pub mod export;
pub mod host_check;
pub mod opened;
mod patient;
pub mod question;
pub mod range;
pub mod reply;
pub mod respond;
pub mod serve;
pub mod site;
pub mod zipped;

pub use error::ExploreError;
pub use export::{Exported, export};
pub use opened::OpenedRun;
pub use serve::{Door, Listening, Settings};
pub use site::Site;
