(component
  (core module $m
    (memory (export "memory") 3)
    (func (export "rate") (param i32 i32) (result i32) unreachable)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (func $rate (param "country" string) (result (result u32 (error string)))
    (canon lift (core func $i "rate") (memory $i "memory") (realloc (func $i "realloc"))))
  (instance $e (export "rate" (func $rate)))
  (export "shop:checkout/tax@0.1.0" (instance $e)))
