//! A first plugin for the world `example:exported-keywords/exported-keywords`: put your own answers in.

use exported_keywords_sdk::verbs;

struct Plugin;

struct MyType;

impl exported_keywords_sdk::ExportedKeywords for Plugin {
    fn enum_(_ref_: bool) -> bool {
        false
    }
}

impl verbs::Verbs for Plugin {
    type Type = MyType;

    fn yield_() -> u8 {
        0
    }

    fn r#gen(_gen: u8) -> u8 {
        0
    }
}

impl verbs::TypeResource for MyType {
    fn level(&self) -> u8 {
        0
    }
}

exported_keywords_sdk::export!(Plugin);
