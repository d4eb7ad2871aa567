//! The images of a request: drawn, at a URL of their own, or failed.

use crate::object_storage::{self, Picture};
use crate::upstream::environment::Environment;

/// One image of a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Drawing {
    Done(Picture),
    Failed,
}

/// The pictures that were drawn.
pub(super) fn pictures(drawings: &[Drawing]) -> Vec<Picture> {
    let done = |drawing: &Drawing| match drawing {
        Drawing::Done(picture) => Some(*picture),
        Drawing::Failed => None,
    };
    drawings.iter().filter_map(done).collect()
}

/// Where a picture is served.
pub(super) fn url(picture: Picture, environment: &Environment<'_>) -> String {
    object_storage::url(environment.origin, picture, environment.unix_seconds)
}
