//! AES-256-GCM under one key.

use std::hint::black_box;
use std::sync::OnceLock;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, Tag, UnboundKey};

use crate::fault::CryptoFault;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a nonce.
pub const NONCE_BYTES: usize = 12;
/// Bytes of a tag.
pub const TAG_BYTES: usize = 16;

/// An AES-256-GCM key with its schedule.
///
/// ring does not wipe a schedule on drop, so ours is overwritten with that of an all-zero key.
pub struct AeadKey(LessSafeKey);

impl AeadKey {
    /// Expands a key.
    ///
    /// # Errors
    /// `ArgumentInvalid` unless it has 32 bytes.
    pub fn new(key: &[u8]) -> Result<Self, CryptoFault> {
        schedule(key).map(Self)
    }

    /// Encrypts `plaintext` into `out`, which is exactly `TAG_BYTES` longer. The caller never repeats a nonce.
    ///
    /// # Errors
    /// `ArgumentInvalid` when the lengths do not fit, `PrimitiveFailed` beyond GCM's 64 GiB.
    pub fn seal_into(
        &self,
        nonce: &[u8],
        plaintext: &[u8],
        context: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoFault> {
        let nonce = to_nonce(nonce).ok_or(CryptoFault::ArgumentInvalid("a nonce has 12 bytes"))?;
        let (text, tag_place) = out
            .split_at_mut_checked(plaintext.len())
            .filter(|(_, rest)| rest.len() == TAG_BYTES)
            .ok_or(CryptoFault::ArgumentInvalid("the output is 16 bytes longer than the text"))?;

        text.copy_from_slice(plaintext);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(context), text)
            .map_err(|_| CryptoFault::PrimitiveFailed)?;
        tag_place.copy_from_slice(tag.as_ref());
        Ok(())
    }

    /// Decrypts `sealed` (ciphertext and tag) into `out`, which is exactly `TAG_BYTES` shorter.
    ///
    /// # Errors
    /// `RecordRefused` when anything about it is wrong; `out` then holds nothing readable.
    pub fn open_into(
        &self,
        nonce: &[u8],
        sealed: &[u8],
        context: &[u8],
        out: &mut [u8],
    ) -> Result<(), CryptoFault> {
        let nonce = to_nonce(nonce).ok_or(CryptoFault::RecordRefused)?;
        let (ciphertext, tag) = sealed
            .split_last_chunk::<TAG_BYTES>()
            .filter(|(ciphertext, _)| ciphertext.len() == out.len())
            .ok_or(CryptoFault::RecordRefused)?;

        out.copy_from_slice(ciphertext);
        self.0
            .open_in_place_separate_tag(nonce, Aad::from(context), Tag::from(*tag), out, 0..)
            .map(|_| ())
            .map_err(|_| CryptoFault::RecordRefused)
    }
}

impl Drop for AeadKey {
    fn drop(&mut self) {
        static BLANK: OnceLock<Option<LessSafeKey>> = OnceLock::new();
        if let Some(blank) = BLANK.get_or_init(|| schedule(&[0; KEY_BYTES]).ok()) {
            self.0 = blank.clone();
            black_box(&self.0);
        }
    }
}

fn schedule(key: &[u8]) -> Result<LessSafeKey, CryptoFault> {
    UnboundKey::new(&AES_256_GCM, key)
        .map(LessSafeKey::new)
        .map_err(|_| CryptoFault::ArgumentInvalid("a key has 32 bytes"))
}

fn to_nonce(nonce: &[u8]) -> Option<Nonce> {
    Nonce::try_assume_unique_for_key(nonce).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test cases 13 to 16 of the GCM specification that NIST SP 800-38D builds on, and one of the NIST CAVP set `gcmEncryptExtIV256`: key, nonce, text, context, ciphertext and tag.
    const VECTORS: [[&str; 5]; 5] = [
        [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "000000000000000000000000",
            "",
            "",
            "530f8afbc74536b9a963b4f1c4cb738b",
        ],
        [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "000000000000000000000000",
            "00000000000000000000000000000000",
            "",
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
        ],
        [
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
            "",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015adb094dac5d93471bdec1a502270e3cc6c",
        ],
        [
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
        ],
        [
            "b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4",
            "516c33929df5a3284ff463d7",
            "",
            "",
            "bdc1ac884d332457a1d2664f168c76f0",
        ],
    ];

    #[test]
    fn known_answers_hold_both_ways() {
        for vector in VECTORS {
            let [key, nonce, text, context, expected] = vector.map(|hexed| hex::decode(hexed).unwrap());
            let aead = AeadKey::new(&key).unwrap();
            let mut sealed = vec![0; text.len() + TAG_BYTES];
            aead.seal_into(&nonce, &text, &context, &mut sealed).unwrap();
            assert_eq!(sealed, expected);
            let mut opened = vec![0; text.len()];
            aead.open_into(&nonce, &sealed, &context, &mut opened).unwrap();
            assert_eq!(opened, text);
        }
    }

    #[test]
    fn wrong_lengths_are_refused() {
        assert!(AeadKey::new(&[0; 31]).is_err());
        let aead = AeadKey::new(&[0; 32]).unwrap();
        assert!(aead.seal_into(&[0; 11], b"text", b"", &mut [0; 20]).is_err());
        assert!(aead.seal_into(&[0; 12], b"text", b"", &mut [0; 19]).is_err());
        for (nonce, sealed, out) in [(12, 15, 0), (3, 32, 16), (12, 32, 15)] {
            let opened = aead.open_into(&vec![0; nonce], &vec![0; sealed], b"", &mut vec![0; out]);
            assert_eq!(opened, Err(CryptoFault::RecordRefused));
        }
    }

    #[test]
    fn a_refused_record_leaves_nothing_readable() {
        let aead = AeadKey::new(&[7; 32]).unwrap();
        let mut sealed = vec![0; 64 + TAG_BYTES];
        aead.seal_into(&[1; 12], &[0x41; 64], b"", &mut sealed).unwrap();
        let mut out = vec![0xff; 64];
        assert!(aead.open_into(&[1; 12], &sealed, b"other", &mut out).is_err());
        assert_eq!(out, [0; 64]);
    }
}
