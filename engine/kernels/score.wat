;; Linear scores of candidates that use every feature twice, unchanged and curved; float32, four features at a time. All pointers are byte offsets.
(module
  (memory (export "memory") 1)

  ;; Candidates are consecutive, `width` bytes each. `weights` points at three rows of whole blocks of 16 bytes, `row` bytes each: weights
  ;; of the features, weights of the curved features, and an offset that excludes lanes after the last feature from being the strongest (-Infinity there,
  ;; else 0; their weights are 0). `table`
  ;; holds the curve of (k ÷ bends)² for k from 0 to bends + 1. Writes a float64 per candidate, and its feature with the largest contribution (the first of equals).
  (func (export "score")
    (param $candidate i32) (param $count i32) (param $width i32) (param $weights i32) (param $row i32)
    (param $table i32) (param $bends f32) (param $scores i32) (param $strongest i32)
    (local $end i32) (local $at i32) (local $w i32) (local $stop i32) (local $best f32)
    (local $x v128) (local $s v128) (local $i v128) (local $a v128) (local $b v128)
    (local $part v128) (local $sum v128) (local $most v128) (local $place v128) (local $index v128) (local $more v128)
    (local.set $stop (i32.add (local.get $weights) (local.get $row)))
    (local.set $end (i32.add (local.get $scores) (i32.shl (local.get $count) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $scores) (local.get $end)))
        (local.set $at (local.get $candidate))
        (local.set $w (local.get $weights))
        (local.set $sum (v128.const f32x4 0 0 0 0))
        (local.set $most (v128.const f32x4 -inf -inf -inf -inf))
        (local.set $place (v128.const i32x4 0 0 0 0))
        (local.set $index (v128.const i32x4 0 1 2 3))
        (loop $features
          (local.set $x (v128.load (local.get $at)))
          (local.set $s
            (f32x4.mul
              (f32x4.sqrt (f32x4.pmin (v128.const f32x4 1 1 1 1) (f32x4.pmax (v128.const f32x4 0 0 0 0) (local.get $x))))
              (f32x4.splat (local.get $bends))))
          (local.set $i (i32x4.trunc_sat_f32x4_u (local.get $s)))
          (local.set $s (f32x4.sub (local.get $s) (f32x4.convert_i32x4_u (local.get $i))))
          (local.set $i (i32x4.shl (local.get $i) (i32.const 2)))
          ;; Each a value of the table and the following one.
          (local.set $a (v128.load64_zero (i32.add (local.get $table) (i32x4.extract_lane 0 (local.get $i)))))
          (local.set $a (v128.load64_lane 1 (i32.add (local.get $table) (i32x4.extract_lane 1 (local.get $i))) (local.get $a)))
          (local.set $b (v128.load64_zero (i32.add (local.get $table) (i32x4.extract_lane 2 (local.get $i)))))
          (local.set $b (v128.load64_lane 1 (i32.add (local.get $table) (i32x4.extract_lane 3 (local.get $i))) (local.get $b)))
          (local.set $i (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27 (local.get $a) (local.get $b)))
          (local.set $a (i8x16.shuffle 4 5 6 7 12 13 14 15 20 21 22 23 28 29 30 31 (local.get $a) (local.get $b)))
          (local.set $s (f32x4.add (local.get $i) (f32x4.mul (local.get $s) (f32x4.sub (local.get $a) (local.get $i)))))
          (local.set $part
            (f32x4.add
              (f32x4.mul (v128.load (local.get $w)) (local.get $x))
              (f32x4.mul (v128.load (i32.add (local.get $w) (local.get $row))) (local.get $s))))
          (local.set $sum (f32x4.add (local.get $sum) (local.get $part)))
          (local.set $part
            (f32x4.add (local.get $part) (v128.load (i32.add (local.get $w) (i32.shl (local.get $row) (i32.const 1))))))
          (local.set $more (f32x4.gt (local.get $part) (local.get $most)))
          (local.set $most (v128.bitselect (local.get $part) (local.get $most) (local.get $more)))
          (local.set $place (v128.bitselect (local.get $index) (local.get $place) (local.get $more)))
          (local.set $index (i32x4.add (local.get $index) (v128.const i32x4 4 4 4 4)))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (local.set $w (i32.add (local.get $w) (i32.const 16)))
          (br_if $features (i32.lt_u (local.get $w) (local.get $stop))))
        (f64.store (local.get $scores)
          (f64.promote_f32
            (f32.add
              (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
              (f32.add (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum))))))
        (local.set $best
          (f32.max
            (f32.max (f32x4.extract_lane 0 (local.get $most)) (f32x4.extract_lane 1 (local.get $most)))
            (f32.max (f32x4.extract_lane 2 (local.get $most)) (f32x4.extract_lane 3 (local.get $most)))))
        ;; The lowest index among the lanes with the maximum.
        (local.set $more (f32x4.eq (local.get $most) (f32x4.splat (local.get $best))))
        (local.set $place
          (v128.bitselect (local.get $place) (v128.const i32x4 0x7fffffff 0x7fffffff 0x7fffffff 0x7fffffff) (local.get $more)))
        (local.set $place
          (i32x4.min_u (local.get $place) (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $place) (local.get $place))))
        (local.set $place
          (i32x4.min_u (local.get $place) (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $place) (local.get $place))))
        (i32.store (local.get $strongest) (i32x4.extract_lane 0 (local.get $place)))
        (local.set $candidate (i32.add (local.get $candidate) (local.get $width)))
        (local.set $scores (i32.add (local.get $scores) (i32.const 8)))
        (local.set $strongest (i32.add (local.get $strongest) (i32.const 4)))
        (br $next)))))
