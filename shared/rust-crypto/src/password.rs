//! Password hashes: Argon2id as PHC strings, with an optional pepper whose key id stands in the string.

use std::ops::RangeInclusive;

use argon2::{Algorithm, Argon2, Params, Version};
use base64ct::{Base64Unpadded, Encoding};
use phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use zeroize::Zeroizing;

use crate::fault::CryptoFault;
use crate::workspace::Workspace;
use crate::{mac, random};

const ALGORITHM: &str = "argon2id";
const VERSION: u32 = 0x13;
const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;
const PEPPER_MIN_BYTES: usize = 32;
const FINGERPRINT_BYTES: usize = 6;
const FINGERPRINT_LABEL: &[u8] = b"k-crypto/1/pepper";

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

    fn params(self, output_bytes: Option<usize>) -> argon2::Result<Params> {
        Params::new(self.memory_kib, self.iterations, self.lanes, output_bytes)
    }

    fn blocks(self) -> usize {
        self.params(None).map_or(0, |params| params.block_count())
    }
}

/// A secret outside the database that is mixed into every hash. The hash names it by its fingerprint, so a
/// pepper can be replaced while older hashes still verify.
pub struct Pepper {
    fingerprint: String,
    secret: Zeroizing<String>,
}

impl Pepper {
    /// Takes the secret.
    ///
    /// # Errors
    /// `ArgumentInvalid` for one that could be guessed.
    pub fn new(secret: Zeroizing<String>) -> Result<Self, CryptoFault> {
        if secret.len() < PEPPER_MIN_BYTES {
            return Err(CryptoFault::ArgumentInvalid("a pepper has at least 32 characters"));
        }
        let named = mac::keyed_hash(secret.as_bytes(), FINGERPRINT_LABEL)?;
        let fingerprint = Base64Unpadded::encode_string(named.split_at(FINGERPRINT_BYTES).0);
        Ok(Self { fingerprint, secret })
    }
}

/// Hashes and verifies under fixed costs; verifies hashes of other costs and peppers too.
pub struct PasswordHasher {
    costs: HashCosts,
    pepper: Option<Pepper>,
    older_peppers: Vec<Pepper>,
    workspace: Workspace,
}

/// A parsed PHC string.
struct StoredHash {
    costs: HashCosts,
    fingerprint: Option<String>,
    salt: Salt,
    output: Output,
}

impl PasswordHasher {
    /// New hashes get these costs and this pepper; the older peppers only verify.
    #[must_use]
    pub fn new(costs: HashCosts, pepper: Option<Pepper>, older_peppers: Vec<Pepper>) -> Self {
        Self { costs, pepper, older_peppers, workspace: Workspace::of(costs.blocks()) }
    }

    /// Hashes a password under a fresh salt.
    ///
    /// # Errors
    /// `RandomUnavailable`, or `PrimitiveFailed` without the memory.
    pub fn hash(&self, password: &[u8]) -> Result<String, CryptoFault> {
        let mut salt = [0; SALT_BYTES];
        random::fill(&mut salt)?;
        let output = self.stretched(password, &salt, self.costs, self.pepper.as_ref(), OUTPUT_BYTES)?;
        self.written(&salt, &output)
    }

    /// Whether the password is the one that was hashed.
    ///
    /// # Errors
    /// `HashMalformed` for text that is no accepted hash, `KeyUnknown` when its pepper is not here.
    pub fn verify(&self, password: &[u8], stored: &str) -> Result<bool, CryptoFault> {
        let stored = parsed(stored)?;
        let pepper = self.pepper_of(stored.fingerprint.as_deref())?;
        let output =
            self.stretched(password, stored.salt.as_ref(), stored.costs, pepper, stored.output.len())?;
        Ok(mac::constant_time_equal(&output, stored.output.as_bytes()))
    }

    /// Whether a hash made now would be made otherwise: other costs, other pepper, shorter salt or output.
    ///
    /// # Errors
    /// `HashMalformed` for text that is no accepted hash.
    pub fn needs_rehash(&self, stored: &str) -> Result<bool, CryptoFault> {
        let stored = parsed(stored)?;
        Ok(stored.costs != self.costs
            || stored.fingerprint.as_deref() != self.fingerprint()
            || stored.salt.len() < SALT_BYTES
            || stored.output.len() < OUTPUT_BYTES)
    }

    /// A hash that no password has: random bytes in the place of the output. Verifying against it costs what
    /// verifying against a real one costs.
    ///
    /// # Errors
    /// `RandomUnavailable` without entropy.
    pub fn decoy(&self) -> Result<String, CryptoFault> {
        let mut drawn = [0; SALT_BYTES + OUTPUT_BYTES];
        random::fill(&mut drawn)?;
        let (salt, output) = drawn.split_at(SALT_BYTES);
        self.written(salt, output)
    }

    fn fingerprint(&self) -> Option<&str> {
        self.pepper.as_ref().map(|pepper| pepper.fingerprint.as_str())
    }

    fn pepper_of(&self, fingerprint: Option<&str>) -> Result<Option<&Pepper>, CryptoFault> {
        let Some(wanted) = fingerprint else {
            return Ok(None);
        };
        self.pepper
            .iter()
            .chain(&self.older_peppers)
            .find(|pepper| pepper.fingerprint == wanted)
            .map(Some)
            .ok_or(CryptoFault::KeyUnknown)
    }

    fn stretched(
        &self,
        password: &[u8],
        salt: &[u8],
        costs: HashCosts,
        pepper: Option<&Pepper>,
        output_bytes: usize,
    ) -> Result<Zeroizing<Vec<u8>>, CryptoFault> {
        let params = costs.params(Some(output_bytes)).map_err(|_| CryptoFault::HashMalformed)?;
        let blocks = params.block_count();
        let secret = pepper.map(|pepper| pepper.secret.as_bytes()).unwrap_or_default();
        let argon2 = Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, params)
            .map_err(|_| CryptoFault::PrimitiveFailed)?;

        let mut output = Zeroizing::new(vec![0; output_bytes]);
        self.workspace
            .lend(blocks, |memory| {
                argon2.hash_password_into_with_memory(password, salt, &mut output, memory)
            })?
            .map_err(|_| CryptoFault::PrimitiveFailed)?;
        Ok(output)
    }

    fn written(&self, salt: &[u8], output: &[u8]) -> Result<String, CryptoFault> {
        to_phc(self.costs, self.fingerprint(), salt, output).map_err(|_| CryptoFault::PrimitiveFailed)
    }
}

fn to_phc(
    costs: HashCosts,
    fingerprint: Option<&str>,
    salt: &[u8],
    output: &[u8],
) -> Result<String, phc::Error> {
    let mut params = ParamsString::new();
    params.add_decimal("m", costs.memory_kib)?;
    params.add_decimal("t", costs.iterations)?;
    params.add_decimal("p", costs.lanes)?;
    if let Some(fingerprint) = fingerprint {
        params.add_str("keyid", fingerprint)?;
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
    let fingerprint = phc.params.get_str("keyid").map(str::to_owned);
    costs.are_acceptable().then_some(StoredHash { costs, fingerprint, salt: phc.salt?, output: phc.hash? })
}
