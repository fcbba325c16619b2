//! The watch over real files: what the kernel says, made into deeds, and what follows from them. It does
//! not judge: the detector does.

pub mod fid;
pub mod freeze;
pub mod pins;
pub mod procs;
