;; Makes handles to a resource of its own and never drops one.
(component
  (type $r (resource (rep i32)))
  (core func $new (canon resource.new $r))
  (core module $m
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "hoard") (param i32)
      (loop $again
        (drop (call $new (i32.const 7)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if $again (local.get 0)))))
  (core instance $i (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func (export "hoard") (param "count" u32) (canon lift (core func $i "hoard"))))
