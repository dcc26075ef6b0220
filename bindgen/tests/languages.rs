//! The table of what a language cannot say, in `docs/reference/languages.md`; `BLESS=1` rewrites it.

use std::error::Error;
use std::fs;

use plugwright_bindgen::{Feature, Language, instead};

const PAGE: &str = "../docs/reference/languages.md";
const BEGIN: &str = "<!-- begin: refusals -->\n";
const END: &str = "<!-- end: refusals -->";

fn table() -> String {
    let mut table = "| | language | instead |\n|---|---|---|\n".to_owned();
    for feature in Feature::ALL {
        let mut ways = Vec::<(&str, Vec<String>)>::new();
        for language in Language::ALL {
            let Some(way) = instead(language, feature) else { continue };
            match ways.iter_mut().find(|(it, _)| *it == way) {
                Some((_, languages)) => languages.push(format!("`{language}`")),
                None => ways.push((way, vec![format!("`{language}`")])),
            }
        }
        for (way, languages) in ways {
            let languages = match languages.len() == Language::ALL.len() {
                true => "every one".to_owned(),
                false => languages.join(", "),
            };
            table.push_str(&format!("| {} | {languages} | {way} |\n", feature.describe()));
        }
    }
    table
}

#[test]
fn the_docs_tell_what_a_language_cannot_say() -> Result<(), Box<dyn Error>> {
    let page = fs::read_to_string(PAGE)?;
    let (before, rest) = page.split_once(BEGIN).ok_or("the page has lost its mark")?;
    let (_, after) = rest.split_once(END).ok_or("the page has lost its mark")?;
    let expected = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("BLESS").is_some() {
        fs::write(PAGE, &expected)?;
    }
    assert_eq!(fs::read_to_string(PAGE)?, expected, "read the difference, then run with BLESS=1");
    Ok(())
}
