;; Adds the output of a hidden layer of 16 rectified linear units to the score of each candidate; float32, four units at a time. Pointers are byte offsets.
(module
  (memory (export "memory") 1)

  ;; Candidates are consecutive, `features` floats each. `inputs` has 16 weights per feature, `curved` 16 per curved feature, `base` the 16 initial
  ;; sums, `output` the output weight of each unit. `table` holds the curve of (k ÷ bends)² for k from 0 to bends + 1. `scores` are
  ;; float64. A feature of 0 is skipped: most are 0.
  (func (export "layer")
    (param $candidate i32) (param $count i32) (param $features i32) (param $inputs i32) (param $curved i32)
    (param $base i32) (param $output i32) (param $table i32) (param $bends f32) (param $scores i32)
    (local $end i32) (local $stop i32) (local $w i32) (local $c i32) (local $i i32) (local $x f32) (local $s f32) (local $a f32)
    (local $vx v128) (local $vs v128) (local $h0 v128) (local $h1 v128) (local $h2 v128) (local $h3 v128) (local $zero v128)
    (local.set $end (i32.add (local.get $scores) (i32.shl (local.get $count) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $scores) (local.get $end)))
        (local.set $h0 (v128.load (local.get $base)))
        (local.set $h1 (v128.load offset=16 (local.get $base)))
        (local.set $h2 (v128.load offset=32 (local.get $base)))
        (local.set $h3 (v128.load offset=48 (local.get $base)))
        (local.set $w (local.get $inputs))
        (local.set $c (local.get $curved))
        (local.set $stop (i32.add (local.get $candidate) (i32.shl (local.get $features) (i32.const 2))))
        (loop $feature
          (local.set $x (f32.load (local.get $candidate)))
          (if (f32.gt (local.get $x) (f32.const 0))
            (then
              (local.set $s (f32.mul (f32.sqrt (f32.min (local.get $x) (f32.const 1))) (local.get $bends)))
              (local.set $i (i32.trunc_f32_u (local.get $s)))
              (local.set $s (f32.sub (local.get $s) (f32.convert_i32_u (local.get $i))))
              (local.set $i (i32.add (local.get $table) (i32.shl (local.get $i) (i32.const 2))))
              (local.set $a (f32.load (local.get $i)))
              (local.set $vs
                (f32x4.splat
                  (f32.add (local.get $a)
                    (f32.mul (local.get $s) (f32.sub (f32.load offset=4 (local.get $i)) (local.get $a))))))
              (local.set $vx (f32x4.splat (local.get $x)))
              (local.set $h0 (f32x4.add (local.get $h0) (f32x4.add
                (f32x4.mul (v128.load (local.get $w)) (local.get $vx))
                (f32x4.mul (v128.load (local.get $c)) (local.get $vs)))))
              (local.set $h1 (f32x4.add (local.get $h1) (f32x4.add
                (f32x4.mul (v128.load offset=16 (local.get $w)) (local.get $vx))
                (f32x4.mul (v128.load offset=16 (local.get $c)) (local.get $vs)))))
              (local.set $h2 (f32x4.add (local.get $h2) (f32x4.add
                (f32x4.mul (v128.load offset=32 (local.get $w)) (local.get $vx))
                (f32x4.mul (v128.load offset=32 (local.get $c)) (local.get $vs)))))
              (local.set $h3 (f32x4.add (local.get $h3) (f32x4.add
                (f32x4.mul (v128.load offset=48 (local.get $w)) (local.get $vx))
                (f32x4.mul (v128.load offset=48 (local.get $c)) (local.get $vs)))))))
          (local.set $w (i32.add (local.get $w) (i32.const 64)))
          (local.set $c (i32.add (local.get $c) (i32.const 64)))
          (local.set $candidate (i32.add (local.get $candidate) (i32.const 4)))
          (br_if $feature (i32.lt_u (local.get $candidate) (local.get $stop))))
        (local.set $h0
          (f32x4.add
            (f32x4.add
              (f32x4.mul (f32x4.max (local.get $h0) (local.get $zero)) (v128.load (local.get $output)))
              (f32x4.mul (f32x4.max (local.get $h1) (local.get $zero)) (v128.load offset=16 (local.get $output))))
            (f32x4.add
              (f32x4.mul (f32x4.max (local.get $h2) (local.get $zero)) (v128.load offset=32 (local.get $output)))
              (f32x4.mul (f32x4.max (local.get $h3) (local.get $zero)) (v128.load offset=48 (local.get $output))))))
        (f64.store (local.get $scores)
          (f64.add (f64.load (local.get $scores))
            (f64.promote_f32
              (f32.add
                (f32.add (f32x4.extract_lane 0 (local.get $h0)) (f32x4.extract_lane 1 (local.get $h0)))
                (f32.add (f32x4.extract_lane 2 (local.get $h0)) (f32x4.extract_lane 3 (local.get $h0)))))))
        (local.set $scores (i32.add (local.get $scores) (i32.const 8)))
        (br $next)))))
