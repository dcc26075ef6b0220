(component
  (import "example:notes/diary@1.0.0" (instance $diary
    (export "write" (func (param "text" string) (param "times" u32) (param "bytes" (list u8)) (result u32)))))
  (import "say" (func $say (param "text" string)))

  (core module $memory
    (memory (export "memory") 1)
    ;; A text, and a byte that no text has.
    (data (i32.const 0) "a word\ff"))
  (core instance $memory (instantiate $memory))
  (core func $write (canon lower (func $diary "write") (memory $memory "memory")))
  (core func $say (canon lower (func $say) (memory $memory "memory")))

  (core module $code
    (import "host" "write" (func $write (param i32 i32 i32 i32 i32) (result i32)))
    (import "host" "say" (func $say (param i32 i32)))
    ;; Says what is at a place, and writes it three times, and so many bytes.
    (func (export "run") (param $at i32) (param $length i32) (param $bytes i32) (result i32)
      (call $say (local.get $at) (local.get $length))
      (call $write
        (local.get $at) (local.get $length) (i32.const 3) (local.get $at) (local.get $bytes))))
  (core instance $code (instantiate $code
    (with "host" (instance (export "write" (func $write)) (export "say" (func $say))))))

  (func (export "run") (param "at" u32) (param "length" u32) (param "bytes" u32) (result u32)
    (canon lift (core func $code "run"))))
