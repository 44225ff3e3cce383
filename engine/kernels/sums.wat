;; Sums of several sources per item, stored in the order in which items were touched: 20 lanes of four bytes a slot, of which 0 to 17 are
;; sums, 18 is the greatest amount of one recent item, and 19 the index of that item (-1: none). All pointers are byte offsets.
(module
  (memory (export "memory") 1)
  ;; Per item: its multipliers (decay of slow and of fast pair counters, cosine norm, slow · cosine), and its slot.
  (global $multipliers (mut i32) (i32.const 0))
  (global $slots (mut i32) (i32.const 0))
  ;; Per slot: its sums, and its item.
  (global $sums (mut i32) (i32.const 0))
  (global $touched (mut i32) (i32.const 0))
  (global $count (mut i32) (i32.const 0))

  (func (export "place") (param $multipliers i32) (param $slots i32) (param $sums i32) (param $touched i32)
    (global.set $multipliers (local.get $multipliers))
    (global.set $slots (local.get $slots))
    (global.set $sums (local.get $sums))
    (global.set $touched (local.get $touched)))

  (func (export "begin") (global.set $count (i32.const 0)))

  (func (export "count") (result i32) (global.get $count))

  ;; Where the sums of an item begin; new ones are zero. A slot of an earlier query is recognized by its item.
  (func $touch (export "touch") (param $item i32) (result i32)
    (local $slot i32) (local $to i32)
    (local.set $slot (i32.load (i32.add (global.get $slots) (i32.shl (local.get $item) (i32.const 2)))))
    (if (i32.lt_u (local.get $slot) (global.get $count))
      (then
        (if (i32.eq (i32.load (i32.add (global.get $touched) (i32.shl (local.get $slot) (i32.const 2)))) (local.get $item))
          (then (return (i32.add (global.get $sums) (i32.mul (local.get $slot) (i32.const 80))))))))
    (local.set $slot (global.get $count))
    (global.set $count (i32.add (local.get $slot) (i32.const 1)))
    (i32.store (i32.add (global.get $slots) (i32.shl (local.get $item) (i32.const 2))) (local.get $slot))
    (i32.store (i32.add (global.get $touched) (i32.shl (local.get $slot) (i32.const 2))) (local.get $item))
    (local.set $to (i32.add (global.get $sums) (i32.mul (local.get $slot) (i32.const 80))))
    (v128.store (local.get $to) (v128.const i32x4 0 0 0 0))
    (v128.store offset=16 (local.get $to) (v128.const i32x4 0 0 0 0))
    (v128.store offset=32 (local.get $to) (v128.const i32x4 0 0 0 0))
    (v128.store offset=48 (local.get $to) (v128.const i32x4 0 0 0 0))
    (v128.store offset=64 (local.get $to) (v128.const i32x4 0 0 0 -1))
    (local.get $to))

  (func $credit (param $to i32) (param $amount f32) (param $recent i32)
    (if (f32.gt (local.get $amount) (f32.load offset=72 (local.get $to)))
      (then
        (f32.store offset=72 (local.get $to) (local.get $amount))
        (i32.store offset=76 (local.get $to) (local.get $recent)))))

  ;; Pairs of six words (item, a word that is not read, near, fresh, session, ever): lanes 0 to 3 grow by weight · multiplier · scale.
  ;; The lane at byte `own` (0: none) is set to the amount added to lane 1.
  (func (export "addLater") (param $at i32) (param $pairs i32) (param $scales i32) (param $recent i32) (param $own i32)
    (local $end i32) (local $item i32) (local $to i32) (local $v v128) (local $scale v128)
    (local.set $scale (v128.load (local.get $scales)))
    (local.set $end (i32.add (local.get $at) (i32.mul (local.get $pairs) (i32.const 24))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $item (i32.load (local.get $at)))
        (local.set $to (call $touch (local.get $item)))
        (local.set $v (v128.load (i32.add (global.get $multipliers) (i32.shl (local.get $item) (i32.const 4)))))
        ;; slow, fast, slow, slow · cosine
        (local.set $v (i8x16.shuffle 0 1 2 3 4 5 6 7 0 1 2 3 12 13 14 15 (local.get $v) (local.get $v)))
        (local.set $v (f32x4.mul (f32x4.mul (local.get $v) (local.get $scale)) (v128.load offset=8 (local.get $at))))
        (v128.store (local.get $to) (f32x4.add (v128.load (local.get $to)) (local.get $v)))
        (if (local.get $own)
          (then (f32.store (i32.add (local.get $to) (local.get $own)) (f32x4.extract_lane 1 (local.get $v)))))
        (call $credit (local.get $to)
          (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 3 (local.get $v)))
          (local.get $recent))
        (local.set $at (i32.add (local.get $at) (i32.const 24)))
        (br $next))))

  ;; Items, each with four weights (near, fresh, session, ever): lane 5 grows by near, lane 3 by ever · cosine.
  ;; The lane at byte `own` (0: none) is set to fresh.
  (func (export "addEarlier") (param $items i32) (param $weights i32) (param $pairs i32) (param $near f32) (param $fresh f32) (param $ever f32)
    (param $recent i32) (param $own i32)
    (local $end i32) (local $item i32) (local $to i32) (local $part f32)
    (local.set $end (i32.add (local.get $items) (i32.shl (local.get $pairs) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $items) (local.get $end)))
        (local.set $item (i32.load (local.get $items)))
        (local.set $to (call $touch (local.get $item)))
        (local.set $part
          (f32.mul
            (f32.mul (local.get $ever) (f32.load offset=8 (i32.add (global.get $multipliers) (i32.shl (local.get $item) (i32.const 4)))))
            (f32.load offset=12 (local.get $weights))))
        (f32.store offset=12 (local.get $to) (f32.add (f32.load offset=12 (local.get $to)) (local.get $part)))
        (f32.store offset=20 (local.get $to)
          (f32.add (f32.load offset=20 (local.get $to)) (f32.mul (local.get $near) (f32.load (local.get $weights)))))
        (if (local.get $own)
          (then
            (f32.store (i32.add (local.get $to) (local.get $own))
              (f32.mul (local.get $fresh) (f32.load offset=4 (local.get $weights))))))
        (call $credit (local.get $to) (local.get $part) (local.get $recent))
        (local.set $items (i32.add (local.get $items) (i32.const 4)))
        (local.set $weights (i32.add (local.get $weights) (i32.const 16)))
        (br $next))))

  ;; Pairs of two words (item, weight): the lane at byte `lane` grows by weight · scale.
  (func (export "addWeights") (param $at i32) (param $pairs i32) (param $scale f32) (param $lane i32) (param $recent i32)
    (local $end i32) (local $to i32) (local $part f32)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $pairs) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $to (call $touch (i32.load (local.get $at))))
        (local.set $part (f32.mul (local.get $scale) (f32.load offset=4 (local.get $at))))
        (call $credit (local.get $to) (local.get $part) (local.get $recent))
        (local.set $to (i32.add (local.get $to) (local.get $lane)))
        (f32.store (local.get $to) (f32.add (f32.load (local.get $to)) (local.get $part)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $next))))

  ;; Items: the lane at byte `lane` grows by the same amount for each.
  (func (export "addItems") (param $at i32) (param $items i32) (param $amount f32) (param $given f32) (param $lane i32) (param $recent i32)
    (local $end i32) (local $to i32)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $items) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $to (call $touch (i32.load (local.get $at))))
        (call $credit (local.get $to) (local.get $given) (local.get $recent))
        (local.set $to (i32.add (local.get $to) (local.get $lane)))
        (f32.store (local.get $to) (f32.add (f32.load (local.get $to)) (local.get $amount)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $next))))

  ;; The maximum of each of lanes 0 to 17, at least 0.
  (func (export "tops") (param $out i32)
    (local $at i32) (local $end i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128)
    (local.set $at (global.get $sums))
    (local.set $end (i32.add (local.get $at) (i32.mul (global.get $count) (i32.const 80))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $a (f32x4.max (local.get $a) (v128.load (local.get $at))))
        (local.set $b (f32x4.max (local.get $b) (v128.load offset=16 (local.get $at))))
        (local.set $c (f32x4.max (local.get $c) (v128.load offset=32 (local.get $at))))
        (local.set $d (f32x4.max (local.get $d) (v128.load offset=48 (local.get $at))))
        (local.set $e (f32x4.max (local.get $e) (v128.load64_zero offset=64 (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 80)))
        (br $next)))
    (v128.store (local.get $out) (local.get $a))
    (v128.store offset=16 (local.get $out) (local.get $b))
    (v128.store offset=32 (local.get $out) (local.get $c))
    (v128.store offset=48 (local.get $out) (local.get $d))
    (v128.store offset=64 (local.get $out) (local.get $e)))

  ;; Per slot the sum of lanes 0 to 17, each times its weight.
  (func (export "weigh") (param $weights i32) (param $out i32)
    (local $at i32) (local $end i32) (local $v v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128)
    (local.set $a (v128.load (local.get $weights)))
    (local.set $b (v128.load offset=16 (local.get $weights)))
    (local.set $c (v128.load offset=32 (local.get $weights)))
    (local.set $d (v128.load offset=48 (local.get $weights)))
    (local.set $e (v128.load offset=64 (local.get $weights)))
    (local.set $at (global.get $sums))
    (local.set $end (i32.add (local.get $at) (i32.mul (global.get $count) (i32.const 80))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $v
          (f32x4.add
            (f32x4.add
              (f32x4.add
                (f32x4.mul (local.get $a) (v128.load (local.get $at)))
                (f32x4.mul (local.get $b) (v128.load offset=16 (local.get $at))))
              (f32x4.mul (local.get $c) (v128.load offset=32 (local.get $at))))
            (f32x4.add
              (f32x4.mul (local.get $d) (v128.load offset=48 (local.get $at)))
              (f32x4.mul (local.get $e) (v128.load64_zero offset=64 (local.get $at))))))
        (f32.store (local.get $out)
          (f32.add
            (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 1 (local.get $v)))
            (f32.add (f32x4.extract_lane 2 (local.get $v)) (f32x4.extract_lane 3 (local.get $v)))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $at (i32.add (local.get $at) (i32.const 80)))
        (br $next)))))
