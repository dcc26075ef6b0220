;; Keeps what it is given, unread; all else it fails at.
(module
  (memory (export "memory") 1)
  (func (export "example:flows/desk#give") (param i32) (result i32) unreachable)
  (func (export "example:flows/desk#hear") (param i32) (result i32) unreachable)
  (func (export "example:flows/desk#keep") (param i32))
  (func (export "example:flows/desk#ask") (result i32) unreachable))
