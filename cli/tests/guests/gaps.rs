//! What a language is known not to do, in `guests/known-gaps.txt`.

use std::error::Error;
use std::fs;
use std::path::Path;

use crate::trial::Outcome;

/// All known gaps, and which of them were seen.
#[derive(Debug)]
pub(crate) struct Gaps(Vec<Gap>);

#[derive(Debug)]
struct Gap {
    line: usize,
    behaviour: String,
    language: String,
    /// The call as its cases file has it, or the name of a test; `*` stands for all cases.
    case: String,
    seen: bool,
}

impl Gaps {
    pub(crate) fn read(path: &Path) -> Result<Gaps, Box<dyn Error>> {
        Gaps::parse(&fs::read_to_string(path)?).map_err(Into::into)
    }

    fn parse(text: &str) -> Result<Gaps, String> {
        let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
        let gaps = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let gap = |(line, text): (usize, &str)| {
            let wrong = || {
                format!("line {line} of the known gaps is not `behaviour language case : reason`")
            };
            let (what, reason) = text.split_once(" : ").ok_or_else(wrong)?;
            let mut words = what.splitn(3, ' ').map(|it| it.trim().to_owned());
            let [behaviour, language, case] =
                [(); 3].map(|()| words.next().filter(|it| !it.is_empty()));
            match (behaviour, language, case) {
                (Some(behaviour), Some(language), Some(case)) if !reason.trim().is_empty() => {
                    Ok(Gap { line, behaviour, language, case, seen: false })
                }
                _ => Err(wrong()),
            }
        };
        gaps.map(gap).collect::<Result<_, _>>().map(Gaps)
    }

    /// Says what is wrong with what came of a case, if anything is.
    pub(crate) fn judge(&mut self, outcome: &Outcome) -> Option<String> {
        let Outcome { behaviour, language, case, result } = outcome;
        let gaps = self.0.iter_mut();
        let gaps = gaps.filter(|it| it.behaviour == *behaviour && it.language == *language);
        let mut gaps: Vec<_> = gaps.filter(|it| it.case == *case || it.case == "*").collect();
        for gap in &mut gaps {
            gap.seen |= result.is_err() || gap.case == *case;
        }
        let problem = match (result, gaps.iter().find(|it| it.case == *case)) {
            (Err(problem), _) if gaps.is_empty() => problem.clone(),
            (Ok(()), Some(gap)) => {
                format!("the gap has gone: remove line {} of the known gaps", gap.line)
            }
            _ => return None,
        };
        Some(format!("{behaviour} {language} {case} : {problem}"))
    }

    /// Complains about the lines that nothing needed.
    pub(crate) fn unused(&self) -> Vec<String> {
        let unused = self.0.iter().filter(|it| !it.seen);
        unused.map(|Gap { line, behaviour, language, case, .. }| {
            format!("line {line} of the known gaps, `{behaviour} {language} {case}`, names no failing case: remove it")
        }).collect()
    }
}

#[test]
fn a_gap_excuses_its_case_and_must_go_when_it_has_gone() {
    let text = "# comment\n\nlists js echo-u8([1, 2]) : it cannot, see upstream : 7\nflags go * : none of it\n";
    let mut gaps = Gaps::parse(text).unwrap();
    let mut judge = |behaviour: &str, language, case: &str, passed| {
        let (behaviour, case) = (behaviour.to_owned(), case.to_owned());
        let result = if passed { Ok(()) } else { Err("wrong".to_owned()) };
        let told = gaps.judge(&Outcome { behaviour, language, case, result });
        (told, gaps.unused().len())
    };
    let wrong = Some("lists go echo-u8([1, 2]) : wrong".to_owned());
    assert_eq!(judge("lists", "go", "echo-u8([1, 2])", false), (wrong, 2));
    assert_eq!(judge("lists", "js", "echo-u8([])", true), (None, 2));
    assert_eq!(judge("lists", "js", "echo-u8([1, 2])", false), (None, 1));
    assert_eq!(judge("flags", "go", "one()", true), (None, 1), "one of many may pass");
    assert_eq!(judge("flags", "go", "two()", false), (None, 0));
    let (gone, _) = judge("lists", "js", "echo-u8([1, 2])", true);
    assert!(gone.unwrap().ends_with("the gap has gone: remove line 3 of the known gaps"));
}

#[test]
fn a_gap_that_names_nothing_is_told() {
    let gaps = Gaps::parse("flags go * : none of it").unwrap();
    let told = "line 1 of the known gaps, `flags go *`, names no failing case: remove it";
    assert_eq!(gaps.unused(), [told]);
}

#[test]
fn a_gap_has_a_reason() {
    for text in ["lists js echo()", "lists js : why", "lists : why", "lists js echo() : "] {
        let problem = Gaps::parse(text).unwrap_err();
        assert!(problem.starts_with("line 1 of the known gaps is not"), "{text}");
    }
}
