//! How often signing in may fail: per name and per address, each failure after the first few
//! doubles the wait. It lives in memory: a restart forgets it, an attacker cannot restart.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::secret;

/// So many failures wait for nothing.
const FREE: u32 = 5;
/// The longest wait.
const LONGEST_SECONDS: i64 = 15 * 60;
/// After so long without a failure all is forgotten.
const FORGET_SECONDS: i64 = 60 * 60;
/// So many names and addresses are remembered; beyond, the oldest are forgotten first.
const MOST: usize = 10_000;

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: i64,
}

impl Failures {
    fn wait(self, now: i64) -> Option<Duration> {
        let over = self.count.checked_sub(FREE)?;
        let wait = 2_i64.saturating_pow(over.min(20)).min(LONGEST_SECONDS);
        let left = self.last.saturating_add(wait).saturating_sub(now);
        u64::try_from(left).ok().filter(|&left| left > 0).map(Duration::from_secs)
    }
}

/// Failures of late.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    failures: Mutex<HashMap<[u8; 32], Failures>>,
}

/// What a failure is counted for.
fn keys(name: &str, address: Option<IpAddr>) -> Vec<[u8; 32]> {
    let name = format!("name:{}", name.trim().to_lowercase());
    let mut keys = vec![secret::hash(&name)];
    keys.extend(address.map(|address| secret::hash(&format!("address:{}", network(address)))));
    keys
}

/// Of IPv6 the network of 64 bits, which one customer has whole.
fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

impl Throttle {
    /// How long to wait before the next attempt; each attempt counts as failed until
    /// [`succeeded`](Self::succeeded), so that many at once cannot slip through.
    pub(crate) fn attempt(
        &self,
        name: &str,
        address: Option<IpAddr>,
        now: i64,
    ) -> Result<(), Duration> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys(name, address);
        let waits = keys.iter().filter_map(|key| failures.get(key)?.wait(now)).max();
        if let Some(wait) = waits {
            return Err(wait);
        }
        if failures.len() + keys.len() > MOST {
            failures.retain(|_, of| now - of.last < FORGET_SECONDS);
        }
        if failures.len() + keys.len() > MOST {
            let mut times: Vec<i64> = failures.values().map(|of| of.last).collect();
            times.sort_unstable();
            let middle = times[times.len() / 2];
            failures.retain(|_, of| of.last > middle);
        }
        for key in keys {
            let of = failures.entry(key).or_insert(Failures { count: 0, last: now });
            if now - of.last > FORGET_SECONDS {
                of.count = 0;
            }
            of.count = of.count.saturating_add(1);
            of.last = now;
        }
        Ok(())
    }

    /// The attempt was right: the name's failures are forgotten, and the address's last one is
    /// taken back, not the others, which may be of other names.
    pub(crate) fn succeeded(&self, name: &str, address: Option<IpAddr>) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, key) in keys(name, address).iter().enumerate() {
            if at == 0 {
                failures.remove(key);
            } else if let Some(of) = failures.get_mut(key) {
                of.count = of.count.saturating_sub(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_are_forgotten() {
        let throttle = Throttle::default();
        for _ in 0..FREE {
            assert_eq!(throttle.attempt("mori", None, 1_000), Ok(()));
        }
        assert_eq!(throttle.attempt("MORI ", None, 1_000), Err(Duration::from_secs(1)));
        assert_eq!(throttle.attempt("mori", None, 1_001), Ok(()));
        assert_eq!(throttle.attempt("mori", None, 1_002), Err(Duration::from_secs(1)));
        assert_eq!(throttle.attempt("hara", None, 1_002), Ok(()));
        throttle.succeeded("mori", None);
        assert_eq!(throttle.attempt("mori", None, 1_002), Ok(()));
    }

    #[test]
    fn one_address_cannot_try_many_names() {
        let throttle = Throttle::default();
        let address = Some("2001:db8::1".parse().unwrap());
        let neighbour = Some("2001:db8::2".parse().unwrap());
        for name in ["a", "b", "c", "d", "e"] {
            assert_eq!(throttle.attempt(name, address, 1_000), Ok(()));
        }
        assert!(throttle.attempt("f", neighbour, 1_000).is_err());
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for n in 0..MOST + 10 {
            let now = 1_000 + i64::try_from(n).unwrap();
            assert_eq!(throttle.attempt(&n.to_string(), None, now), Ok(()));
        }
        assert!(throttle.failures.lock().unwrap().len() <= MOST);
    }
}
