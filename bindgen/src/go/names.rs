//! Names in Go: what is exported begins with a capital, and some short words are written in capitals throughout.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

use crate::model::{Interface, Package, World};
use crate::names::distinct;

/// Words that Go's own packages write in capitals.
const INITIALISMS: &[&str] = &[
    "acl", "api", "ascii", "cpu", "css", "db", "dns", "eof", "guid", "html", "http", "https", "id",
    "ip", "json", "lhs", "os", "qps", "ram", "rhs", "rpc", "sla", "smtp", "sql", "ssh", "tcp",
    "tls", "ttl", "udp", "ui", "uid", "uri", "url", "utf8", "uuid", "vm", "xml", "xsrf", "xss",
];

const KEYWORDS: &[&str] = &[
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "fallthrough",
    "for",
    "func",
    "go",
    "goto",
    "if",
    "import",
    "interface",
    "map",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];

/// What Go has without an import, and names that mean something to it.
const PREDECLARED: &[&str] = &[
    "any",
    "append",
    "bool",
    "byte",
    "cap",
    "clear",
    "close",
    "comparable",
    "complex",
    "complex128",
    "complex64",
    "copy",
    "delete",
    "error",
    "false",
    "float32",
    "float64",
    "imag",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "iota",
    "len",
    "make",
    "max",
    "min",
    "new",
    "nil",
    "panic",
    "print",
    "println",
    "real",
    "recover",
    "rune",
    "string",
    "true",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uintptr",
];

/// What the generated code calls something itself, where a parameter would hide it.
const TAKEN: &[&str] = &["abi", "err", "fmt", "result", "value", "wit"];

/// What packages cannot be called, because the module or Go has something else in folders of these names.
const FOLDERS: &[&str] =
    &["abi", "examples", "fmt", "init", "internal", "main", "testdata", "vendor", "wit"];

/// Whether Go reserves the word.
pub(crate) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Writes a name as something that other packages see.
pub(crate) fn exported(name: &str) -> String {
    name.split('-').map(word).collect()
}

fn word(word: &str) -> String {
    let lower = word.to_lowercase();
    if INITIALISMS.contains(&lower.as_str()) {
        return lower.to_uppercase();
    }
    let mut letters = lower.chars();
    letters.next().map(|it| it.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Writes a name as a parameter; `packages` are names that must stay visible beside it.
pub(crate) fn parameter(name: &str, packages: &[String]) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_lowercase();
    let name: String = std::iter::once(first).chain(words.map(word)).collect();
    let is_taken = is_keyword(&name)
        || [PREDECLARED, TAKEN].iter().any(|it| it.contains(&name.as_str()))
        || packages.contains(&name);
    if is_taken { format!("{name}Arg") } else { name }
}

/// Writes a name as a package.
fn package(name: &str) -> String {
    let name: String = name.to_lowercase().split('-').collect();
    let is_taken = is_keyword(&name)
        || PREDECLARED.contains(&name.as_str())
        || FOLDERS.contains(&name.as_str());
    if is_taken { format!("{name}s") } else { name }
}

/// Names the package of the world.
pub(crate) fn world_package(world: &World) -> String {
    let name: String = world.name.to_lowercase().split('-').collect();
    let is_taken = is_keyword(&name)
        || PREDECLARED.contains(&name.as_str())
        || ["abi", "fmt", "init", "main", "wit"].contains(&name.as_str());
    if is_taken { format!("{name}world") } else { name }
}

/// Names the packages of the interfaces, each different from the others and from the world's.
pub(crate) fn packages(world: &World) -> Vec<String> {
    let mut taken = vec![world_package(world)];
    let names = distinct(&world.interfaces);
    names
        .iter()
        .map(|it| {
            let name = package(&it.replace('_', "-"));
            let numbers = std::iter::once(String::new()).chain((2..).map(|it: u32| it.to_string()));
            let mut free =
                numbers.map(|it| format!("{name}{it}")).skip_while(|it| taken.contains(it));
            let name = free.next().expect("numbers do not end");
            taken.push(name.clone());
            name
        })
        .collect()
}

/// Names the package that `wit-bindgen-go` makes of an interface, or of the world itself.
pub(crate) fn bindings_package(interface: Option<&Interface>, packages: &[Package]) -> String {
    let Some(interface) = interface else { return "wit_world".to_owned() };
    let Some(package) = &interface.package else { return interface.name.to_snake_case() };
    let others = packages.iter().any(|it| {
        it.namespace == package.namespace
            && it.name == package.name
            && it.version != package.version
    });
    let version = match &package.version {
        Some(version) if others => {
            format!("{}_", version.to_string().replace(['.', '-', '+'], "_"))
        }
        _ => String::new(),
    };
    format!(
        "{}_{}_{version}{}",
        package.namespace.to_snake_case(),
        package.name.to_snake_case(),
        interface.name.to_snake_case()
    )
}

/// Writes a name as `wit-bindgen-go` does.
pub(crate) fn bound(name: &str) -> String {
    name.to_upper_camel_case()
}

/// Names a type that is not a resource in the bindings; the prefix keeps it apart from functions.
pub(crate) fn bound_type(name: &str) -> String {
    bound(&format!("wit-{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_in_go() {
        assert_eq!(exported("user-id"), "UserID");
        assert_eq!(exported("HTTP-request"), "HTTPRequest");
        assert_eq!(exported("ideal"), "Ideal");
        assert_eq!(parameter("user-id", &[]), "userID");
        assert_eq!(parameter("url", &[]), "url");
        assert_eq!(parameter("type", &[]), "typeArg");
        assert_eq!(parameter("log", &["log".to_owned()]), "logArg");
        assert_eq!(package("host-log"), "hostlog");
        assert_eq!(package("map"), "maps");
    }
}
