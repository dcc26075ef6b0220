//! Works with what its host offers.

use imports_sdk::{
    answer,
    desk::{self, Entry, Failure, Level, Line, Query},
    tasks::Tasks,
};

struct Plugin;

impl Tasks for Plugin {
    fn report(level: Level, texts: Vec<String>) -> u64 {
        let count = texts.len() as u64;
        for (at, text) in texts.into_iter().enumerate() {
            desk::write(&Line { level, text, tags: vec![at.to_string()] });
        }
        count
    }

    fn find(query: Query) -> Result<Vec<Entry>, Failure> {
        desk::find(&query)
    }

    fn name_of(id: u64) -> Result<String, Failure> {
        let entries = desk::find(&Query::ById(id))?;
        entries.into_iter().next().map(|it| it.name).ok_or(Failure::NotFound)
    }

    fn copy(from: String, to: String) -> Result<Option<u32>, Failure> {
        let Some(value) = desk::load(&from) else { return Ok(None) };
        desk::store(&to, &value)?;
        Ok(Some(value.len() as u32))
    }

    fn check(level: Level) -> bool {
        desk::check(level).is_ok()
    }

    fn mix() -> (u8, i64, f32, f64, bool, char, String) {
        desk::mix(255, i64::MIN, 0.1, 0.1, true, '🦀', "gemischt ✓")
    }

    fn sum(of: i64) -> i64 {
        desk::sum(1, 2, 3, 4, -5, -6, -7, -8, 9, 10, 11, 12, -13, -14, -15, of, 17)
    }

    fn ticks(times: u32) -> u64 {
        (0..times).map(|_| desk::now()).sum()
    }

    fn ask(question: String) -> String {
        answer(&question)
    }
}

imports_sdk::export!(Plugin);
