//! The one error of this crate.

use std::fmt;

/// Why a call was refused.
///
/// `RecordRefused` covers wrong context, wrong key, altered, truncated and foreign records alike: telling
/// them apart would help only somebody who is trying them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CryptoFault {
    /// The record cannot be opened with this context and these keys.
    RecordRefused,
    /// One record of a list cannot be opened; the number is its place, from 0.
    RecordOfListRefused(usize),
    /// The record, hash or call names a key id that the ring does not hold.
    KeyUnknown,
    /// An argument breaks the rule that the text states.
    ArgumentInvalid(&'static str),
    /// The stored text is not an Argon2id hash in PHC form within the accepted costs.
    HashMalformed,
    /// The operating system gave no random bytes.
    RandomUnavailable,
    /// A primitive refused work that it must accept; seen only when memory runs out.
    PrimitiveFailed,
}

impl CryptoFault {
    /// Stable text for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::RecordRefused | Self::RecordOfListRefused(_) => "crypto.recordRefused",
            Self::KeyUnknown => "crypto.keyUnknown",
            Self::ArgumentInvalid(_) => "crypto.argumentInvalid",
            Self::HashMalformed => "crypto.hashMalformed",
            Self::RandomUnavailable => "crypto.randomUnavailable",
            Self::PrimitiveFailed => "crypto.primitiveFailed",
        }
    }
}

impl fmt::Display for CryptoFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RecordRefused => out.write_str("the record cannot be opened"),
            Self::RecordOfListRefused(place) => write!(out, "record {place} of the list cannot be opened"),
            Self::KeyUnknown => out.write_str("the key id is not in the ring"),
            Self::ArgumentInvalid(rule) => out.write_str(rule),
            Self::HashMalformed => out.write_str("the stored text is not an accepted Argon2id hash"),
            Self::RandomUnavailable => out.write_str("the operating system gave no random bytes"),
            Self::PrimitiveFailed => out.write_str("the primitive could not do its work"),
        }
    }
}

impl std::error::Error for CryptoFault {}
