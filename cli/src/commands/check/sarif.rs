//! Findings in SARIF 2.1.0, which systems for code review show beside the lines.

use std::path::Path;

use plugwright_component::application::{Code, Finding, Severity};
use serde_sarif::sarif::{
    ArtifactLocation, Location, Message, MultiformatMessageString, PhysicalLocation, Region,
    ReportingDescriptor, Result as Found, ResultLevel, Run, Sarif, Tool, ToolComponent,
};

/// Where the schema of the format stands, as its readers want it named.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn log(path: &Path, findings: &[Finding]) -> Sarif {
    let mut codes: Vec<Code> = findings.iter().map(|it| it.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let driver = ToolComponent::builder()
        .name("plugwright")
        .version(env!("CARGO_PKG_VERSION"))
        .rules(codes.into_iter().map(rule).collect::<Vec<_>>())
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .results(findings.iter().map(|it| result(path, it)).collect::<Vec<_>>())
        .build();
    Sarif::builder().schema(SCHEMA).version(serde_json::json!("2.1.0")).runs(vec![run]).build()
}

fn rule(code: Code) -> ReportingDescriptor {
    let text = |text: &str| MultiformatMessageString::builder().text(text).build();
    ReportingDescriptor::builder()
        .id(code.to_string())
        .short_description(text(code.title()))
        .full_description(text(code.why()))
        .help(text(code.fix()))
        .build()
}

fn result(path: &Path, finding: &Finding) -> Found {
    let level = match finding.severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
        _ => ResultLevel::Note,
    };
    let lines =
        [finding.message.as_str()].into_iter().chain(finding.notes.iter().map(String::as_str));
    let text =
        lines.chain([format!("fix: {}", finding.fix).as_str()]).collect::<Vec<_>>().join("\n");
    let place = &finding.place;
    let number = |it: usize| i64::try_from(it).unwrap_or(i64::MAX);
    let region = Region::builder()
        .start_line(number(place.line))
        .start_column(number(place.column))
        .byte_offset(number(place.span.start))
        .byte_length(number(place.span.len()))
        .build();
    let uri = path.to_string_lossy().replace('\\', "/");
    let physical = PhysicalLocation::builder()
        .artifact_location(ArtifactLocation::builder().uri(uri).build())
        .region(region)
        .build();
    Found::builder()
        .rule_id(finding.code.to_string())
        .level(level)
        .message(Message::builder().text(text).build())
        .locations(vec![Location::builder().physical_location(physical).build()])
        .build()
}
