;; The steps of fitting a ranker over the rows of a design matrix: products with weights and their gradients, for linear weights and for a hidden layer of 16
;; rectified linear units. Float32, four lanes at a time. Pointers are byte offsets, multiples of 16; a row has `width` bytes, a multiple of 64.
(module
  (memory (export "memory") 1)

  ;; scores[c] = weights · row c
  (func (export "multiply") (param $row i32) (param $count i32) (param $width i32) (param $weights i32) (param $scores i32)
    (local $end i32) (local $stop i32) (local $w i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $zero v128)
    (local.set $end (i32.add (local.get $scores) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $scores) (local.get $end)))
        (local.set $a (local.get $zero))
        (local.set $b (local.get $zero))
        (local.set $c (local.get $zero))
        (local.set $d (local.get $zero))
        (local.set $w (local.get $weights))
        (local.set $stop (i32.add (local.get $row) (local.get $width)))
        (loop $part
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (v128.load (local.get $row)) (v128.load (local.get $w)))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (v128.load offset=16 (local.get $row)) (v128.load offset=16 (local.get $w)))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (v128.load offset=32 (local.get $row)) (v128.load offset=32 (local.get $w)))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (v128.load offset=48 (local.get $row)) (v128.load offset=48 (local.get $w)))))
          (local.set $w (i32.add (local.get $w) (i32.const 64)))
          (local.set $row (i32.add (local.get $row) (i32.const 64)))
          (br_if $part (i32.lt_u (local.get $row) (local.get $stop))))
        (local.set $a (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d))))
        (f32.store (local.get $scores)
          (f32.add
            (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
            (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (br $next))))

  ;; sums += Σ factors[c] · row c, in bands of 16 columns.
  (func (export "addRows") (param $rows i32) (param $count i32) (param $width i32) (param $factors i32) (param $sums i32)
    (local $band i32) (local $row i32) (local $factor i32) (local $end i32) (local $g v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $factors) (i32.shl (local.get $count) (i32.const 2))))
    (loop $bands
      (local.set $a (v128.load (local.get $sums)))
      (local.set $b (v128.load offset=16 (local.get $sums)))
      (local.set $c (v128.load offset=32 (local.get $sums)))
      (local.set $d (v128.load offset=48 (local.get $sums)))
      (local.set $row (i32.add (local.get $rows) (local.get $band)))
      (local.set $factor (local.get $factors))
      (block $done
        (loop $next
          (br_if $done (i32.ge_u (local.get $factor) (local.get $end)))
          (local.set $g (v128.load32_splat (local.get $factor)))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $g) (v128.load (local.get $row)))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $g) (v128.load offset=16 (local.get $row)))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $g) (v128.load offset=32 (local.get $row)))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $g) (v128.load offset=48 (local.get $row)))))
          (local.set $row (i32.add (local.get $row) (local.get $width)))
          (local.set $factor (i32.add (local.get $factor) (i32.const 4)))
          (br $next)))
      (v128.store (local.get $sums) (local.get $a))
      (v128.store offset=16 (local.get $sums) (local.get $b))
      (v128.store offset=32 (local.get $sums) (local.get $c))
      (v128.store offset=48 (local.get $sums) (local.get $d))
      (local.set $sums (i32.add (local.get $sums) (i32.const 64)))
      (local.set $band (i32.add (local.get $band) (i32.const 64)))
      (br_if $bands (i32.lt_u (local.get $band) (local.get $width)))))

  ;; hidden[c] = max(0, base + input · row c), 16 floats a row; scores[c] = output · hidden[c]. A value of 0 is skipped: most are 0.
  (func (export "forward")
    (param $row i32) (param $count i32) (param $width i32) (param $input i32) (param $base i32) (param $output i32)
    (param $hidden i32) (param $scores i32)
    (local $end i32) (local $stop i32) (local $w i32) (local $x f32) (local $vx v128) (local $zero v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $scores) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $scores) (local.get $end)))
        (local.set $a (v128.load (local.get $base)))
        (local.set $b (v128.load offset=16 (local.get $base)))
        (local.set $c (v128.load offset=32 (local.get $base)))
        (local.set $d (v128.load offset=48 (local.get $base)))
        (local.set $w (local.get $input))
        (local.set $stop (i32.add (local.get $row) (local.get $width)))
        (loop $value
          (local.set $x (f32.load (local.get $row)))
          (if (f32.ne (local.get $x) (f32.const 0))
            (then
              (local.set $vx (f32x4.splat (local.get $x)))
              (local.set $a (f32x4.add (local.get $a) (f32x4.mul (v128.load (local.get $w)) (local.get $vx))))
              (local.set $b (f32x4.add (local.get $b) (f32x4.mul (v128.load offset=16 (local.get $w)) (local.get $vx))))
              (local.set $c (f32x4.add (local.get $c) (f32x4.mul (v128.load offset=32 (local.get $w)) (local.get $vx))))
              (local.set $d (f32x4.add (local.get $d) (f32x4.mul (v128.load offset=48 (local.get $w)) (local.get $vx))))))
          (local.set $w (i32.add (local.get $w) (i32.const 64)))
          (local.set $row (i32.add (local.get $row) (i32.const 4)))
          (br_if $value (i32.lt_u (local.get $row) (local.get $stop))))
        (local.set $a (f32x4.max (local.get $a) (local.get $zero)))
        (local.set $b (f32x4.max (local.get $b) (local.get $zero)))
        (local.set $c (f32x4.max (local.get $c) (local.get $zero)))
        (local.set $d (f32x4.max (local.get $d) (local.get $zero)))
        (v128.store (local.get $hidden) (local.get $a))
        (v128.store offset=16 (local.get $hidden) (local.get $b))
        (v128.store offset=32 (local.get $hidden) (local.get $c))
        (v128.store offset=48 (local.get $hidden) (local.get $d))
        (local.set $a
          (f32x4.add
            (f32x4.add
              (f32x4.mul (local.get $a) (v128.load (local.get $output)))
              (f32x4.mul (local.get $b) (v128.load offset=16 (local.get $output))))
            (f32x4.add
              (f32x4.mul (local.get $c) (v128.load offset=32 (local.get $output)))
              (f32x4.mul (local.get $d) (v128.load offset=48 (local.get $output))))))
        (f32.store (local.get $scores)
          (f32.add
            (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
            (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))
        (local.set $hidden (i32.add (local.get $hidden) (i32.const 64)))
        (local.set $scores (i32.add (local.get $scores) (i32.const 4)))
        (br $next))))

  ;; `units` where `hidden` is above 0, else 0.
  (func $active (param $hidden v128) (param $units v128) (result v128)
    (v128.and (f32x4.gt (local.get $hidden) (v128.const f32x4 0 0 0 0)) (local.get $units)))

  (func $addTo (param $to i32) (param $sum v128)
    (v128.store (local.get $to) (f32x4.add (v128.load (local.get $to)) (local.get $sum))))

  ;; Adds the gradient of Σ factors[c] · scores[c], for the hidden units that `forward` wrote: to `inputs` (16 floats for each value of a row), to `bases`
  ;; and to `outputs` (16 each). Rows with a factor of 0 are skipped.
  (func (export "backward")
    (param $row i32) (param $count i32) (param $width i32) (param $factors i32) (param $output i32) (param $hidden i32)
    (param $inputs i32) (param $bases i32) (param $outputs i32)
    (local $end i32) (local $stop i32) (local $at i32) (local $w i32) (local $x f32) (local $g f32) (local $vg v128) (local $vx v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $end (i32.add (local.get $factors) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $factors) (local.get $end)))
        (local.set $g (f32.load (local.get $factors)))
        (if (f32.ne (local.get $g) (f32.const 0))
          (then
            (local.set $vg (f32x4.splat (local.get $g)))
            (local.set $a (v128.load (local.get $hidden)))
            (local.set $b (v128.load offset=16 (local.get $hidden)))
            (local.set $c (v128.load offset=32 (local.get $hidden)))
            (local.set $d (v128.load offset=48 (local.get $hidden)))
            (call $addTo (local.get $outputs) (f32x4.mul (local.get $a) (local.get $vg)))
            (call $addTo (i32.add (local.get $outputs) (i32.const 16)) (f32x4.mul (local.get $b) (local.get $vg)))
            (call $addTo (i32.add (local.get $outputs) (i32.const 32)) (f32x4.mul (local.get $c) (local.get $vg)))
            (call $addTo (i32.add (local.get $outputs) (i32.const 48)) (f32x4.mul (local.get $d) (local.get $vg)))
            (local.set $a (call $active (local.get $a) (f32x4.mul (local.get $vg) (v128.load (local.get $output)))))
            (local.set $b (call $active (local.get $b) (f32x4.mul (local.get $vg) (v128.load offset=16 (local.get $output)))))
            (local.set $c (call $active (local.get $c) (f32x4.mul (local.get $vg) (v128.load offset=32 (local.get $output)))))
            (local.set $d (call $active (local.get $d) (f32x4.mul (local.get $vg) (v128.load offset=48 (local.get $output)))))
            (call $addTo (local.get $bases) (local.get $a))
            (call $addTo (i32.add (local.get $bases) (i32.const 16)) (local.get $b))
            (call $addTo (i32.add (local.get $bases) (i32.const 32)) (local.get $c))
            (call $addTo (i32.add (local.get $bases) (i32.const 48)) (local.get $d))
            (local.set $w (local.get $inputs))
            (local.set $at (local.get $row))
            (local.set $stop (i32.add (local.get $row) (local.get $width)))
            (loop $value
              (local.set $x (f32.load (local.get $at)))
              (if (f32.ne (local.get $x) (f32.const 0))
                (then
                  (local.set $vx (f32x4.splat (local.get $x)))
                  (call $addTo (local.get $w) (f32x4.mul (local.get $a) (local.get $vx)))
                  (call $addTo (i32.add (local.get $w) (i32.const 16)) (f32x4.mul (local.get $b) (local.get $vx)))
                  (call $addTo (i32.add (local.get $w) (i32.const 32)) (f32x4.mul (local.get $c) (local.get $vx)))
                  (call $addTo (i32.add (local.get $w) (i32.const 48)) (f32x4.mul (local.get $d) (local.get $vx)))))
              (local.set $w (i32.add (local.get $w) (i32.const 64)))
              (local.set $at (i32.add (local.get $at) (i32.const 4)))
              (br_if $value (i32.lt_u (local.get $at) (local.get $stop))))))
        (local.set $row (i32.add (local.get $row) (local.get $width)))
        (local.set $hidden (i32.add (local.get $hidden) (i32.const 64)))
        (local.set $factors (i32.add (local.get $factors) (i32.const 4)))
        (br $next)))))
