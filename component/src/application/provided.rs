//! Which plugins provide what the host calls.

use std::ops::Range;

use toml::Spanned;

use super::code::Code;
use super::file::listed;
use super::finding::Findings;
use super::links::{answers, export, full_name, named, plugin};
use super::{Draft, Export};
use crate::artifact::Artifact;
use crate::version::unversioned;
use crate::world::{Extern, World};

/// Finds the plugins that provide what the host's world exports; without a world, what the file says.
pub(super) fn exports(
    draft: &Draft<'_>,
    findings: &mut Findings<'_>,
) -> Vec<(Export, Range<usize>)> {
    let mut exports: Vec<(Export, Range<usize>)> = Vec::new();
    let wanted = draft.world.as_ref().map(World::exports);
    for (name, to) in &draft.file.exports {
        let Some(member) = plugin(draft, to, findings) else { continue };
        let Some(artifact) = &draft.artifacts[member] else { continue };
        let Some(full) = wanted_as(wanted.as_deref(), name, artifact, findings) else { continue };
        let twice = exports.iter().any(|(it, _)| it.name == full);
        if twice {
            findings
                .add(Code::Ambiguous, &name.span(), format!("`{full}` is exported twice"))
                .item(&full);
            continue;
        }
        if let Some(export) =
            export(draft, member, artifact, &full, &to.span(), Code::ExportMissing, findings)
        {
            exports.push((Export { name: full, member, export }, to.span()));
        }
    }
    if draft.file.exports.is_empty() && wanted.is_none() && draft.file.wit.is_none() {
        findings
            .add(
                Code::MissingKey,
                &(0..0),
                "`exports` is missing, so that nothing could ever be called".to_owned(),
            )
            .fix("write `[exports]` and `\"namespace:package/interface\" = \"PLUGIN\"`");
    }
    for export in wanted.iter().flatten().filter(|it| !it.is_types_only()) {
        let written = |(name, _): &(Spanned<String>, _)| {
            unversioned(name.get_ref()) == unversioned(&export.name)
        };
        if !draft.file.exports.iter().any(written) {
            not_provided(draft, &export.name, findings);
        }
    }
    exports
}

/// The full name of what is exported.
fn wanted_as(
    wanted: Option<&[Extern]>,
    name: &Spanned<String>,
    artifact: &Artifact,
    findings: &mut Findings<'_>,
) -> Option<String> {
    let text = name.get_ref();
    let Some(wanted) = wanted else {
        return Some(full_name(text, artifact.exports()));
    };
    match named(text, wanted).as_slice() {
        [only] => Some(only.name.clone()),
        [] => {
            let message = format!("the world of the host does not export `{text}`");
            let finding = findings.add(Code::UnusedLink, &name.span(), message);
            finding.item(text).fix("take the line out, or let the world of the host export it");
            let names = wanted.iter().map(|it| it.name.as_str());
            if !finding.suggest(text, names.clone()) {
                finding.note(format!("it exports {}", listed(names)));
            }
            None
        }
        several => {
            let names = listed(several.iter().map(|it| it.name.as_str()));
            let message =
                format!("the world of the host exports `{text}` in several versions: {names}");
            findings.add(Code::Ambiguous, &name.span(), message).item(text);
            None
        }
    }
}

fn not_provided(draft: &Draft<'_>, export: &str, findings: &mut Findings<'_>) {
    let span = draft.file.world.as_ref().or(draft.file.wit.as_ref()).map_or(0..0, Spanned::span);
    let message = format!("no plugin is named for `{export}`, which the world of the host exports");
    let finding = findings.add(Code::NotProvided, &span, message);
    finding.item(export);
    let able: Vec<&str> =
        draft.known().filter(|(_, it)| answers(it, export)).map(|(at, _)| draft.name(at)).collect();
    if let [first, ..] = able.as_slice() {
        finding
            .note(format!("exported by {}", listed(able.iter().copied())))
            .fix(format!("write `[exports]` and `\"{}\" = \"{first}\"`", unversioned(export)));
    }
}
