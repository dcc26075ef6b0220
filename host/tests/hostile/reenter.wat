;; Calls a part of itself that calls it back.
(component $outer
  (core module $inner (func (export "f") (result i32) (i32.const 7)))
  (core instance $inner (instantiate $inner))
  (func $back (result u32) (canon lift (core func $inner "f")))
  (component $child
    (import "back" (func $back (result u32)))
    (core func $back (canon lower (func $back)))
    (core module $m
      (import "" "back" (func $back (result i32)))
      (func (export "f") (result i32) (call $back)))
    (core instance $i (instantiate $m (with "" (instance (export "back" (func $back))))))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (instance $child (instantiate $child (with "back" (func $back))))
  (core func $call (canon lower (func $child "f")))
  (core module $m
    (import "" "call" (func $call (result i32)))
    (func (export "f") (result i32) (call $call)))
  (core instance $i (instantiate $m (with "" (instance (export "call" (func $call))))))
  (func (export "reenter") (result u32) (canon lift (core func $i "f"))))
