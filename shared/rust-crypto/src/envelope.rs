//! One record, sealed: a fresh salt, a key for it alone, a fresh nonce, the context as additional data.
//!
//! The one-column form is `k1.<key id>.<base64url of salt, nonce, ciphertext and tag>`.

use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use crate::aead::{AeadKey, NONCE_BYTES, TAG_BYTES};
use crate::fault::CryptoFault;
use crate::keyring::{KeyId, KeyRing, Root};
use crate::random;

/// Bytes of a record's salt.
pub const SALT_BYTES: usize = 16;

const FRESH_BYTES: usize = SALT_BYTES + NONCE_BYTES;
const TOKEN_PREFIX: &str = "k1.";

/// What makes a record different from every other, drawn at random: its salt and its nonce.
#[derive(Clone, Copy)]
pub struct Freshness([u8; FRESH_BYTES]);

impl Freshness {
    /// Draws one.
    ///
    /// # Errors
    /// `RandomUnavailable` without entropy.
    pub fn draw() -> Result<Self, CryptoFault> {
        let mut drawn = [0; FRESH_BYTES];
        random::fill(&mut drawn)?;
        Ok(Self(drawn))
    }

    /// Draws so many in one call to the operating system.
    ///
    /// # Errors
    /// `RandomUnavailable` without entropy.
    pub fn draw_many(count: usize) -> Result<Vec<Self>, CryptoFault> {
        let mut drawn = vec![[0; FRESH_BYTES]; count];
        random::fill(drawn.as_flattened_mut())?;
        Ok(drawn.into_iter().map(Self).collect())
    }

    /// The record's salt.
    #[must_use]
    pub fn salt(&self) -> &[u8] {
        self.0.split_at(SALT_BYTES).0
    }

    /// The record's nonce.
    #[must_use]
    pub fn nonce(&self) -> &[u8] {
        self.0.split_at(SALT_BYTES).1
    }
}

/// A sealed record as it was stored; nothing about it is believed yet.
#[derive(Clone, Copy)]
pub struct SealedRecord<'record> {
    /// The key version that sealed it.
    pub key_id: KeyId,
    /// `SALT_BYTES` bytes.
    pub salt: &'record [u8],
    /// `NONCE_BYTES` bytes.
    pub nonce: &'record [u8],
    /// Ciphertext and tag.
    pub ciphertext: &'record [u8],
}

impl SealedRecord<'_> {
    /// How long the text inside is.
    ///
    /// # Errors
    /// `RecordRefused` when not even a tag fits in.
    pub fn text_bytes(&self) -> Result<usize, CryptoFault> {
        self.ciphertext.len().checked_sub(TAG_BYTES).ok_or(CryptoFault::RecordRefused)
    }
}

/// How long the ciphertext of a text is.
///
/// # Errors
/// `ArgumentInvalid` for a text that no address space holds.
pub fn sealed_bytes(text_bytes: usize) -> Result<usize, CryptoFault> {
    text_bytes.checked_add(TAG_BYTES).ok_or(CryptoFault::ArgumentInvalid("the text is too long"))
}

/// Seals a text into `out`, which is `sealed_bytes` long.
///
/// # Errors
/// `ArgumentInvalid` for an empty context: a record that fits everywhere is bound to nothing.
pub fn seal_into(
    root: &Root,
    freshness: &Freshness,
    text: &[u8],
    context: &[u8],
    out: &mut [u8],
) -> Result<(), CryptoFault> {
    if context.is_empty() {
        return Err(CryptoFault::ArgumentInvalid("a context is not empty"));
    }
    let record_key = root.record_key(freshness.salt())?;
    AeadKey::new(record_key.as_slice())?.seal_into(freshness.nonce(), text, context, out)
}

/// Opens a record into `out`, which is `text_bytes` long.
///
/// # Errors
/// `KeyUnknown` when the ring lacks its key, `RecordRefused` for everything else.
pub fn open_into(
    ring: &KeyRing,
    record: SealedRecord<'_>,
    context: &[u8],
    out: &mut [u8],
) -> Result<(), CryptoFault> {
    open_under_into(ring.root(record.key_id)?, record, context, out)
}

/// Opens a record whose root is at hand, whatever key id it names.
///
/// # Errors
/// `RecordRefused` when anything about it is wrong.
pub fn open_under(
    root: &Root,
    record: SealedRecord<'_>,
    context: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CryptoFault> {
    let mut text = Zeroizing::new(vec![0; record.text_bytes()?]);
    open_under_into(root, record, context, &mut text)?;
    Ok(text)
}

fn open_under_into(
    root: &Root,
    record: SealedRecord<'_>,
    context: &[u8],
    out: &mut [u8],
) -> Result<(), CryptoFault> {
    if context.is_empty() || record.salt.len() != SALT_BYTES {
        return Err(CryptoFault::RecordRefused);
    }
    let record_key = root.record_key(record.salt)?;
    AeadKey::new(record_key.as_slice())?.open_into(record.nonce, record.ciphertext, context, out)
}

/// Seals a text to its one-column form.
///
/// # Errors
/// As `seal_into`, and `RandomUnavailable`.
pub fn seal_to_token(ring: &KeyRing, text: &str, context: &str) -> Result<String, CryptoFault> {
    seal_bytes_to_token(ring, text.as_bytes(), context)
}

/// The same for bytes that are no text.
///
/// # Errors
/// As `seal_to_token`.
pub fn seal_bytes_to_token(ring: &KeyRing, bytes: &[u8], context: &str) -> Result<String, CryptoFault> {
    sealed_token(ring, &Freshness::draw()?, bytes, context)
}

/// Seals a list of texts, each with its context, in one call.
///
/// # Errors
/// As `seal_to_token`; nothing is sealed when one is refused.
pub fn seal_all_to_tokens<Text: AsRef<str>>(
    ring: &KeyRing,
    texts: &[(Text, Text)],
) -> Result<Vec<String>, CryptoFault> {
    Freshness::draw_many(texts.len())?
        .iter()
        .zip(texts)
        .map(|(freshness, (text, context))| {
            sealed_token(ring, freshness, text.as_ref().as_bytes(), context.as_ref())
        })
        .collect()
}

/// Opens a record in its one-column form.
///
/// # Errors
/// `KeyUnknown` when the ring lacks its key, `RecordRefused` for everything else.
pub fn open_token(ring: &KeyRing, token: &str, context: &str) -> Result<Zeroizing<String>, CryptoFault> {
    to_text(&open_token_bytes(ring, token, context)?)
}

/// The same for bytes that are no text.
///
/// # Errors
/// As `open_token`.
pub fn open_token_bytes(
    ring: &KeyRing,
    token: &str,
    context: &str,
) -> Result<Zeroizing<Vec<u8>>, CryptoFault> {
    let (key_id, body) = parse_token(token)?;
    let record = to_record(key_id, &body)?;
    open_under(ring.root(key_id)?, record, context.as_bytes())
}

/// Reads what was opened as the text that was sealed.
///
/// # Errors
/// `RecordRefused` when it is no UTF-8.
pub fn to_text(opened: &[u8]) -> Result<Zeroizing<String>, CryptoFault> {
    std::str::from_utf8(opened)
        .map(|text| Zeroizing::new(text.to_owned()))
        .map_err(|_| CryptoFault::RecordRefused)
}

/// Splits the one-column form into key id and body; `to_record` takes the body apart.
///
/// # Errors
/// `RecordRefused` when it is not exactly what `to_token` writes.
pub fn parse_token(token: &str) -> Result<(KeyId, Vec<u8>), CryptoFault> {
    let (key_id, body) = token
        .strip_prefix(TOKEN_PREFIX)
        .and_then(|rest| rest.split_once('.'))
        .ok_or(CryptoFault::RecordRefused)?;
    let parsed: KeyId = key_id.parse().map_err(|_| CryptoFault::RecordRefused)?;
    if parsed.to_string() != key_id {
        return Err(CryptoFault::RecordRefused);
    }
    Ok((parsed, Base64UrlUnpadded::decode_vec(body).map_err(|_| CryptoFault::RecordRefused)?))
}

/// The parts of a token's body: salt, nonce, then ciphertext and tag.
///
/// # Errors
/// `RecordRefused` when it is too short to have them.
pub fn to_record(key_id: KeyId, body: &[u8]) -> Result<SealedRecord<'_>, CryptoFault> {
    let (salt, rest) = body.split_at_checked(SALT_BYTES).ok_or(CryptoFault::RecordRefused)?;
    let (nonce, ciphertext) = rest.split_at_checked(NONCE_BYTES).ok_or(CryptoFault::RecordRefused)?;
    let record = SealedRecord { key_id, salt, nonce, ciphertext };
    record.text_bytes()?;
    Ok(record)
}

/// Writes a record in its one-column form.
///
/// # Errors
/// `RecordRefused` when its parts have lengths that no record has.
pub fn to_token(record: SealedRecord<'_>) -> Result<String, CryptoFault> {
    if record.salt.len() != SALT_BYTES || record.nonce.len() != NONCE_BYTES {
        return Err(CryptoFault::RecordRefused);
    }
    record.text_bytes()?;
    Ok(token_of(record.key_id, &[record.salt, record.nonce, record.ciphertext].concat()))
}

/// Opens a list of records in one-column form, each with its context.
///
/// # Errors
/// `RecordOfListRefused` with the place of the first that does not open, `KeyUnknown` as above.
pub fn open_all_tokens<Text: AsRef<str>>(
    ring: &KeyRing,
    tokens: &[(Text, Text)],
) -> Result<Vec<Zeroizing<String>>, CryptoFault> {
    tokens
        .iter()
        .enumerate()
        .map(|(place, (token, context))| {
            open_token(ring, token.as_ref(), context.as_ref()).map_err(|fault| match fault {
                CryptoFault::RecordRefused => CryptoFault::RecordOfListRefused(place),
                other => other,
            })
        })
        .collect()
}

fn sealed_token(
    ring: &KeyRing,
    freshness: &Freshness,
    text: &[u8],
    context: &str,
) -> Result<String, CryptoFault> {
    let body = seal_to_body(ring.current_root()?, freshness, text, context.as_bytes())?;
    Ok(token_of(ring.current_id(), &body))
}

/// Seals a text to the body of a token: salt, nonce, ciphertext and tag.
///
/// # Errors
/// As `seal_into`.
pub fn seal_to_body(
    root: &Root,
    freshness: &Freshness,
    text: &[u8],
    context: &[u8],
) -> Result<Vec<u8>, CryptoFault> {
    let mut body = vec![0; sealed_bytes(text.len())?.saturating_add(FRESH_BYTES)];
    let (head, ciphertext) = body.split_at_mut(FRESH_BYTES);
    head.copy_from_slice(&freshness.0);
    seal_into(root, freshness, text, context, ciphertext)?;
    Ok(body)
}

fn token_of(key_id: KeyId, body: &[u8]) -> String {
    [TOKEN_PREFIX, &key_id.to_string(), ".", &Base64UrlUnpadded::encode_string(body)].concat()
}
