;; Knows the tax of one country, traps where it is asked for `Z`, and gives every other country back as the error.
(component
  (core module $m
    (memory (export "memory") 1)
    (global $at (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $at)
      (global.set $at
        (i32.add (global.get $at) (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -16)))))
    (func (export "rate") (param $text i32) (param $length i32) (result i32)
      (if (i32.eq (i32.load8_u (local.get $text)) (i32.const 90)) (then unreachable))
      (i32.store8 (i32.const 16) (i32.ne (i32.load8_u (local.get $text)) (i32.const 65)))
      (i32.store (i32.const 20) (i32.const 20))
      (if (i32.load8_u (i32.const 16))
        (then
          (i32.store (i32.const 20) (local.get $text))
          (i32.store (i32.const 24) (local.get $length))))
      (i32.const 16)))
  (core instance $i (instantiate $m))
  (func $rate (param "country" string) (result (result u32 (error string)))
    (canon lift (core func $i "rate") (memory $i "memory") (realloc (func $i "realloc"))))
  (instance $tax (export "rate" (func $rate)))
  (export "example:shop/tax@0.1.0" (instance $tax)))
