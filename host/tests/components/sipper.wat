;; Reads from a stream once.
(component
  (type $bytes (stream u8))
  (core module $memory (memory (export "memory") 1))
  (core instance $memory (instantiate $memory))
  (core func $read (canon stream.read $bytes async (memory $memory "memory")))
  (core module $m
    (import "" "read" (func $read (param i32 i32 i32) (result i32)))
    (func (export "sip") (param i32) (result i32)
      (i32.shr_u (call $read (local.get 0) (i32.const 0) (i32.const 10)) (i32.const 4))))
  (core instance $i (instantiate $m (with "" (instance (export "read" (func $read))))))
  (func (export "sip") async (param "bytes" (stream u8)) (result u32) (canon lift (core func $i "sip"))))
