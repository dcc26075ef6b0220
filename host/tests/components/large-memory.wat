;; Begins with as much memory as a large stack takes, and tells what it finds where it writes.
(component
  (core module $m
    (memory (export "memory") 17)
    ;; Grows so that the place is there, and puts the number where another was.
    (func (export "swap") (param $at i32) (param $new i32) (result i32)
      (local $old i32)
      (drop (memory.grow (i32.const 64)))
      (local.set $old (i32.load (local.get $at)))
      (i32.store (local.get $at) (local.get $new))
      (local.get $old)))
  (core instance $i (instantiate $m))
  (func (export "swap") (param "at" u32) (param "new" u32) (result u32)
    (canon lift (core func $i "swap"))))
