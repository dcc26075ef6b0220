;; Takes and gives a resource, which has no text.
(component
  (type $thing (resource (rep i32)))
  (core func $new (canon resource.new $thing))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (result i32) (call $new (i32.const 7)))
    (func (export "use") (param i32)))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func $make (result (own $thing)) (canon lift (core func $i "make")))
  (func $use (param "it" (own $thing)) (canon lift (core func $i "use")))
  (component $things
    (import "thing" (type $t (sub resource)))
    (import "make" (func $make (result (own $t))))
    (import "use" (func $use (param "it" (own $t))))
    (export $thing "thing" (type $t))
    (export "make" (func $make) (func (result (own $thing))))
    (export "use" (func $use) (func (param "it" (own $thing)))))
  (instance $things (instantiate $things
    (with "thing" (type $thing))
    (with "make" (func $make))
    (with "use" (func $use))))
  (export "example:handles/things" (instance $things)))
