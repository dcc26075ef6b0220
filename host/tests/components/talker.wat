;; Calls its host as often, and with as many bytes, as it is told.
(component
  (import "example:talk/listener" (instance $listener
    (export "hear" (func (param "bytes" (list u8)) (result u32)))
    (export "ask" (func (param "milliseconds" u32) (result string)))))
  (core module $memory
    (memory (export "memory") 4)
    (global $at (mut i32) (i32.const 131072))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $at)
      (global.set $at (i32.add (global.get $at) (local.get 3)))))
  (core instance $memory (instantiate $memory))
  (core func $hear (canon lower (func $listener "hear") (memory $memory "memory")))
  (core func $ask (canon lower (func $listener "ask") (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core module $m
    (import "host" "hear" (func $hear (param i32 i32) (result i32)))
    (import "host" "ask" (func $ask (param i32 i32)))
    (import "memory" "memory" (memory 1))
    (func (export "talk") (param $times i32) (param $bytes i32) (result i32) (local $heard i32)
      (loop $again
        (if (local.get $times) (then
          (local.set $heard (call $hear (i32.const 0) (local.get $bytes)))
          (local.set $times (i32.sub (local.get $times) (i32.const 1)))
          (br $again))))
      (local.get $heard))
    (func (export "ask") (param $milliseconds i32) (result i32)
      (call $ask (local.get $milliseconds) (i32.const 0))
      (i32.const 0)))
  (core instance $i (instantiate $m
    (with "memory" (instance $memory))
    (with "host" (instance (export "hear" (func $hear)) (export "ask" (func $ask))))))
  (func (export "talk") (param "times" u32) (param "bytes" u32) (result u32) (canon lift (core func $i "talk")))
  (func (export "ask") (param "milliseconds" u32) (result string)
    (canon lift (core func $i "ask") (memory $memory "memory"))))
