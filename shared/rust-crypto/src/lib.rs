//! Envelopes, password hashes and blind indexes of K.
//!
//! The core modules are pure Rust and know nothing of Python; `python` is the door: it converts, releases
//! the interpreter lock, calls, and converts back.

pub mod aead;
pub mod envelope;
pub mod fault;
pub mod keyring;
pub mod mac;
pub mod password;
pub mod personal;
pub mod random;
mod workspace;

#[cfg(feature = "python")]
mod python;
