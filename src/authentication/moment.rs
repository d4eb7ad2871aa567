//! What is different for every attempt: the time, and a number used once.

use crate::http_date;

/// The moment of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    pub unix_ms: u64,
    /// A text that no other request has.
    pub nonce: String,
}

impl Moment {
    /// The moment `unix_ms` with a nonce from 16 random bytes: a version 4
    /// UUID, RFC 9562 §5.4.
    #[must_use]
    pub fn new(unix_ms: u64, random: [u8; 16]) -> Self {
        let bits = (u128::from_be_bytes(random) & !(0xf << 76) & !(0b11 << 62))
            | (0x4 << 76)
            | (0b10 << 62);
        let hex = format!("{bits:032x}");
        let groups =
            [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default());
        Self {
            unix_ms,
            nonce: groups.join("-"),
        }
    }

    /// As a header `date`.
    #[must_use]
    pub fn http_date(&self) -> String {
        http_date::write(self.unix_ms / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_a_version_4_uuid() {
        let zeros = Moment::new(0, [0; 16]).nonce;
        assert_eq!(zeros, "00000000-0000-4000-8000-000000000000");
        let ones = Moment::new(0, [0xff; 16]).nonce;
        assert_eq!(ones, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
