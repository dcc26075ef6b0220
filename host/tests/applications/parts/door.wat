(module
  (import "demo:bell/bell@0.1.0" "ring" (func $ring (param i32) (result i32)))
  (import "demo:echo/echo@0.1.0" "back" (func $back (param i32) (result i32)))
  (func (export "demo:door/door@0.1.0#knock") (param i32) (result i32)
    (i32.add (call $ring (local.get 0)) (call $back (local.get 0)))))
