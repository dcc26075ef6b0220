//! Differences between a world and components: one folder a case, in `tests/conform`.

use std::path::Path;

use plugwright_component::{Artifact, Problem, World, differences};
use wit_component::StringEncoding;

use crate::support::{self, Result};

#[test]
fn differences_are_as_recorded() -> Result<()> {
    support::all(&support::entries("conform")?, |case| {
        let found = compare(case)?;
        let rendered: Vec<String> = found.iter().map(|(_, text)| format!("{text}\n")).collect();
        let rendered = match rendered.as_slice() {
            [] => "conforms\n".to_owned(),
            texts => texts.join("\n"),
        };
        support::golden(&case.join("differences.txt"), &rendered)
    })
}

#[test]
fn every_problem_has_a_case() -> Result<()> {
    let mut seen = Vec::new();
    for case in support::entries("conform")? {
        seen.extend(compare(&case)?.into_iter().map(|(problem, _)| problem));
    }
    let all = [
        Problem::Async,
        Problem::FunctionMissing,
        Problem::FunctionKind,
        Problem::InterfaceMissing,
        Problem::ItemKind,
        Problem::NotOffered,
        Problem::ParameterCount,
        Problem::ParameterName,
        Problem::ParameterType,
        Problem::PartExtra,
        Problem::PartMissing,
        Problem::PartOrder,
        Problem::PartType,
        Problem::ResultType,
        Problem::Type,
        Problem::TypeMissing,
        Problem::Version,
    ];
    let missing: Vec<&Problem> = all.iter().filter(|it| !seen.contains(it)).collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
    Ok(())
}

#[test]
fn a_component_conforms_to_its_own_world() -> Result<()> {
    support::all(&support::entries("conform")?, |case| {
        for name in ["expected.wit", "found.wit"] {
            let bytes = support::component(&case.join(name))?;
            let artifact = Artifact::from_bytes(name, bytes)?;
            let (resolve, id) = support::parse(&case.join(name))?;
            let parsed = World::new(resolve, id);
            let found = differences(&parsed, &artifact);
            if let Some(difference) = found.first() {
                return Err(format!("{name}: {difference}").into());
            }
        }
        Ok(())
    })
}

/// Compares twice, with the world as it was parsed and as host bindings embed it.
fn compare(case: &Path) -> Result<Vec<(Problem, String)>> {
    let (resolve, id) = support::parse(&case.join("expected.wit"))?;
    let encoded = wit_component::metadata::encode(&resolve, id, StringEncoding::UTF8, None)?;
    let artifact = Artifact::from_bytes("found", support::component(&case.join("found.wit"))?)?;
    let of = |world: &World| -> Vec<(Problem, String)> {
        let found = differences(world, &artifact).into_iter();
        found.map(|it| (it.problem, it.to_string())).collect()
    };
    let parsed = of(&World::new(resolve, id));
    let decoded = of(&World::decode(&encoded)?);
    if parsed != decoded {
        let text = format!("the encoded world compares otherwise:\n{parsed:#?}\n{decoded:#?}");
        return Err(text.into());
    }
    Ok(parsed)
}
