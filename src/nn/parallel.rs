//! Work divided among threads, natively and where it pays.
//!
//! Each part computes elements of its own, in the order in which one thread would: results have the same bits for any number of
//! threads. In the browser there is one thread.

/// The multiplications from which a product, or an update of the parameters, is divided. Below, waking other threads takes longer than
/// they save.
const MIN_COST: usize = 8_000_000;

/// Sets the number of threads of this process, once, before the first step; without it, as many as the processor has cores.
///
/// # Errors
/// If threads were used before.
pub fn set_threads(count: usize) -> Result<(), String> {
    #[cfg(all(feature = "parallel", not(target_arch = "wasm32")))]
    return rayon::ThreadPoolBuilder::new()
        .num_threads(count)
        .build_global()
        .map_err(|error| error.to_string());
    #[cfg(not(all(feature = "parallel", not(target_arch = "wasm32"))))]
    if count == 1 {
        Ok(())
    } else {
        Err("this build has one thread: build it with the feature parallel".to_owned())
    }
}

/// Returns the number of parts to divide `cost` multiplications into.
pub(super) fn parts(cost: usize) -> usize {
    #[cfg(all(feature = "parallel", not(target_arch = "wasm32")))]
    if cost >= MIN_COST {
        return rayon::current_num_threads();
    }
    let _ = (cost, MIN_COST);
    1
}

/// Calls `work`, the largest product of which has `cost` multiplications. If that is divided, a thread of the pool calls: it waits for
/// the others' parts without being suspended, and they for its next product.
pub(crate) fn in_pool<T: Send>(cost: usize, work: impl FnOnce() -> T + Send) -> T {
    #[cfg(all(feature = "parallel", not(target_arch = "wasm32")))]
    if parts(cost) > 1 {
        return rayon::scope(|_| work());
    }
    let _ = cost;
    work()
}

/// Calls `work` with each item, on as many threads as there are. One item costs nothing but the call.
#[cfg(all(feature = "parallel", not(target_arch = "wasm32")))]
pub(super) fn for_each<T: Send>(mut items: impl Iterator<Item = T> + Send, work: impl Fn(T) + Sync) {
    let Some(first) = items.next() else { return };
    let Some(second) = items.next() else { return work(first) };
    rayon::in_place_scope(|scope| {
        for item in std::iter::once(second).chain(items) {
            scope.spawn(|_| work(item));
        }
        work(first);
    });
}

/// Calls `work` with each item.
#[cfg(not(all(feature = "parallel", not(target_arch = "wasm32"))))]
pub(super) fn for_each<T>(items: impl Iterator<Item = T>, work: impl Fn(T)) {
    items.for_each(work);
}
