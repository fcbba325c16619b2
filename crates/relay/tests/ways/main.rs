//! The ways in and out of a running relay over real sockets: TLS and certificates, smart hosts, servers
//! found by the DNS, signatures, limits, the log. What is judged and why is tested elsewhere.

mod certificates;
mod dns;
mod house;
mod limits;
mod mx;
mod server;
mod signing;
mod sts;
mod tls;
mod words;
