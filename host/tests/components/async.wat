;; Functions that WIT calls `async`, which need an engine with concurrency support.
(component
  (import "example:host/later@1.0.0" (instance $later (export "fetch" (func async (result u32)))))
  (core func $fetch (canon lower (func $later "fetch")))
  (core module $m
    (import "host" "fetch" (func $fetch (result i32)))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "spin") (loop $again (br $again)))
    (func (export "fetch") (result i32) (call $fetch)))
  (core instance $i (instantiate $m (with "host" (instance (export "fetch" (func $fetch))))))
  (func (export "add") async (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add")))
  (func (export "spin") async (canon lift (core func $i "spin")))
  (func (export "fetch") async (result u32) (canon lift (core func $i "fetch")))
  (func (export "plain") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))
