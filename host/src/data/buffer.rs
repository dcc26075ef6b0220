//! Bytes that a host lends.

use bytes::Bytes;

use super::{Copied, cut};
use crate::{state::Exceeded, weigh::Weigh};

/// Bytes of the host's, or a part of them, that a plugin can be lent.
///
/// It is made of a `Vec<u8>` or a `String`, or of any [`Bytes`]: `Bytes::from_owner` takes a file that is mapped into
/// memory, or whatever else owns bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buffer(Bytes);

impl Buffer {
    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A part: at most `most` bytes from `first` on, cut off at the end. No byte is copied.
    #[must_use]
    pub fn slice(&self, first: u64, most: u64) -> Self {
        Self(self.0.slice(cut(first, most, self.len())))
    }

    /// Copies bytes for a plugin.
    pub(super) fn read(
        &self,
        first: u64,
        most: u64,
        copied: &mut Copied,
    ) -> Result<Vec<u8>, Exceeded> {
        let there = &self.0[cut(first, most, self.len())];
        copied.add(there.len() as u64)?;
        Ok(there.to_vec())
    }

    /// Copies numbers of `N` bytes each for a plugin.
    pub(super) fn numbers<T, const N: usize>(
        &self,
        first: u64,
        most: u64,
        copied: &mut Copied,
        number: fn([u8; N]) -> T,
    ) -> Result<Vec<T>, Exceeded> {
        let (numbers, _) = self.0.as_chunks::<N>();
        let there = &numbers[cut(first, most, numbers.len())];
        copied.add((there.len() * N) as u64)?;
        Ok(there.iter().copied().map(number).collect())
    }
}

macro_rules! from {
    ($($ty:ty),+) => {$(
        impl From<$ty> for Buffer {
            fn from(bytes: $ty) -> Self {
                Self(bytes.into())
            }
        }
    )+};
}

from!(Bytes, Vec<u8>, Box<[u8]>, String, &'static [u8], &'static str);

impl From<Buffer> for Bytes {
    fn from(buffer: Buffer) -> Self {
        buffer.0
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Weigh for Buffer {
    const FLAT: Option<u64> = Some(0);

    fn bytes(&self) -> u64 {
        0
    }
}
