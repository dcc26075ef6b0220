//! Implements what has reserved names.

use keywords_sdk::{
    Keywords,
    class::Class,
    nouns::{Array, Nouns, Object, Set, String, Struct, Union},
    verbs::Verbs,
};

struct Plugin;

impl Verbs for Plugin {
    fn match_(self_: u8, type_: u8, fn_: u8, move_: u8, ref_: u8, crate_: u8) -> Vec<u8> {
        vec![self_, type_, fn_, move_, ref_, crate_]
    }

    fn impl_(super_: u8, dyn_: u8, mut_: u8, loop_: u8, unsafe_: u8, gen_: u8) -> Vec<u8> {
        vec![super_, dyn_, mut_, loop_, unsafe_, gen_]
    }

    fn switch(int: u8, char: u8, register: u8, volatile: u8, struct_: u8, default: u8) -> Vec<u8> {
        vec![int, char, register, volatile, struct_, default]
    }

    fn sizeof(errno: u8, stdin: u8, main: u8, inline: u8, restrict: u8, extern_: u8) -> Vec<u8> {
        vec![errno, stdin, main, inline, restrict, extern_]
    }

    fn operator(
        class: u8,
        template: u8,
        new: u8,
        delete: u8,
        namespace: u8,
        private: u8,
    ) -> Vec<u8> {
        vec![class, template, new, delete, namespace, private]
    }

    fn defer(chan: u8, go: u8, range: u8, select: u8, interface: u8, package: u8) -> Vec<u8> {
        vec![chan, go, range, select, interface, package]
    }

    fn make(nil: u8, len: u8, string: u8, error: u8, append: u8, iota: u8) -> Vec<u8> {
        vec![nil, len, string, error, append, iota]
    }

    fn typeof_(var: u8, let_: u8, arguments: u8, eval: u8, await_: u8, yield_: u8) -> Vec<u8> {
        vec![var, let_, arguments, eval, await_, yield_]
    }

    fn delete(null: u8, undefined: u8, function: u8, this: u8, debugger: u8, in_: u8) -> Vec<u8> {
        vec![null, undefined, function, this, debugger, in_]
    }

    fn lambda(def: u8, none: u8, true_: u8, pass: u8, nonlocal: u8, global: u8) -> Vec<u8> {
        vec![def, none, true_, pass, nonlocal, global]
    }

    fn print(id: u8, list: u8, object: u8, len: u8, with: u8, raise: u8) -> Vec<u8> {
        vec![id, list, object, len, with, raise]
    }
}

impl Nouns for Plugin {
    fn for_(it: Struct) -> Struct {
        it
    }

    fn while_(it: Union) -> Union {
        it
    }

    fn try_(it: Object) -> Object {
        it
    }

    fn catch(it: Set) -> Set {
        it
    }

    fn throw(it: String) -> Array {
        vec![it as u8]
    }
}

impl Class for Plugin {
    fn return_(return_: u8) -> u8 {
        return_
    }
}

impl Keywords for Plugin {
    fn async_(await_: bool) -> bool {
        await_
    }

    fn goto(label: bool) -> bool {
        label
    }
}

keywords_sdk::export!(Plugin);
