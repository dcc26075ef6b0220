;; Adds the tax of a country to a price, and asks another plugin what that is.
(component
  (import "example:shop/tax@0.1.0" (instance $tax
    (export "rate" (func (param "country" string) (result (result u32 (error string)))))))
  (core module $memory
    (memory (export "memory") 1)
    (global $at (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $at)
      (global.set $at
        (i32.add (global.get $at) (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -16))))))
  (core instance $memory (instantiate $memory))
  (core func $rate
    (canon lower (func $tax "rate") (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core module $m
    (import "memory" "memory" (memory 1))
    (import "tax" "rate" (func $rate (param i32 i32 i32)))
    ;; The result of the other one lies at 16, and is made into this one's own where it lies.
    (func (export "price") (param $net i32) (param $text i32) (param $length i32) (result i32)
      (call $rate (local.get $text) (local.get $length) (i32.const 16))
      (if (i32.eqz (i32.load8_u (i32.const 16)))
        (then
          (i32.store (i32.const 20)
            (i32.add (local.get $net)
              (i32.div_u (i32.mul (local.get $net) (i32.load (i32.const 20))) (i32.const 100))))))
      (i32.const 16)))
  (core instance $i (instantiate $m
    (with "memory" (instance $memory))
    (with "tax" (instance (export "rate" (func $rate))))))
  (func $price (param "net" u32) (param "country" string) (result (result u32 (error string)))
    (canon lift (core func $i "price") (memory $memory "memory") (realloc (func $memory "realloc"))))
  (instance $till (export "price" (func $price)))
  (export "example:shop/till@0.1.0" (instance $till)))
