//! The master keys, stretched once, and what is derived from them.

use std::collections::BTreeMap;
use std::thread;

use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::fault::CryptoFault;
use crate::mac;

/// Fewest bytes of a master key.
pub const MASTER_KEY_MIN_BYTES: usize = 32;

/// The number of a master key version, from 1.
pub type KeyId = u16;

// The costs belong to the format: changing them makes every stored record unreadable.
const ROOT_MEMORY_KIB: u32 = 64 * 1024;
const ROOT_ITERATIONS: u32 = 3;
const ROOT_LANES: u32 = 1;
const ROOT_LABEL: &[u8] = b"k-crypto/1/root/";
const PERSONAL_ROOT_LABEL: &[u8] = b"k-crypto/1/personal";
const RECORD_LABEL: &[u8] = b"k-crypto/1/record";
const BLIND_INDEX_LABEL: &[u8] = b"k-crypto/1/blindIndex/";
const KEYED_HASH_LABEL: &[u8] = b"k-crypto/1/keyedHash/";

/// The stretched form of one master key. Everything else is derived from it by HKDF-SHA-256.
pub struct Root(Zeroizing<[u8; 32]>);

impl Root {
    /// Stretches a master key with Argon2id. The salt is fixed by the key id: every process and every restart
    /// must come to the same root.
    ///
    /// # Errors
    /// `ArgumentInvalid` for a short key, `PrimitiveFailed` without the memory.
    pub fn stretch(key_id: KeyId, master_key: &str) -> Result<Self, CryptoFault> {
        if master_key.len() < MASTER_KEY_MIN_BYTES {
            return Err(CryptoFault::ArgumentInvalid("a master key has at least 32 characters"));
        }
        let salt = Sha256::new().chain_update(ROOT_LABEL).chain_update(key_id.to_string()).finalize();
        let costs = Params::new(ROOT_MEMORY_KIB, ROOT_ITERATIONS, ROOT_LANES, Some(32))
            .map_err(|_| CryptoFault::PrimitiveFailed)?;

        let mut root = Zeroizing::new([0_u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, costs)
            .hash_password_into(master_key.as_bytes(), &salt, root.as_mut_slice())
            .map_err(|_| CryptoFault::PrimitiveFailed)?;
        Ok(Self(root))
    }

    /// The root of a personal key: that one is random already and needs no stretching.
    ///
    /// # Errors
    /// Never in practice.
    pub(crate) fn personal(key: &[u8]) -> Result<Self, CryptoFault> {
        mac::derive(key, &[], &[PERSONAL_ROOT_LABEL]).map(Self)
    }

    /// The key of the record that has this salt.
    ///
    /// # Errors
    /// Never in practice.
    pub fn record_key(&self, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, CryptoFault> {
        mac::derive(self.0.as_slice(), salt, &[RECORD_LABEL])
    }

    fn named_key(&self, label: &[u8], name: &str) -> Result<Zeroizing<[u8; 32]>, CryptoFault> {
        mac::derive(self.0.as_slice(), &[], &[label, name.as_bytes()])
    }
}

/// Every master key version by its id; the current one writes, all of them read.
pub struct KeyRing {
    current_id: KeyId,
    roots: BTreeMap<KeyId, Root>,
}

impl KeyRing {
    /// Stretches every key, side by side.
    ///
    /// # Errors
    /// `ArgumentInvalid` for a bad id or key, `KeyUnknown` when the current id has no key.
    pub fn new(
        current_id: KeyId,
        master_keys: &BTreeMap<KeyId, Zeroizing<String>>,
    ) -> Result<Self, CryptoFault> {
        if master_keys.contains_key(&0) {
            return Err(CryptoFault::ArgumentInvalid("a key id is a number from 1 to 65535"));
        }
        if !master_keys.contains_key(&current_id) {
            return Err(CryptoFault::KeyUnknown);
        }

        let stretched: Vec<std::io::Result<Result<Root, CryptoFault>>> = thread::scope(|scope| {
            let running: Vec<_> = master_keys
                .iter()
                .map(|(&key_id, key)| {
                    thread::Builder::new().spawn_scoped(scope, move || Root::stretch(key_id, key))
                })
                .collect();
            running
                .into_iter()
                .map(|started| {
                    started.map(|thread| thread.join().unwrap_or(Err(CryptoFault::PrimitiveFailed)))
                })
                .collect()
        });

        let mut roots = BTreeMap::new();
        for (&key_id, outcome) in master_keys.keys().zip(stretched) {
            roots.insert(key_id, outcome.map_err(|_| CryptoFault::PrimitiveFailed)??);
        }
        Ok(Self { current_id, roots })
    }

    /// The id that new records carry.
    #[must_use]
    pub fn current_id(&self) -> KeyId {
        self.current_id
    }

    /// Every id of the ring, sorted.
    pub fn key_ids(&self) -> impl Iterator<Item = KeyId> {
        self.roots.keys().copied()
    }

    /// The root that new records use.
    ///
    /// # Errors
    /// Never in practice: the constructor saw it.
    pub fn current_root(&self) -> Result<&Root, CryptoFault> {
        self.root(self.current_id)
    }

    /// The root of one key version.
    ///
    /// # Errors
    /// `KeyUnknown` when the ring does not hold it.
    pub fn root(&self, key_id: KeyId) -> Result<&Root, CryptoFault> {
        self.roots.get(&key_id).ok_or(CryptoFault::KeyUnknown)
    }

    /// HMAC-SHA-256 of a text, under a key of its own for each purpose: equal texts give equal values, which
    /// can be searched and tell nothing without the key.
    ///
    /// # Errors
    /// `KeyUnknown`, or `ArgumentInvalid` for an empty purpose.
    pub fn blind_index(&self, key_id: KeyId, purpose: &str, text: &[u8]) -> Result<[u8; 32], CryptoFault> {
        self.keyed(BLIND_INDEX_LABEL, key_id, purpose, text)
    }

    /// The same for tokens and signatures; its values never meet those of a blind index.
    ///
    /// # Errors
    /// `KeyUnknown`, or `ArgumentInvalid` for an empty purpose.
    pub fn keyed_hash(&self, key_id: KeyId, purpose: &str, data: &[u8]) -> Result<[u8; 32], CryptoFault> {
        self.keyed(KEYED_HASH_LABEL, key_id, purpose, data)
    }

    fn keyed(
        &self,
        label: &[u8],
        key_id: KeyId,
        purpose: &str,
        data: &[u8],
    ) -> Result<[u8; 32], CryptoFault> {
        if purpose.is_empty() {
            return Err(CryptoFault::ArgumentInvalid("a purpose is not empty"));
        }
        mac::keyed_hash(self.root(key_id)?.named_key(label, purpose)?.as_slice(), data)
    }
}
