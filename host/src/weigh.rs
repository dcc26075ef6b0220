//! What values weigh: the bytes that are copied when they cross the border.
//!
//! A number weighs its size, a text or a list its contents, a case of a variant one byte and what it holds, a handle
//! nothing, since what it stands for stays where it is.

use std::collections::HashMap;

#[cfg(feature = "async")]
use wasmtime::component::{FutureReader, StreamReader};
use wasmtime::component::{Resource, ResourceAny, Val};

#[cfg(feature = "async")]
use crate::stream::{ByteStream, ItemFuture, ItemStream};

/// A value that can be weighed.
pub trait Weigh {
    /// What every value of the type weighs, where all weigh the same: then a list is weighed by its length alone.
    const FLAT: Option<u64> = None;

    /// What this value weighs, in bytes.
    fn bytes(&self) -> u64;
}

/// Adds up what fields weigh, where each of them is flat.
pub const fn flat(fields: &[Option<u64>]) -> Option<u64> {
    let (mut sum, mut at) = (0, 0);
    while at < fields.len() {
        match fields[at] {
            Some(bytes) => sum += bytes,
            None => return None,
        }
        at += 1;
    }
    Some(sum)
}

/// Adds up what several values weigh.
#[doc(hidden)]
#[macro_export]
macro_rules! weight {
    ($($value:expr),+) => {
        0 $(+ $crate::__private::Weigh::bytes(&$value))+
    };
}

macro_rules! flat {
    ($($ty:ty),*) => {$(
        impl Weigh for $ty {
            const FLAT: Option<u64> = Some(size_of::<$ty>() as u64);

            #[inline]
            fn bytes(&self) -> u64 {
                size_of::<$ty>() as u64
            }
        }
    )*};
}

flat!((), bool, u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, char);

macro_rules! weightless {
    ($([$($generics:tt)*] $ty:ty),*) => {$(
        impl<$($generics)*> Weigh for $ty {
            const FLAT: Option<u64> = Some(0);

            #[inline]
            fn bytes(&self) -> u64 {
                0
            }
        }
    )*};
}

weightless!([T] Resource<T>, [] ResourceAny);
#[cfg(feature = "async")]
weightless!([T] StreamReader<T>, [T] FutureReader<T>, [] ByteStream, [T] ItemStream<T>, [T] ItemFuture<T>);

impl Weigh for str {
    #[inline]
    fn bytes(&self) -> u64 {
        self.len() as u64
    }
}

impl Weigh for String {
    #[inline]
    fn bytes(&self) -> u64 {
        self.len() as u64
    }
}

impl<T: Weigh> Weigh for [T] {
    #[inline]
    fn bytes(&self) -> u64 {
        match T::FLAT {
            Some(each) => each * self.len() as u64,
            None => self.iter().map(T::bytes).sum(),
        }
    }
}

impl<T: Weigh> Weigh for Vec<T> {
    #[inline]
    fn bytes(&self) -> u64 {
        self.as_slice().bytes()
    }
}

impl<T: Weigh, const N: usize> Weigh for [T; N] {
    const FLAT: Option<u64> = match T::FLAT {
        Some(each) => Some(each * N as u64),
        None => None,
    };

    #[inline]
    fn bytes(&self) -> u64 {
        self.as_slice().bytes()
    }
}

impl<K: Weigh, V: Weigh> Weigh for HashMap<K, V> {
    fn bytes(&self) -> u64 {
        self.iter().map(|(key, value)| key.bytes() + value.bytes()).sum()
    }
}

/// A value that is not copied.
#[derive(Debug)]
pub struct Weightless<T>(pub T);

impl<T> Weigh for Weightless<T> {
    const FLAT: Option<u64> = Some(0);

    #[inline]
    fn bytes(&self) -> u64 {
        0
    }
}

impl<T: Weigh + ?Sized> Weigh for &T {
    const FLAT: Option<u64> = None;

    #[inline]
    fn bytes(&self) -> u64 {
        (**self).bytes()
    }
}

impl<T: Weigh> Weigh for Option<T> {
    #[inline]
    fn bytes(&self) -> u64 {
        1 + self.as_ref().map_or(0, T::bytes)
    }
}

impl<T: Weigh, E: Weigh> Weigh for Result<T, E> {
    #[inline]
    fn bytes(&self) -> u64 {
        1 + self.as_ref().map_or_else(E::bytes, T::bytes)
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),*))*) => {$(
        impl<$($name: Weigh),*> Weigh for ($($name,)*) {
            const FLAT: Option<u64> = flat(&[$($name::FLAT),*]);

            #[inline]
            fn bytes(&self) -> u64 {
                0 $(+ self.$at.bytes())*
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11, M 12, N 13, O 14, P 15)
}

impl Weigh for Val {
    fn bytes(&self) -> u64 {
        let all = |values: &[Self]| values.iter().map(Self::bytes).sum::<u64>();
        match self {
            Self::Bool(_) | Self::S8(_) | Self::U8(_) | Self::Enum(_) => 1,
            Self::S16(_) | Self::U16(_) => 2,
            Self::S32(_) | Self::U32(_) | Self::Float32(_) | Self::Char(_) => 4,
            Self::S64(_) | Self::U64(_) | Self::Float64(_) => 8,
            Self::String(text) => text.bytes(),
            Self::List(values) | Self::Tuple(values) | Self::FixedLengthList(values) => all(values),
            Self::Record(fields) => fields.iter().map(|(_, it)| it.bytes()).sum(),
            Self::Variant(_, value) => 1 + value.as_ref().map_or(0, |it| it.bytes()),
            Self::Option(value) => 1 + value.as_ref().map_or(0, |it| it.bytes()),
            Self::Result(value) => {
                let value = match value {
                    Ok(value) | Err(value) => value,
                };
                1 + value.as_ref().map_or(0, |it| it.bytes())
            }
            // As many bits as there are names; the set ones tell at least how many that are.
            Self::Flags(names) => (names.len() as u64).div_ceil(8),
            Self::Map(entries) => entries.iter().map(|(key, it)| key.bytes() + it.bytes()).sum(),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_weighed() {
        assert_eq!(Weigh::bytes("Ada"), 3);
        assert_eq!(vec![0_u8; 1 << 20].bytes(), 1 << 20);
        assert_eq!(vec![(1_u32, 2_u64)].bytes(), 12);
        assert_eq!(vec!["one".to_owned(), "two".to_owned()].bytes(), 6);
        assert_eq!(Some(7_u16).bytes(), 3);
        assert_eq!(Err::<(), _>("no".to_owned()).bytes(), 3);
        assert_eq!(Resource::<()>::new_own(1).bytes(), 0);
    }

    #[test]
    fn a_value_without_a_type_weighs_as_much() {
        let list = Val::List(vec![Val::Tuple(vec![Val::U32(1), Val::U64(2)])]);
        assert_eq!(list.bytes(), 12);
        assert_eq!(Val::Result(Err(Some(Box::new(Val::String("no".to_owned()))))).bytes(), 3);
        assert_eq!(Val::Map(vec![(Val::U8(1), Val::Char('a'))]).bytes(), 5);
    }

    #[test]
    fn what_is_flat_is_known_beforehand() {
        assert_eq!(<(u8, u32)>::FLAT, Some(5));
        assert_eq!(<(u8, String)>::FLAT, None);
    }
}
