//! Browsers that tests use one after another: opening one takes longer than many tests.

use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{mem, thread};

use super::browser::Browser;
use super::driver::Engine;

static POOL: Mutex<Pool> = Mutex::new(Pool { leases: 0, idle: Vec::new() });

/// The idle browsers and the number of leases.
struct Pool {
    leases: usize,
    idle: Vec<Browser>,
}

impl Pool {
    fn lock() -> MutexGuard<'static, Self> {
        POOL.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A browser with an empty window. Dropping the lease returns it to the pool, unless the test has failed. The last lease closes
/// all browsers, since statics are not dropped when a program ends.
pub(crate) struct Lease {
    /// `None` only while the browser opens and after it was returned.
    browser: Option<Browser>,
}

impl Lease {
    /// Takes a browser of this engine with a window of `size` CSS px.
    pub(crate) fn take(engine: Engine, size: (u32, u32)) -> Self {
        let idle = {
            let mut pool = Pool::lock();
            pool.leases += 1;
            let place = pool.idle.iter().position(|browser| browser.engine() == engine);
            place.map(|place| pool.idle.swap_remove(place))
        };
        // From here on, a panic drops the lease.
        let mut lease = Self { browser: None };
        lease.browser = Some(match idle {
            Some(browser) => {
                browser.resize(size.0, size.1);
                browser
            }
            None => Browser::open(engine, size),
        });
        lease
    }
}

impl Deref for Lease {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        self.browser.as_ref().expect("the lease has not ended")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let browser = self.browser.take().filter(|browser| !thread::panicking() && browser.leave().is_ok());
        let closed = {
            let mut pool = Pool::lock();
            pool.leases -= 1;
            pool.idle.extend(browser);
            if pool.leases == 0 { mem::take(&mut pool.idle) } else { vec![] }
        };
        // Closing takes a while, and the pool is unlocked by now.
        drop(closed);
    }
}
