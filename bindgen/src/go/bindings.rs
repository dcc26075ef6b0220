//! Runs `wit-bindgen-go`, whose packages follow the canonical ABI, and fits them to our runtime.

use std::collections::BTreeMap;

use wit_bindgen_core::Files as Generated;
use wit_parser::{Docs, Function, Resolve, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey};

use super::names::bound;
use super::tidy;
use crate::model::World;
use crate::upstream::guarded;
use crate::{GenerateError, Source};

/// The bindings: the texts of their files, by paths below `internal/bindings`.
#[derive(Debug)]
pub(crate) struct Bindings {
    pub(crate) files: Vec<(String, String)>,
    /// The functions that make streams and futures, by what they make: `stream uint8`.
    pub(crate) makers: BTreeMap<String, String>,
}

/// Generates the bindings for a module of a name.
pub(crate) fn bindings(
    world: &World,
    source: &Source,
    module: &str,
) -> Result<Bindings, GenerateError> {
    guarded("wit-bindgen-go", &world.id, || {
        let mut resolve = source.resolve.clone();
        rename(&mut resolve, source.world);
        let mut generator = wit_bindgen_go::Opts {
            format: wit_bindgen_go::Format::False,
            pkg_name: Some(format!("{module}/internal/bindings")),
            ..wit_bindgen_go::Opts::default()
        }
        .build();
        let mut generated = Generated::default();
        let made = generator.generate(&mut resolve, source.world, &mut generated);
        made.map_err(|err| format!("{err:#}"))?;
        let resources = resources(&resolve, source.world);
        let mut bindings = Bindings { files: Vec::new(), makers: BTreeMap::new() };
        for (path, bytes) in generated.iter() {
            let Some(package) = path.strip_suffix(".go").and_then(|it| it.split_once('/')) else {
                continue;
            };
            let text = String::from_utf8_lossy(bytes);
            let text = fit(&text, package.0, &resources)?;
            let unit = tidy::tidy(&text, module)?;
            for (kind, name) in makers(&unit.code, package.0) {
                bindings.makers.insert(kind, name);
            }
            for (file, text) in unit.files() {
                bindings.files.push((format!("{}/{file}", package.0), text));
            }
        }
        Ok::<_, String>(bindings)
    })
}

/// Gives everything a name that meets no other and no word of Go.
///
/// Nothing of this can be seen from outside: the names of functions and resources, which can, stay as they are.
fn rename(resolve: &mut Resolve, world: WorldId) {
    let mut renamed = BTreeMap::new();
    for (id, def) in resolve.types.iter_mut() {
        def.docs = Docs::default();
        match &mut def.kind {
            TypeDefKind::Record(it) => {
                for (index, field) in it.fields.iter_mut().enumerate() {
                    (field.name, field.docs) = (format!("f{index}"), Docs::default());
                }
            }
            TypeDefKind::Variant(it) => {
                for (index, case) in it.cases.iter_mut().enumerate() {
                    (case.name, case.docs) = (format!("c{index}"), Docs::default());
                }
            }
            TypeDefKind::Enum(it) => {
                for (index, case) in it.cases.iter_mut().enumerate() {
                    (case.name, case.docs) = (format!("c{index}"), Docs::default());
                }
            }
            TypeDefKind::Flags(it) => {
                for (index, flag) in it.flags.iter_mut().enumerate() {
                    (flag.name, flag.docs) = (format!("c{index}"), Docs::default());
                }
            }
            // Upstream cannot say it; a tuple is the same for the canonical ABI.
            TypeDefKind::FixedLengthList(ty, length) => {
                let types = vec![*ty; *length as usize];
                def.kind = TypeDefKind::Tuple(wit_parser::Tuple { types });
            }
            _ => {}
        }
        if !matches!(def.kind, TypeDefKind::Resource)
            && let Some(name) = &mut def.name
        {
            *name = format!("wit-{name}");
            renamed.insert(id, name.clone());
        }
    }
    let new = |name: String, id: &TypeId| renamed.get(id).cloned().unwrap_or(name);
    for (_, interface) in resolve.interfaces.iter_mut() {
        let types = std::mem::take(&mut interface.types);
        interface.types = types.into_iter().map(|(name, id)| (new(name, &id), id)).collect();
        interface.functions.values_mut().for_each(number);
    }
    let world = &mut resolve.worlds[world];
    for items in [&mut world.imports, &mut world.exports] {
        let old = std::mem::take(items);
        *items = old
            .into_iter()
            .map(|(key, mut item)| {
                let key = match (key, &mut item) {
                    (WorldKey::Name(name), WorldItem::Type { id, .. }) => {
                        WorldKey::Name(new(name, id))
                    }
                    (key, WorldItem::Function(it)) => {
                        number(it);
                        key
                    }
                    (key, _) => key,
                };
                (key, item)
            })
            .collect();
    }
}

fn number(function: &mut Function) {
    for (index, param) in function.params.iter_mut().enumerate() {
        param.name = format!("p{index}");
    }
}

/// Where a resource stands in the component, and its name there.
type Resource = (String, String);

fn resources(resolve: &Resolve, world: WorldId) -> Vec<Resource> {
    let mut found = Vec::new();
    let world = &resolve.worlds[world];
    for (key, item) in world.imports.iter().chain(&world.exports) {
        match item {
            WorldItem::Interface { id, .. } => {
                let module = resolve.name_world_key(key);
                for (name, id) in &resolve.interfaces[*id].types {
                    if matches!(resolve.types[*id].kind, TypeDefKind::Resource) {
                        found.push((module.clone(), name.clone()));
                    }
                }
            }
            WorldItem::Type { id, .. } => {
                let def = &resolve.types[*id];
                if let (TypeDefKind::Resource, Some(name)) = (&def.kind, &def.name) {
                    found.push(("$root".to_owned(), name.clone()));
                }
            }
            WorldItem::Function(_) => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Makes the text call our runtime, and puts our resources in the place of upstream's.
fn fit(text: &str, package: &str, resources: &[Resource]) -> Result<String, String> {
    let mut text = text.to_owned();
    for (module, name) in resources {
        let camel = bound(name);
        text = text
            .replace(&theirs_imported(module, name, &camel), &ours_imported(module, name, &camel));
        text = text
            .replace(&theirs_exported(module, name, &camel), &ours_exported(module, name, &camel));
    }
    if text.contains("self.handle") || text.contains("self.pinner") {
        return Err("a resource in its bindings is not as it was".to_owned());
    }
    for (theirs, ours) in [
        ("witTypes.", "abi."),
        ("witAsync.", "abi."),
        ("witRuntime.Unpin()", "abi.Lifted()"),
        ("witRuntime.", "abi."),
        ("runtime.Pinner", "abi.Pinner"),
        (".TakeHandle()", ".WitTake()"),
        (".SetHandle(", ".WitPut("),
        (":= unsafe.String((*uint8)(", ":= abi.TakeString((*uint8)("),
        (":= unsafe.Slice((*", ":= abi.TakeSlice((*"),
    ] {
        text = text.replace(theirs, ours);
    }
    if package != "wit_exports" {
        text = text.replace(").Handle()", ").WitBorrow()");
    }
    Ok(text)
}

fn theirs_imported(module: &str, name: &str, camel: &str) -> String {
    format!(
        r"
//go:wasmimport {module} [resource-drop]{name}
func resourceDrop{camel}(handle int32)

type {camel} struct {{
        handle *witRuntime.Handle
}}

func (self *{camel}) TakeHandle() int32 {{
        return self.handle.Take()
}}

func (self *{camel}) SetHandle(handle int32) {{
        self.handle.Set(handle)
}}

func (self *{camel}) Handle() int32 {{
        return self.handle.Use()
}}

func (self *{camel}) Drop() {{
	handle := self.handle.TakeOrNil()
	if handle != 0 {{
		resourceDrop{camel}(handle)
	}}
}}

func {camel}FromOwnHandle(handleValue int32) *{camel} {{
        handle := witRuntime.MakeHandle(handleValue)
        value := &{camel}{{handle}}
        runtime.AddCleanup(value, func(_ int) {{
                handleValue := handle.TakeOrNil()
                if handleValue != 0 {{
                        resourceDrop{camel}(handleValue)
                }}
        }}, 0)
        return value
}}

func {camel}FromBorrowHandle(handleValue int32) *{camel} {{
	handle := witRuntime.MakeHandle(handleValue)
	return &{camel}{{handle}}
}}
"
    )
}

fn ours_imported(module: &str, name: &str, camel: &str) -> String {
    format!(
        r"
//go:wasmimport {module} [resource-drop]{name}
func resourceDrop{camel}(handle int32)

type {camel} struct {{
abi.Resource
}}

func {camel}FromOwnHandle(handle int32) *{camel} {{
return &{camel}{{abi.Owned(handle, resourceDrop{camel})}}
}}

func {camel}FromBorrowHandle(handle int32) *{camel} {{
return &{camel}{{abi.Lent(handle, resourceDrop{camel})}}
}}
"
    )
}

fn theirs_exported(module: &str, name: &str, camel: &str) -> String {
    format!(
        r#"
//go:wasmimport [export]{module} [resource-new]{name}
func resourceNew{camel}(pointer unsafe.Pointer) int32

//go:wasmimport [export]{module} [resource-rep]{name}
func resourceRep{camel}(handle int32) unsafe.Pointer

//go:wasmimport [export]{module} [resource-drop]{name}
func resourceDrop{camel}(handle int32)

//go:wasmexport {module}#[dtor]{name}
func resourceDtor{camel}(rep int32) {{
        val := (*{camel})(unsafe.Pointer(uintptr(rep)))
        val.handle = 0
        val.pinner.Unpin()
        val.OnDrop()
}}

func (self *{camel}) TakeHandle() int32 {{
	self.pinner.Pin(self)
	self.handle = resourceNew{camel}(unsafe.Pointer(self))
	return self.handle
}}

func (self *{camel}) SetHandle(handle int32) {{
        if self.handle != handle {{
                panic("invalid handle")
        }}
}}

func (self *{camel}) Drop() {{
	handle := self.handle
	if self.handle != 0 {{
		self.handle = 0
		resourceDrop{camel}(handle)
		self.pinner.Unpin()
                self.OnDrop()
	}}
}}

func {camel}FromOwnHandle(handle int32) *{camel} {{
	return (*{camel})(unsafe.Pointer(resourceRep{camel}(handle)))
}}

func {camel}FromBorrowHandle(rep int32) *{camel} {{
	return (*{camel})(unsafe.Pointer(uintptr(rep)))
}}
"#
    )
}

/// The plugin's own value stands in a table; who is handed back what they made has it without a handle.
fn ours_exported(module: &str, name: &str, camel: &str) -> String {
    format!(
        r"
//go:wasmimport [export]{module} [resource-new]{name}
func resourceNew{camel}(rep int32) int32

//go:wasmimport [export]{module} [resource-rep]{name}
func resourceRep{camel}(handle int32) int32

//go:wasmimport [export]{module} [resource-drop]{name}
func resourceDrop{camel}(handle int32)

var resourceTable{camel} abi.Table[{camel}]

//go:wasmexport {module}#[dtor]{name}
func resourceDtor{camel}(rep int32) {{
if value := resourceTable{camel}.Remove(rep); value != nil {{
value.Impl.WitDropped()
}}
}}

func (self *{camel}) WitTake() int32 {{
return resourceNew{camel}(resourceTable{camel}.Add(self))
}}

func (self *{camel}) WitPut(handle int32) {{
{camel}FromOwnHandle(handle)
}}

func {camel}FromOwnHandle(handle int32) *{camel} {{
value := resourceTable{camel}.Remove(resourceRep{camel}(handle))
resourceDrop{camel}(handle)
return value
}}

func {camel}FromBorrowHandle(rep int32) *{camel} {{
return resourceTable{camel}.Get(rep)
}}
"
    )
}

/// Finds the functions that make streams and futures of a type.
fn makers(code: &str, package: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for line in code.lines() {
        for (kind, writer) in [("Stream", "StreamWriter["), ("Future", "FutureWriter[")] {
            let Some(rest) = line.strip_prefix(&format!("func Make{kind}")) else { continue };
            let Some((name, rest)) = rest.split_once("() (*abi.") else { continue };
            let Some(payload) = rest
                .strip_prefix(writer)
                .and_then(|it| it.split_once(&format!("], *abi.{kind}Reader[")))
            else {
                continue;
            };
            let payload = qualified(payload.0, package);
            let kind = kind.to_lowercase();
            found.push((
                format!("{kind} {payload}"),
                format!("{package}.Make{}{name}", bound(&kind)),
            ));
        }
    }
    found
}

/// Writes the package in front of the types that a package writes without.
fn qualified(ty: &str, package: &str) -> String {
    let mut text = String::new();
    let mut rest = ty;
    while let Some(at) = rest.find(|it: char| it.is_ascii_uppercase()) {
        let before = &rest[..at];
        let starts = !before.ends_with(|it: char| it.is_alphanumeric() || it == '_' || it == '.');
        let end =
            rest[at..].find(|it: char| !it.is_alphanumeric()).map_or(rest.len(), |it| at + it);
        text.push_str(before);
        if starts && !text.ends_with('.') {
            text.push_str(package);
            text.push('.');
        }
        text.push_str(&rest[at..end]);
        rest = &rest[end..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_the_package_itself_are_qualified() {
        assert_eq!(qualified("uint8", "a_b"), "uint8");
        assert_eq!(
            qualified("abi.Result[abi.Unit, WitTrouble]", "a_b"),
            "abi.Result[abi.Unit, a_b.WitTrouble]"
        );
        assert_eq!(qualified("[]*other_c.Thing", "a_b"), "[]*other_c.Thing");
    }

    #[test]
    fn makers_are_found_by_what_they_make() {
        let code = "func MakeStreamU8() (*abi.StreamWriter[uint8], *abi.StreamReader[uint8]) {\n";
        let found = makers(code, "a_b");
        assert_eq!(found, [("stream uint8".to_owned(), "a_b.MakeStreamU8".to_owned())]);
    }
}
