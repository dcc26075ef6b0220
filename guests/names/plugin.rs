//! Implements what has the names of others.

use names_sdk::{
    errors::{self, Errors},
    json::{self, Json},
    plugin::{self, Names},
    std as std_interface,
    types::{ItemResource, Types},
};

struct Plugin;

struct MyItem {
    name: String,
}

impl Types for Plugin {
    type Item = MyItem;

    fn describe(name: String) -> String {
        format!("{name} is of `types`")
    }
}

impl ItemResource for MyItem {
    fn new(name: String) -> Self {
        Self { name }
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}

impl Json for Plugin {
    fn dump(it: json::Object) -> String {
        it.keys.join(" ")
    }
}

impl std_interface::Std for Plugin {
    fn dump(it: std_interface::Object) -> u8 {
        it.keys
    }
}

impl plugin::Plugin for Plugin {
    fn plugin(guest: Names) -> Names {
        let mut names = guest;
        names.push("guest".to_owned());
        names
    }

    fn sdk() -> String {
        "sdk".to_owned()
    }
}

impl Errors for Plugin {
    fn check(code: u8) -> Result<u8, errors::Error> {
        if code == 0 { Ok(0) } else { Err(errors::Error { code }) }
    }

    fn fail(code: u8) -> Result<u8, errors::Exception> {
        match code {
            0 => Ok(0),
            1 => Err(errors::Exception::Exception),
            _ => Err(errors::Exception::Error(errors::Error { code })),
        }
    }
}

names_sdk::export!(Plugin);
