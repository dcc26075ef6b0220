;; `async` functions that call functions of WASI that may wait.
(component
  (import "wasi:io/error@0.2.6" (instance $errors (export "error" (type (sub resource)))))
  (alias export $errors "error" (type $error))
  (import "wasi:io/streams@0.2.6" (instance $streams
    (alias outer 1 $error (type $outer))
    (export "error" (type $e (eq $outer)))
    (type $variant (variant (case "last-operation-failed" (own $e)) (case "closed")))
    (export "stream-error" (type $failure (eq $variant)))
    (export "output-stream" (type $o (sub resource)))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $o)) (param "contents" (list u8)) (result (result (error $failure)))))))
  (alias export $streams "output-stream" (type $stream))
  (import "wasi:cli/stderr@0.2.6" (instance $stderr
    (alias outer 1 $stream (type $outer))
    (export "output-stream" (type $o (eq $outer)))
    (export "get-stderr" (func (result (own $o))))))
  (import "wasi:io/poll@0.2.6" (instance $poll
    (export "pollable" (type $p (sub resource)))
    (export "[method]pollable.block" (func (param "self" (borrow $p))))))
  (alias export $poll "pollable" (type $pollable))
  (import "wasi:clocks/monotonic-clock@0.2.6" (instance $timer
    (alias outer 1 $pollable (type $outer))
    (export "pollable" (type $p (eq $outer)))
    (export "subscribe-duration" (func (param "when" u64) (result (own $p))))))
  (core module $memory
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
  (core instance $memory (instantiate $memory))
  (core func $get (canon lower (func $stderr "get-stderr")))
  (core func $write
    (canon lower (func $streams "[method]output-stream.blocking-write-and-flush") (memory $memory "memory")))
  (core func $block (canon lower (func $poll "[method]pollable.block")))
  (core func $timer (canon lower (func $timer "subscribe-duration")))
  (core module $m
    (import "h" "get" (func $get (result i32)))
    (import "h" "write" (func $write (param i32 i32 i32 i32)))
    (import "h" "block" (func $block (param i32)))
    (import "h" "timer" (func $timer (param i64) (result i32)))
    (func (export "print") (param i32 i32) (call $write (call $get) (local.get 0) (local.get 1) (i32.const 0)))
    (func (export "sleep") (param i64) (call $block (call $timer (local.get 0)))))
  (core instance $i (instantiate $m
    (with "h" (instance
      (export "get" (func $get)) (export "write" (func $write)) (export "block" (func $block))
      (export "timer" (func $timer))))))
  (func (export "print") async (param "text" string)
    (canon lift (core func $i "print") (memory $memory "memory") (realloc (func $memory "realloc"))))
  (func (export "sleep") async (param "nanoseconds" u64) (canon lift (core func $i "sleep"))))
