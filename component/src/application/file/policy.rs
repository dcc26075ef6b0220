//! What the file says a plugin may use and spend: each key by itself, so that one fault hides no other.

use std::borrow::Cow;

use serde::de::IntoDeserializer as _;
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use super::{Entry, table, unknown};
use crate::application::code::Code;
use crate::application::finding::Findings;
use crate::policy::{Grants, Limits, Policy};

type Key<'t> = Spanned<Cow<'t, str>>;
type Value<'t> = Spanned<DeValue<'t>>;

/// Reads one of the keys of a [`Policy`] into that of a plugin.
pub(super) fn read(
    at: &str,
    (key, value): (&Key<'_>, &Value<'_>),
    entry: &mut Entry,
    findings: &mut Findings<'_>,
) {
    let path = format!("{at}.{}", key.get_ref());
    match &**key.get_ref() {
        "grants" => {
            let keys = table(&path, value, findings);
            let read = keys.map(|it| parts::<Grants>(&path, value, it, entry, findings));
            entry.policy.grants = read.unwrap_or_default();
        }
        "limits" => {
            let keys = table(&path, value, findings);
            let read = keys.map(|it| parts::<Limits>(&path, value, it, entry, findings));
            entry.policy.limits = read.unwrap_or_default();
        }
        name => {
            let whole = part::<Policy>(&path, value, (key, value), findings);
            let Some(policy) = whole else { return };
            match name {
                "instances" => entry.policy.instances = policy.instances,
                "reserved" => entry.policy.reserved = policy.reserved,
                _ => entry.policy.startup = policy.startup,
            }
        }
    }
}

/// Reads a table, each key by itself first, and then those that are right together.
fn parts<T: Default + for<'de> Deserialize<'de>>(
    at: &str,
    whole: &Value<'_>,
    keys: &DeTable<'_>,
    entry: &mut Entry,
    findings: &mut Findings<'_>,
) -> T {
    let section = at.rsplit('.').next().unwrap_or(at);
    let known = fields::<T>();
    let mut right = DeTable::new();
    for (key, value) in keys {
        if !known.contains(&&**key.get_ref()) {
            unknown(key, at, known, findings);
        } else if part::<T>(&format!("{at}.{}", key.get_ref()), whole, (key, value), findings)
            .is_some()
        {
            entry.keys.push(Spanned::new(key.span(), format!("{section}.{}", key.get_ref())));
            right.insert(key.clone(), value.clone());
        }
    }
    deserialized(whole, right).unwrap_or_default()
}

/// Reads a table of one key.
fn part<T: for<'de> Deserialize<'de>>(
    path: &str,
    whole: &Value<'_>,
    (key, value): (&Key<'_>, &Value<'_>),
    findings: &mut Findings<'_>,
) -> Option<T> {
    let mut one = DeTable::new();
    one.insert(key.clone(), value.clone());
    match deserialized(whole, one) {
        Ok(read) => Some(read),
        Err(error) => {
            let span =
                error.span().filter(|it| *it != whole.span()).unwrap_or_else(|| value.span());
            let message = format!("`{path}` is not valid: {}", error.message());
            findings
                .add(Code::BadValue, &span, message)
                .fix("write a value as in docs/reference/policy.md");
            None
        }
    }
}

fn deserialized<T: for<'de> Deserialize<'de>>(
    whole: &Value<'_>,
    keys: DeTable<'_>,
) -> Result<T, Error> {
    let table = Spanned::new(whole.span(), DeValue::Table(keys));
    T::deserialize(table.into_deserializer())
}

/// The names that a struct is read from, as `serde` asks for them.
fn fields<T: for<'de> Deserialize<'de>>() -> &'static [&'static str] {
    let mut found: &'static [&'static str] = &[];
    // It fails, since nothing is ever given to read; the names have been asked for by then.
    let _ = T::deserialize(Asked(&mut found));
    found
}

/// Takes down what is asked for, and gives nothing.
struct Asked<'f>(&'f mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("only a struct has fields"))
    }

    fn deserialize_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}
