;; Answers a greeting with the name itself.
(component
  (core module $m
    (memory (export "memory") 1)
    (global $at (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $at)
      (global.set $at
        (i32.add (global.get $at) (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -16)))))
    (func (export "greet") (param i32 i32) (result i32)
      ;; What was allocated for this call is free for the next.
      (global.set $at (i32.const 1024))
      (i32.store (i32.const 0) (local.get 0))
      (i32.store (i32.const 4) (local.get 1))
      (i32.const 0)))
  (core instance $i (instantiate $m))
  (func (export "greet") (param "name" string) (result string)
    (canon lift (core func $i "greet") (memory $i "memory") (realloc (func $i "realloc")))))
