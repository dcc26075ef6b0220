;; Exports `greet`, but not with the type that the world has.
(component
  (core module $m
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "greet") (param i32 i32) (result i32) (local.get 1)))
  (core instance $i (instantiate $m))
  (import "example:host/secrets@1.2.3" (instance (export "reveal" (func (result u32)))))
  (func (export "greet") (param "who" string) (result u32)
    (canon lift (core func $i "greet") (memory $i "memory") (realloc (func $i "realloc")))))
