//! Room for clients: so many in all, so many from one address, and no more than there are file handles.
//! It does not know what they say.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::settings::ClientLimits;

/// File handles that are not for clients: the spool, the history, deliveries, questions to name servers.
const OTHER_HANDLES: usize = 256;

/// Those who have a seat.
#[derive(Default)]
struct Taken {
    seats: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// The seats.
#[derive(Clone)]
pub(super) struct Seats {
    taken: Arc<Mutex<Taken>>,
    most: usize,
    most_per_address: usize,
}

/// One seat, given back when it is dropped.
pub(super) struct Seat {
    seats: Seats,
    address: IpAddr,
}

impl Seats {
    /// As many as the limits say and this process can have connections.
    pub(super) fn new(limits: &ClientLimits) -> Self {
        let handles =
            handles().map_or(usize::MAX, |most| most.saturating_sub(OTHER_HANDLES).max(1));
        Self {
            taken: Arc::default(),
            most: limits.connections.min(handles),
            most_per_address: limits.connections_per_address,
        }
    }

    /// How many there are.
    pub(super) const fn most(&self) -> usize {
        self.most
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat, if there is one. Mail servers of the organisation are not counted by their address: one
    /// of them may bring the mail of thousands.
    pub(super) fn take(&self, address: IpAddr, is_listed: bool) -> Option<Seat> {
        let address = counted(address);
        let mut taken = self.lock();
        if taken.seats >= self.most {
            return None;
        }
        let of_address = taken.by_address.entry(address).or_insert(0);
        if !is_listed && *of_address >= self.most_per_address {
            return None;
        }
        *of_address += 1;
        taken.seats += 1;
        Some(Seat { seats: self.clone(), address })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        taken.seats = taken.seats.saturating_sub(1);
        if let Some(count) = taken.by_address.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

/// Whom an address is: of IPv6, one machine has a whole /64.
fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
        }
        four @ IpAddr::V4(_) => four,
    }
}

/// How many files and connections this process can have open, after it has asked for as many as it may
/// have; `None` where there is no limit.
fn handles() -> Option<usize> {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    // Where more is not given, what there was is what there is.
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    current.and_then(|most| usize::try_from(most).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_all_seats() {
        let limits =
            ClientLimits { connections: 4, connections_per_address: 2, ..ClientLimits::default() };
        let seats = Seats::new(&limits);
        let take = |address: &str, is_listed| seats.take(address.parse().unwrap(), is_listed);
        let first = take("2001:db8::1", false).unwrap();
        let _second = take("2001:db8::ffff:2", false).unwrap();
        assert!(take("2001:db8::3", false).is_none(), "the same /64");
        drop(first);
        let _third = take("2001:db8::3", false).unwrap();
        let server = take("192.0.2.1", true).unwrap();
        let _again = take("::ffff:192.0.2.1", true).unwrap();
        assert!(take("192.0.2.1", true).is_none(), "all seats are taken");
        drop(server);
        assert!(take("192.0.2.2", false).is_some());
    }
}
