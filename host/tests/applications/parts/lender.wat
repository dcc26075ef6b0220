;; Has what it lends from the vault.
(module
  (import "demo:vault/vault@0.1.0" "[constructor]item" (func $make (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "demo:lending/lending@0.1.0#lend") (param i32) (result i32) (call $make (local.get 0))))
