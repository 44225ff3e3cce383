;; Dot products of one vector with many rows, float32, four lanes at a time, two sums to keep the multipliers busy.
;; All pointers are byte offsets, multiples of 16; `dimensions` is a multiple of 8.
(module
  (memory (export "memory") 1)
  (func (export "scan") (param $rows i32) (param $count i32) (param $dimensions i32) (param $vector i32) (param $out i32)
    (local $stop i32) (local $end i32) (local $v i32) (local $a v128) (local $b v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $a (v128.const f32x4 0 0 0 0))
        (local.set $b (v128.const f32x4 0 0 0 0))
        (local.set $v (local.get $vector))
        (local.set $stop (i32.add (local.get $rows) (i32.shl (local.get $dimensions) (i32.const 2))))
        (loop $lanes
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (v128.load (local.get $rows)) (v128.load (local.get $v)))))
          (local.set $b (f32x4.add (local.get $b)
            (f32x4.mul (v128.load offset=16 (local.get $rows)) (v128.load offset=16 (local.get $v)))))
          (local.set $rows (i32.add (local.get $rows) (i32.const 32)))
          (local.set $v (i32.add (local.get $v) (i32.const 32)))
          (br_if $lanes (i32.lt_u (local.get $rows) (local.get $stop))))
        (local.set $a (f32x4.add (local.get $a) (local.get $b)))
        (f32.store (local.get $out)
          (f32.add
            (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
            (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $row)))))
