;; Exports two interfaces with a function of the same name.
(component
  (core module $m (func (export "f") (result i32) (i32.const 1)))
  (core instance $i (instantiate $m))
  (func $f (result u32) (canon lift (core func $i "f")))
  (instance $instance (export "f" (func $f)))
  (export "example:pair/left@1.0.0" (instance $instance))
  (export "example:pair/right@1.0.0" (instance $instance)))
