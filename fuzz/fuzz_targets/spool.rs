//! libFuzzer on `spool`. It does not know what must hold: that is in `fuzz/driver`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fuzz_driver::targets::spool(data);
});
