;; Keeps what the canonical ABI writes and what WASI gives, and tells it to whoever asks.
(component
  (import "wasi:clocks/wall-clock@0.2.6" (instance $wall
    (type $t (record (field "seconds" u64) (field "nanoseconds" u32)))
    (export "datetime" (type $datetime (eq $t)))
    (export "now" (func (result $datetime)))))
  (import "wasi:random/random@0.2.6" (instance $random
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
  (import "wasi:io/streams@0.2.6" (instance $streams
    (export "input-stream" (type (sub resource)))))
  (alias export $streams "input-stream" (type $input))
  (import "wasi:cli/stdin@0.2.6" (instance $stdin
    (alias outer 1 $input (type $outer))
    (export "input-stream" (type $i (eq $outer)))
    (export "get-stdin" (func (result (own $i))))))
  (type $own (resource (rep i32)))
  (core func $new (canon resource.new $own))
  (core func $drop (canon resource.drop $own))
  (core func $rep (canon resource.rep $own))
  (core func $get-stdin (canon lower (func $stdin "get-stdin")))
  (core module $memory
    (memory (export "memory") 1)
    (global $at (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $at)
      (global.set $at (i32.add (global.get $at) (i32.and (i32.add (local.get 3) (i32.const 15)) (i32.const -16))))))
  (core instance $memory (instantiate $memory))
  (core func $now (canon lower (func $wall "now") (memory $memory "memory")))
  (core func $bytes
    (canon lower (func $random "get-random-bytes") (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core module $m
    (import "memory" "memory" (memory 1))
    (import "host" "now" (func $now (param i32)))
    (import "host" "bytes" (func $bytes (param i64 i32)))
    (import "host" "get-stdin" (func $get-stdin (result i32)))
    (import "host" "new" (func $new (param i32) (result i32)))
    (import "host" "drop" (func $drop (param i32)))
    (import "host" "rep" (func $rep (param i32) (result i32)))
    ;; The seconds are written to the end of one card and the beginning of the next.
    (func (export "time") (call $now (i32.const 12280)))
    (func (export "random") (call $bytes (i64.const 32) (i32.const 20480)))
    (func (export "keep") (param i32) (i32.store (i32.const 4094) (local.get 0)))
    (func (export "read") (param i32) (result i64) (i64.load (local.get 0)))
    ;; What it opens, and what number that has in its table of handles.
    (func (export "open") (result i32) (call $get-stdin))
    (func (export "make") (result i32) (call $new (i32.const 1)))
    (func (export "represent") (param i32) (result i32) (call $rep (local.get 0)))
    ;; Leaves no handle, but a secret in the order in which numbers are free again.
    (func (export "shuffle") (local i32 i32 i32)
      (local.set 0 (call $new (i32.const 1)))
      (local.set 1 (call $new (i32.const 1)))
      (call $drop (local.get 0))
      (call $drop (local.get 1))))
  (core instance $i (instantiate $m
    (with "memory" (instance $memory))
    (with "host" (instance
      (export "now" (func $now)) (export "bytes" (func $bytes)) (export "get-stdin" (func $get-stdin))
      (export "new" (func $new)) (export "drop" (func $drop)) (export "rep" (func $rep))))))
  (func (export "time") (canon lift (core func $i "time")))
  (func (export "random") (canon lift (core func $i "random")))
  (func (export "keep") (param "value" u32) (canon lift (core func $i "keep")))
  (func (export "read") (param "at" u32) (result u64) (canon lift (core func $i "read")))
  (func (export "open") (result u32) (canon lift (core func $i "open")))
  (func (export "make") (result u32) (canon lift (core func $i "make")))
  (func (export "represent") (param "handle" u32) (result u32) (canon lift (core func $i "represent")))
  (func (export "shuffle") (canon lift (core func $i "shuffle"))))
