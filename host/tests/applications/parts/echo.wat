;; Twice what the bell says.
(module
  (import "demo:bell/bell@0.1.0" "ring" (func $ring (param i32) (result i32)))
  (func (export "demo:echo/echo@0.1.0#back") (param i32) (result i32)
    (i32.mul (i32.const 2) (call $ring (local.get 0)))))
