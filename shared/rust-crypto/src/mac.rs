//! Key derivation, keyed hashes and comparison.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::fault::CryptoFault;

/// HKDF-SHA-256 (RFC 5869), extract and expand, to 32 bytes.
///
/// # Errors
/// Never in practice: 32 bytes are within the limit of the standard.
pub fn derive(secret: &[u8], salt: &[u8], info: &[&[u8]]) -> Result<Zeroizing<[u8; 32]>, CryptoFault> {
    let mut derived = Zeroizing::new([0_u8; 32]);
    Hkdf::<Sha256>::new(Some(salt), secret)
        .expand_multi_info(info, derived.as_mut_slice())
        .map_err(|_| CryptoFault::PrimitiveFailed)?;
    Ok(derived)
}

/// HMAC-SHA-256.
///
/// # Errors
/// Never in practice: HMAC takes keys of any length.
pub fn keyed_hash(key: &[u8], data: &[u8]) -> Result<[u8; 32], CryptoFault> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| CryptoFault::PrimitiveFailed)?;
    mac.update(data);
    Ok(mac.finalize().into_bytes().into())
}

/// Whether both are equal, in a time that depends on their lengths only.
#[must_use]
pub fn constant_time_equal(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5869 A.1 to A.3; the first 32 bytes of the output key material.
    #[test]
    fn hkdf_known_answers_hold() {
        let all = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
        let cases = [
            (
                vec![0x0b; 22],
                all(0x00, 0x0c),
                all(0xf0, 0xf9),
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
            ),
            (
                all(0x00, 0x4f),
                all(0x60, 0xaf),
                all(0xb0, 0xff),
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c",
            ),
            (
                vec![0x0b; 22],
                vec![],
                vec![],
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d",
            ),
        ];
        for (secret, salt, info, expected) in cases {
            assert_eq!(hex::encode(derive(&secret, &salt, &[&info]).unwrap()), expected);
        }
    }

    /// RFC 4231, test case 2.
    #[test]
    fn hmac_known_answer_holds() {
        assert_eq!(
            hex::encode(keyed_hash(b"Jefe", b"what do ya want for nothing?").unwrap()),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn comparison_sees_every_difference() {
        assert!(constant_time_equal(b"same", b"same"));
        assert!(!constant_time_equal(b"same", b"sane"));
        assert!(!constant_time_equal(b"same", b"samee"));
        assert!(constant_time_equal(b"", b""));
    }
}
