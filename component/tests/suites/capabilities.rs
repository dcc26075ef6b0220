//! What components may do, in plain words: one WIT document a case, in `tests/capabilities`.

use plugwright_component::{Access, Artifact};

use crate::support::{self, Result};

#[test]
fn capabilities_are_as_recorded() -> Result<()> {
    let cases: Vec<_> = support::entries("capabilities")?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "wit"))
        .collect();
    support::all(&cases, |case| {
        let artifact = Artifact::from_bytes("it", support::component(case)?)?;
        let mut text = String::new();
        for capability in artifact.capabilities() {
            let access = match capability.access() {
                Access::Always => "always allowed".to_owned(),
                Access::Refused => "refused".to_owned(),
                Access::Granted(snippet) => snippet.trim_end().replace('\n', "\n  "),
                other => format!("{other:?}"),
            };
            assert_eq!(capability.grant().is_some(), access.starts_with("[grants]"));
            text.push_str(&format!(
                "{}\n  {:?}: {}\n  {access}\n\n",
                capability.describe(),
                capability.kind,
                capability.interfaces.join(", "),
            ));
        }
        if text.is_empty() {
            text.push_str("nothing\n");
        }
        support::golden(&case.with_extension("txt"), &text)
    })
}
