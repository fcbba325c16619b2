//! Measures decoding: each file named is decoded again and again for a second. It does not read
//! what is decoded.

use std::time::Instant;

use formats::{Hints, decode};
use text::Limits;

fn main() -> std::io::Result<()> {
    for name in std::env::args().skip(1) {
        let bytes = std::fs::read(&name)?;
        let (start, mut rounds, mut text_bytes) = (Instant::now(), 0_u32, 0);
        while rounds == 0 || start.elapsed().as_secs_f64() < 1.0 {
            match decode(bytes.clone(), Hints { name: &name, charset: None }, &Limits::default()) {
                Ok(document) => text_bytes = document.text.len(),
                Err(error) => {
                    println!("{name}: {error}");
                    break;
                }
            }
            rounds += 1;
        }
        let seconds = start.elapsed().as_secs_f64() / f64::from(rounds.max(1));
        #[expect(clippy::cast_precision_loss, reason = "a size in a figure for people")]
        let megabytes = bytes.len() as f64 / 1e6;
        println!(
            "{name}: {megabytes:.3} MB in {:.3} ms, {:.0} MB/s, {text_bytes} bytes of text",
            seconds * 1e3,
            megabytes / seconds
        );
    }
    Ok(())
}
