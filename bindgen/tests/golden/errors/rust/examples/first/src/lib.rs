//! A first plugin for the world `example:errors/errors`: put your own answers in.

use errors_sdk::failures;

struct Plugin;

impl failures::Failures for Plugin {
    fn run() -> failures::Outcome {
        Ok(0)
    }

    fn again() -> failures::Outer {
        Ok(0)
    }

    fn both() -> (u32, Option<Result<u8, failures::Deep>>) {
        (0, None)
    }

    fn faulty() -> Result<(), failures::Faults> {
        Ok(())
    }

    fn simple() -> Result<(), failures::Plain> {
        Ok(())
    }
}

errors_sdk::export!(Plugin);
