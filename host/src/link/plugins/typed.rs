//! Functions whose types are known when this crate is compiled.
//!
//! A list of bytes that is passed as values of unknown type is one value for each byte. Here it is one copy; and a number
//! or a text goes half again as fast.
//! Each pair of parameters and results is code of its own, in every host, so only those are here that interfaces have
//! often; what is not goes by its values, and is the same but for the time.

use wasmtime::{
    StoreContextMut,
    component::{ComponentNamedList, Lift, LinkerInstance, Lower, Type, types::ComponentFunc},
};

use super::Linked;
use crate::{state::State, weigh::Weigh};

type Bytes = Vec<u8>;

/// A type that WIT has, too.
trait Known {
    fn is(ty: &Type) -> bool;
}

macro_rules! known {
    ($($known:ty: $ty:ident),*) => {$(
        impl Known for $known {
            fn is(ty: &Type) -> bool {
                *ty == Type::$ty
            }
        }
    )*};
}

known!(bool: Bool, u32: U32, u64: U64, i32: S32, i64: S64, f64: Float64, String: String);

impl Known for Bytes {
    fn is(ty: &Type) -> bool {
        matches!(ty, Type::List(list) if list.ty() == Type::U8)
    }
}

impl<T: Known> Known for Option<T> {
    fn is(ty: &Type) -> bool {
        matches!(ty, Type::Option(option) if T::is(&option.ty()))
    }
}

impl Known for Result<(), String> {
    fn is(ty: &Type) -> bool {
        let Type::Result(result) = ty else { return false };
        result.ok().is_none() && result.err() == Some(Type::String)
    }
}

impl<T: Known> Known for Result<T, String> {
    fn is(ty: &Type) -> bool {
        let Type::Result(result) = ty else { return false };
        result.ok().is_some_and(|ok| T::is(&ok)) && result.err() == Some(Type::String)
    }
}

/// Types in a row.
pub(crate) trait Row:
    ComponentNamedList + Lift + Lower + Weigh + Send + Sync + 'static
{
    fn are(types: &[Type]) -> bool;
}

impl Row for () {
    fn are(types: &[Type]) -> bool {
        types.is_empty()
    }
}

impl<A: Known + Lift + Lower + Weigh + Send + Sync + 'static> Row for (A,) {
    fn are(types: &[Type]) -> bool {
        matches!(types, [a] if A::is(a))
    }
}

impl<A, B> Row for (A, B)
where
    A: Known + Lift + Lower + Weigh + Send + Sync + 'static,
    B: Known + Lift + Lower + Weigh + Send + Sync + 'static,
{
    fn are(types: &[Type]) -> bool {
        matches!(types, [a, b] if A::is(a) && B::is(b))
    }
}

macro_rules! shapes {
    ($($params:ty => $($results:ty),*;)*) => {
        /// Defines a function if it is one of those; gives back what it would have called if it is not.
        pub(super) fn define<H: Send + 'static>(
            into: &mut LinkerInstance<'_, State<H>>,
            name: &str,
            linked: Linked<H>,
            ty: &ComponentFunc,
        ) -> wasmtime::Result<Option<Linked<H>>> {
            let params: Vec<Type> = ty.params().map(|(_, ty)| ty).collect();
            let results: Vec<Type> = ty.results().collect();
            $(if <$params>::are(&params) {
                $(if <$results>::are(&results) {
                    wrap::<H, $params, $results>(into, name, linked)?;
                    return Ok(None);
                })*
            })*
            Ok(Some(linked))
        }
    };
}

shapes! {
    (Bytes,) => (), (u32,), (u64,), (String,), (Bytes,), (Result<(), String>,), (Result<Bytes, String>,);
    (Bytes, Bytes) => (), (u32,), (u64,), (Bytes,), (Result<(), String>,), (Result<Bytes, String>,);
    (String, Bytes) => (), (u32,), (u64,), (Bytes,), (Result<(), String>,), (Result<Bytes, String>,);
    (u32, Bytes) => (), (u32,), (Bytes,), (Result<(), String>,), (Result<Bytes, String>,);
    (u64, Bytes) => (), (u64,), (Bytes,), (Result<(), String>,), (Result<Bytes, String>,);
    () => (Bytes,), (Option<Bytes>,), (Result<Bytes, String>,);
    (String,) => (Bytes,), (Option<Bytes>,), (Result<Bytes, String>,);
    (u32,) => (Bytes,), (Option<Bytes>,), (Result<Bytes, String>,);
    (u64,) => (Bytes,), (Option<Bytes>,), (Result<Bytes, String>,);
    () => (), (bool,), (u32,), (u64,), (f64,), (String,);
    (u32,) => (), (bool,), (u32,), (u64,), (String,);
    (u64,) => (), (bool,), (u32,), (u64,), (String,);
    (i32,) => (i32,);
    (i64,) => (i64,);
    (f64,) => (bool,), (f64,);
    (String,) => (), (bool,), (u32,), (u64,), (String,), (Option<String>,), (Result<(), String>,), (Result<String, String>,);
    (u32, u32) => (), (bool,), (u32,), (u64,);
    (u64, u64) => (), (bool,), (u64,);
    (i32, i32) => (i32,);
    (i64, i64) => (i64,);
    (f64, f64) => (f64,);
    (String, u32) => (), (bool,), (u32,);
    (String, u64) => (), (bool,), (u64,);
    (String, String) => (), (bool,), (String,), (Option<String>,), (Result<(), String>,), (Result<String, String>,);
}

fn wrap<H: Send + 'static, P: Row, R: Row>(
    into: &mut LinkerInstance<'_, State<H>>,
    name: &str,
    linked: Linked<H>,
) -> wasmtime::Result<()> {
    into.func_wrap(name, move |store: StoreContextMut<'_, State<H>>, params: P| {
        linked.call_typed::<P, R>(store, params)
    })
}

impl<H: Send + 'static> Linked<H> {
    fn call_typed<P: Row, R: Row>(
        &self,
        mut store: StoreContextMut<'_, State<H>>,
        params: P,
    ) -> wasmtime::Result<R> {
        let state = store.data_mut();
        let plugin = self.asked(state, params.bytes())?;
        let answer = plugin.call_typed(&self.called, &self.function, params);
        state.__answered(answer.map_err(|source| self.failed(source))?)
    }
}
