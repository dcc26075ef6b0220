;; A plugin that writes to its memory and traps, or goes on for ever.
(component
  (core module $m
    (memory (export "memory") 2)
    (data (i32.const 8) "before")
    (func $deep unreachable)
    (func (export "write-and-trap") (param i32)
      (i32.store8 (i32.const 14) (local.get 0))
      (call $deep))
    (func (export "spin") (loop $again (br $again))))
  (core instance $i (instantiate $m))
  (func (export "write-and-trap") (param "byte" u8) (canon lift (core func $i "write-and-trap")))
  (func (export "spin") (canon lift (core func $i "spin"))))
