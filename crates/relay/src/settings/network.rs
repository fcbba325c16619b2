//! Networks whose machines are known by where they are. It does not know what they may do.

use std::net::IpAddr;
use std::str::FromStr;

/// A network, as `192.0.2.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

impl Network {
    /// Whether an address is in it. An IPv4 address may be written as an IPv6 one.
    pub fn has(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix_bits)).unwrap_or(0);
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix_bits)).unwrap_or(0);
                ours.to_bits() & mask == theirs.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = ();
    fn from_str(written: &str) -> Result<Self, ()> {
        let (address, bits) =
            written.split_once('/').map_or((written, None), |(a, b)| (a, Some(b)));
        let written: IpAddr = address.parse().map_err(drop)?;
        let address = written.to_canonical();
        let whole = |address: IpAddr| if address.is_ipv4() { 32_u8 } else { 128 };
        let bits: u8 = bits.map_or(Ok(whole(written)), str::parse).map_err(drop)?;
        // An IPv4 address that is written as an IPv6 one has 96 bits before it.
        let mapped_bits = whole(written) - whole(address);
        let prefix_bits = bits.checked_sub(mapped_bits).ok_or(())?;
        // No organisation is the internet.
        let least = if address.is_ipv4() { 8 } else { 16 };
        let fits = (least..=whole(address)).contains(&prefix_bits);
        if fits { Ok(Self { address, prefix_bits }) } else { Err(()) }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix_bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_their_addresses() {
        let has = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().has(address.parse().unwrap())
        };
        assert!(has("192.0.2.0/24", "192.0.2.200"));
        assert!(has("192.0.2.0/24", "::ffff:192.0.2.200"));
        assert!(!has("192.0.2.0/24", "192.0.3.1"));
        assert!(has("::ffff:192.0.2.0/120", "192.0.2.1"));
        assert!(!has("::ffff:192.0.2.0/120", "192.0.3.1"));
        assert!(!has("192.0.2.0/24", "2001:db8::1"));
        for wide in ["0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96", "::ffff:192.0.2.0/64"] {
            assert!(wide.parse::<Network>().is_err(), "{wide}");
        }
        assert!(has("2001:db8::/32", "2001:db8:1::1"));
        assert!(!has("192.0.2.1", "192.0.2.2"));
    }
}
