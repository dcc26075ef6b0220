//! What it was measured on.

use std::env;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::{fs, thread};

use crate::Result;

/// What glibc reads when a program starts, and the setting without which copies of a few kilobytes and more are up to
/// sixteen times slower on some processors, by the chance of where they lie.
const TUNABLES: &str = "GLIBC_TUNABLES";
const NO_REP_MOVSB: &str = "glibc.cpu.x86_rep_movsb_threshold=0x10000000";

/// Starts this program anew with the setting of glibc's, unless it runs with one.
///
/// # Errors
///
/// It cannot be started.
pub fn tune() -> Result<()> {
    if env::var_os(TUNABLES).is_some() {
        return Ok(());
    }
    let mut anew = Command::new(env::current_exe()?);
    Err(anew.args(env::args_os().skip(1)).env(TUNABLES, NO_REP_MOVSB).exec().into())
}

/// Describes the machine in one line.
///
/// # Errors
///
/// It is not Linux.
pub fn describe() -> Result<String> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpus.lines().find_map(|it| it.strip_prefix("model name")).unwrap_or("unknown");
    let model = model.trim_start_matches([':', '\t', ' ']);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let rustc = said(Command::new("rustc").arg("--version"))?;
    let date = said(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    let tunables = env::var(TUNABLES).unwrap_or_default();
    Ok(format!(
        "{date}: {model}, {} cores; Linux {}; {rustc}; `{TUNABLES}={tunables}`.",
        thread::available_parallelism()?,
        kernel.trim(),
    ))
}

fn said(command: &mut Command) -> Result<String> {
    Ok(String::from_utf8(command.output()?.stdout)?.trim().to_owned())
}
