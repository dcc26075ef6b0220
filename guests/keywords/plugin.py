"""Implements what has reserved names."""

import keywords_sdk as sdk
from keywords_sdk import class_, export, nouns, verbs


@export
class Verbs(verbs.Verbs):
    """Gives the arguments as a list."""

    def match(
        self,
        self_: int,
        type: int,
        fn: int,
        move: int,
        ref: int,
        crate: int,
    ) -> bytes:
        return bytes((self_, type, fn, move, ref, crate))

    def impl(
        self,
        super: int,
        dyn: int,
        mut: int,
        loop: int,
        unsafe: int,
        gen: int,
    ) -> bytes:
        return bytes((super, dyn, mut, loop, unsafe, gen))

    def switch(
        self,
        int: int,
        char: int,
        register: int,
        volatile: int,
        struct: int,
        default: int,
    ) -> bytes:
        return bytes((int, char, register, volatile, struct, default))

    def sizeof(
        self,
        errno: int,
        stdin: int,
        main: int,
        inline: int,
        restrict: int,
        extern: int,
    ) -> bytes:
        return bytes((errno, stdin, main, inline, restrict, extern))

    def operator(
        self,
        class_: int,
        template: int,
        new: int,
        delete: int,
        namespace: int,
        private: int,
    ) -> bytes:
        return bytes((class_, template, new, delete, namespace, private))

    def defer(
        self,
        chan: int,
        go: int,
        range: int,
        select: int,
        interface: int,
        package: int,
    ) -> bytes:
        return bytes((chan, go, range, select, interface, package))

    def make(
        self,
        nil: int,
        len: int,
        string: int,
        error: int,
        append: int,
        iota: int,
    ) -> bytes:
        return bytes((nil, len, string, error, append, iota))

    def typeof(
        self,
        var: int,
        let: int,
        arguments: int,
        eval: int,
        await_: int,
        yield_: int,
    ) -> bytes:
        return bytes((var, let, arguments, eval, await_, yield_))

    def delete(
        self,
        null: int,
        undefined: int,
        function: int,
        this: int,
        debugger: int,
        in_: int,
    ) -> bytes:
        return bytes((null, undefined, function, this, debugger, in_))

    def lambda_(
        self,
        def_: int,
        none: int,
        true: int,
        pass_: int,
        nonlocal_: int,
        global_: int,
    ) -> bytes:
        return bytes((def_, none, true, pass_, nonlocal_, global_))

    def print(
        self,
        id: int,
        list: int,
        object: int,
        len: int,
        with_: int,
        raise_: int,
    ) -> bytes:
        return bytes((id, list, object, len, with_, raise_))


@export
class Nouns(nouns.Nouns):
    """Gives back what it takes."""

    def for_(self, it: nouns.Struct) -> nouns.Struct:
        return it

    def while_(self, it: nouns.Union) -> nouns.Union:
        return it

    def try_(self, it: nouns.Object) -> nouns.Object:
        return it

    def catch(self, it: nouns.Set) -> nouns.Set:
        return it

    def throw(self, it: nouns.String) -> nouns.Array:
        return bytes((it & 0xFF,))


@export
class Class(class_.Class):
    """An interface with such a name."""

    def return_(self, return_: int) -> int:
        return return_


@export
class Keywords(sdk.Keywords):
    """Reserved names."""

    def async_(self, await_: bool) -> bool:
        return await_

    def goto(self, label: bool) -> bool:
        return label
