//! What an application file says, read as far as it can be: every fault of its form at once.

mod policy;

use std::borrow::Cow;
use std::ops::Range;

use semver::{Version, VersionReq};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::code::Code;
use super::finding::Findings;
use crate::digest::Digest;
use crate::policy::Policy;

/// The name under which links go to the host; no plugin has it.
pub(super) const HOST: &str = "host";

/// What the file says.
#[derive(Debug)]
pub(super) struct File {
    pub(super) name: Spanned<String>,
    pub(super) version: Option<Version>,
    pub(super) wit: Option<Spanned<String>>,
    pub(super) world: Option<Spanned<String>>,
    pub(super) entries: Vec<Entry>,
    pub(super) exports: Vec<(Spanned<String>, Spanned<String>)>,
}

/// What it says of one plugin.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: Spanned<String>,
    pub(super) file: Option<Spanned<String>>,
    pub(super) digest: Option<Spanned<Digest>>,
    pub(super) version: Option<Spanned<VersionReq>>,
    pub(super) trust: Option<Spanned<String>>,
    pub(super) policy: Policy,
    /// The keys of the policy, written `grants.stdout`.
    pub(super) keys: Vec<Spanned<String>>,
    pub(super) links: Vec<LinkEntry>,
}

/// One line of a plugin's links.
#[derive(Debug)]
pub(super) struct LinkEntry {
    pub(super) import: Spanned<String>,
    /// Whom the import goes to, and whom that one's import of the same goes to, and so on; empty where that is faulty.
    pub(super) to: Vec<Spanned<String>>,
    /// What the plugin exports that answers, where that has another name than the import.
    pub(super) export: Option<Spanned<String>>,
    pub(super) how: Option<Spanned<How>>,
}

impl LinkEntry {
    fn goes_to_one_plugin(&self) -> bool {
        match self.to.as_slice() {
            [to] => to.get_ref() != HOST,
            several => several.is_empty(),
        }
    }
}

/// How the file asks for a link to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Auto,
    Fused,
    Isolated,
}

type Entries<'a, 't> = (&'a Spanned<Cow<'t, str>>, &'a Spanned<DeValue<'t>>);

/// Reads the text; nothing where not even the names of the plugins are to be had.
pub(super) fn read(text: &str, findings: &mut Findings<'_>) -> Option<File> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        findings.add(Code::Syntax, &span, format!("this is not TOML: {}", error.message()));
    }
    if !errors.is_empty() {
        return None;
    }
    let mut file = File {
        name: Spanned::new(0..0, String::new()),
        version: None,
        wit: None,
        world: None,
        entries: Vec::new(),
        exports: Vec::new(),
    };
    let mut named = false;
    for entry @ (key, value) in document.get_ref() {
        match &**key.get_ref() {
            "application" => named = application(&mut file, entry, findings),
            "plugins" => {
                for (name, value) in table("plugins", value, findings).into_iter().flatten() {
                    file.entries.extend(plugin(name, value, findings));
                }
            }
            "exports" => {
                for (export, value) in table("exports", value, findings).into_iter().flatten() {
                    let path = format!("exports.\"{}\"", export.get_ref());
                    if let Some(plugin) = string(&path, value, findings) {
                        file.exports.push((owned(export), plugin));
                    }
                }
            }
            _ => unknown(key, "", &["application", "plugins", "exports"], findings),
        }
    }
    if !named && !document.get_ref().contains_key("application") {
        missing("application", &(0..0), findings)
            .fix("begin the file with `[application]` and `name = \"..\"`");
    }
    if file.entries.is_empty() && !document.get_ref().contains_key("plugins") {
        missing("plugins", &(0..0), findings)
            .fix("add a plugin: `[plugins.NAME]` and `file = \"NAME.wasm\"`");
    }
    Some(file)
}

/// Reads `[application]`; tells whether it is there as a table.
fn application(
    file: &mut File,
    (key, value): Entries<'_, '_>,
    findings: &mut Findings<'_>,
) -> bool {
    let Some(entries) = table("application", value, findings) else { return false };
    let mut name = None;
    for (key, value) in entries {
        let path = format!("application.{}", key.get_ref());
        match &**key.get_ref() {
            "name" => name = string(&path, value, findings),
            "version" => {
                file.version = parsed(&path, value, "a version, such as `\"1.2.0\"`", findings)
                    .map(Spanned::into_inner);
            }
            "wit" => file.wit = string(&path, value, findings),
            "world" => file.world = string(&path, value, findings),
            _ => unknown(key, "application", &["name", "version", "wit", "world"], findings),
        }
    }
    match name {
        Some(name) => file.name = name,
        None if entries.contains_key("name") => {}
        None => {
            missing("application.name", &key.span(), findings);
        }
    }
    if let (Some(world), None) = (&file.world, &file.wit) {
        missing("application.wit", &world.span(), findings)
            .fix("say where the world stands: `wit = \"wit\"`");
    }
    true
}

const PLUGIN: [&str; 10] = [
    "file",
    "digest",
    "version",
    "trust",
    "links",
    "grants",
    "limits",
    "instances",
    "reserved",
    "startup",
];

fn plugin(
    name: &Spanned<Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
    findings: &mut Findings<'_>,
) -> Option<Entry> {
    let at = format!("plugins.{}", name.get_ref());
    if name.get_ref() == HOST {
        let message = format!("a plugin cannot be called `{HOST}`");
        findings.add(Code::BadValue, &name.span(), message).fix(format!(
            "give it another name: links to `{HOST}` go to the program that loads the application"
        ));
    }
    let entries = table(&at, value, findings)?;
    let mut entry = Entry {
        name: owned(name),
        file: None,
        digest: None,
        version: None,
        trust: None,
        policy: Policy::default(),
        keys: Vec::new(),
        links: Vec::new(),
    };
    for (key, value) in entries {
        let path = format!("{at}.{}", key.get_ref());
        match &**key.get_ref() {
            "file" => entry.file = string(&path, value, findings),
            "digest" => {
                let what = "a digest as `inspect` shows it, `\"sha256:..\"`";
                entry.digest = parsed(&path, value, what, findings);
            }
            "version" => {
                let what = "a requirement such as `\"^1.2\"`";
                entry.version = parsed(&path, value, what, findings);
            }
            "trust" => entry.trust = string(&path, value, findings),
            "links" => {
                for (import, value) in table(&path, value, findings).into_iter().flatten() {
                    entry.links.push(link(&path, import, value, findings));
                }
            }
            "grants" | "limits" | "instances" | "reserved" | "startup" => {
                policy::read(&at, (key, value), &mut entry, findings);
            }
            _ => unknown(key, &at, &PLUGIN, findings),
        }
    }
    if !entries.contains_key("file") {
        missing(&format!("{at}.file"), &name.span(), findings)
            .fix("say where the component is: `file = \"NAME.wasm\"`");
    }
    Some(entry)
}

/// Reads `import = "plugin"`, `import = ["first", "next"]` or `import = { to = .., export = "..", how = ".." }`.
///
/// Where its value is faulty it goes to nobody, and is there all the same: the import is meant to be linked.
fn link(
    at: &str,
    import: &Spanned<Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
    findings: &mut Findings<'_>,
) -> LinkEntry {
    let path = format!("{at}.\"{}\"", import.get_ref());
    let mut entry = LinkEntry { import: owned(import), to: Vec::new(), export: None, how: None };
    let DeValue::Table(entries) = value.get_ref() else {
        entry.to = ends(&path, value, findings);
        return entry;
    };
    for (key, value) in entries {
        match &**key.get_ref() {
            "to" => entry.to = ends(&format!("{path}.to"), value, findings),
            "export" => entry.export = string(&format!("{path}.export"), value, findings),
            "how" => entry.how = how(&format!("{path}.how"), value, findings),
            _ => unknown(key, &path, &["to", "export", "how"], findings),
        }
    }
    if !entries.contains_key("to") {
        missing(&format!("{path}.to"), &import.span(), findings);
    }
    if let (Some(export), true) = (&entry.export, !entry.goes_to_one_plugin()) {
        let message =
            format!("`{path}.export` names what one plugin exports, and `to` is not one plugin");
        findings
            .add(Code::BadValue, &export.span(), message)
            .fix("let `to` be one plugin, and write the links of the others with it");
        entry.to.clear();
    }
    entry
}

/// Reads the name of a plugin, or a chain of them; nothing where one of them is no name.
fn ends(
    path: &str,
    value: &Spanned<DeValue<'_>>,
    findings: &mut Findings<'_>,
) -> Vec<Spanned<String>> {
    let DeValue::Array(chain) = value.get_ref() else {
        return string(path, value, findings).into_iter().collect();
    };
    if chain.is_empty() {
        bad(path, value.span(), "a plugin's name, or a list of some", "an empty list", findings);
    }
    let names: Option<Vec<_>> = chain.iter().map(|it| string(path, it, findings)).collect();
    names.unwrap_or_default()
}

fn how(
    path: &str,
    value: &Spanned<DeValue<'_>>,
    findings: &mut Findings<'_>,
) -> Option<Spanned<How>> {
    let word = string(path, value, findings)?;
    let how = match word.get_ref().as_str() {
        "auto" => How::Auto,
        "fused" => How::Fused,
        "isolated" => How::Isolated,
        other => {
            let found = format!("`\"{other}\"`");
            bad(path, word.span(), "`\"auto\"`, `\"fused\"` or `\"isolated\"`", &found, findings);
            return None;
        }
    };
    Some(Spanned::new(word.span(), how))
}

fn owned(text: &Spanned<Cow<'_, str>>) -> Spanned<String> {
    Spanned::new(text.span(), text.get_ref().to_string())
}

fn table<'a, 't>(
    path: &str,
    value: &'a Spanned<DeValue<'t>>,
    findings: &mut Findings<'_>,
) -> Option<&'a DeTable<'t>> {
    let entries = value.get_ref().as_table();
    if entries.is_none() {
        bad(path, value.span(), "a table", &kind(value), findings);
    }
    entries
}

fn string(
    path: &str,
    value: &Spanned<DeValue<'_>>,
    findings: &mut Findings<'_>,
) -> Option<Spanned<String>> {
    match value.get_ref() {
        DeValue::String(text) if !text.is_empty() => {
            Some(Spanned::new(value.span(), text.to_string()))
        }
        DeValue::String(_) => {
            bad(path, value.span(), "a text", "an empty one", findings);
            None
        }
        _ => {
            bad(path, value.span(), "a text", &kind(value), findings);
            None
        }
    }
}

/// Reads a text that stands for something.
fn parsed<T: std::str::FromStr>(
    path: &str,
    value: &Spanned<DeValue<'_>>,
    what: &str,
    findings: &mut Findings<'_>,
) -> Option<Spanned<T>> {
    let text = string(path, value, findings)?;
    match text.get_ref().parse() {
        Ok(parsed) => Some(Spanned::new(text.span(), parsed)),
        Err(_) => {
            bad(path, text.span(), what, &format!("`\"{}\"`", text.get_ref()), findings);
            None
        }
    }
}

fn kind(value: &Spanned<DeValue<'_>>) -> String {
    match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "`true` or `false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
    .to_owned()
}

fn bad(path: &str, span: Range<usize>, expected: &str, found: &str, findings: &mut Findings<'_>) {
    let message = format!("`{path}` has to be {expected}, and is {found}");
    findings.add(Code::BadValue, &span, message).fix(format!("write {expected}"));
}

fn missing<'f>(
    path: &str,
    span: &Range<usize>,
    findings: &'f mut Findings<'_>,
) -> &'f mut super::finding::Finding {
    findings.add(Code::MissingKey, span, format!("`{path}` is missing"))
}

/// Says that a key is not known, and which one may be meant.
fn unknown(key: &Spanned<Cow<'_, str>>, at: &str, known: &[&str], findings: &mut Findings<'_>) {
    let whole =
        if at.is_empty() { key.get_ref().to_string() } else { format!("{at}.{}", key.get_ref()) };
    let finding = findings.add(Code::UnknownKey, &key.span(), format!("`{whole}` is not known"));
    if !finding.suggest(key.get_ref(), known.iter().copied()) {
        finding.fix(format!("write one of {}", listed(known.iter().copied())));
    }
}

/// Lists names in backticks.
pub(super) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}
