//! Values of the form that are sent in a header.

use crate::error::Error;
use crate::form::{Form, Variable};

/// A text that is to stand in a header: visible ASCII and blanks.
pub(super) fn header_text<'a>(form: &'a Form<'_>, variable: Variable) -> Result<&'a str, Error> {
    let value = form.required(variable)?;
    if value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
        Ok(value)
    } else {
        Err(Error::invalid_credentials(
            variable.name(),
            "holds a line break or a character beyond ASCII; copy it again",
        ))
    }
}
