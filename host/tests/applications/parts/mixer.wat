(module
  (import "demo:vault/vault@0.1.0" "[constructor]item" (func $make (param i32) (result i32)))
  (import "demo:vault/vault@0.1.0" "[method]item.number" (func $number (param i32) (result i32)))
  (import "demo:vault/vault@0.1.0" "merge" (func $merge (param i32 i32) (result i32)))
  (import "demo:lending/lending@0.1.0" "lend" (func $lend (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "mix") (result i32)
    (call $number (call $merge (call $make (i32.const 1)) (call $lend (i32.const 2))))))
