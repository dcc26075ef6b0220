;; Falls before it starts.
(component
  (core module $m
    (func $start (call $start))
    (start $start)
    (func (export "f")))
  (core instance $i (instantiate $m))
  (func (export "f") (canon lift (core func $i "f"))))
