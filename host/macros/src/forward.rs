//! Calls the macros of `wasmtime` so that they need nothing around them.

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};

/// A WIT package that says nothing.
const NOTHING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/nothing.wit");

/// Expands to `bindgen!` with the same arguments.
///
/// Beside the WIT given as text, `bindgen!` reads a folder `wit` next to `Cargo.toml`, unless it is given a path.
/// The host's own WIT stands there as a rule, and the same package twice is a panic.
pub(crate) fn expand(input: &TokenStream) -> TokenStream {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let path = Path::new(&root).join("wit").exists().then(|| quote! { path: #NOTHING, });
    let arguments: TokenStream = input
        .clone()
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(group) => {
                let inside = group.stream();
                quote! { { #path #inside } }
            }
            other => quote! { #other },
        })
        .collect();
    quote! { ::plugwright::__private::wasmtime::component::bindgen!(#arguments); }
}

/// Expands to `flags!` in a module that has a crate `wasmtime`, which it takes for granted.
pub(crate) fn flags(input: &TokenStream) -> TokenStream {
    let Some(TokenTree::Ident(name)) = input.clone().into_iter().next() else {
        return quote! { ::core::compile_error!("expected the name of the flags"); };
    };
    let module = format_ident!("__flags_{name}");
    quote! {
        #[doc(hidden)]
        #[allow(non_snake_case)]
        mod #module {
            use ::plugwright::__private::wasmtime;
            wasmtime::component::flags!(#input);

            impl ::plugwright::__private::Weigh for #name {
                const FLAT: ::core::option::Option<u64> =
                    ::core::option::Option::Some(::core::mem::size_of::<Self>() as u64);

                fn bytes(&self) -> u64 {
                    ::core::mem::size_of::<Self>() as u64
                }
            }
        }
        pub use #module::#name;
    }
}
