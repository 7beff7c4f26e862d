//! `sort` and `toSorted`: a stable merge sort that survives comparators that throw, contradict themselves, or change the
//! array. (Rust's own sort may panic on such comparators.)

use super::{present, this_array};
use crate::{call, delete_or_throw, js_to_number, js_to_string, num_key, put_key, throw_type};
use puremix_value::{Args, Cx, Obj, R, Str, Value};

/// Runs up to this long are sorted by insertion.
const RUN: usize = 8;

/// The sorted order of `count` items as positions. `before_or_equal(i, j)` says whether item `i` may stand before item `j`
/// (`i` stood first originally); any answers whatever give a permutation.
pub fn merge_sort(count: usize, mut before_or_equal: impl FnMut(usize, usize) -> R<bool>) -> R<Vec<usize>> {
    let mut order: Vec<usize> = (0..count).collect();
    for run in order.chunks_mut(RUN) {
        for i in 1..run.len() {
            let mut j = i;
            while j > 0 && !before_or_equal(run[j - 1], run[j])? {
                run.swap(j - 1, j);
                j -= 1;
            }
        }
    }
    let mut other = vec![0; count];
    let mut width = RUN;
    while width < count {
        let mut start = 0;
        while start < count {
            let (middle, end) = ((start + width).min(count), (start + 2 * width).min(count));
            let (mut left, mut right, mut to) = (start, middle, start);
            // Already in order: one comparison instead of a merge.
            if middle >= end || before_or_equal(order[middle - 1], order[middle])? {
                other[start..end].copy_from_slice(&order[start..end]);
                start = end;
                continue;
            }
            while left < middle && right < end {
                let from = if before_or_equal(order[left], order[right])? { &mut left } else { &mut right };
                other[to] = order[*from];
                *from += 1;
                to += 1;
            }
            let rest = middle - left;
            other[to..to + rest].copy_from_slice(&order[left..middle]);
            other[to + rest..end].copy_from_slice(&order[right..end]);
            start = end;
        }
        std::mem::swap(&mut order, &mut other);
        width *= 2;
    }
    Ok(order)
}

/// `values` (no holes) in JavaScript's order: `undefined` last, else by the comparator or as strings.
pub fn sort_values(cx: Cx, values: Vec<Value>, comparator: &Value) -> R<Vec<Value>> {
    let total = values.len();
    let mut values: Vec<Value> = values.into_iter().filter(|v| !v.is_undefined()).collect();
    let order = if comparator.is_undefined() {
        default_order(cx, &values)?
    } else {
        merge_sort(values.len(), |i, j| {
            let r = call(cx, comparator, &Value::Undefined, &[values[i].clone(), values[j].clone()])?;
            Ok(js_to_number(cx, &r)?.partial_cmp(&0.0).is_none_or(|o| o.is_le()))
        })?
    };
    let mut sorted: Vec<Value> = order.into_iter().map(|i| std::mem::take(&mut values[i])).collect();
    sorted.resize(total, Value::Undefined);
    Ok(sorted)
}

fn default_order(cx: Cx, values: &[Value]) -> R<Vec<usize>> {
    let keys = values.iter().map(|v| js_to_string(cx, v)).collect::<R<Vec<Str>>>()?;
    merge_sort(keys.len(), |i, j| Ok(keys[i] <= keys[j]))
}

fn comparator(cx: Cx, v: &Value) -> R<()> {
    if v.is_undefined() || v.is_callable() {
        return Ok(());
    }
    Err(throw_type(cx, "The comparison function must be either a function or undefined"))
}

pub(super) fn sort(cx: Cx, a: &Args<'_>) -> R {
    comparator(cx, a.get(0))?;
    let (o, len) = this_array(cx, a)?;
    let mut values = vec![];
    let mut i = 0.0;
    while i < len {
        if let Some(v) = present(cx, &o, i)? {
            values.push(v);
        }
        i += 1.0;
    }
    let count = values.len();
    let sorted = sort_values(cx, values, a.get(0))?;
    write_back(cx, &o, sorted)?;
    let mut i = count as f64;
    while i < len {
        delete_or_throw(cx, &o, &num_key(cx, i))?;
        i += 1.0;
    }
    Ok(o.into())
}

/// Stores sorted values; the comparator may have changed the array meanwhile.
pub(super) fn write_back(cx: Cx, o: &Obj, sorted: Vec<Value>) -> R<()> {
    if let Some(s) = o.dense_mut()
        && s.len() == sorted.len()
    {
        s.put(sorted);
        return Ok(());
    }
    for (i, v) in sorted.into_iter().enumerate() {
        put_key(cx, o, &num_key(cx, i as f64), v)?;
    }
    Ok(())
}

pub(super) fn to_sorted(cx: Cx, a: &Args<'_>) -> R {
    comparator(cx, a.get(0))?;
    let (o, len) = this_array(cx, a)?;
    let values = super::copy::all(cx, &o, len)?;
    Ok(Obj::array(cx, sort_values(cx, values, a.get(0))?).into())
}

#[cfg(test)]
mod tests {
    use super::merge_sort;

    #[test]
    fn stable_and_correct() {
        let items: Vec<(u32, u32)> = (0..1000u32).map(|i| (i.wrapping_mul(2_654_435_761) % 17, i)).collect();
        let order = merge_sort(items.len(), |i, j| Ok(items[i].0 <= items[j].0)).unwrap();
        let sorted: Vec<_> = order.iter().map(|i| items[*i]).collect();
        assert!(sorted.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn contradictory_comparators_still_permute() {
        let mut n = 0u32;
        let order = merge_sort(500, |_, _| {
            n = n.wrapping_mul(1_103_515_245).wrapping_add(12345);
            Ok(n & 0x1000 == 0)
        });
        let mut order = order.unwrap();
        order.sort_unstable();
        assert_eq!(order, (0..500).collect::<Vec<_>>());
    }
}
