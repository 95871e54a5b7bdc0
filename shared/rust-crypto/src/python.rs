//! The door to Python: convert, release the interpreter lock, call, convert back.

// PyO3 hands converted arguments over by value.
#![allow(clippy::needless_pass_by_value)]

use std::collections::BTreeMap;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyDict, PyInt, PyString, PyTuple};
use zeroize::Zeroizing;

use crate::aead::{AeadKey, TAG_BYTES};
use crate::envelope::{self, Freshness, SealedRecord};
use crate::fault::CryptoFault;
use crate::keyring::{KeyId, KeyRing};
use crate::password::{HashCosts, PasswordHasher, Pepper};
use crate::personal::PersonalKey;
use crate::{mac, random};

/// From so many bytes on, the work takes longer than handing the interpreter lock over and back.
const WORTH_RELEASING_BYTES: usize = 16 * 1024;

pyo3::create_exception!(
    k_services_crypto,
    CryptoError,
    PyException,
    "A refusal of this module. `code` is stable text for programs; nothing secret is in the message."
);

impl From<CryptoFault> for PyErr {
    fn from(fault: CryptoFault) -> Self {
        let error = CryptoError::new_err(fault.to_string());
        Python::attach(|py| {
            let _ = error.value(py).setattr("code", fault.code());
        });
        error
    }
}

/// A Python `str` that has a UTF-8 form; one with lone surrogates has none and is refused.
struct Text(PyBackedStr);

impl<'a, 'py> FromPyObject<'a, 'py> for Text {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        PyBackedStr::try_from(object.cast::<PyString>()?.to_owned())
            .map(Self)
            .map_err(|_| CryptoFault::ArgumentInvalid("the text has no UTF-8 form").into())
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Text {
    fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// A Python `int`; one that no key version has is an unknown key, not an overflow.
struct KeyVersion(KeyId);

impl<'a, 'py> FromPyObject<'a, 'py> for KeyVersion {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let number = object.cast::<PyInt>()?;
        Ok(Self(number.extract().map_err(|_| CryptoFault::KeyUnknown)?))
    }
}

/// Ciphertext with tag, salt, nonce, key id.
type RecordParts<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyBytes>, KeyId);

fn to_pepper(secret: Text) -> Result<Pepper, CryptoFault> {
    Pepper::new(Zeroizing::new(secret.as_ref().to_owned()))
}

fn working<Output: Send>(py: Python<'_>, bytes: usize, work: impl FnOnce() -> Output + Send) -> Output {
    if bytes < WORTH_RELEASING_BYTES { work() } else { py.detach(work) }
}

fn to_python(py: Python<'_>, texts: Vec<Zeroizing<String>>) -> Vec<Bound<'_, PyString>> {
    texts.iter().map(|text| PyString::new(py, text)).collect()
}

/// One AES-256-GCM key, for who keeps nonces apart by other means.
#[pyclass(name = "AeadKey", module = "k_services_crypto", frozen)]
struct PyAeadKey(AeadKey);

#[pymethods]
impl PyAeadKey {
    #[new]
    #[pyo3(signature = (key, /))]
    fn new(key: &[u8]) -> PyResult<Self> {
        Ok(Self(AeadKey::new(key)?))
    }

    #[pyo3(name = "seal", signature = (nonce, plaintext, context, /))]
    fn seal<'py>(
        &self,
        py: Python<'py>,
        nonce: &[u8],
        plaintext: &[u8],
        context: &[u8],
    ) -> PyResult<Bound<'py, PyBytes>> {
        let length = envelope::sealed_bytes(plaintext.len())?;
        PyBytes::new_with(py, length, |out| {
            Ok(working(py, length, || self.0.seal_into(nonce, plaintext, context, out))?)
        })
    }

    #[pyo3(name = "open", signature = (nonce, sealed, context, /))]
    fn open<'py>(
        &self,
        py: Python<'py>,
        nonce: &[u8],
        sealed: &[u8],
        context: &[u8],
    ) -> PyResult<Bound<'py, PyBytes>> {
        let length = sealed.len().checked_sub(TAG_BYTES).ok_or(CryptoFault::RecordRefused)?;
        PyBytes::new_with(py, length, |out| {
            Ok(working(py, length, || self.0.open_into(nonce, sealed, context, out))?)
        })
    }
}

/// The master keys by id, stretched once when built.
#[pyclass(name = "KeyRing", module = "k_services_crypto", frozen)]
struct PyKeyRing(KeyRing);

#[pymethods]
impl PyKeyRing {
    #[new]
    #[pyo3(signature = (current_key_id, master_keys, /), text_signature = "(currentKeyId, masterKeys, /)")]
    fn new(py: Python<'_>, current_key_id: KeyVersion, master_keys: &Bound<'_, PyDict>) -> PyResult<Self> {
        let mut keys = BTreeMap::new();
        for (key_id, key) in master_keys {
            let key = key.extract::<Text>()?;
            keys.insert(key_id.extract::<KeyId>()?, Zeroizing::new(key.as_ref().to_owned()));
        }
        Ok(Self(py.detach(|| KeyRing::new(current_key_id.0, &keys))?))
    }

    #[getter(currentKeyId)]
    fn current_key_id(&self) -> KeyId {
        self.0.current_id()
    }

    #[getter(keyIds)]
    fn key_ids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.key_ids().collect::<Vec<_>>())
    }

    #[pyo3(name = "seal", signature = (plaintext, context, /))]
    fn seal<'py>(&self, py: Python<'py>, plaintext: &[u8], context: &[u8]) -> PyResult<RecordParts<'py>> {
        let freshness = Freshness::draw()?;
        let root = self.0.current_root()?;
        let length = envelope::sealed_bytes(plaintext.len())?;
        let ciphertext = PyBytes::new_with(py, length, |out| {
            Ok(working(py, length, || envelope::seal_into(root, &freshness, plaintext, context, out))?)
        })?;
        let (salt, nonce) = (PyBytes::new(py, freshness.salt()), PyBytes::new(py, freshness.nonce()));
        Ok((ciphertext, salt, nonce, self.0.current_id()))
    }

    #[pyo3(
        name = "open",
        signature = (ciphertext, salt, nonce, key_id, context, /),
        text_signature = "($self, ciphertext, salt, nonce, keyId, context, /)"
    )]
    fn open<'py>(
        &self,
        py: Python<'py>,
        ciphertext: &[u8],
        salt: &[u8],
        nonce: &[u8],
        key_id: KeyVersion,
        context: &[u8],
    ) -> PyResult<Bound<'py, PyBytes>> {
        let record = SealedRecord { key_id: key_id.0, salt, nonce, ciphertext };
        let length = record.text_bytes()?;
        PyBytes::new_with(py, length, |out| {
            Ok(working(py, length, || envelope::open_into(&self.0, record, context, out))?)
        })
    }

    #[pyo3(name = "sealText", signature = (text, context, /))]
    fn seal_text(&self, py: Python<'_>, text: Text, context: Text) -> PyResult<String> {
        let seal = || envelope::seal_to_token(&self.0, text.as_ref(), context.as_ref());
        Ok(working(py, text.as_bytes().len(), seal)?)
    }

    #[pyo3(name = "openText", signature = (token, context, /))]
    fn open_text<'py>(&self, py: Python<'py>, token: Text, context: Text) -> PyResult<Bound<'py, PyString>> {
        let open = || envelope::open_token(&self.0, token.as_ref(), context.as_ref());
        let text = working(py, token.as_bytes().len(), open)?;
        Ok(PyString::new(py, &text))
    }

    #[pyo3(name = "sealTexts", signature = (texts, /))]
    fn seal_texts(&self, py: Python<'_>, texts: Vec<(Text, Text)>) -> PyResult<Vec<String>> {
        Ok(py.detach(|| envelope::seal_all_to_tokens(&self.0, &texts))?)
    }

    #[pyo3(name = "openTexts", signature = (tokens, /))]
    fn open_texts<'py>(
        &self,
        py: Python<'py>,
        tokens: Vec<(Text, Text)>,
    ) -> PyResult<Vec<Bound<'py, PyString>>> {
        let texts = py.detach(|| envelope::open_all_tokens(&self.0, &tokens))?;
        Ok(to_python(py, texts))
    }

    #[pyo3(
        name = "blindIndex",
        signature = (text, purpose, key_id, /),
        text_signature = "($self, text, purpose, keyId, /)"
    )]
    fn blind_index<'py>(
        &self,
        py: Python<'py>,
        text: &[u8],
        purpose: Text,
        key_id: KeyVersion,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let index = self.0.blind_index(key_id.0, purpose.as_ref(), text)?;
        Ok(PyBytes::new(py, &index))
    }

    #[pyo3(
        name = "keyedHash",
        signature = (data, purpose, key_id, /),
        text_signature = "($self, data, purpose, keyId, /)"
    )]
    fn keyed_hash<'py>(
        &self,
        py: Python<'py>,
        data: &[u8],
        purpose: Text,
        key_id: KeyVersion,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let hash = working(py, data.len(), || self.0.keyed_hash(key_id.0, purpose.as_ref(), data))?;
        Ok(PyBytes::new(py, &hash))
    }

    #[pyo3(name = "createPersonalKey", signature = (context, /))]
    fn create_personal_key(&self, context: Text) -> PyResult<String> {
        Ok(PersonalKey::create(&self.0, context.as_ref())?)
    }

    #[pyo3(name = "openPersonalKey", signature = (sealed, context, /))]
    fn open_personal_key(&self, sealed: Text, context: Text) -> PyResult<PyPersonalKey> {
        Ok(PyPersonalKey(PersonalKey::unseal(&self.0, sealed.as_ref(), context.as_ref())?))
    }

    #[pyo3(name = "resealPersonalKey", signature = (sealed, context, /))]
    fn reseal_personal_key(&self, sealed: Text, context: Text) -> PyResult<String> {
        Ok(PersonalKey::reseal(&self.0, sealed.as_ref(), context.as_ref())?)
    }
}

/// One person's key, opened; its bytes never come to Python.
#[pyclass(name = "PersonalKey", module = "k_services_crypto", frozen)]
struct PyPersonalKey(PersonalKey);

#[pymethods]
impl PyPersonalKey {
    #[pyo3(name = "sealText", signature = (text, context, /))]
    fn seal_text(&self, py: Python<'_>, text: Text, context: Text) -> PyResult<String> {
        let seal = || self.0.seal(text.as_ref(), context.as_ref());
        Ok(working(py, text.as_bytes().len(), seal)?)
    }

    #[pyo3(name = "openText", signature = (token, context, /))]
    fn open_text<'py>(&self, py: Python<'py>, token: Text, context: Text) -> PyResult<Bound<'py, PyString>> {
        let open = || self.0.open(token.as_ref(), context.as_ref());
        let text = working(py, token.as_bytes().len(), open)?;
        Ok(PyString::new(py, &text))
    }
}

/// Argon2id under fixed costs, with an optional pepper.
#[pyclass(name = "PasswordHasher", module = "k_services_crypto", frozen)]
struct PyPasswordHasher(PasswordHasher);

#[pymethods]
impl PyPasswordHasher {
    #[new]
    #[pyo3(
        signature = (memory_kib, iterations, lanes, pepper, older_peppers, /),
        text_signature = "(memoryKib, iterations, lanes, pepper, olderPeppers, /)"
    )]
    fn new(
        memory_kib: u32,
        iterations: u32,
        lanes: u32,
        pepper: Option<Text>,
        older_peppers: Vec<Text>,
    ) -> PyResult<Self> {
        let costs = HashCosts::checked(memory_kib, iterations, lanes)?;
        let pepper = pepper.map(to_pepper).transpose()?;
        let older_peppers = older_peppers.into_iter().map(to_pepper).collect::<Result<_, _>>()?;
        Ok(Self(PasswordHasher::new(costs, pepper, older_peppers)))
    }

    #[pyo3(name = "hash", signature = (password, /))]
    fn hash(&self, py: Python<'_>, password: Text) -> PyResult<String> {
        Ok(py.detach(|| self.0.hash(password.as_bytes()))?)
    }

    #[pyo3(name = "verify", signature = (password, stored, /))]
    fn verify(&self, py: Python<'_>, password: Text, stored: Text) -> PyResult<bool> {
        Ok(py.detach(|| self.0.verify(password.as_bytes(), stored.as_ref()))?)
    }

    #[pyo3(name = "needsRehash", signature = (stored, /))]
    fn needs_rehash(&self, stored: Text) -> PyResult<bool> {
        Ok(self.0.needs_rehash(stored.as_ref())?)
    }

    #[pyo3(name = "decoy", signature = ())]
    fn decoy(&self) -> PyResult<String> {
        Ok(self.0.decoy()?)
    }
}

#[pyfunction(
    name = "packRecord",
    signature = (ciphertext, salt, nonce, key_id, /),
    text_signature = "(ciphertext, salt, nonce, keyId, /)"
)]
fn pack_record(ciphertext: &[u8], salt: &[u8], nonce: &[u8], key_id: KeyVersion) -> PyResult<String> {
    Ok(envelope::to_token(SealedRecord { key_id: key_id.0, salt, nonce, ciphertext })?)
}

#[pyfunction(name = "unpackRecord", signature = (token, /))]
fn unpack_record(py: Python<'_>, token: Text) -> PyResult<RecordParts<'_>> {
    let (key_id, body) = envelope::parse_token(token.as_ref())?;
    let record = envelope::to_record(key_id, &body)?;
    let bytes = |part| PyBytes::new(py, part);
    Ok((bytes(record.ciphertext), bytes(record.salt), bytes(record.nonce), key_id))
}

#[pyfunction(name = "randomToken", signature = (bytes, /))]
fn random_token(bytes: usize) -> PyResult<String> {
    Ok(random::token(bytes)?)
}

#[pyfunction(name = "constantTimeEqual", signature = (left, right, /))]
fn constant_time_equal(left: &[u8], right: &[u8]) -> bool {
    mac::constant_time_equal(left, right)
}

#[pymodule]
fn k_services_crypto(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let error = module.py().get_type::<CryptoError>();
    error.setattr("code", "crypto.refused")?;
    module.add("CryptoError", error)?;
    module.add_class::<PyAeadKey>()?;
    module.add_class::<PyKeyRing>()?;
    module.add_class::<PyPersonalKey>()?;
    module.add_class::<PyPasswordHasher>()?;
    module.add_function(wrap_pyfunction!(pack_record, module)?)?;
    module.add_function(wrap_pyfunction!(unpack_record, module)?)?;
    module.add_function(wrap_pyfunction!(random_token, module)?)?;
    module.add_function(wrap_pyfunction!(constant_time_equal, module)?)
}
