//! What is worth saying of a manifest that can be used.

use super::fault::line;
use serde_saphyr::Spanned;
use std::fmt;

/// A note on a manifest: a key of `resource` has another name now, and the
/// earlier one was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestNote {
    line: u64,
    old: &'static str,
    new: &'static str,
}

impl ManifestNote {
    pub(super) fn renamed<T>(value: &Spanned<T>, old: &'static str, new: &'static str) -> Self {
        let line = line(value);
        Self { line, old, new }
    }

    /// The line of the manifest, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl fmt::Display for ManifestNote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, old, new } = self;
        write!(
            formatter,
            "line {line}: `resource.{old}` is now `resource.{new}`; the earlier name is still read"
        )
    }
}
