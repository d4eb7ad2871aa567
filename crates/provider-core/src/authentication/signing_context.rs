//! The inputs of a signature that differ between attempts: timestamp and nonce.

use wire::http_date;

/// Timestamp and nonce of one attempt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SigningContext {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    pub unix_ms: u64,
    random: [u8; 16],
}

impl SigningContext {
    /// A signing context with timestamp `unix_ms` and a nonce built from 16
    /// random bytes.
    #[must_use]
    pub fn new(unix_ms: u64, random: [u8; 16]) -> Self {
        Self { unix_ms, random }
    }

    /// The nonce: the random bytes as a version 4 UUID (RFC 9562 §5.4).
    #[must_use]
    pub fn nonce(&self) -> String {
        let mut random = self.random;
        random[6] = random[6] & 0x0f | 0x40;
        random[8] = random[8] & 0x3f | 0x80;
        let mut nonce = String::new();
        for (place, byte) in random.into_iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                nonce.push('-');
            }
            for digit in [byte >> 4, byte & 0xf] {
                nonce.extend(char::from_digit(digit.into(), 16));
            }
        }
        nonce
    }

    /// The timestamp as the value of the header `date`.
    #[must_use]
    pub fn http_date(&self) -> String {
        http_date::format(self.unix_ms / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_a_version_4_uuid() {
        let zeros = SigningContext::new(0, [0; 16]).nonce();
        assert_eq!(zeros, "00000000-0000-4000-8000-000000000000");
        let ones = SigningContext::new(0, [0xff; 16]).nonce();
        assert_eq!(ones, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
