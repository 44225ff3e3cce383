;; Dot products of one vector with many rows, exactly or bounded from above.
;; All pointers are byte offsets, multiples of 16; `dimensions` is a multiple of 8.
(module
  (memory (export "memory") 1)

  ;; Float32, four lanes at a time, two independent sums, so that multiplications overlap.
  (func $dot (param $row i32) (param $vector i32) (param $dimensions i32) (result f32)
    (local $stop i32) (local $a v128) (local $b v128)
    (local.set $stop (i32.add (local.get $row) (i32.shl (local.get $dimensions) (i32.const 2))))
    (loop $lanes
      (local.set $a (f32x4.add (local.get $a) (f32x4.mul (v128.load (local.get $row)) (v128.load (local.get $vector)))))
      (local.set $b (f32x4.add (local.get $b)
        (f32x4.mul (v128.load offset=16 (local.get $row)) (v128.load offset=16 (local.get $vector)))))
      (local.set $row (i32.add (local.get $row) (i32.const 32)))
      (local.set $vector (i32.add (local.get $vector) (i32.const 32)))
      (br_if $lanes (i32.lt_u (local.get $row) (local.get $stop))))
    (local.set $a (f32x4.add (local.get $a) (local.get $b)))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
      (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))

  ;; The products of `count` consecutive rows.
  (func (export "scan") (param $rows i32) (param $count i32) (param $dimensions i32) (param $vector i32) (param $out i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (f32.store (local.get $out) (call $dot (local.get $rows) (local.get $vector) (local.get $dimensions)))
        (local.set $rows (i32.add (local.get $rows) (i32.shl (local.get $dimensions) (i32.const 2))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $row))))

  ;; The products of the `count` rows whose numbers are at `places`.
  (func (export "scanAt") (param $rows i32) (param $places i32) (param $count i32) (param $dimensions i32) (param $vector i32) (param $out i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (f32.store (local.get $out)
          (call $dot
            (i32.add (local.get $rows) (i32.mul (i32.load (local.get $places)) (i32.shl (local.get $dimensions) (i32.const 2))))
            (local.get $vector)
            (local.get $dimensions)))
        (local.set $places (i32.add (local.get $places) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $row))))

  ;; Upper bounds of products: rows are int8 and the vector int16, four rows at a time; `count` is rounded up to a multiple of four. An upper bound is
  ;; the integer product · scales[row] · scale + slacks[row] · slack.
  (func (export "bound")
    (param $rows i32) (param $count i32) (param $dimensions i32) (param $vector i32)
    (param $scales i32) (param $scale f32) (param $slacks i32) (param $slack f32) (param $out i32)
    (local $end i32) (local $a i32) (local $b i32) (local $c i32) (local $d i32) (local $v i32) (local $stop i32)
    (local $x v128) (local $s v128) (local $t v128) (local $u v128) (local $w v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $fours
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $a (local.get $rows))
        (local.set $b (i32.add (local.get $a) (local.get $dimensions)))
        (local.set $c (i32.add (local.get $b) (local.get $dimensions)))
        (local.set $d (i32.add (local.get $c) (local.get $dimensions)))
        (local.set $rows (i32.add (local.get $d) (local.get $dimensions)))
        (local.set $stop (local.get $b))
        (local.set $v (local.get $vector))
        (local.set $s (v128.const i32x4 0 0 0 0))
        (local.set $t (v128.const i32x4 0 0 0 0))
        (local.set $u (v128.const i32x4 0 0 0 0))
        (local.set $w (v128.const i32x4 0 0 0 0))
        (loop $lanes
          (local.set $x (v128.load (local.get $v)))
          (local.set $s (i32x4.add (local.get $s) (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $a)) (local.get $x))))
          (local.set $t (i32x4.add (local.get $t) (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $b)) (local.get $x))))
          (local.set $u (i32x4.add (local.get $u) (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $c)) (local.get $x))))
          (local.set $w (i32x4.add (local.get $w) (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $d)) (local.get $x))))
          (local.set $a (i32.add (local.get $a) (i32.const 8)))
          (local.set $b (i32.add (local.get $b) (i32.const 8)))
          (local.set $c (i32.add (local.get $c) (i32.const 8)))
          (local.set $d (i32.add (local.get $d) (i32.const 8)))
          (local.set $v (i32.add (local.get $v) (i32.const 16)))
          (br_if $lanes (i32.lt_u (local.get $a) (local.get $stop))))
        ;; Combines four vectors, each with the partial sums of one row, to one vector with the sums of four rows.
        (local.set $x
          (i32x4.add
            (i8x16.shuffle 0 1 2 3 16 17 18 19 8 9 10 11 24 25 26 27 (local.get $s) (local.get $t))
            (i8x16.shuffle 4 5 6 7 20 21 22 23 12 13 14 15 28 29 30 31 (local.get $s) (local.get $t))))
        (local.set $s
          (i32x4.add
            (i8x16.shuffle 0 1 2 3 16 17 18 19 8 9 10 11 24 25 26 27 (local.get $u) (local.get $w))
            (i8x16.shuffle 4 5 6 7 20 21 22 23 12 13 14 15 28 29 30 31 (local.get $u) (local.get $w))))
        (local.set $x
          (i32x4.add
            (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $x) (local.get $s))
            (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $x) (local.get $s))))
        (v128.store (local.get $out)
          (f32x4.add
            (f32x4.mul
              (f32x4.mul (f32x4.convert_i32x4_s (local.get $x)) (v128.load (local.get $scales)))
              (f32x4.splat (local.get $scale)))
            (f32x4.mul (v128.load (local.get $slacks)) (f32x4.splat (local.get $slack)))))
        (local.set $scales (i32.add (local.get $scales) (i32.const 16)))
        (local.set $slacks (i32.add (local.get $slacks) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $fours))))

  ;; Writes the places of the values that reach `floor`, in ascending order; returns how many. Reads values up to a multiple of four.
  (func (export "reach") (param $values i32) (param $count i32) (param $floor f32) (param $out i32) (result i32)
    (local $place i32) (local $stop i32) (local $from i32)
    (local.set $from (local.get $out))
    (block $done
      (loop $fours
        (br_if $done (i32.ge_u (local.get $place) (local.get $count)))
        (if (v128.any_true (f32x4.ge (v128.load (local.get $values)) (f32x4.splat (local.get $floor))))
          (then
            (local.set $stop
              (select (i32.add (local.get $place) (i32.const 4)) (local.get $count)
                (i32.lt_u (i32.add (local.get $place) (i32.const 4)) (local.get $count))))
            (loop $one
              (if (f32.ge (f32.load (local.get $values)) (local.get $floor))
                (then
                  (i32.store (local.get $out) (local.get $place))
                  (local.set $out (i32.add (local.get $out) (i32.const 4)))))
              (local.set $values (i32.add (local.get $values) (i32.const 4)))
              (local.set $place (i32.add (local.get $place) (i32.const 1)))
              (br_if $one (i32.lt_u (local.get $place) (local.get $stop)))))
          (else
            (local.set $values (i32.add (local.get $values) (i32.const 16)))
            (local.set $place (i32.add (local.get $place) (i32.const 4)))))
        (br $fours)))
    (i32.shr_u (i32.sub (local.get $out) (local.get $from)) (i32.const 2))))
