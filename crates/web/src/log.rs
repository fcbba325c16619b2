//! What the server tells the one who started it: a line on standard error. It never holds
//! passwords, tokens, form fields or texts.

use std::io::{self, Write as _};

/// Writes one line with the time. A log that cannot be written stops nothing.
pub(crate) fn line(level: &str, message: &str) {
    let at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    // Line ends inside a message would let its cause forge further lines.
    let message = message.replace(['\n', '\r'], " ");
    let _ = writeln!(io::stderr().lock(), "{at} {level} {message}");
}
