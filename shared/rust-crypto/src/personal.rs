//! A key of one person. What it sealed is gone for ever, in every copy, when the key is.
//!
//! The key itself is kept as a record of the key ring and never leaves this crate. Its records have the one-column
//! form `p1.<base64url of salt, nonce, ciphertext and tag>`.

use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use crate::aead::KEY_BYTES;
use crate::envelope::{self, Freshness};
use crate::fault::CryptoFault;
use crate::keyring::{KeyRing, Root};
use crate::random;

const TOKEN_PREFIX: &str = "p1.";
/// Records of a personal key name no key version: there is one key.
const NO_KEY_ID: u16 = 0;

/// One person's key, opened.
pub struct PersonalKey(Root);

impl PersonalKey {
    /// Takes 256 bits as a key.
    ///
    /// # Errors
    /// `ArgumentInvalid` unless there are 32 bytes.
    pub fn new(key: &[u8]) -> Result<Self, CryptoFault> {
        if key.len() != KEY_BYTES {
            return Err(CryptoFault::ArgumentInvalid("a key has 32 bytes"));
        }
        Root::personal(key).map(Self)
    }

    /// Draws a key and gives it sealed by the ring, bound to `context`.
    ///
    /// # Errors
    /// As `envelope::seal_to_token`.
    pub fn create(ring: &KeyRing, context: &str) -> Result<String, CryptoFault> {
        let mut key = Zeroizing::new([0_u8; KEY_BYTES]);
        random::fill(key.as_mut_slice())?;
        envelope::seal_bytes_to_token(ring, key.as_slice(), context)
    }

    /// Opens a key that `create` sealed.
    ///
    /// # Errors
    /// `KeyUnknown` when the ring lacks the master key, `RecordRefused` for everything else.
    pub fn unseal(ring: &KeyRing, sealed: &str, context: &str) -> Result<Self, CryptoFault> {
        let key = envelope::open_token_bytes(ring, sealed, context)?;
        Self::new(&key).map_err(|_| CryptoFault::RecordRefused)
    }

    /// Seals the same key anew under the ring's current master key; what the key sealed stays as it is.
    ///
    /// # Errors
    /// As `unseal` and `create`.
    pub fn reseal(ring: &KeyRing, sealed: &str, context: &str) -> Result<String, CryptoFault> {
        let key = envelope::open_token_bytes(ring, sealed, context)?;
        envelope::seal_bytes_to_token(ring, &key, context)
    }

    /// Seals a text to its one-column form.
    ///
    /// # Errors
    /// `ArgumentInvalid` for an empty context, `RandomUnavailable`.
    pub fn seal(&self, text: &str, context: &str) -> Result<String, CryptoFault> {
        let body = envelope::seal_to_body(&self.0, &Freshness::draw()?, text.as_bytes(), context.as_bytes())?;
        Ok([TOKEN_PREFIX, &Base64UrlUnpadded::encode_string(&body)].concat())
    }

    /// Opens what `seal` wrote.
    ///
    /// # Errors
    /// `RecordRefused` when anything about it is wrong.
    pub fn open(&self, token: &str, context: &str) -> Result<Zeroizing<String>, CryptoFault> {
        let encoded = token.strip_prefix(TOKEN_PREFIX).ok_or(CryptoFault::RecordRefused)?;
        let body = Base64UrlUnpadded::decode_vec(encoded).map_err(|_| CryptoFault::RecordRefused)?;
        let record = envelope::to_record(NO_KEY_ID, &body)?;
        let text = envelope::open_under(&self.0, record, context.as_bytes())?;
        envelope::to_text(&text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::OnceLock;

    use super::*;

    fn ring_of(current: u16, keys: &[(u16, &str)]) -> KeyRing {
        let keys: BTreeMap<_, _> =
            keys.iter().map(|(id, key)| (*id, Zeroizing::new((*key).to_owned()))).collect();
        KeyRing::new(current, &keys).unwrap()
    }

    fn ring() -> &'static KeyRing {
        static RING: OnceLock<KeyRing> = OnceLock::new();
        RING.get_or_init(|| ring_of(1, &[(1, "a master key with at least 32 characters")]))
    }

    fn rotated() -> &'static KeyRing {
        static RING: OnceLock<KeyRing> = OnceLock::new();
        RING.get_or_init(|| {
            ring_of(
                2,
                &[
                    (1, "a master key with at least 32 characters"),
                    (2, "the master key that follows it, later"),
                ],
            )
        })
    }

    #[test]
    fn what_a_key_sealed_opens_with_it_alone() {
        let [one, other] = [PersonalKey::new(&[1; 32]).unwrap(), PersonalKey::new(&[2; 32]).unwrap()];
        let sealed = one.seal("192.0.2.7", "user:1:ip").unwrap();
        assert!(sealed.starts_with("p1."));
        assert_eq!(*one.open(&sealed, "user:1:ip").unwrap(), "192.0.2.7");
        assert_eq!(other.open(&sealed, "user:1:ip"), Err(CryptoFault::RecordRefused));
        assert_eq!(one.open(&sealed, "user:2:ip"), Err(CryptoFault::RecordRefused));
        assert_eq!(one.open(&sealed, ""), Err(CryptoFault::RecordRefused));
    }

    #[test]
    fn equal_texts_are_sealed_differently() {
        let key = PersonalKey::new(&[1; 32]).unwrap();
        assert_ne!(key.seal("text", "c").unwrap(), key.seal("text", "c").unwrap());
    }

    #[test]
    fn every_altered_or_cut_record_is_refused() {
        let key = PersonalKey::new(&[1; 32]).unwrap();
        let sealed = key.seal("text", "c").unwrap();
        let body = Base64UrlUnpadded::decode_vec(&sealed[3..]).unwrap();
        for place in 0..body.len() {
            let mut altered = body.clone();
            altered[place] ^= 1;
            let token = ["p1.", &Base64UrlUnpadded::encode_string(&altered)].concat();
            assert_eq!(key.open(&token, "c"), Err(CryptoFault::RecordRefused));
        }
        for length in 0..sealed.len() {
            assert_eq!(key.open(&sealed[..length], "c"), Err(CryptoFault::RecordRefused));
        }
    }

    #[test]
    fn records_of_ring_and_person_are_never_taken_for_each_other() {
        let key = PersonalKey::new(&[1; 32]).unwrap();
        let personal = key.seal("text", "c").unwrap();
        let common = envelope::seal_to_token(ring(), "text", "c").unwrap();
        assert_eq!(key.open(&common, "c"), Err(CryptoFault::RecordRefused));
        assert_eq!(envelope::open_token(ring(), &personal, "c"), Err(CryptoFault::RecordRefused));
        let renamed = ["k1.1.", &personal[3..]].concat();
        assert_eq!(envelope::open_token(ring(), &renamed, "c"), Err(CryptoFault::RecordRefused));
    }

    #[test]
    fn a_created_key_comes_back_where_it_belongs() {
        let kept = PersonalKey::create(ring(), "user:1:key").unwrap();
        assert_ne!(kept, PersonalKey::create(ring(), "user:1:key").unwrap());
        let sealed = PersonalKey::unseal(ring(), &kept, "user:1:key").unwrap().seal("text", "c").unwrap();
        let again = PersonalKey::unseal(ring(), &kept, "user:1:key").unwrap();
        assert_eq!(*again.open(&sealed, "c").unwrap(), "text");
        assert!(matches!(PersonalKey::unseal(ring(), &kept, "user:2:key"), Err(CryptoFault::RecordRefused)));
    }

    #[test]
    fn a_resealed_key_is_the_same_key() {
        let kept = PersonalKey::create(ring(), "user:1:key").unwrap();
        let sealed = PersonalKey::unseal(ring(), &kept, "user:1:key").unwrap().seal("text", "c").unwrap();
        let resealed = PersonalKey::reseal(rotated(), &kept, "user:1:key").unwrap();
        assert!(resealed.starts_with("k1.2."));
        let key = PersonalKey::unseal(rotated(), &resealed, "user:1:key").unwrap();
        assert_eq!(*key.open(&sealed, "c").unwrap(), "text");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(matches!(PersonalKey::new(&[1; 31]), Err(CryptoFault::ArgumentInvalid(_))));
        let text = envelope::seal_to_token(ring(), "too short", "user:1:key").unwrap();
        assert!(matches!(PersonalKey::unseal(ring(), &text, "user:1:key"), Err(CryptoFault::RecordRefused)));
    }
}
