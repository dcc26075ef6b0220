//! Calls `bindgen!` so that it reads nothing but the WIT it is given.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

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
            proc_macro2::TokenTree::Group(group) => {
                let inside = group.stream();
                quote! { { #path #inside } }
            }
            other => quote! { #other },
        })
        .collect();
    quote! { ::plugwright::__private::wasmtime::component::bindgen!(#arguments); }
}
