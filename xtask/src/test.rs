//! `test`: everything CI does, in order, up to the first step that fails.

use std::time::{Duration, Instant};

use crate::error::StepError;
use crate::step::{Outcome, Step, no_arguments};
use crate::tally::Tally;

/// Lists the steps of CI with their arguments.
const PLAN: &[(&str, &[&str])] = &[
    ("toolchains", &[]),
    ("fmt", &[]),
    ("clippy", &[]),
    ("codegen", &["--check"]),
    ("guests", &[]),
    ("suite", &[]),
    ("docs", &[]),
    ("deny", &[]),
];

/// Runs the whole plan; prints a table of what ran, and how many tests, whether it fails or not.
pub(crate) fn run(args: &[String]) -> Result<Outcome, StepError> {
    no_arguments(args)?;
    let mut rows = Vec::new();
    let failure = PLAN.iter().find_map(|(name, args)| {
        let step = Step::named(name).expect("the plan names steps of the table");
        println!("\n== {}", step.name);
        let start = Instant::now();
        let result = (step.run)(&args.iter().map(|&it| it.to_owned()).collect::<Vec<_>>());
        let row = Row::new(step.name, start.elapsed(), &result);
        println!("== {}, {:.1} s: {}", row.step, row.time.as_secs_f64(), row.result);
        rows.push(row);
        result.err().map(|err| StepError::Step { step: step.name, source: Box::new(err) })
    });
    print!("\n{}", table(&rows));
    let tally = rows.iter().find_map(|row| row.tally);
    match failure {
        Some(err) => {
            if let Some(tally) = tally {
                println!("\n{tally}");
            }
            Err(err)
        }
        None => {
            println!();
            Ok(tally.map_or(Outcome::Done, Outcome::Tested))
        }
    }
}

/// One line of the table.
#[derive(Debug)]
struct Row {
    step: &'static str,
    time: Duration,
    result: String,
    tally: Option<Tally>,
}

impl Row {
    fn new(step: &'static str, time: Duration, result: &Result<Outcome, StepError>) -> Self {
        let (result, tally) = match result {
            Ok(Outcome::Tested(tally)) => (tally.to_string(), Some(*tally)),
            Ok(outcome) => (outcome.to_string(), None),
            Err(StepError::Tests { tally, .. }) => (format!("FAILED: {tally}"), Some(*tally)),
            Err(_) => ("FAILED".to_owned(), None),
        };
        Self { step, time, result, tally }
    }
}

fn table(rows: &[Row]) -> String {
    let mut text = format!("{:<12}{:>9}   {}\n", "step", "time", "result");
    for row in rows {
        let line = format!("{:<12}{:>7.1} s   {}\n", row.step, row.time.as_secs_f64(), row.result);
        text.push_str(&line);
    }
    for (step, _) in &PLAN[rows.len()..] {
        text.push_str(&format!("{step:<12}{:>9}   not run\n", "-"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::step::STEPS;

    #[test]
    fn the_plan_is_the_steps_of_the_table_up_to_deny() {
        let plan: Vec<_> = PLAN.iter().map(|(name, _)| *name).collect();
        let steps: Vec<_> = STEPS.iter().map(|step| step.name).skip(1).take(plan.len()).collect();
        assert_eq!(plan, steps);
        assert_eq!(plan.last(), Some(&"deny"));
    }

    #[test]
    fn the_table_says_what_ran_what_failed_and_what_did_not_run() {
        let second = Duration::from_secs(1);
        let tally = Tally { passed: 3, failed: 0, skipped: 1 };
        let err = Err(StepError::NoTests { command: "cargo test".to_owned() });
        let rows = [
            Row::new("toolchains", second, &Ok(Outcome::Skipped("no rustup".to_owned()))),
            Row::new("fmt", second * 90, &Ok(Outcome::Done)),
            Row::new("clippy", second, &Ok(Outcome::Tested(tally))),
            Row::new("codegen", second, &err),
        ];
        assert_eq!(
            table(&rows),
            "\
step             time   result
toolchains      1.0 s   skipped: no rustup
fmt            90.0 s   done
clippy          1.0 s   3 passed, 0 failed, 1 skipped
codegen         1.0 s   FAILED
guests              -   not run
suite               -   not run
docs                -   not run
deny                -   not run
"
        );
    }
}
