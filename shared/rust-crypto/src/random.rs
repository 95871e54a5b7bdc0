//! Random bytes of the operating system.

use base64ct::{Base64UrlUnpadded, Encoding};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::fault::CryptoFault;

/// Fewest and most bytes of a token: 128 bits is the least that nobody guesses.
pub const TOKEN_BYTES: std::ops::RangeInclusive<usize> = 16..=1024;

/// Fills `out` with random bytes.
///
/// # Errors
/// `RandomUnavailable` when the operating system has none.
pub fn fill(out: &mut [u8]) -> Result<(), CryptoFault> {
    SystemRandom::new().fill(out).map_err(|_| CryptoFault::RandomUnavailable)
}

/// A random token of so many bytes, as base64url without padding.
///
/// # Errors
/// `ArgumentInvalid` outside `TOKEN_BYTES`, `RandomUnavailable` without entropy.
pub fn token(bytes: usize) -> Result<String, CryptoFault> {
    if !TOKEN_BYTES.contains(&bytes) {
        return Err(CryptoFault::ArgumentInvalid("a token has 16 to 1024 bytes"));
    }
    let mut secret = Zeroizing::new(vec![0_u8; bytes]);
    fill(&mut secret)?;
    Ok(Base64UrlUnpadded::encode_string(&secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_have_the_asked_length() {
        let (first, second) = (token(32).unwrap(), token(32).unwrap());
        assert_ne!(first, second);
        assert_eq!(Base64UrlUnpadded::decode_vec(&first).unwrap().len(), 32);
    }

    #[test]
    fn short_and_absurd_tokens_are_refused() {
        assert!(token(15).is_err());
        assert!(token(1025).is_err());
    }
}
