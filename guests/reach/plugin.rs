//! Reaches for everything that the standard library offers.

use std::{
    collections::HashMap,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use reach_sdk::Reach;

struct Plugin;

impl Reach for Plugin {
    fn count_words(text: String) -> u32 {
        let mut words = HashMap::new();
        for word in text.split_whitespace() {
            *words.entry(word).or_insert(0) += 1;
        }
        words.len() as u32
    }

    fn print(line: String) {
        println!("{line}");
        eprintln!("{line}!");
    }

    fn elapsed() -> u64 {
        Instant::now().elapsed().as_nanos() as u64
    }

    fn now() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs())
    }

    fn variable(name: String) -> Option<String> {
        std::env::var(name).ok()
    }

    fn read(path: String) -> Result<String, String> {
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    }

    fn write(path: String, text: String) -> Result<(), String> {
        std::fs::write(path, text).map_err(|error| error.to_string())
    }

    fn connect(address: String) -> Result<(), String> {
        std::net::TcpStream::connect(address).map(|_| ()).map_err(|error| error.to_string())
    }

    fn sleep(milliseconds: u32) {
        std::thread::sleep(Duration::from_millis(milliseconds.into()));
    }

    fn panic(message: String) {
        panic!("{message}");
    }

    fn exit(code: i32) {
        std::process::exit(code);
    }
}

reach_sdk::export!(Plugin);
