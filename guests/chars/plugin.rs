//! Gives characters back, counts with them, and makes texts of them.

use chars_sdk::letters::Letters;

struct Plugin;

impl Letters for Plugin {
    fn echo(letter: char) -> char {
        letter
    }

    fn code(letter: char) -> u32 {
        letter.into()
    }

    fn of_code(code: u32) -> Option<char> {
        char::from_u32(code)
    }

    fn next(letter: char) -> Option<char> {
        (letter..=char::MAX).nth(1)
    }

    fn spell(text: String) -> Vec<char> {
        text.chars().collect()
    }

    fn write(letters: Vec<char>) -> String {
        letters.into_iter().collect()
    }
}

chars_sdk::export!(Plugin);
