//! Message authentication codes (RFC 2104), and digests in base64 as headers
//! carry them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

/// The hash of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HmacAlgorithm {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// The code of a text under a key.
pub(crate) fn hmac(algorithm: HmacAlgorithm, key: &[u8], text: &[u8]) -> Vec<u8> {
    match algorithm {
        HmacAlgorithm::Sha1 => keyed::<Sha1, 64>(key, text),
        HmacAlgorithm::Sha256 => keyed::<Sha256, 64>(key, text),
        HmacAlgorithm::Sha512 => keyed::<Sha512, 128>(key, text),
    }
}

/// The code of a text under a key, in base64.
pub(crate) fn hmac_base64(algorithm: HmacAlgorithm, key: &str, text: &[u8]) -> String {
    STANDARD.encode(hmac(algorithm, key.as_bytes(), text))
}

/// The MD5 digest of a body.
pub(crate) fn md5(body: &[u8]) -> String {
    STANDARD.encode(Md5::digest(body))
}

/// The SHA-256 digest of a body.
pub(crate) fn sha256(body: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(body))
}

/// RFC 2104 over any hash. Own code, so that it shares none with the signers
/// that are tested against it, and cannot fail. `BLOCK` is the hash's block in
/// bytes.
fn keyed<D: Digest, const BLOCK: usize>(key: &[u8], text: &[u8]) -> Vec<u8> {
    let hashed;
    let key = if key.len() > BLOCK {
        hashed = D::digest(key);
        hashed.as_ref()
    } else {
        key
    };
    let padded = |pad: u8| {
        let mut block = [pad; BLOCK];
        for (byte, key) in block.iter_mut().zip(key) {
            *byte ^= key;
        }
        block
    };
    let inner = D::new().chain_update(padded(0x36)).chain_update(text);
    let outer = D::new()
        .chain_update(padded(0x5c))
        .chain_update(inner.finalize());
    outer.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 2202 and RFC 4231, "test case 2".

    #[test]
    fn codes_are_those_of_the_standards() {
        let text = b"what do ya want for nothing?";
        for (algorithm, start) in [
            (HmacAlgorithm::Sha1, 0xeffc_df6a_e5eb_2fa2),
            (HmacAlgorithm::Sha256, 0x5bdc_c146_bf60_754e),
            (HmacAlgorithm::Sha512, 0x164b_7a7b_fcf8_19e2),
        ] {
            let code = hmac(algorithm, b"Jefe", text);
            assert!(code.starts_with(&u64::to_be_bytes(start)), "{algorithm:?}");
        }
    }

    #[test]
    fn a_key_longer_than_a_block_is_hashed_first() {
        let long = "\u{aa}".repeat(131);
        let hashed = Sha256::digest(long.as_bytes());
        let direct = hmac(HmacAlgorithm::Sha256, long.as_bytes(), b"text");
        assert_eq!(direct, keyed::<Sha256, 64>(&hashed, b"text"));
    }

    #[test]
    fn digests_are_in_padded_base64() {
        assert_eq!(md5(b"abc"), "kAFQmDzST7DWlj99KOF/cg==");
        assert_eq!(
            sha256(b"{}"),
            "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="
        );
    }
}
