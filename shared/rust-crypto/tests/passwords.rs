//! Password hashes: the standard's own answer, and the rules of verification.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use k_services_crypto::fault::CryptoFault;
use k_services_crypto::password::{HashCosts, PasswordHasher, Pepper};
use proptest::prelude::*;
use zeroize::Zeroizing;

const PEPPER: &str = "a pepper of at least thirty-two characters";
const OTHER_PEPPER: &str = "another pepper of thirty-two characters and more";

fn pepper(secret: &str) -> Pepper {
    Pepper::new(Zeroizing::new(secret.to_owned())).unwrap()
}

fn light() -> HashCosts {
    HashCosts::checked(64, 1, 1).unwrap()
}

fn plain() -> PasswordHasher {
    PasswordHasher::new(light(), None, vec![])
}

fn peppered() -> PasswordHasher {
    PasswordHasher::new(light(), Some(pepper(PEPPER)), vec![])
}

/// RFC 9106, section 5.3.
#[test]
fn the_rfc_9106_answer_holds() {
    let params = ParamsBuilder::new()
        .m_cost(32)
        .t_cost(3)
        .p_cost(4)
        .data(AssociatedData::new(&[4; 12]).unwrap())
        .output_len(32)
        .build()
        .unwrap();
    let mut tag = [0; 32];
    Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)
        .unwrap()
        .hash_password_into(&[1; 32], &[2; 16], &mut tag)
        .unwrap();
    assert_eq!(hex::encode(tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

/// From the test program of the reference implementation (`src/test.c`, Argon2id, version 19).
#[test]
fn hashes_of_the_reference_implementation_verify() {
    let known = [
        (
            "password",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        ),
        ("password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"),
        (
            "differentpassword",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94",
        ),
    ];
    for (password, stored) in known {
        assert_eq!(plain().verify(password.as_bytes(), stored), Ok(true));
        assert_eq!(plain().verify(b"wrong", stored), Ok(false));
        assert_eq!(plain().needs_rehash(stored), Ok(true));
    }
}

#[test]
fn a_hash_made_today_needs_no_rehash_and_other_costs_do() {
    let stored = plain().hash(b"password").unwrap();
    assert_eq!(plain().needs_rehash(&stored), Ok(false));
    for (memory, iterations, lanes) in [(128, 1, 1), (64, 2, 1), (64, 1, 2)] {
        let costs = HashCosts::checked(memory, iterations, lanes).unwrap();
        assert_eq!(PasswordHasher::new(costs, None, vec![]).needs_rehash(&stored), Ok(true));
    }
}

#[test]
fn a_pepper_can_be_introduced_replaced_and_given_up() {
    let bare = plain().hash(b"password").unwrap();
    assert_eq!(peppered().verify(b"password", &bare), Ok(true));
    assert_eq!(peppered().needs_rehash(&bare), Ok(true));

    let stored = peppered().hash(b"password").unwrap();
    let replaced = PasswordHasher::new(light(), Some(pepper(OTHER_PEPPER)), vec![pepper(PEPPER)]);
    assert_eq!(replaced.verify(b"password", &stored), Ok(true));
    assert_eq!(replaced.needs_rehash(&stored), Ok(true));
    assert_eq!(replaced.needs_rehash(&replaced.hash(b"password").unwrap()), Ok(false));

    let given_up = PasswordHasher::new(light(), None, vec![pepper(PEPPER)]);
    assert_eq!(given_up.verify(b"password", &stored), Ok(true));
    assert_eq!(given_up.needs_rehash(&stored), Ok(true));
}

#[test]
fn a_missing_pepper_is_no_wrong_password() {
    let stored = peppered().hash(b"password").unwrap();
    assert_eq!(plain().verify(b"password", &stored), Err(CryptoFault::KeyUnknown));
    assert!(matches!(Pepper::new(Zeroizing::new("short".to_owned())), Err(CryptoFault::ArgumentInvalid(_))));
}

#[test]
fn nothing_verifies_against_a_decoy_and_it_looks_like_a_hash() {
    for hasher in [plain(), peppered()] {
        let decoy = hasher.decoy().unwrap();
        assert_eq!(hasher.verify(b"", &decoy), Ok(false));
        assert_eq!(hasher.needs_rehash(&decoy), Ok(false));
        assert_eq!(decoy.len(), hasher.hash(b"password").unwrap().len());
    }
}

#[test]
fn costs_that_would_bring_the_server_down_are_refused() {
    assert!(HashCosts::checked(7, 1, 1).is_err());
    assert!(HashCosts::checked(15, 1, 2).is_err());
    assert!(HashCosts::checked(64, 0, 1).is_err());
    assert!(HashCosts::checked(3 * 1024 * 1024, 1, 1).is_err());
    for costs in ["m=4294967295,t=1,p=1", "m=64,t=4294967295,p=1", "m=64,t=1,p=16777215", "m=64,t=1,p=0"] {
        let stored =
            format!("$argon2id$v=19${costs}$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
        assert_eq!(plain().verify(b"password", &stored), Err(CryptoFault::HashMalformed));
    }
}

#[test]
fn other_algorithms_versions_and_parameters_are_refused() {
    let tail = "c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    for head in [
        "$argon2i$v=19$m=64,t=1,p=1",
        "$argon2d$v=19$m=64,t=1,p=1",
        "$argon2id$v=16$m=64,t=1,p=1",
        "$argon2id$m=64,t=1,p=1",
        "$argon2id$v=19$m=64,t=1",
        "$argon2id$v=19$m=64,t=1,p=1,data=c29tZQ",
        "$argon2id$v=19$m=64,t=1,p=1,x=1",
        "$2b$12",
    ] {
        let stored = format!("{head}${tail}");
        assert_eq!(plain().verify(b"password", &stored), Err(CryptoFault::HashMalformed), "{stored}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn only_the_password_verifies(password in any::<Vec<u8>>(), other in any::<Vec<u8>>()) {
        prop_assume!(password != other);
        let stored = peppered().hash(&password).unwrap();
        prop_assert_eq!(peppered().verify(&password, &stored), Ok(true));
        prop_assert_eq!(peppered().verify(&other, &stored), Ok(false));
    }

    #[test]
    fn foreign_text_never_panics(stored in any::<String>()) {
        prop_assert!(plain().verify(b"password", &stored).is_err());
        let with_head = ["$argon2id$", &stored].concat();
        prop_assert!(plain().needs_rehash(&with_head).is_err());
    }
}
