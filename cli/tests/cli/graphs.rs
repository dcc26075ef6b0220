//! Pictures of applications: what is drawn is what was looked at.

use std::error::Error;
use std::fs;
use std::path::Path;

use crate::fixtures;

#[test]
fn an_application_is_drawn_as_it_was_looked_at() -> Result<(), Box<dyn Error>> {
    let dir = fixtures::make("graphs")?;
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/graphs");
    for (application, file) in [
        ("shop.toml", "shop.svg"),
        ("shop.toml", "shop.mmd"),
        ("shop-apart.toml", "shop-apart.svg"),
        ("shop-apart.toml", "shop-apart.md"),
    ] {
        let output =
            fixtures::plugwright(&dir, &["check", application, "--graph", file]).output()?;
        assert!(output.status.success(), "{output:?}");
        let drawn = fs::read_to_string(dir.join(file))?;
        if std::env::var_os("BLESS").is_some() {
            fs::write(expected.join(file), drawn)?;
        } else {
            let looked_at = fs::read_to_string(expected.join(file))?;
            assert_eq!(drawn, looked_at, "draw {file} with BLESS=1, and look at it");
        }
    }
    Ok(())
}

#[test]
fn an_application_with_an_error_is_not_drawn() -> Result<(), Box<dyn Error>> {
    let dir = fixtures::make("graphs-broken")?;
    let args = ["check", "shop-broken.toml", "--graph", "shop.svg"];
    let output = fixtures::plugwright(&dir, &args).output()?;
    assert_eq!(output.status.code(), Some(1));
    assert!(!dir.join("shop.svg").exists());
    Ok(())
}

/// The names in an application are whatever somebody wrote.
#[test]
fn names_are_text_in_a_picture() -> Result<(), Box<dyn Error>> {
    let dir = fixtures::make("graphs-names")?;
    let name = r#"<script>alert(1)</script> & "till" ]]> `x` \u001b[31m"#;
    let text = fs::read_to_string(dir.join("shop.toml"))?;
    let quoted = format!("\"{}\"", name.replace('"', "\\\""));
    let text = text.replace("name = \"shop\"", &format!("name = {quoted}"));
    let text = text.replace("plugins.till", &format!("plugins.{quoted}"));
    let text = text.replace("= \"till\"", &format!("= {quoted}"));
    fs::write(dir.join("names.toml"), text)?;
    for file in ["names.svg", "names.mmd"] {
        let output =
            fixtures::plugwright(&dir, &["check", "names.toml", "--graph", file]).output()?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let drawn = fs::read_to_string(dir.join(file))?;
        assert!(!drawn.contains("<script>"), "{drawn}");
        assert!(!drawn.contains('\u{1b}'), "{drawn}");
    }
    Ok(())
}
