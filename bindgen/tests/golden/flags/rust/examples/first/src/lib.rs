//! A first plugin for the world `example:flags/flags-of-rights`: put your own answers in.

use flags_of_rights_sdk::rights;

struct Plugin;

impl rights::Rights for Plugin {
    fn union_of(_left: rights::Right, _right: rights::Right) -> rights::Right {
        rights::Right::empty()
    }
}

flags_of_rights_sdk::export!(Plugin);
