//! Values of the form that are sent in a header.

use crate::error::Error;
use crate::form::{Form, Variable};

/// A value that is sent in a header: visible ASCII and spaces.
pub(super) fn header_text<'a>(form: &'a Form<'_>, variable: Variable) -> Result<&'a str, Error> {
    let value = form.required(variable)?;
    if value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        Ok(value)
    } else {
        Err(Error::invalid_credentials(
            variable.name(),
            "contains a line break or a non-ASCII character; copy it again",
        ))
    }
}
