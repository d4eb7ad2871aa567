//! The manifest's `resource`: what an instance of the component may use.

use super::fault::Fault;
use super::note::ManifestNote;
use crate::contract_imports::GRANTED;
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

/// The manifest's `resource`: limits that [`Limits`](crate::limits::Limits)
/// explains one by one. What is absent is limited by the host's own defaults.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ResourceEntry {
    /// Linear memory of one instance.
    pub memory: MemorySize,
    /// Elements of one table.
    pub table_elements: Option<NonZeroU32>,
    /// Core instances of one call.
    pub instances: Option<NonZeroU32>,
    /// Tables of one call.
    pub tables: Option<NonZeroU32>,
    /// Linear memories of one call.
    pub memories: Option<NonZeroU32>,
    /// Live handles of one call.
    pub handles: Option<NonZeroU32>,
    /// One set of header fields, in bytes.
    pub max_header_bytes: Option<NonZeroU32>,
    /// What crosses from the component to the host at once, in bytes.
    pub hostcall_fuel: Option<NonZeroU64>,
    /// HTTP requests of one call.
    pub requests: Option<NonZeroU32>,
    /// The bodies of one call's requests, in bytes.
    pub request_bytes: Option<NonZeroU64>,
    /// The bodies of the responses to one call, in bytes.
    pub response_bytes: Option<NonZeroU64>,
    /// The head of one response, in bytes.
    pub response_head_bytes: Option<NonZeroU32>,
    /// HTTP requests of a tenant in flight at one time.
    pub concurrent_requests: Option<NonZeroU32>,
    /// Time in which an instance computes, without the time it waits.
    pub cpu_seconds: Option<Seconds>,
    /// Time from the start of a call to its end.
    pub deadline_seconds: Option<Seconds>,
    /// Calls and open streams of a tenant at one time.
    pub concurrent_calls: Option<NonZeroU32>,
    /// Calls of a tenant that wait at one time.
    pub max_queued_calls: Option<NonZeroU32>,
    /// Longest time of a call in the queue.
    pub queue_seconds: Option<Seconds>,
    /// What the component may reach.
    #[serde(default)]
    pub permission: Permission,
    /// Earlier names of keys; none is left once the manifest is checked.
    #[serde(rename = "field_bytes")]
    old_max_header_bytes: Option<Spanned<NonZeroU32>>,
    #[serde(rename = "transfer_bytes")]
    old_hostcall_fuel: Option<Spanned<NonZeroU64>>,
    #[serde(rename = "waiting_calls")]
    old_max_queued_calls: Option<Spanned<NonZeroU32>>,
}

impl ResourceEntry {
    /// Moves the values of renamed keys to the present ones, with a note for
    /// each.
    pub(super) fn rename_keys(&mut self) -> Result<Vec<ManifestNote>, Fault> {
        let mut notes = Vec::new();
        rename(
            &mut notes,
            ("field_bytes", &mut self.old_max_header_bytes),
            ("max_header_bytes", &mut self.max_header_bytes),
        )?;
        rename(
            &mut notes,
            ("transfer_bytes", &mut self.old_hostcall_fuel),
            ("hostcall_fuel", &mut self.hostcall_fuel),
        )?;
        rename(
            &mut notes,
            ("waiting_calls", &mut self.old_max_queued_calls),
            ("max_queued_calls", &mut self.max_queued_calls),
        )?;
        Ok(notes)
    }
}

fn rename<T>(
    notes: &mut Vec<ManifestNote>,
    (old, given): (&'static str, &mut Option<Spanned<T>>),
    (new, value): (&'static str, &mut Option<T>),
) -> Result<(), Fault> {
    let Some(given) = given.take() else {
        return Ok(());
    };
    if value.is_some() {
        let reason = format!("`{old}` is the earlier name of `{new}`; use only one of them");
        return Err(Fault::at(&given, reason));
    }
    notes.push(ManifestNote::renamed(&given, old, new));
    *value = Some(given.value);
    Ok(())
}

/// An amount of linear memory in bytes: 64 KiB (one page) to 4 GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "u64")]
pub struct MemorySize(u64);

impl MemorySize {
    /// One page of linear memory.
    const LEAST: u64 = 64 << 10;
    /// All that 32-bit addresses reach.
    const MOST: u64 = 4 << 30;

    /// The amount in bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for MemorySize {
    type Error = String;

    fn try_from(bytes: u64) -> Result<Self, Self::Error> {
        if (Self::LEAST..=Self::MOST).contains(&bytes) {
            Ok(Self(bytes))
        } else {
            Err(format!(
                "memory is {bytes} bytes; expected {} (64 KiB) to {} (4 GiB)",
                Self::LEAST,
                Self::MOST
            ))
        }
    }
}

/// A time in seconds: 0.001 to 86,400 (a day).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "f64")]
pub struct Seconds(Duration);

impl Seconds {
    /// The time.
    #[must_use]
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl TryFrom<f64> for Seconds {
    type Error = String;

    fn try_from(seconds: f64) -> Result<Self, Self::Error> {
        if (0.001..=86_400.0).contains(&seconds) {
            Ok(Self(Duration::from_secs_f64(seconds)))
        } else {
            Err(format!(
                "{seconds} is out of range; expected 0.001 to 86400 seconds"
            ))
        }
    }
}

/// The manifest's `resource.permission`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// The interfaces that the component may import, beside those of
    /// `wasi:io` that they need; without a list, all that the host grants.
    pub imports: Option<Vec<Import>>,
}

impl Permission {
    /// Whether the component may import this interface, named without its
    /// version.
    #[must_use]
    pub fn allows(&self, interface: &str) -> bool {
        match &self.imports {
            None => true,
            Some(imports) => {
                interface.starts_with("wasi:io/")
                    || imports.iter().any(|import| import.0 == interface)
            }
        }
    }
}

/// An interface that the host can grant, without its version, such as
/// `wasi:random/random`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Import(String);

impl Import {
    /// The interface's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Import {
    type Error = String;

    fn try_from(interface: String) -> Result<Self, Self::Error> {
        if GRANTED.contains(&interface.as_str()) {
            Ok(Self(interface))
        } else {
            Err(format!(
                "`{}` is not an interface that this host grants; it grants {}",
                interface.escape_debug(),
                GRANTED.join(", ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Import, Permission, Seconds};
    use std::time::Duration;

    #[test]
    fn times_may_have_decimals() {
        let time = Seconds::try_from(0.25).unwrap();
        assert_eq!(time.duration(), Duration::from_millis(250));
        for seconds in [0.0, -1.0, 86_401.0, f64::NAN, f64::INFINITY] {
            assert!(Seconds::try_from(seconds).is_err(), "{seconds}");
        }
    }

    #[test]
    fn a_list_of_imports_allows_nothing_else() {
        let import = Import::try_from("wasi:random/random".to_owned()).unwrap();
        let permission = Permission {
            imports: Some(vec![import]),
        };
        assert!(permission.allows("wasi:random/random"));
        assert!(permission.allows("wasi:io/streams"));
        assert!(!permission.allows("wasi:http/types"));
        assert!(Permission::default().allows("wasi:http/types"));
    }
}
