;; Imports nothing and exports nothing async, but has a built-in function of the component model's concurrency.
(component
  (core func $more (canon backpressure.inc))
  (core func $less (canon backpressure.dec))
  (core module $m
    (import "host" "more" (func $more))
    (import "host" "less" (func $less))
    (func (export "add") (param i32 i32) (result i32)
      (call $more)
      (call $less)
      (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m (with "host" (instance
    (export "more" (func $more)) (export "less" (func $less))))))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))
