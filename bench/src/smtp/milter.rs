//! A milter that counts the addresses in `To` and `Cc` of each mail and lets it pass: what a gateway
//! beside Postfix does at the least. It asks Postfix for the header alone and answers once a mail, so that
//! it costs what the protocol costs. It does not judge.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use super::Failed;

/// The subcommand.
pub(crate) const COMMAND: &str = "milter";

/// Options of version 6 of the protocol: what is not to be sent here (client, greeting, sender,
/// recipients, body, end of header, unknown commands, DATA), and that headers get no answer.
const UNWANTED: u32 = 0x1 | 0x2 | 0x4 | 0x8 | 0x10 | 0x40 | 0x100 | 0x200;
const HEADERS_UNANSWERED: u32 = 0x80;

/// Serves until the process ends; the port is the first argument.
pub(crate) fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), Failed> {
    let port: u16 = arguments.next().ok_or("usage: bench milter PORT")?.parse()?;
    for connection in TcpListener::bind(("127.0.0.1", port))?.incoming() {
        let connection = connection?;
        // A client that leaves in the middle is no matter of ours.
        std::thread::spawn(move || drop(serve(connection)));
    }
    Ok(())
}

fn serve(mut connection: TcpStream) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut input = io::BufReader::new(connection.try_clone()?);
    let (mut packet, mut seen) = (Vec::new(), 0_usize);
    loop {
        let mut length = [0; 4];
        input.read_exact(&mut length)?;
        packet.resize(usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?, 0);
        input.read_exact(&mut packet)?;
        let Some((&command, data)) = packet.split_first() else { return Ok(()) };
        match command {
            b'O' => {
                let offered = data.get(8..12).and_then(|bytes| bytes.try_into().ok());
                let offered = offered.map_or(0, u32::from_be_bytes);
                let mut answer = vec![0, 0, 0, 13, b'O', 0, 0, 0, 6, 0, 0, 0, 0];
                let wanted = offered & (UNWANTED | HEADERS_UNANSWERED);
                answer.extend_from_slice(&wanted.to_be_bytes());
                connection.write_all(&answer)?;
            }
            b'L' => {
                let name = data.split(|byte| *byte == 0).next().unwrap_or_default();
                if name.eq_ignore_ascii_case(b"to") || name.eq_ignore_ascii_case(b"cc") {
                    seen += memchr::memchr_iter(b'@', data).count();
                }
            }
            b'E' => {
                // However many there are, the mail passes: what is measured is the way.
                std::hint::black_box(seen);
                seen = 0;
                connection.write_all(&[0, 0, 0, 1, b'a'])?;
            }
            b'A' => seen = 0,
            b'Q' | b'K' => return Ok(()),
            _ => {}
        }
    }
}
