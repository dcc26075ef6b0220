//! Weighs the types that generated code makes: records field by field, variants by their case.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, Index, Member};

/// Expands to an implementation of `Weigh`.
pub(crate) fn expand(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let (flat, bytes) = match &input.data {
        Data::Struct(it) => of_record(&it.fields),
        Data::Enum(it) => of_cases(it),
        Data::Union(_) => {
            return quote! { ::core::compile_error!("a union has no weight"); };
        }
    };
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    quote! {
        impl #generics ::plugwright::__private::Weigh for #name #arguments #bounds {
            const FLAT: ::core::option::Option<u64> = #flat;

            #[inline]
            fn bytes(&self) -> u64 {
                #bytes
            }
        }
    }
}

fn of_record(fields: &Fields) -> (TokenStream, TokenStream) {
    let types = fields.iter().map(|it| &it.ty);
    let members = fields.iter().enumerate().map(|(at, it)| match &it.ident {
        Some(name) => Member::Named(name.clone()),
        None => Member::Unnamed(Index::from(at)),
    });
    let flat = quote! {
        ::plugwright::__private::flat(&[
            #(<#types as ::plugwright::__private::Weigh>::FLAT),*
        ])
    };
    (flat, quote! { 0 #(+ ::plugwright::__private::Weigh::bytes(&self.#members))* })
}

/// A case weighs one byte, and what it holds.
fn of_cases(cases: &syn::DataEnum) -> (TokenStream, TokenStream) {
    let arms = cases.variants.iter().map(|case| {
        let name = &case.ident;
        let fields: Vec<_> = (0..case.fields.len()).map(|at| format_ident!("field_{at}")).collect();
        let weight = quote! { 1 #(+ ::plugwright::__private::Weigh::bytes(#fields))* };
        match &case.fields {
            Fields::Unit => quote! { Self::#name => 1 },
            Fields::Unnamed(_) => quote! { Self::#name(#(#fields),*) => #weight },
            Fields::Named(named) => {
                let names = named.named.iter().map(|it| &it.ident);
                quote! { Self::#name { #(#names: #fields),* } => #weight }
            }
        }
    });
    let bare = cases.variants.iter().all(|it| it.fields.is_empty());
    let flat = if bare {
        quote! { ::core::option::Option::Some(1) }
    } else {
        quote! { ::core::option::Option::None }
    };
    let bytes = if bare {
        quote! { 1 }
    } else {
        quote! { match self { #(#arms),* } }
    };
    (flat, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> String {
        expand(&syn::parse_str(text).unwrap()).to_string()
    }

    #[test]
    fn a_record_weighs_what_its_fields_do() {
        let text = expanded("struct A { b: u8, c: String }");
        assert!(text.contains("bytes (& self . b) + :: plugwright"), "{text}");
        assert!(text.contains("< String as :: plugwright"), "{text}");
    }

    #[test]
    fn a_case_weighs_a_byte_and_what_it_holds() {
        assert!(expanded("enum A { B, C }").contains("Some (1)"));
        let text = expanded("enum A { B, C(String) }");
        assert!(text.contains("Self :: B => 1 , Self :: C (field_0) => 1 +"), "{text}");
        assert!(text.contains("Option :: None"), "{text}");
    }

    #[test]
    fn a_union_is_refused() {
        assert!(expanded("union A { b: u8 }").contains("compile_error"));
    }
}
