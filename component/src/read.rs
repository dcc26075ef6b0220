//! From bytes to a decoded component: cheap checks first, then validation, then WIT.

use std::fs::File;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use wasmparser::{
    CanonicalFunction, CanonicalOption, Chunk, CustomSectionReader, FuncValidatorAllocations,
    KnownCustom, Parser, Payload, ValidPayload, Validator, WasmFeatures,
};
use wit_parser::decoding::{DecodedWasm, decode, decode_world};

use crate::error::{Lookalike, ReadError};
use crate::nesting;
use crate::producers::Producers;
use crate::sizes::Sizes;
use crate::world::World;

/// The largest file that is read, in bytes: 256 MiB.
pub const MAX_FILE_SIZE: u64 = 256 << 20;

/// What the engine runs: the defaults of wasmtime 48 built without its feature `gc`, and what it can be told to run.
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::WASM3
    .difference(WasmFeatures::GC_TYPES.union(WasmFeatures::EXCEPTIONS))
    .union(WasmFeatures::COMPONENT_MODEL)
    .union(WasmFeatures::CM_ASYNC)
    .union(WasmFeatures::CM_MAP)
    .union(WasmFeatures::CM_FIXED_LENGTH_LISTS);

/// How much of a file is looked at before the rest is read.
const START: u64 = 512;

/// Reads a file, but not more of it than is needed to refuse it.
pub(crate) fn file(path: &Path) -> Result<Vec<u8>, ReadError> {
    let failed = |source: io::Error| ReadError::Io { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    if size > MAX_FILE_SIZE {
        return Err(ReadError::TooLarge { size });
    }
    let mut bytes = Vec::new();
    file.by_ref().take(START).read_to_end(&mut bytes).map_err(failed)?;
    header(&bytes)?;
    bytes.reserve_exact(usize::try_from(size).unwrap_or(0).saturating_sub(bytes.len()));
    // The size is only a hint: pipes have none and files may grow.
    file.take(MAX_FILE_SIZE + 1 - START).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Checks the first eight bytes.
pub(crate) fn header(bytes: &[u8]) -> Result<(), ReadError> {
    const MAGIC: &[u8] = b"\0asm";
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    if !bytes.starts_with(MAGIC) && !MAGIC.starts_with(bytes) {
        let start = &bytes[..bytes.len().min(START as usize)];
        return Err(ReadError::NotWasm { looks: Lookalike::guess(start) });
    }
    let Some(&[a, b, c, d]) = bytes.get(4..8) else {
        return Err(ReadError::Truncated { offset: 0, missing: 8 - bytes.len() as u64 });
    };
    match (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])) {
        (13, 1) => Ok(()),
        (1, 0) => Err(ReadError::CoreModule),
        (version, layer) => Err(ReadError::UnknownVersion { version, layer }),
    }
}

/// What is noted of a component while it is validated.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) sizes: Sizes,
    pub(crate) producers: Producers,
    /// What the component itself, and no part of it, says.
    pub(crate) version: Option<String>,
    /// Whether any part of it calls the built-in functions of the component model's concurrency.
    pub(crate) concurrent: bool,
}

/// Validates the whole of a component, and notes on the way what it is made of.
pub(crate) fn validate(bytes: &[u8]) -> Result<Notes, ReadError> {
    let mut validator = Validator::new_with_features(FEATURES);
    let mut scratch = FuncValidatorAllocations::default();
    let sizes = Sizes { total: bytes.len() as u64, ..Sizes::default() };
    let mut notes = Notes { sizes, ..Notes::default() };
    let mut parser = Parser::new(0);
    parser.set_features(FEATURES);
    let mut parents: Vec<Parser> = Vec::new();
    let mut at = 0;
    loop {
        let rest = &bytes[at..];
        let payload = match parser.parse(rest, rest.is_empty()).map_err(invalid)? {
            Chunk::NeedMoreData(missing) => {
                return Err(ReadError::Truncated { offset: at as u64, missing });
            }
            Chunk::Parsed { consumed, payload } => {
                at += consumed;
                payload
            }
        };
        check(bytes, &payload)?;
        notes.take(&payload, parents.is_empty())?;
        if let Payload::CustomSection(section) = &payload
            && parents.is_empty()
            && section.name() == "version"
        {
            notes.version = version(section.data());
        }
        match validator.payload(&payload).map_err(invalid)? {
            ValidPayload::Ok => {}
            ValidPayload::Func(func, body) => {
                let mut func = func.into_validator(scratch);
                func.validate(&body).map_err(invalid)?;
                scratch = func.into_allocations();
            }
            ValidPayload::Parser(nested) => {
                parents.push(std::mem::replace(&mut parser, nested));
            }
            ValidPayload::End(_) => match parents.pop() {
                Some(parent) => parser = parent,
                None => return Ok(notes),
            },
        }
    }
}

/// Checks what the parser leaves unchecked.
fn check(bytes: &[u8], payload: &Payload<'_>) -> Result<(), ReadError> {
    match payload {
        Payload::ComponentTypeSection(section) if nesting::is_too_deep(bytes, section) => {
            Err(ReadError::TooDeep { offset: section.range().start as u64 })
        }
        // Otherwise the end of the file would count as the end of all that it cuts off.
        Payload::ModuleSection { unchecked_range: range, .. }
        | Payload::ComponentSection { unchecked_range: range, .. }
            if range.end > bytes.len() =>
        {
            let missing = (range.end - bytes.len()) as u64;
            Err(ReadError::Truncated { offset: range.start as u64, missing })
        }
        _ => Ok(()),
    }
}

fn invalid(source: wasmparser::BinaryReaderError) -> ReadError {
    ReadError::Invalid { offset: source.offset() as u64, source }
}

impl Notes {
    fn take(&mut self, payload: &Payload<'_>, is_outermost: bool) -> Result<(), ReadError> {
        let Self { sizes, producers, concurrent, .. } = self;
        match payload {
            Payload::CodeSectionStart { size, .. } => sizes.code += u64::from(*size),
            Payload::DataSection(section) => sizes.data += section.range().len() as u64,
            Payload::MemorySection(section) => {
                for memory in section.clone() {
                    let memory = memory.map_err(invalid)?;
                    let page = 1 << memory.page_size_log2.unwrap_or(16);
                    sizes.memory = sizes.memory.saturating_add(memory.initial.saturating_mul(page));
                }
            }
            Payload::ModuleSection { .. } => sizes.modules += 1,
            Payload::ComponentSection { .. } => sizes.components += 1,
            Payload::CustomSection(section) => {
                measure_custom(section, sizes);
                if let KnownCustom::Producers(section) = section.as_known() {
                    producers.add(section, is_outermost);
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section.clone() {
                    *concurrent |= is_concurrent(&function.map_err(invalid)?);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Reads a version that can be shown to anybody.
fn version(text: &[u8]) -> Option<String> {
    const LONGEST: usize = 64;
    let is_fit = (1..=LONGEST).contains(&text.len()) && text.iter().all(u8::is_ascii_graphic);
    is_fit.then(|| text.iter().copied().map(char::from).collect())
}

/// Tells whether a function of the canonical ABI needs an engine with concurrency support.
fn is_concurrent(function: &CanonicalFunction) -> bool {
    match function {
        CanonicalFunction::Lift { options, .. } | CanonicalFunction::Lower { options, .. } => {
            let of_async = |it: &CanonicalOption| {
                matches!(it, CanonicalOption::Async | CanonicalOption::Callback(_))
            };
            options.iter().any(of_async)
        }
        CanonicalFunction::ResourceNew { .. }
        | CanonicalFunction::ResourceDrop { .. }
        | CanonicalFunction::ResourceRep { .. } => false,
        _ => true,
    }
}

fn measure_custom(section: &CustomSectionReader<'_>, sizes: &mut Sizes) {
    let size = section.range().len() as u64;
    sizes.custom += size;
    match section.name() {
        "name" | "component-name" => sizes.names += size,
        name if name.starts_with(".debug_") => sizes.debug += size,
        _ => {}
    }
}

/// Decodes the world of a valid component.
pub(crate) fn world(bytes: &[u8]) -> Result<World, ReadError> {
    match guarded(|| decode(bytes))?.map_err(|err| ReadError::Undecodable { source: err.into() })? {
        DecodedWasm::Component(resolve, id) => Ok(World::new(resolve, id)),
        DecodedWasm::WitPackage(..) => Err(ReadError::WitPackage),
    }
}

/// Decodes a world that was encoded by itself, without a component around it.
pub(crate) fn encoded_world(bytes: &[u8]) -> Result<World, ReadError> {
    header(bytes)?;
    validate(bytes)?;
    let (resolve, id) =
        guarded(|| decode_world(bytes))?.map_err(|err| ReadError::World { source: err.into() })?;
    Ok(World::new(resolve, id))
}

/// Runs a decoder, and turns a panic of it into an error.
///
/// The decoder of `wit-parser` holds what it expects of a component in assertions and indexing.
/// The validation before it rules out what is known to break them; this is the last line of
/// defence for what is not known. The program's panic hook still sees the panic, and it is not
/// caught in a program built with `panic = "abort"`.
pub(crate) fn guarded<T>(decoder: impl FnOnce() -> T) -> Result<T, ReadError> {
    // What the decoder was building is dropped with the panic, so nothing broken is seen later.
    catch_unwind(AssertUnwindSafe(decoder)).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        ReadError::Panicked { message: text.unwrap_or_else(|| "it did not say why".to_owned()) }
    })
}
