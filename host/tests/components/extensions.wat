;; Takes a map and a list of a fixed length, which an engine runs only when it is told to.
(component
  (core module $m
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)
    (func (export "size") (param i32 i32) (result i32) local.get 1)
    (func (export "sum") (param i32 i32 i32) (result i32)
      (i32.add (local.get 0) (i32.add (local.get 1) (local.get 2)))))
  (core instance $i (instantiate $m))
  (func (export "size") (param "of" (map u32 u32)) (result u32)
    (canon lift (core func $i "size") (memory $i "memory") (realloc (func $i "realloc"))))
  (func (export "sum") (param "of" (list u32 3)) (result u32)
    (canon lift (core func $i "sum") (memory $i "memory") (realloc (func $i "realloc")))))
