//! How it is measured: each pass as a whole, in turns.

use std::time::Instant;

use crate::Result;

/// Does what is measured once.
pub type Pass<'a> = Box<dyn FnMut() -> Result<()> + 'a>;

/// Has all take their turns in so many rounds, and gives the seconds of each of them in each round; nothing where there
/// is none to take them.
///
/// What each does before the first round warms it up.
pub fn rounds(passes: &mut [Option<Pass<'_>>], count: usize) -> Result<Vec<Option<Vec<f64>>>> {
    let mut taken: Vec<_> = passes.iter().map(|it| it.as_ref().map(|_| Vec::new())).collect();
    for round in 0..=count {
        for (pass, taken) in passes.iter_mut().zip(&mut taken) {
            let (Some(pass), Some(taken)) = (pass, taken) else { continue };
            let start = Instant::now();
            pass()?;
            if round > 0 {
                taken.push(start.elapsed().as_secs_f64());
            }
        }
    }
    Ok(taken)
}
