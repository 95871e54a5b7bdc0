//! Sealed records: they open where they belong and nowhere else, and no input makes them panic.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::sync::OnceLock;

use k_services_crypto::aead::AeadKey;
use k_services_crypto::envelope::{
    Freshness, SealedRecord, open_all_tokens, open_into, open_token, parse_token, seal_all_to_tokens,
    seal_into, seal_to_token, sealed_bytes, to_record, to_token,
};
use k_services_crypto::fault::CryptoFault;
use k_services_crypto::keyring::{KeyId, KeyRing};
use proptest::prelude::*;
use zeroize::Zeroizing;

const OLD_KEY: &str = "the first master key, long enough to count";
const NEW_KEY: &str = "the second master key, long enough as well";

fn ring_of(current: KeyId, keys: &[(KeyId, &str)]) -> Result<KeyRing, CryptoFault> {
    let keys: BTreeMap<_, _> =
        keys.iter().map(|(id, key)| (*id, Zeroizing::new((*key).to_owned()))).collect();
    KeyRing::new(current, &keys)
}

fn old_ring() -> &'static KeyRing {
    static RING: OnceLock<KeyRing> = OnceLock::new();
    RING.get_or_init(|| ring_of(1, &[(1, OLD_KEY)]).unwrap())
}

fn rotated_ring() -> &'static KeyRing {
    static RING: OnceLock<KeyRing> = OnceLock::new();
    RING.get_or_init(|| ring_of(2, &[(1, OLD_KEY), (2, NEW_KEY)]).unwrap())
}

fn foreign_ring() -> &'static KeyRing {
    static RING: OnceLock<KeyRing> = OnceLock::new();
    RING.get_or_init(|| ring_of(1, &[(1, NEW_KEY)]).unwrap())
}

#[test]
fn a_rotated_ring_reads_the_old_and_writes_the_new() {
    let old = seal_to_token(old_ring(), "text", "user:1").unwrap();
    let new = seal_to_token(rotated_ring(), "text", "user:1").unwrap();
    assert!(old.starts_with("k1.1."));
    assert!(new.starts_with("k1.2."));
    assert_eq!(*open_token(rotated_ring(), &old, "user:1").unwrap(), "text");
    assert_eq!(open_token(old_ring(), &new, "user:1"), Err(CryptoFault::KeyUnknown));
}

#[test]
fn another_master_key_of_the_same_id_opens_nothing() {
    let sealed = seal_to_token(old_ring(), "text", "user:1").unwrap();
    assert_eq!(open_token(foreign_ring(), &sealed, "user:1"), Err(CryptoFault::RecordRefused));
}

#[test]
fn the_same_key_under_another_id_gives_another_root() {
    let salt = [7; 16];
    let root = |id| ring_of(id, &[(id, OLD_KEY)]).unwrap().root(id).unwrap().record_key(&salt).unwrap();
    assert_ne!(*root(1), *root(2));
}

#[test]
fn bad_rings_are_refused() {
    assert!(matches!(ring_of(2, &[(1, OLD_KEY)]), Err(CryptoFault::KeyUnknown)));
    assert!(matches!(ring_of(1, &[(1, "short")]), Err(CryptoFault::ArgumentInvalid(_))));
    assert!(matches!(ring_of(0, &[(0, OLD_KEY)]), Err(CryptoFault::ArgumentInvalid(_))));
    assert!(matches!(ring_of(1, &[]), Err(CryptoFault::KeyUnknown)));
}

#[test]
fn a_record_is_aes_gcm_under_the_key_of_its_salt() {
    let token = seal_to_token(old_ring(), "text", "user:1").unwrap();
    let (key_id, body) = parse_token(&token).unwrap();
    let record = to_record(key_id, &body).unwrap();
    let key = old_ring().root(1).unwrap().record_key(record.salt).unwrap();
    let mut text = vec![0; record.text_bytes().unwrap()];
    let aead = AeadKey::new(key.as_slice()).unwrap();
    aead.open_into(record.nonce, record.ciphertext, b"user:1", &mut text).unwrap();
    assert_eq!(text, b"text");
    assert_eq!(to_token(record).unwrap(), token);
}

#[test]
fn an_empty_context_binds_nothing_and_is_refused() {
    assert!(matches!(seal_to_token(old_ring(), "text", ""), Err(CryptoFault::ArgumentInvalid(_))));
    let sealed = seal_to_token(old_ring(), "text", "c").unwrap();
    assert_eq!(open_token(old_ring(), &sealed, ""), Err(CryptoFault::RecordRefused));
}

#[test]
fn a_list_names_the_first_record_that_does_not_open() {
    let sealed = seal_all_to_tokens(old_ring(), &[("a", "1"), ("b", "2"), ("c", "3")]).unwrap();
    let with =
        |contexts: [&str; 3]| -> Vec<_> { sealed.iter().cloned().zip(contexts.map(str::to_owned)).collect() };
    let opened = open_all_tokens(old_ring(), &with(["1", "2", "3"])).unwrap();
    assert_eq!(opened.iter().map(|text| text.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    let refused = open_all_tokens(old_ring(), &with(["1", "3", "2"]));
    assert_eq!(refused, Err(CryptoFault::RecordOfListRefused(1)));
}

#[test]
fn text_that_is_not_utf8_is_refused_as_text() {
    let freshness = Freshness::draw().unwrap();
    let mut ciphertext = vec![0; sealed_bytes(2).unwrap()];
    seal_into(old_ring().root(1).unwrap(), &freshness, &[0xff, 0xfe], b"c", &mut ciphertext).unwrap();
    let record =
        SealedRecord { key_id: 1, salt: freshness.salt(), nonce: freshness.nonce(), ciphertext: &ciphertext };
    let token = to_token(record).unwrap();
    assert_eq!(open_token(old_ring(), &token, "c"), Err(CryptoFault::RecordRefused));
}

#[test]
fn purposes_and_key_versions_keep_their_hashes_apart() {
    let ring = rotated_ring();
    let index = |key_id, purpose| ring.blind_index(key_id, purpose, b"a@b.example").unwrap();
    assert_eq!(index(1, "email"), index(1, "email"));
    assert_ne!(index(1, "email"), index(2, "email"));
    assert_ne!(index(1, "email"), index(1, "phone"));
    assert_ne!(index(1, "email"), ring.keyed_hash(1, "email", b"a@b.example").unwrap());
    assert_eq!(ring.blind_index(9, "email", b""), Err(CryptoFault::KeyUnknown));
    assert!(ring.blind_index(1, "", b"").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_sealed_opens_to_itself(text in any::<String>(), context in ".{1,40}") {
        let sealed = seal_to_token(old_ring(), &text, &context).unwrap();
        prop_assert_eq!(&*open_token(old_ring(), &sealed, &context).unwrap(), &text);
    }

    #[test]
    fn no_two_seals_are_equal(text in any::<String>()) {
        let seal = || seal_to_token(old_ring(), &text, "c").unwrap();
        prop_assert_ne!(seal(), seal());
    }

    #[test]
    fn another_context_opens_nothing(text in any::<String>(), one in ".{1,9}", other in ".{0,9}") {
        prop_assume!(one != other);
        let sealed = seal_to_token(old_ring(), &text, &one).unwrap();
        prop_assert_eq!(open_token(old_ring(), &sealed, &other), Err(CryptoFault::RecordRefused));
    }

    #[test]
    fn any_changed_byte_is_noticed(text in any::<String>(), place in any::<prop::sample::Index>(), flip in 1_u8..) {
        let (key_id, mut body) = parse_token(&seal_to_token(old_ring(), &text, "c").unwrap()).unwrap();
        let place = place.index(body.len());
        body[place] ^= flip;
        let record = to_record(key_id, &body).unwrap();
        let mut out = vec![0; record.text_bytes().unwrap()];
        prop_assert_eq!(open_into(old_ring(), record, b"c", &mut out), Err(CryptoFault::RecordRefused));
    }

    #[test]
    fn any_truncation_is_noticed(text in any::<String>(), place in any::<prop::sample::Index>()) {
        let sealed = seal_to_token(old_ring(), &text, "c").unwrap();
        let cut = &sealed[..place.index(sealed.len())];
        prop_assert_eq!(open_token(old_ring(), cut, "c"), Err(CryptoFault::RecordRefused));
    }

    #[test]
    fn foreign_text_never_panics(token in any::<String>(), context in any::<String>()) {
        prop_assert!(open_token(old_ring(), &token, &context).is_err());
        let with_head = ["k1.1.", &token].concat();
        prop_assert!(open_token(old_ring(), &with_head, &context).is_err());
    }

    #[test]
    fn foreign_parts_never_panic(
        salt in any::<Vec<u8>>(), nonce in any::<Vec<u8>>(), ciphertext in any::<Vec<u8>>(), key_id in 0_u16..3,
    ) {
        let record = SealedRecord { key_id, salt: &salt, nonce: &nonce, ciphertext: &ciphertext };
        let mut out = vec![0; record.text_bytes().unwrap_or(0)];
        prop_assert!(open_into(old_ring(), record, b"c", &mut out).is_err());
    }
}
