//! Gives records and tuples back, and makes new ones of their parts.

use records_sdk::people::{Address, Name, Padded, Pair, People, Person, Single};

struct Plugin;

impl People for Plugin {
    fn echo_person(it: Person) -> Person {
        it
    }

    fn echo_padded(it: Padded) -> Padded {
        it
    }

    fn echo_single(it: Single) -> Single {
        it
    }

    fn echo_pair(it: Pair) -> Pair {
        it
    }

    fn echo_tuple(it: (u8, (u64, (String, bool)), char)) -> (u8, (u64, (String, bool)), char) {
        it
    }

    fn echo_single_tuple(it: (u32,)) -> (u32,) {
        it
    }

    fn introduce(given: String, family: Option<String>, age: u8) -> Person {
        let initial = given.chars().next().unwrap_or('?');
        Person { name: Name { given, family }, age, is_member: false, homes: Vec::new(), initial }
    }

    fn moved(mut person: Person, home: Address) -> Person {
        person.age += 1;
        person.homes.push(home);
        person
    }

    fn swapped((text, single): Pair) -> (Single, String) {
        (single, text)
    }
}

records_sdk::export!(Plugin);
