//! Password hashes: Argon2id as PHC strings, with an optional pepper whose key id stands in the string.

use std::ops::RangeInclusive;

use argon2::{Algorithm, Argon2, Params, Version};
use base64ct::{Base64Unpadded, Encoding};
use phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use zeroize::Zeroizing;

use crate::fault::CryptoFault;
use crate::keyring::KeyRing;
use crate::{mac, random};

const ALGORITHM: &str = "argon2id";
const VERSION: u32 = 0x13;
const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

// A stored hash is not trusted to name costs that would bring the server down.
const MEMORY_KIB: RangeInclusive<u32> = 8..=2 * 1024 * 1024;
const ITERATIONS: RangeInclusive<u32> = 1..=64;
const LANES: RangeInclusive<u32> = 1..=64;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCosts {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes.
    pub lanes: u32,
}

impl HashCosts {
    /// Checks the costs.
    ///
    /// # Errors
    /// `ArgumentInvalid` outside of what this crate computes.
    pub fn checked(memory_kib: u32, iterations: u32, lanes: u32) -> Result<Self, CryptoFault> {
        let costs = Self { memory_kib, iterations, lanes };
        costs.are_acceptable().then_some(costs).ok_or(CryptoFault::ArgumentInvalid(
            "Argon2id takes 8 KiB a lane to 2 GiB, 1 to 64 iterations and 1 to 64 lanes",
        ))
    }

    fn are_acceptable(self) -> bool {
        MEMORY_KIB.contains(&self.memory_kib)
            && ITERATIONS.contains(&self.iterations)
            && LANES.contains(&self.lanes)
            && self.memory_kib >= self.lanes.saturating_mul(8)
    }
}

/// A parsed PHC string.
struct StoredHash {
    costs: HashCosts,
    pepper_id: Option<String>,
    salt: Salt,
    output: Output,
}

/// Hashes a password under a fresh salt. With `peppered`, the ring's current pepper is mixed in and named.
///
/// # Errors
/// `RandomUnavailable`, or `PrimitiveFailed` without the memory.
pub fn hash(ring: &KeyRing, password: &[u8], costs: HashCosts, peppered: bool) -> Result<String, CryptoFault> {
    let pepper_id = peppered.then(|| ring.current_id());
    let mut salt = [0; SALT_BYTES];
    random::fill(&mut salt)?;
    let output = stretched(ring, password, &salt, costs, pepper_id, OUTPUT_BYTES)?;
    to_phc(costs, pepper_id, &salt, &output)
}

/// Whether the password is the one that was hashed.
///
/// # Errors
/// `HashMalformed` for text that is no accepted hash, `KeyUnknown` when its pepper is not in the ring.
pub fn verify(ring: &KeyRing, password: &[u8], stored: &str) -> Result<bool, CryptoFault> {
    let stored = parsed(stored)?;
    let output = stretched(
        ring,
        password,
        stored.salt.as_ref(),
        stored.costs,
        stored.pepper_id.as_deref(),
        stored.output.len(),
    )?;
    Ok(mac::constant_time_equal(&output, stored.output.as_bytes()))
}

/// Whether a hash made now would be made otherwise: other costs, other pepper, shorter salt or output.
///
/// # Errors
/// `HashMalformed` for text that is no accepted hash.
pub fn needs_rehash(
    ring: &KeyRing,
    stored: &str,
    costs: HashCosts,
    peppered: bool,
) -> Result<bool, CryptoFault> {
    let stored = parsed(stored)?;
    Ok(stored.costs != costs
        || stored.pepper_id.as_deref() != peppered.then(|| ring.current_id())
        || stored.salt.len() < SALT_BYTES
        || stored.output.len() < OUTPUT_BYTES)
}

/// A hash that no password has: random bytes in the place of the output. Verifying against it costs what
/// verifying against a real one costs.
///
/// # Errors
/// `RandomUnavailable` without entropy.
pub fn decoy(ring: &KeyRing, costs: HashCosts, peppered: bool) -> Result<String, CryptoFault> {
    let mut drawn = [0; SALT_BYTES + OUTPUT_BYTES];
    random::fill(&mut drawn)?;
    let (salt, output) = drawn.split_at(SALT_BYTES);
    to_phc(costs, peppered.then(|| ring.current_id()), salt, output)
}

fn stretched(
    ring: &KeyRing,
    password: &[u8],
    salt: &[u8],
    costs: HashCosts,
    pepper_id: Option<&str>,
    output_bytes: usize,
) -> Result<Zeroizing<Vec<u8>>, CryptoFault> {
    let pepper = pepper_id.map(|key_id| ring.pepper(key_id)).transpose()?;
    stretched_with(password, salt, costs, pepper.as_ref().map(|pepper| pepper.as_slice()), output_bytes)
}

fn stretched_with(
    password: &[u8],
    salt: &[u8],
    costs: HashCosts,
    pepper: Option<&[u8]>,
    output_bytes: usize,
) -> Result<Zeroizing<Vec<u8>>, CryptoFault> {
    let params = Params::new(costs.memory_kib, costs.iterations, costs.lanes, Some(output_bytes))
        .map_err(|_| CryptoFault::HashMalformed)?;
    let argon2 =
        Argon2::new_with_secret(pepper.unwrap_or_default(), Algorithm::Argon2id, Version::V0x13, params)
            .map_err(|_| CryptoFault::PrimitiveFailed)?;

    let mut output = Zeroizing::new(vec![0; output_bytes]);
    argon2.hash_password_into(password, salt, &mut output).map_err(|_| CryptoFault::PrimitiveFailed)?;
    Ok(output)
}

fn to_phc(
    costs: HashCosts,
    pepper_id: Option<&str>,
    salt: &[u8],
    output: &[u8],
) -> Result<String, CryptoFault> {
    written(costs, pepper_id, salt, output).map_err(|_| CryptoFault::PrimitiveFailed)
}

fn written(
    costs: HashCosts,
    pepper_id: Option<&str>,
    salt: &[u8],
    output: &[u8],
) -> Result<String, phc::Error> {
    let mut params = ParamsString::new();
    params.add_decimal("m", costs.memory_kib)?;
    params.add_decimal("t", costs.iterations)?;
    params.add_decimal("p", costs.lanes)?;
    if let Some(key_id) = pepper_id {
        params.add_b64_bytes("keyid", key_id.as_bytes())?;
    }
    let phc = PasswordHash {
        algorithm: Ident::new(ALGORITHM)?,
        version: Some(VERSION),
        params,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(output)?),
    };
    Ok(phc.to_string())
}

fn parsed(stored: &str) -> Result<StoredHash, CryptoFault> {
    read(stored).ok_or(CryptoFault::HashMalformed)
}

fn read(stored: &str) -> Option<StoredHash> {
    let phc = PasswordHash::new(stored).ok()?;
    let known = phc.params.iter().all(|(name, _)| matches!(name.as_str(), "m" | "t" | "p" | "keyid"));
    if phc.algorithm.as_str() != ALGORITHM || phc.version != Some(VERSION) || !known {
        return None;
    }

    let costs = HashCosts {
        memory_kib: phc.params.get_decimal("m")?,
        iterations: phc.params.get_decimal("t")?,
        lanes: phc.params.get_decimal("p")?,
    };
    let pepper_id = match phc.params.get_str("keyid") {
        Some(encoded) => Some(String::from_utf8(Base64Unpadded::decode_vec(encoded).ok()?).ok()?),
        None => None,
    };
    costs.are_acceptable().then_some(StoredHash { costs, pepper_id, salt: phc.salt?, output: phc.hash? })
}
