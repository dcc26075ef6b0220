//! Puts the rewritten core modules of a component together again, with what has to stand between them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use wasm_encoder::reencode::component_utils::component_alias;
use wasm_encoder::reencode::{Reencode, ReencodeComponent, RoundtripReencoder};
use wasm_encoder::{
    Alias, CanonicalFunctionSection, CanonicalOption, Component, ComponentAliasSection,
    ComponentExportKind, ComponentExportSection, ComponentSectionId, ComponentTypeSection,
    ComponentValType, ExportKind, InstanceSection, ModuleArg, PrimitiveValType, RawSection,
};
use wasmparser::component_types::{ComponentAnyTypeId, ComponentFuncTypeId};
use wasmparser::types::TypesRef;
use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExternalKind, ComponentOuterAliasKind,
    ComponentType, ComponentTypeRef, Export, ExternalKind, Instance, Parser, Payload, Validator,
    WasmFeatures,
};

use super::module::{self, CARDS_NAME, MARK, Memory, PREFIX, RESET, SNAPSHOT};
use super::parts::{self, Marks, Wrap};
use super::values::Values;
use super::{Resettable, Unprovable};

/// The extensions of WebAssembly of which every write is known.
const FOLLOWED: WasmFeatures = WasmFeatures::WASM2
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::FUNCTION_REFERENCES)
    .union(WasmFeatures::RELAXED_SIMD)
    .union(WasmFeatures::COMPONENT_MODEL)
    .union(WasmFeatures::CM_MAP)
    .union(WasmFeatures::CM_FIXED_LENGTH_LISTS)
    .difference(WasmFeatures::GC_TYPES);

pub(super) fn rewrite(bytes: &[u8]) -> Result<Resettable, Unprovable> {
    let types = Validator::new_with_features(FOLLOWED).validate_all(bytes)?;
    let mut graph = Graph::new(types.as_ref());
    let mut end = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        // The parser goes into modules and components, which are taken whole.
        let range = whole(&payload);
        if range.as_ref().is_some_and(|it| it.start < end) || is_end(&payload) {
            continue;
        }
        if let Payload::ModuleSection { unchecked_range, .. }
        | Payload::ComponentSection { unchecked_range, .. } = &payload
        {
            end = unchecked_range.end;
        }
        graph.take(bytes, payload)?;
    }
    graph.finish()
}

/// Where a payload lies; nothing for those that have no place of their own.
fn whole(payload: &Payload<'_>) -> Option<Range<usize>> {
    match payload {
        Payload::Version { range, .. } => Some(range.clone()),
        Payload::CodeSectionEntry(body) => Some(body.range()),
        Payload::ModuleSection { unchecked_range, .. }
        | Payload::ComponentSection { unchecked_range, .. } => Some(unchecked_range.clone()),
        _ => payload.as_section().map(|(_, range)| range),
    }
}

fn is_end(payload: &Payload<'_>) -> bool {
    matches!(payload, Payload::End(_))
}

/// A core function of the component.
#[derive(Clone, Copy, Debug)]
enum Function {
    /// It has this number in the new component.
    There(u32),
    /// It is wrapped before it is first used.
    Pending,
}

/// A core instance of the component.
enum Made<'a> {
    Of {
        module: usize,
        args: BTreeMap<&'a str, u32>,
        number: u32,
    },
    /// Items under names; it is written when it is first used, so that what it names is wrapped in one go.
    Exports {
        items: Vec<Export<'a>>,
        number: Option<u32>,
    },
}

/// For whom a function is wrapped.
enum For {
    /// For everybody: it is the core function of this number.
    All(u32),
    /// For the canonical ABI, which allocates with it.
    Allocation(Allocation),
}

/// The core function that allocates, by where it comes from or else by its number, and the instance whose memory it is.
type Allocation = (Result<(u32, String), u32>, u32);

/// A module of the component.
struct Module<'a> {
    memory: Memory,
    has_state: bool,
    memory_exports: HashSet<&'a str>,
}

/// The component, as far as it has been written.
struct Graph<'a> {
    out: Component,
    types: TypesRef<'a>,
    values: Values<'a>,
    modules: Vec<Module<'a>>,
    instances: Vec<Made<'a>>,
    memories: Vec<(u32, &'a str)>,
    functions: Vec<Function>,
    /// Where a function comes from that is an export of an instance.
    origins: HashMap<u32, (u32, String)>,
    /// What each is called in the new component.
    new_memories: Vec<u32>,
    new_modules: Vec<u32>,
    /// How many there are in the new component.
    count: Count,
    pending: Vec<(Wrap, For)>,
    allocations: HashMap<Allocation, u32>,
    /// The instances of the new component that have state.
    stateful: Vec<u32>,
    memory: u64,
}

#[derive(Default)]
struct Count {
    modules: u32,
    instances: u32,
    /// Those of the instances that are of a module.
    instantiated: usize,
    functions: u32,
    memories: u32,
}

fn next(count: &mut u32) -> u32 {
    *count += 1;
    *count - 1
}

impl<'a> Graph<'a> {
    fn new(types: TypesRef<'a>) -> Self {
        Self {
            out: Component::new(),
            types,
            values: Values::new(types),
            modules: Vec::new(),
            instances: Vec::new(),
            memories: Vec::new(),
            functions: Vec::new(),
            origins: HashMap::new(),
            new_memories: Vec::new(),
            new_modules: Vec::new(),
            count: Count::default(),
            pending: Vec::new(),
            allocations: HashMap::new(),
            stateful: Vec::new(),
            memory: 0,
        }
    }

    fn take(&mut self, bytes: &'a [u8], payload: Payload<'a>) -> Result<(), Unprovable> {
        match payload {
            Payload::Version { .. } => {}
            Payload::ModuleSection { unchecked_range, .. } => {
                self.module(&bytes[unchecked_range])?;
            }
            Payload::ComponentSection { unchecked_range, .. } => {
                let nested = &bytes[unchecked_range];
                has_only_names(nested)?;
                self.raw(ComponentSectionId::Component, nested);
            }
            Payload::InstanceSection(section) => {
                for instance in section {
                    self.instance(instance?)?;
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.alias(alias?)?;
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    self.canonical(function?)?;
                }
            }
            Payload::ComponentTypeSection(section) => {
                let mut types = ComponentTypeSection::new();
                for ty in section {
                    let ty = ty?;
                    if let ComponentType::Resource { dtor: Some(dtor), .. } = &ty {
                        // What the destructor writes is written by instructions, so it needs no wrap of its own.
                        self.function(*dtor);
                    }
                    let mut numbers = Numbers { functions: &self.functions };
                    numbers.parse_component_type(types.ty(), ty)?;
                }
                self.out.section(&types);
            }
            Payload::CustomSection(section) if section.name() == "component-name" => {}
            payload => {
                refuse_modules(&payload)?;
                if let Some((id, range)) = payload.as_section() {
                    self.out.section(&RawSection { id, data: &bytes[range] });
                }
            }
        }
        Ok(())
    }

    fn raw(&mut self, id: ComponentSectionId, data: &[u8]) {
        self.out.section(&RawSection { id: id.into(), data });
    }

    fn module(&mut self, module: &'a [u8]) -> Result<(), Unprovable> {
        let module = module::rewrite(module)?;
        self.raw(ComponentSectionId::CoreModule, &module.bytes);
        self.new_modules.push(next(&mut self.count.modules));
        self.modules.push(Module {
            memory: module.memory,
            has_state: module.has_state,
            memory_exports: module.memory_exports.into_iter().collect(),
        });
        Ok(())
    }

    fn instance(&mut self, instance: Instance<'a>) -> Result<(), Unprovable> {
        let made = match instance {
            Instance::Instantiate { module_index, args } => {
                let module = module_index as usize;
                let args: BTreeMap<&str, u32> = args.iter().map(|it| (it.name, it.index)).collect();
                let number = self.instantiate(module, &args)?;
                Made::Of { module, args, number }
            }
            Instance::FromExports(items) => Made::Exports { items: items.into(), number: None },
        };
        self.instances.push(made);
        Ok(())
    }

    /// What an instance is called in the new component.
    fn number(&mut self, instance: u32) -> Result<u32, Unprovable> {
        let items = match &mut self.instances[instance as usize] {
            Made::Of { number, .. } | Made::Exports { number: Some(number), .. } => {
                return Ok(*number);
            }
            Made::Exports { items, number: None } => items.clone(),
        };
        let mut new = Vec::new();
        for item in items {
            let index = match item.kind {
                ExternalKind::Func => self.function(item.index),
                ExternalKind::Memory => self.new_memories[item.index as usize],
                _ => item.index,
            };
            new.push((item.name, RoundtripReencoder.export_kind(item.kind)?, index));
        }
        let written = self.exports(new);
        if let Made::Exports { number, .. } = &mut self.instances[instance as usize] {
            *number = Some(written);
        }
        Ok(written)
    }

    fn instantiate(
        &mut self,
        module: usize,
        args: &BTreeMap<&'a str, u32>,
    ) -> Result<u32, Unprovable> {
        let Module { memory, has_state, .. } = &self.modules[module];
        let (memory, has_state) = (memory.clone(), *has_state);
        let mut new: Vec<(&str, ModuleArg)> = Vec::new();
        for (name, instance) in args {
            new.push((*name, ModuleArg::Instance(self.number(*instance)?)));
        }
        match memory {
            Memory::Own(bytes) => self.memory += bytes,
            Memory::Other { from, name, writes: true } => {
                let owner = args.get(&*from).and_then(|it| self.owner(*it, &name));
                let owner = owner.ok_or(Unprovable::Modules)?;
                let cards = self.alias_new(owner, ExportKind::Memory, CARDS_NAME);
                let cards = self.exports(vec![(CARDS_NAME, ExportKind::Memory, cards)]);
                new.push((PREFIX, ModuleArg::Instance(cards)));
            }
            Memory::Other { .. } | Memory::None => {}
        }
        let number = self.instantiated(self.new_modules[module], new);
        if has_state {
            self.stateful.push(number);
        }
        Ok(number)
    }

    /// Writes an instance of one of the new modules.
    fn instantiated(&mut self, module: u32, args: Vec<(&str, ModuleArg)>) -> u32 {
        let mut section = InstanceSection::new();
        section.instantiate(module, args);
        self.out.section(&section);
        self.count.instantiated += 1;
        next(&mut self.count.instances)
    }

    /// Writes an instance that is made of items.
    fn exports(&mut self, items: Vec<(impl AsRef<str>, ExportKind, u32)>) -> u32 {
        let mut section = InstanceSection::new();
        section.export_items(items);
        self.out.section(&section);
        next(&mut self.count.instances)
    }

    /// Writes an alias of what a new instance exports.
    fn alias_new(&mut self, instance: u32, kind: ExportKind, name: &str) -> u32 {
        let mut section = ComponentAliasSection::new();
        section.alias(Alias::CoreInstanceExport { instance, kind, name });
        self.out.section(&section);
        match kind {
            ExportKind::Memory => next(&mut self.count.memories),
            _ => next(&mut self.count.functions),
        }
    }

    /// The new instance that owns the memory which an instance exports under this name.
    fn owner(&self, instance: u32, name: &str) -> Option<u32> {
        match &self.instances[instance as usize] {
            Made::Exports { items, .. } => {
                let mut items = items.iter().filter(|it| it.kind == ExternalKind::Memory);
                let memory = items.find(|it| it.name == name)?.index;
                let (instance, name) = self.memories[memory as usize];
                self.owner(instance, name)
            }
            Made::Of { module, args, number } => {
                let module = &self.modules[*module];
                match &module.memory {
                    Memory::Own(_) => Some(*number),
                    Memory::Other { from, name: theirs, .. } => {
                        let exports = module.memory_exports.contains(name);
                        let from = args.get(&**from).filter(|_| exports)?;
                        self.owner(*from, theirs)
                    }
                    Memory::None => None,
                }
            }
        }
    }

    fn alias(&mut self, alias: ComponentAlias<'a>) -> Result<(), Unprovable> {
        let mut section = ComponentAliasSection::new();
        match alias {
            ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                let instance = self.number(instance_index)?;
                let kind = RoundtripReencoder.export_kind(kind)?;
                section.alias(Alias::CoreInstanceExport { instance, kind, name });
                match kind {
                    ExportKind::Func => {
                        let number = self.functions.len();
                        self.origins.insert(index(number), (instance_index, name.to_owned()));
                        let new = next(&mut self.count.functions);
                        self.functions.push(Function::There(new));
                    }
                    ExportKind::Memory => {
                        self.memories.push((instance_index, name));
                        self.new_memories.push(next(&mut self.count.memories));
                    }
                    _ => {}
                }
            }
            ComponentAlias::InstanceExport { kind: ComponentExternalKind::Module, .. }
            | ComponentAlias::Outer { kind: ComponentOuterAliasKind::CoreModule, .. } => {
                return Err(Unprovable::Modules);
            }
            alias => {
                section.alias(component_alias(&mut RoundtripReencoder, alias)?);
            }
        }
        self.out.section(&section);
        Ok(())
    }

    fn canonical(&mut self, function: CanonicalFunction) -> Result<(), Unprovable> {
        let mut section = CanonicalFunctionSection::new();
        match function {
            CanonicalFunction::Lift { core_func_index, type_index, options } => {
                let ComponentAnyTypeId::Func(ty) = self.types.component_any_type_at(type_index)
                else {
                    return Err(Unprovable::Modules);
                };
                if self.has_handles(ty) {
                    self.spoil(core_func_index);
                }
                let options = self.options(&options)?;
                let function = self.function(core_func_index);
                section.lift(function, type_index, options);
                self.out.section(&section);
            }
            CanonicalFunction::Lower { func_index, options } => {
                let ty = self.types.component_function_at(func_index);
                let owner = self.memory_of(&options)?;
                let options = self.options(&options)?;
                section.lower(func_index, options);
                self.lowered(&section);
                let wrap = self.wrap_of_lowered(ty, owner);
                self.made(wrap);
            }
            CanonicalFunction::ResourceNew { resource } => {
                section.resource_new(resource);
                self.builtin(&section, true);
            }
            CanonicalFunction::ResourceDrop { resource } => {
                section.resource_drop(resource);
                self.builtin(&section, true);
            }
            CanonicalFunction::ResourceRep { resource } => {
                section.resource_rep(resource);
                self.builtin(&section, false);
            }
            _ => return Err(Unprovable::Async),
        }
        Ok(())
    }

    fn has_handles(&mut self, ty: ComponentFuncTypeId) -> bool {
        self.values.has_handles(&self.types[ty])
    }

    /// Writes the core function that a section makes.
    fn lowered(&mut self, section: &CanonicalFunctionSection) {
        self.out.section(section);
        let number = next(&mut self.count.functions);
        self.functions.push(Function::There(number));
    }

    fn builtin(&mut self, section: &CanonicalFunctionSection, spoils: bool) {
        self.lowered(section);
        let wrap = spoils.then(|| self.wrap(index(self.functions.len() - 1)));
        self.made(wrap.map(|wrap| Wrap { spoils, ..wrap }));
    }

    /// Has the function that was just made wrapped.
    fn made(&mut self, wrap: Option<Wrap>) {
        let Some(wrap) = wrap else { return };
        let number = self.functions.len() - 1;
        self.functions[number] = Function::Pending;
        self.pending.push((wrap, For::All(index(number))));
    }

    /// What has to be noted of a call of a function that was just lowered; `owner` has the memory that it uses.
    fn wrap_of_lowered(&mut self, ty: ComponentFuncTypeId, owner: Option<u32>) -> Option<Wrap> {
        let wrap = self.wrap(index(self.functions.len() - 1));
        let spoils = self.has_handles(ty);
        let result = self.values.result(&self.types[ty]);
        // A result that does not come back as a value is written to where the last parameter points.
        let result = result.filter(|_| wrap.results.is_empty());
        let marks = result.zip(owner).map(|(result, instance)| Marks::Result {
            instance,
            most: u32::try_from(result.most).unwrap_or(u32::MAX),
        });
        (spoils || marks.is_some()).then_some(Wrap { spoils, marks, ..wrap })
    }

    /// A wrap of a function that notes nothing yet.
    fn wrap(&mut self, function: u32) -> Wrap {
        let ty = self.types[self.types.core_function_at(function)].unwrap_func();
        let numeric = |ty: &wasmparser::ValType| RoundtripReencoder.val_type(*ty).ok();
        Wrap {
            params: ty.params().iter().filter_map(numeric).collect(),
            results: ty.results().iter().filter_map(numeric).collect(),
            function: self.function(function),
            spoils: false,
            marks: None,
        }
    }

    /// Has every use of a function from here on spoil the sandbox.
    fn spoil(&mut self, function: u32) {
        let wrap = self.wrap(function);
        self.functions[function as usize] = Function::Pending;
        self.pending.push((Wrap { spoils: true, ..wrap }, For::All(function)));
    }

    /// The new instance that owns the memory which these options name.
    fn memory_of(
        &self,
        options: &[wasmparser::CanonicalOption],
    ) -> Result<Option<u32>, Unprovable> {
        let memory = options.iter().find_map(|it| match it {
            wasmparser::CanonicalOption::Memory(memory) => Some(*memory),
            _ => None,
        });
        let Some(memory) = memory else { return Ok(None) };
        let (instance, name) = self.memories[memory as usize];
        self.owner(instance, name).map(Some).ok_or(Unprovable::Modules)
    }

    /// The options with new numbers, and with an allocation that marks what it gives.
    fn options(
        &mut self,
        options: &[wasmparser::CanonicalOption],
    ) -> Result<Vec<CanonicalOption>, Unprovable> {
        let owner = self.memory_of(options)?;
        let mut new = Vec::new();
        for option in options {
            new.push(match *option {
                wasmparser::CanonicalOption::UTF8 => CanonicalOption::UTF8,
                wasmparser::CanonicalOption::UTF16 => CanonicalOption::UTF16,
                wasmparser::CanonicalOption::CompactUTF16 => CanonicalOption::CompactUTF16,
                wasmparser::CanonicalOption::Memory(memory) => {
                    CanonicalOption::Memory(self.new_memories[memory as usize])
                }
                wasmparser::CanonicalOption::Realloc(function) => {
                    let owner = owner.ok_or(Unprovable::Modules)?;
                    CanonicalOption::Realloc(self.allocation(function, owner))
                }
                wasmparser::CanonicalOption::PostReturn(function) => {
                    CanonicalOption::PostReturn(self.function(function))
                }
                _ => return Err(Unprovable::Async),
            });
        }
        Ok(new)
    }

    /// The function that allocates and marks what it gives.
    fn allocation(&mut self, function: u32, instance: u32) -> u32 {
        let origin = self.origins.get(&function).cloned().ok_or(function);
        let key = (origin, instance);
        if let Some(there) = self.allocations.get(&key) {
            return *there;
        }
        let wrap = self.wrap(function);
        let marks = Some(Marks::Allocated { instance });
        self.pending.push((Wrap { marks, ..wrap }, For::Allocation(key.clone())));
        self.flush();
        self.allocations[&key]
    }

    /// What a function is called in the new component.
    fn function(&mut self, function: u32) -> u32 {
        if let Function::Pending = self.functions[function as usize] {
            self.flush();
        }
        match self.functions[function as usize] {
            Function::There(number) => number,
            Function::Pending => unreachable!("what was pending is there"),
        }
    }

    /// Wraps what is pending.
    fn flush(&mut self) {
        let (wraps, whose): (Vec<Wrap>, Vec<For>) = self.pending.drain(..).unzip();
        let mut owners: Vec<u32> =
            wraps.iter().filter_map(|it| it.marks).map(Marks::instance).collect();
        owners.sort_unstable();
        owners.dedup();
        self.raw(ComponentSectionId::CoreModule, &parts::wraps(&wraps, &owners));
        let module = next(&mut self.count.modules);
        let functions = (0..).zip(&wraps);
        let functions = functions
            .map(|(name, wrap): (u32, _)| (name.to_string(), ExportKind::Func, wrap.function));
        let functions = self.exports(functions.collect());
        let mut args = vec![(parts::FUNCTIONS, ModuleArg::Instance(functions))];
        if !owners.is_empty() {
            let mut marks = Vec::new();
            for owner in owners {
                let mark = self.alias_new(owner, ExportKind::Func, MARK);
                marks.push((owner.to_string(), ExportKind::Func, mark));
            }
            args.push((parts::MARKS, ModuleArg::Instance(self.exports(marks))));
        }
        let instance = self.instantiated(module, args);
        if wraps.iter().any(|wrap| wrap.spoils) {
            self.stateful.push(instance);
        }
        for (name, whose) in whose.into_iter().enumerate() {
            let number = self.alias_new(instance, ExportKind::Func, &name.to_string());
            match whose {
                For::All(function) => {
                    self.functions[function as usize] = Function::There(number);
                }
                For::Allocation(key) => {
                    self.allocations.insert(key, number);
                }
            }
        }
    }

    /// Adds the functions through which the host keeps and resets the whole.
    fn finish(mut self) -> Result<Resettable, Unprovable> {
        let stateful = std::mem::take(&mut self.stateful);
        let count = index(stateful.len());
        self.raw(ComponentSectionId::CoreModule, &parts::all(count));
        let module = next(&mut self.count.modules);
        let mut args = Vec::new();
        for name in [SNAPSHOT, RESET] {
            let mut items = Vec::new();
            for (number, instance) in stateful.iter().enumerate() {
                let function = self.alias_new(*instance, ExportKind::Func, name);
                items.push((number.to_string(), ExportKind::Func, function));
            }
            args.push((name, ModuleArg::Instance(self.exports(items))));
        }
        let all = self.instantiated(module, args);
        let mut types = ComponentTypeSection::new();
        let none: [(&str, ComponentValType); 0] = [];
        let bool = ComponentValType::Primitive(PrimitiveValType::Bool);
        types.function().params(none).result(Some(bool));
        self.out.section(&types);
        let ty = self.types.component_type_count();
        let mut exports = ComponentExportSection::new();
        for (name, function) in
            [SNAPSHOT, RESET].into_iter().zip(self.types.component_function_count()..)
        {
            let core = self.alias_new(all, ExportKind::Func, name);
            let mut canonical = CanonicalFunctionSection::new();
            canonical.lift(core, ty, []);
            self.out.section(&canonical);
            exports.export(name, ComponentExportKind::Func, function, None);
        }
        self.out.section(&exports);
        let own = self.instances.iter().filter(|it| matches!(it, Made::Of { .. })).count();
        Ok(Resettable {
            bytes: self.out.finish(),
            memory: self.memory,
            core_instances: self.count.instantiated - own,
        })
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Refuses a component within the component that is more than names for what it is given.
fn has_only_names(nested: &[u8]) -> Result<(), Unprovable> {
    for payload in Parser::new(0).parse_all(nested) {
        let payload = payload?;
        refuse_modules(&payload)?;
        match payload {
            Payload::ModuleSection { .. }
            | Payload::InstanceSection(_)
            | Payload::ComponentSection { .. }
            | Payload::ComponentInstanceSection(_)
            | Payload::ComponentCanonicalSection(_) => return Err(Unprovable::Composed),
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    let ComponentAlias::Outer { kind, .. } = alias? else { continue };
                    if kind == ComponentOuterAliasKind::CoreModule {
                        return Err(Unprovable::Modules);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Refuses imports, exports and arguments that are core modules, and what has no meaning yet.
fn refuse_modules(payload: &Payload<'_>) -> Result<(), Unprovable> {
    let is_module = match payload {
        Payload::ComponentImportSection(section) => section.clone().into_iter().any(|it| {
            it.is_ok_and(|it| {
                matches!(it.ty, ComponentTypeRef::Module(_) | ComponentTypeRef::Component(_))
            })
        }),
        Payload::ComponentExportSection(section) => {
            section.clone().into_iter().any(|it| it.is_ok_and(|it| is_code(it.kind)))
        }
        Payload::ComponentInstanceSection(section) => {
            section.clone().into_iter().any(|it| match it {
                Ok(wasmparser::ComponentInstance::Instantiate { args, .. }) => {
                    args.iter().any(|it| is_code(it.kind))
                }
                Ok(wasmparser::ComponentInstance::FromExports(exports)) => {
                    exports.iter().any(|it| is_code(it.kind))
                }
                Err(_) => false,
            })
        }
        Payload::ComponentStartSection { .. } => true,
        _ => false,
    };
    if is_module { Err(Unprovable::Modules) } else { Ok(()) }
}

fn is_code(kind: ComponentExternalKind) -> bool {
    matches!(kind, ComponentExternalKind::Module | ComponentExternalKind::Component)
}

/// Gives the core functions that a type names their new numbers.
struct Numbers<'f> {
    functions: &'f [Function],
}

impl Reencode for Numbers<'_> {
    type Error = std::convert::Infallible;

    fn function_index(
        &mut self,
        function: u32,
    ) -> Result<u32, wasm_encoder::reencode::Error<Self::Error>> {
        Ok(match self.functions[function as usize] {
            Function::There(number) => number,
            Function::Pending => function,
        })
    }
}

impl ReencodeComponent for Numbers<'_> {}
