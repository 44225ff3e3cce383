;; Cholesky factor of a symmetric positive definite matrix, float64, two lanes at a time: A = UᵀU in place, row by row.
;; `a` is a byte offset, a multiple of 16; the rows are `width` bytes apart, a multiple of 64. Only the upper triangle with the diagonal is read, and
;; only it is defined afterwards. Columns from n on are transformed too: a right-hand side b in column n becomes U⁻ᵀb.
(module
  (memory (export "memory") 1)
  ;; Returns 0 if a pivot is not above 0, else 1.
  (func (export "factor") (param $a i32) (param $n i32) (param $width i32) (result i32)
    (local $k i32) (local $row i32) (local $j i32) (local $at i32) (local $above i32) (local $pivot f64)
    (local $s v128) (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128)
    (local.set $row (local.get $a))
    (loop $rows
      ;; $j: byte offset of the block of 8 columns that holds the diagonal.
      (local.set $j (i32.and (i32.shl (local.get $k) (i32.const 3)) (i32.const -64)))
      (loop $blocks
        (local.set $at (i32.add (local.get $row) (local.get $j)))
        (local.set $c0 (v128.load (local.get $at)))
        (local.set $c1 (v128.load offset=16 (local.get $at)))
        (local.set $c2 (v128.load offset=32 (local.get $at)))
        (local.set $c3 (v128.load offset=48 (local.get $at)))
        (local.set $above (local.get $a))
        (block $done
          (loop $earlier
            (br_if $done (i32.ge_u (local.get $above) (local.get $row)))
            (local.set $s (v128.load64_splat (i32.add (local.get $above) (i32.shl (local.get $k) (i32.const 3)))))
            (local.set $at (i32.add (local.get $above) (local.get $j)))
            (local.set $c0 (f64x2.sub (local.get $c0) (f64x2.mul (local.get $s) (v128.load (local.get $at)))))
            (local.set $c1 (f64x2.sub (local.get $c1) (f64x2.mul (local.get $s) (v128.load offset=16 (local.get $at)))))
            (local.set $c2 (f64x2.sub (local.get $c2) (f64x2.mul (local.get $s) (v128.load offset=32 (local.get $at)))))
            (local.set $c3 (f64x2.sub (local.get $c3) (f64x2.mul (local.get $s) (v128.load offset=48 (local.get $at)))))
            (local.set $above (i32.add (local.get $above) (local.get $width)))
            (br $earlier)))
        (local.set $at (i32.add (local.get $row) (local.get $j)))
        (v128.store (local.get $at) (local.get $c0))
        (v128.store offset=16 (local.get $at) (local.get $c1))
        (v128.store offset=32 (local.get $at) (local.get $c2))
        (v128.store offset=48 (local.get $at) (local.get $c3))
        (local.set $j (i32.add (local.get $j) (i32.const 64)))
        (br_if $blocks (i32.lt_u (local.get $j) (local.get $width))))
      (local.set $pivot (f64.load (i32.add (local.get $row) (i32.shl (local.get $k) (i32.const 3)))))
      (if (i32.eqz (f64.gt (local.get $pivot) (f64.const 0))) (then (return (i32.const 0))))
      (local.set $s (f64x2.splat (f64.div (f64.const 1) (f64.sqrt (local.get $pivot)))))
      (local.set $j (i32.and (i32.shl (local.get $k) (i32.const 3)) (i32.const -64)))
      (loop $scale
        (local.set $at (i32.add (local.get $row) (local.get $j)))
        (v128.store (local.get $at) (f64x2.mul (local.get $s) (v128.load (local.get $at))))
        (local.set $j (i32.add (local.get $j) (i32.const 16)))
        (br_if $scale (i32.lt_u (local.get $j) (local.get $width))))
      (local.set $row (i32.add (local.get $row) (local.get $width)))
      (local.set $k (i32.add (local.get $k) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $k) (local.get $n))))
    (i32.const 1)))
