;; Asks its host as it is told, counts what it is asked, and spins.
(component
  (import "example:waiting/desk" (instance $desk (export "ask" (func (param "what" u32) (result u32)))))
  (core func $ask (canon lower (func $desk "ask")))
  (core module $m
    (import "host" "ask" (func $ask (param i32) (result i32)))
    (memory 1)
    (global $count (mut i32) (i32.const 0))
    ;; What a test has it do at its start.
    (func (export "ask") (param i32) (result i32) (call $ask (local.get 0)))
    (func (export "count") (result i32)
      (global.set $count (i32.add (global.get $count) (i32.const 1)))
      (global.get $count))
    (func (export "spin") (loop $again (br $again))))
  (core instance $i (instantiate $m (with "host" (instance (export "ask" (func $ask))))))
  (func (export "ask") (param "what" u32) (result u32) (canon lift (core func $i "ask")))
  (func (export "count") (result u32) (canon lift (core func $i "count")))
  (func (export "spin") (canon lift (core func $i "spin"))))
