//! Gives options and results back, and answers with them.

use options_sdk::answers::{Answers, Mood, Problem, Refusal};

struct Plugin;

impl Answers for Plugin {
    fn echo_option(it: Option<u32>) -> Option<u32> {
        it
    }

    fn echo_option_string(it: Option<String>) -> Option<String> {
        it
    }

    fn echo_option_option(it: Option<Option<u8>>) -> Option<Option<u8>> {
        it
    }

    fn echo_deep_option(it: Option<Option<Option<String>>>) -> Option<Option<Option<String>>> {
        it
    }

    fn echo_option_result(it: Option<Result<u8, String>>) -> Option<Result<u8, String>> {
        it
    }

    fn echo_option_list(it: Option<Vec<Option<u8>>>) -> Option<Vec<Option<u8>>> {
        it
    }

    fn echo_nested_result(
        it: Vec<Result<Option<u8>, Option<String>>>,
    ) -> Vec<Result<Option<u8>, Option<String>>> {
        it
    }

    fn echo_result_result(
        it: (Result<Result<u8, String>, Refusal>,),
    ) -> (Result<Result<u8, String>, Refusal>,) {
        it
    }

    fn echo_empty_result(it: (Result<(), ()>,)) -> (Result<(), ()>,) {
        it
    }

    fn with_text(error: String) -> Result<u32, String> {
        if error.is_empty() { Ok(0) } else { Err(error) }
    }

    fn with_nothing(it: i32) -> Result<(), ()> {
        if it < 0 { Err(()) } else { Ok(()) }
    }

    fn with_nothing_good(it: i32) -> Result<(), String> {
        if it < 0 { Err(format!("{it} is below 0")) } else { Ok(()) }
    }

    fn with_nothing_bad(it: i32) -> Result<i32, ()> {
        if it < 0 { Err(()) } else { Ok(it) }
    }

    fn with_record(code: u16) -> Result<String, Problem> {
        if code == 0 {
            return Ok("fine".to_owned());
        }
        Err(Problem { code, text: format!("code {code}") })
    }

    fn with_variant(text: String) -> Result<String, Refusal> {
        match text.as_str() {
            "" => Err(Refusal::Busy),
            "key" => Err(Refusal::Locked(text)),
            "broken" => Err(Refusal::Broken(Problem { code: 500, text })),
            _ => Ok(text),
        }
    }

    fn with_enum(mood: Mood) -> Result<u8, Mood> {
        match mood {
            Mood::Calm => Ok(1),
            Mood::Upset => Err(mood),
        }
    }

    fn with_number(it: u32) -> Result<String, u32> {
        if it == 0 { Ok("zero".to_owned()) } else { Err(it) }
    }

    fn with_list(it: Vec<String>) -> Result<u32, Vec<String>> {
        if it.is_empty() { Ok(0) } else { Err(it) }
    }

    fn with_option(it: Option<String>) -> Result<Option<u8>, Option<String>> {
        match it.as_deref() {
            None => Ok(None),
            Some("") => Ok(Some(0)),
            Some("none") => Err(None),
            Some(_) => Err(it),
        }
    }

    fn with_tuple(it: i32) -> Result<(i32, String), (i32, String)> {
        if it < 1 {
            return Err((it, "less than one".to_owned()));
        }
        Ok((it, "one or more".to_owned()))
    }

    fn with_result(it: i32) -> Result<Result<i32, String>, String> {
        match it {
            ..0 => Err(format!("{it} is below 0")),
            0 => Ok(Err("zero".to_owned())),
            _ => Ok(Ok(it)),
        }
    }

    fn first(left: Option<String>, right: Option<String>) -> Option<String> {
        left.or(right)
    }
}

options_sdk::export!(Plugin);
