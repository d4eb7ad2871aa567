//! Settings of a tenant's calls: headers, timeouts, retries. They are defaults
//! that a single call may override (`call-options` of `wit/types.wit`).

use std::time::Duration;

use crate::error::Error;
use crate::form::{Form, variables};
use crate::headers::{check_header, check_header_value};
use crate::retry::MAX_RETRIES;
use crate::timeouts::Timeouts;
use wire::decimal;
use wire::members::Members;

/// A tenant's settings. The headers may contain secrets, so the type has no
/// `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// Headers of every request, by name in lower case.
    pub custom_headers: Vec<(String, String)>,
    /// The `host` header, if it differs from the endpoint's host.
    pub virtual_host: Option<String>,
    /// The time limits.
    pub timeouts: Timeouts,
    /// Maximum number of retries.
    pub max_retries: u32,
}

/// Maximum number of retries if the form sets none.
const DEFAULT_RETRIES: u32 = 1;

impl Settings {
    /// Parses `custom_headers`, `virtual_host`, `timeouts` and `max_retries`.
    ///
    /// # Errors
    ///
    /// `invalid-credentials` for the first invalid variable.
    pub fn parse(form: &Form<'_>) -> Result<Self, Error> {
        Ok(Self {
            custom_headers: custom_headers(form)?,
            virtual_host: virtual_host(form)?,
            timeouts: timeouts(form)?,
            max_retries: form
                .whole_number(variables::MAX_RETRIES, 0..=MAX_RETRIES)?
                .unwrap_or(DEFAULT_RETRIES),
        })
    }
}

/// A JSON object of header names and values.
fn custom_headers(form: &Form<'_>) -> Result<Vec<(String, String)>, Error> {
    let Some(json) = form.get(variables::CUSTOM_HEADERS) else {
        return Ok(Vec::new());
    };
    let wrong = || {
        Error::invalid_credentials(
            variables::CUSTOM_HEADERS.name(),
            "must be a JSON object of header names and string values, such as {\"x-team\": \"blue\"}",
        )
    };
    let headers = Members::read(json).ok_or_else(wrong)?;
    let mut checked = Vec::new();
    for (name, value) in headers.iter() {
        let value: String = serde_json::from_str(value.get()).map_err(|_| wrong())?;
        let name = name.to_ascii_lowercase();
        check_header(&name)
            .and_then(|()| check_header_value(&name, &value))
            .map_err(|error| {
                Error::invalid_credentials(
                    variables::CUSTOM_HEADERS.name(),
                    &format!("is invalid: {}", error.message),
                )
            })?;
        checked.retain(|(earlier, _): &(String, String)| *earlier != name);
        checked.push((name, value));
    }
    Ok(checked)
}

fn virtual_host(form: &Form<'_>) -> Result<Option<String>, Error> {
    let Some(host) = form.get(variables::VIRTUAL_HOST) else {
        return Ok(None);
    };
    let is_host = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte));
    if is_host {
        Ok(Some(host.to_ascii_lowercase()))
    } else {
        Err(Error::invalid_credentials(
            variables::VIRTUAL_HOST.name(),
            "must be a host name, such as models.example.com",
        ))
    }
}

/// Three numbers of seconds: connect, first byte, between bytes.
fn timeouts(form: &Form<'_>) -> Result<Timeouts, Error> {
    let Some(text) = form.get(variables::TIMEOUTS) else {
        return Ok(Timeouts::default());
    };
    let mut seconds = Vec::new();
    for part in text.split(',') {
        seconds.push(duration(part.trim()));
    }
    match *seconds {
        [Some(connect), Some(first_byte), Some(between_bytes)] => Ok(Timeouts {
            connect,
            first_byte,
            between_bytes,
        }),
        _ => Err(Error::invalid_credentials(
            variables::TIMEOUTS.name(),
            "must be three numbers of seconds from 0.001 to 600 (connect, first byte, between bytes), such as 10,300,120",
        )),
    }
}

/// Seconds with up to three decimal places.
fn duration(text: &str) -> Option<Duration> {
    let ms = decimal::parse_millis(text)?;
    (1..=600_000)
        .contains(&ms)
        .then(|| Duration::from_millis(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(variable: &str, value: &str) -> Result<Settings, Error> {
        Settings::parse(&Form::parse(&[(variable.to_owned(), value.to_owned())])?)
    }

    #[test]
    fn what_is_not_given_has_its_default() {
        let settings = parse("other", "").unwrap();
        assert_eq!(settings.timeouts, Timeouts::default());
        assert_eq!(
            (settings.max_retries, settings.custom_headers.len()),
            (1, 0)
        );
    }

    #[test]
    fn given_values_are_taken() {
        let timeouts = parse("timeouts", "1, 0.5,600").unwrap().timeouts;
        assert_eq!(timeouts.connect, Duration::from_secs(1));
        assert_eq!(timeouts.first_byte, Duration::from_millis(500));
        assert_eq!(timeouts.between_bytes, Duration::from_mins(10));
        assert_eq!(parse("max_retries", "0").unwrap().max_retries, 0);
        let headers = parse("custom_headers", r#"{"X-Team":"blue","a":"b"}"#)
            .unwrap()
            .custom_headers;
        assert_eq!(
            headers,
            [("x-team".into(), "blue".into()), ("a".into(), "b".into())]
        );
        assert_eq!(
            parse("virtual_host", "Models.Example")
                .unwrap()
                .virtual_host
                .as_deref(),
            Some("models.example")
        );
    }

    #[test]
    fn wrong_values_are_errors_that_name_the_variable() {
        for (variable, value) in [
            ("timeouts", "10"),
            ("timeouts", "10,300,0"),
            ("timeouts", "10,300,601"),
            ("timeouts", "a,b,c"),
            ("timeouts", "10,300,NaN"),
            ("timeouts", "10,300,1.2345"),
            ("timeouts", "10,300,-1"),
            ("timeouts", "10,300,1.-5"),
            ("max_retries", "-1"),
            ("max_retries", "11"),
            ("max_retries", "many"),
            ("custom_headers", "x-team: blue"),
            ("custom_headers", "[]"),
            ("custom_headers", r#"{"a":1}"#),
            ("custom_headers", r#"{"host":"h"}"#),
            ("custom_headers", r#"{"a":"b\r\nc"}"#),
            ("virtual_host", "http://h"),
            ("virtual_host", "h\u{e9}"),
        ] {
            let error = parse(variable, value).err().expect(value);
            assert!(
                error.message.starts_with(&format!("`{variable}`")),
                "{value}: {}",
                error.message
            );
        }
    }
}
