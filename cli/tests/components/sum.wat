;; Needs the interface of `doubler.wat`, and a clock.
(component
  (import "demo:kit/math@1.0.0" (instance $math (export "double" (func (param "x" u32) (result u32)))))
  (import "wasi:clocks/monotonic-clock@0.2.6" (instance $clock (export "now" (func (result u64)))))
  (core func $double (canon lower (func $math "double")))
  (core func $now (canon lower (func $clock "now")))
  (core module $m
    (import "math" "double" (func $double (param i32) (result i32)))
    (import "clock" "now" (func $now (result i64)))
    (func (export "run") (param i32 i32) (result i32)
      (drop (call $now))
      (i32.add (call $double (local.get 0)) (call $double (local.get 1)))))
  (core instance $i (instantiate $m
    (with "math" (instance (export "double" (func $double))))
    (with "clock" (instance (export "now" (func $now))))))
  (func (export "run") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "run"))))
