//! The arguments of `bindings!`, and what they expand to.

use std::path::{Path, PathBuf};

use plugwright_bindgen::{Language, Options, Source, generate, load, parse};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitBool, LitStr, Token, braced};

/// The arguments of `bindings!`.
#[derive(Default)]
pub(crate) struct Input {
    path: Option<LitStr>,
    inline: Option<LitStr>,
    world: Option<LitStr>,
    with: Vec<(String, String)>,
    is_async: Option<LitBool>,
    borrow: Option<LitBool>,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let fields;
        braced!(fields in input);
        let mut read = Self::default();
        while !fields.is_empty() {
            // `async` is a word of Rust.
            let name = Ident::parse_any(&fields)?;
            fields.parse::<Token![:]>()?;
            match name.to_string().as_str() {
                "path" => once(&mut read.path, &name, fields.parse()?)?,
                "inline" => once(&mut read.inline, &name, fields.parse()?)?,
                "world" => once(&mut read.world, &name, fields.parse()?)?,
                "async" => once(&mut read.is_async, &name, fields.parse()?)?,
                "borrow" => once(&mut read.borrow, &name, fields.parse()?)?,
                "with" => {
                    let entries;
                    braced!(entries in fields);
                    let entries =
                        Punctuated::<_, Token![,]>::parse_terminated_with(&entries, entry)?;
                    read.with.extend(entries);
                }
                _ => {
                    let message =
                        "expected one of `path`, `inline`, `world`, `async`, `borrow`, `with`";
                    return Err(syn::Error::new(name.span(), message));
                }
            }
            if !fields.is_empty() {
                fields.parse::<Token![,]>()?;
            }
        }
        if let (Some(_), Some(inline)) = (&read.path, &read.inline) {
            let message = "the WIT comes from `path` or from `inline`, not from both";
            return Err(syn::Error::new(inline.span(), message));
        }
        if let (Some(LitBool { value: true, .. }), Some(borrow @ LitBool { value: true, .. })) =
            (&read.is_async, &read.borrow)
        {
            let message = "a host that waits borrows nothing: leave out `borrow`, or `async`";
            return Err(syn::Error::new(borrow.span(), message));
        }
        Ok(read)
    }
}

fn once<T>(field: &mut Option<T>, name: &Ident, value: T) -> syn::Result<()> {
    match field.replace(value) {
        None => Ok(()),
        Some(_) => Err(syn::Error::new(name.span(), format!("`{name}` is given twice"))),
    }
}

fn entry(input: ParseStream<'_>) -> syn::Result<(String, String)> {
    let resource: LitStr = input.parse()?;
    input.parse::<Token![:]>()?;
    let path: syn::Path = input.parse()?;
    Ok((resource.value(), seen_from_inside(&path)))
}

/// Writes a path as it is from a module inside the one where the macro stands.
fn seen_from_inside(path: &syn::Path) -> String {
    let first = path.segments.first().map(|it| it.ident.to_string()).unwrap_or_default();
    let text = path.to_token_stream().to_string().replace(' ', "");
    match first.as_str() {
        _ if path.leading_colon.is_some() => text,
        "crate" => text,
        "self" => text.replacen("self", "super", 1),
        _ => format!("super::{text}"),
    }
}

impl Input {
    /// Expands to the host's file, and to a mention of each WIT file, so that a change of it builds again.
    pub(crate) fn expand(&self) -> syn::Result<TokenStream> {
        let span = [&self.inline, &self.path, &self.world]
            .into_iter()
            .flatten()
            .map(LitStr::span)
            .next()
            .unwrap_or_else(Span::call_site);
        let failed = |message: String| syn::Error::new(span, message);
        let source = self.source().map_err(|err| failed(err.to_string()))?;
        let is_async = self.is_async.as_ref().is_some_and(LitBool::value);
        let borrows = self.borrow.as_ref().is_some_and(LitBool::value);
        let options = Options { with: self.with.clone(), is_async, borrows, ..Options::default() };
        let files =
            generate(Language::Host, &source, &options).map_err(|err| failed(err.to_string()))?;
        let mut tokens = TokenStream::new();
        for (_, text) in files {
            tokens.extend(text.parse::<TokenStream>().map_err(|err| failed(err.to_string()))?);
        }
        for file in source.files {
            let file = file.canonicalize().unwrap_or(file);
            let file = file.to_string_lossy();
            tokens.extend(quote! { const _: &[u8] = ::core::include_bytes!(#file); });
        }
        Ok(tokens)
    }

    fn source(&self) -> Result<Source, plugwright_bindgen::GenerateError> {
        let world = self.world.as_ref().map(LitStr::value);
        if let Some(inline) = &self.inline {
            return parse("inline WIT", &inline.value(), world.as_deref());
        }
        let path = self.path.as_ref().map_or_else(|| "wit".to_owned(), LitStr::value);
        load(&from_manifest(Path::new(&path)), world.as_deref())
    }
}

fn from_manifest(path: &Path) -> PathBuf {
    match std::env::var_os("CARGO_MANIFEST_DIR") {
        Some(root) => Path::new(&root).join(path),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> syn::Result<Input> {
        syn::parse_str(text)
    }

    #[test]
    fn paths_are_read_from_where_the_macro_stands() {
        let seen =
            ["Bucket", "a::Bucket", "self::Bucket", "super::Bucket", "crate::Bucket", "::a::B"]
                .map(|it| seen_from_inside(&syn::parse_str(it).unwrap()));
        let expected = [
            "super::Bucket",
            "super::a::Bucket",
            "super::Bucket",
            "super::super::Bucket",
            "crate::Bucket",
            "::a::B",
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_world_becomes_its_file() {
        let input = read(r#"{ inline: "package a:b; world w { export y: func(); }" }"#).unwrap();
        let text = input.expand().unwrap().to_string();
        assert!(text.contains("trait WPlugin"), "{text}");
        assert!(!text.contains("include_bytes"), "{text}");
        assert!(!text.contains("async fn"), "{text}");
    }

    #[test]
    fn a_world_of_an_async_host_has_async_functions() {
        let wit = "package a:b; world w { import x: func(); export y: func(); }";
        let expanded = |is_async| {
            let input = read(&format!("{{ inline: \"{wit}\", async: {is_async} }}")).unwrap();
            input.expand().unwrap().to_string()
        };
        assert_eq!(expanded(true).matches("async fn").count(), 4, "{}", expanded(true));
        assert_eq!(expanded(false).matches("async fn").count(), 0);
    }

    #[test]
    fn wrong_arguments_are_told() {
        let told = |text| read(text).and_then(|it| it.expand()).unwrap_err().to_string();
        assert!(told("{ file: \"wit\" }").starts_with("expected one of"));
        assert_eq!(told("{ world: \"a\", world: \"b\" }"), "`world` is given twice");
        assert_eq!(told("{ async: true, async: true }"), "`async` is given twice");
        assert_eq!(told("{ async: \"yes\" }"), "expected boolean literal");
        assert!(told("{ path: \"a\", inline: \"b\" }").contains("not from both"));
        assert!(told("{ inline: \"package a:b\" }").contains("inline WIT:1:"));
        assert!(told("{ path: \"nowhere\" }").starts_with("there is no WIT at"));
    }
}
