//! Gives flags back, and works with them as with sets.

use flags_sdk::switches::{Eight, Nine, One, Seventeen, Switches, ThirtyTwo};

struct Plugin;

impl Switches for Plugin {
    fn echo_one(it: One) -> One {
        it
    }

    fn echo_eight(it: Eight) -> Eight {
        it
    }

    fn echo_nine(it: Nine) -> Nine {
        it
    }

    fn echo_seventeen(it: Seventeen) -> Seventeen {
        it
    }

    fn echo_thirty_two(it: ThirtyTwo) -> ThirtyTwo {
        it
    }

    fn inverted_eight(it: Eight) -> Eight {
        !it
    }

    fn inverted_nine(it: Nine) -> Nine {
        !it
    }

    fn is_weekend(it: Eight) -> bool {
        it.intersects(Eight::SATURDAY | Eight::SUNDAY)
    }

    fn each_thirty_two() -> Vec<ThirtyTwo> {
        ThirtyTwo::all().iter().collect()
    }

    fn union_thirty_two(left: ThirtyTwo, right: ThirtyTwo) -> ThirtyTwo {
        left | right
    }

    fn count_thirty_two(it: ThirtyTwo) -> u32 {
        it.bits().count_ones()
    }
}

flags_sdk::export!(Plugin);
