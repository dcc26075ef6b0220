;; Takes memory and table elements in small steps, until there is no more or too often.
(component
  (core module $m
    (memory $m 1)
    (memory $bounded 1 2)
    (memory $wide i64 1)
    (table $t 1 funcref)
    (table $bounded 1 2 funcref)
    (func (export "memory")
      (loop $again
        (br_if $again (i32.ne (memory.grow $m (i32.const 1)) (i32.const -1)))))
    (func (export "two-memories")
      (loop $again
        (drop (memory.grow $m (i32.const 1)))
        (drop (memory.grow $wide (i64.const 1)))
        (br $again)))
    (func (export "all-at-once") (drop (memory.grow $m (i32.const 65535))))
    (func (export "beyond-all") (result i64) (memory.grow $wide (i64.const -1)))
    (func (export "far") (result i64) (memory.grow $wide (i64.const 0x7fffffff0000)))
    ;; Asks a thousand times for what its own bounds forbid, which is no offence: the answer is -1.
    (func (export "own-bounds") (result i32) (local $times i32)
      (loop $again
        (drop (memory.grow $bounded (i32.const 2)))
        (drop (table.grow $bounded (ref.null func) (i32.const 2)))
        (local.set $times (i32.add (local.get $times) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $times) (i32.const 1000))))
      (memory.grow $m (i32.const 1)))
    (func (export "table")
      (loop $again
        (br_if $again (i32.ne (table.grow $t (ref.null func) (i32.const 1)) (i32.const -1)))))
    (func (export "table-at-once") (drop (table.grow $t (ref.null func) (i32.const -2)))))
  (core instance $i (instantiate $m))
  (func (export "memory") (canon lift (core func $i "memory")))
  (func (export "two-memories") (canon lift (core func $i "two-memories")))
  (func (export "all-at-once") (canon lift (core func $i "all-at-once")))
  (func (export "beyond-all") (result s64) (canon lift (core func $i "beyond-all")))
  (func (export "far") (result s64) (canon lift (core func $i "far")))
  (func (export "own-bounds") (result s32) (canon lift (core func $i "own-bounds")))
  (func (export "table") (canon lift (core func $i "table")))
  (func (export "table-at-once") (canon lift (core func $i "table-at-once"))))
