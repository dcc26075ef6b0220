//! The work where only bytes go over the wire: what the caller writes, and what the plugin answers.
//!
//! Integers are written as they lie in memory, and records as MessagePack, for which waPC and Extism both have helpers.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Eight plain fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub sensor: u32,
    pub at: u64,
    pub value: f64,
    pub low: f32,
    pub high: f32,
    pub channel: u8,
    pub offset: i16,
    pub valid: bool,
}

/// What was read is not what should have been written.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Writes integers.
pub fn integers(them: &[u32]) -> Vec<u8> {
    them.iter().flat_map(|it| it.to_le_bytes()).collect()
}

/// Reads integers.
pub fn read_integers<const N: usize>(bytes: &[u8]) -> Result<[u32; N], Error> {
    let mut them = [0; N];
    let (chunks, rest) = bytes.as_chunks();
    if chunks.len() != N || !rest.is_empty() {
        return Err("expected other integers".into());
    }
    for (it, chunk) in them.iter_mut().zip(chunks) {
        *it = u32::from_le_bytes(*chunk);
    }
    Ok(them)
}

/// Writes a record, or several.
pub fn write<T: Serialize + ?Sized>(it: &T) -> Result<Vec<u8>, Error> {
    Ok(rmp_serde::to_vec(it)?)
}

/// Reads a record, or several.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    Ok(rmp_serde::from_slice(bytes)?)
}

/// Answers as a plugin does; `host` is the function of the host's that adds two integers.
pub fn answer(
    function: &str,
    input: &[u8],
    mut host: impl FnMut(u32, u32) -> Result<u32, Error>,
) -> Result<Vec<u8>, Error> {
    match function {
        "add" => {
            let [a, b] = read_integers(input)?;
            Ok(integers(&[a.wrapping_add(b)]))
        }
        "echo" => write(&read::<Reading>(input)?),
        "echo_all" => write(&read::<Vec<Reading>>(input)?),
        "echo_bytes" => Ok(input.to_vec()),
        "echo_text" => Ok(std::str::from_utf8(input)?.to_owned().into_bytes()),
        "ask" => {
            let [times] = read_integers(input)?;
            let sum = (0..times).try_fold(0, |sum, it| host(sum, it))?;
            Ok(integers(&[sum]))
        }
        other => Err(format!("there is no function `{other}`").into()),
    }
}
