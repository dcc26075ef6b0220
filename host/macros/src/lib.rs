//! The macros of `plugwright`: they only read their arguments; `plugwright-bindgen` does the work.

mod forward;
mod input;
mod weigh;

use proc_macro::TokenStream;

/// Makes the host's side of a WIT world.
///
/// ```ignore
/// plugwright::bindings!({
///     path: "wit",             // a file or a folder, from the folder of `Cargo.toml`; or `inline: "..."`
///     world: "heater",         // not needed where there is only one
///     async: true,             // the host's functions wait, so they are `async`, and so are those that call plugins
///     borrow: true,            // texts and bytes that the host's functions are given are `&str` and `&[u8]`, not copied
///     with: {                  // the types that stand for resources the host offers
///         "example:store/buckets.bucket": Bucket,
///     },
/// });
/// ```
///
/// It makes the same as `plugwright generate host`: a type for the world, a module for each interface, the trait of what the host implements, and the traits through which plugins are called.
/// A path in `with` is read from the module where the macro stands, as in `use`; a path into another crate starts with `::`.
#[proc_macro]
pub fn bindings(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as input::Input);
    match input.expand() {
        Ok(tokens) => tokens.into(),
        Err(err) => err.into_compile_error().into(),
    }
}

/// Passes its arguments on to `wasmtime::component::bindgen!`; generated code uses it.
#[doc(hidden)]
#[proc_macro]
pub fn __bindgen(input: TokenStream) -> TokenStream {
    forward::expand(&input.into()).into()
}

/// Passes its arguments on to `wasmtime::component::flags!`; generated code uses it.
#[doc(hidden)]
#[proc_macro]
pub fn __flags(input: TokenStream) -> TokenStream {
    forward::flags(&input.into()).into()
}

/// Lets values of a generated type be weighed; generated code uses it.
#[doc(hidden)]
#[proc_macro_derive(Weigh)]
pub fn __weigh(input: TokenStream) -> TokenStream {
    weigh::expand(&syn::parse_macro_input!(input as syn::DeriveInput)).into()
}
