//! A mail on its way to one server, and the commands that say so. It does not know replies.

use super::capabilities::Capabilities;
use super::content::Behind;
use crate::envelope::{Envelope, Notify, Recipient, Returned};
use crate::{Address, xtext};

/// A mail for one server.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// Where failures are reported to; nobody for a report.
    pub from: Option<&'a Address>,
    /// Who is to get it.
    pub recipients: &'a [Recipient],
    /// Its bytes: its header at least.
    pub content: &'a [u8],
    /// What follows them.
    pub behind: Behind<'a>,
    /// Whether it came as an international mail (RFC 6531).
    pub is_international: bool,
    /// `ENVID`, decoded.
    pub envelope_id: Option<&'a str>,
    /// `RET`.
    pub returned: Option<Returned>,
}

impl<'a> Outgoing<'a> {
    /// The mail of an envelope, for some of its recipients.
    pub fn of(envelope: &'a Envelope, recipients: &'a [Recipient], content: &'a [u8]) -> Self {
        Self {
            from: envelope.from.as_ref(),
            recipients,
            content,
            behind: Behind::Nothing,
            is_international: envelope.is_international,
            envelope_id: envelope.envelope_id.as_deref(),
            returned: envelope.returned,
        }
    }
}

/// Whether a server without SMTPUTF8 cannot be told this address. A domain can be said in ASCII.
pub(super) fn needs_smtputf8(address: &Address) -> bool {
    !address.local().is_ascii()
}

/// Whether a command about this recipient has more than ASCII, if the server takes that.
pub(super) fn wants_smtputf8(recipient: &Recipient) -> bool {
    recipient.address.is_international()
        || recipient.original.as_ref().is_some_and(|original| !original.is_ascii())
}

/// What `MAIL` has beside the address.
#[derive(Clone, Copy, Debug)]
pub(super) struct MailWords {
    pub(super) size_bytes: usize,
    pub(super) is_eight_bit: bool,
    pub(super) is_international: bool,
}

pub(super) fn mail_line(
    mail: &Outgoing<'_>,
    words: MailWords,
    offered: &Capabilities,
    out: &mut Vec<u8>,
) {
    let mut line = String::from("MAIL FROM:<");
    if let Some(from) = mail.from {
        put_address(from, offered, &mut line);
    }
    line.push('>');
    if offered.size.is_some() {
        line.push_str(" SIZE=");
        line.push_str(&words.size_bytes.to_string());
    }
    if words.is_eight_bit {
        line.push_str(" BODY=8BITMIME");
    }
    if words.is_international {
        line.push_str(" SMTPUTF8");
    }
    if offered.dsn {
        match mail.returned {
            Some(Returned::Full) => line.push_str(" RET=FULL"),
            Some(Returned::Headers) => line.push_str(" RET=HDRS"),
            None => {}
        }
        if let Some(id) = mail.envelope_id {
            line.push_str(" ENVID=");
            xtext::encode(id, &mut line);
        }
    }
    end(line, out);
}

pub(super) fn recipient_line(recipient: &Recipient, offered: &Capabilities, out: &mut Vec<u8>) {
    let mut line = String::from("RCPT TO:<");
    put_address(&recipient.address, offered, &mut line);
    line.push('>');
    if offered.dsn {
        if let Some(notify) = recipient.notify {
            line.push_str(" NOTIFY=");
            put_notify(notify, &mut line);
        }
        // RFC 6533 §3: in UTF-8 only where the mail is international.
        let understood = |original: &&String| original.is_ascii() || offered.international;
        if let Some(original) = recipient.original.as_ref().filter(understood) {
            line.push_str(" ORCPT=");
            line.push_str(original);
        }
    }
    end(line, out);
}

fn put_address(address: &Address, offered: &Capabilities, line: &mut String) {
    let domain = address.domain();
    line.push_str(address.local());
    line.push('@');
    line.push_str(if offered.international { domain.as_str() } else { domain.key() });
}

fn put_notify(notify: Notify, line: &mut String) {
    let Notify { success, failure, delay } = notify;
    let mut is_first = true;
    for (is_wished, name) in [(success, "SUCCESS"), (failure, "FAILURE"), (delay, "DELAY")] {
        if is_wished {
            line.push_str(if is_first { "" } else { "," });
            line.push_str(name);
            is_first = false;
        }
    }
    if is_first {
        line.push_str("NEVER");
    }
}

/// No address has a control character, and `ENVID` is printable; should anything else that is kept
/// have one, it ends no line here.
fn end(line: String, out: &mut Vec<u8>) {
    out.extend(line.into_bytes().into_iter().filter(|byte| !byte.is_ascii_control()));
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(recipient: &Recipient, offered: Capabilities, expected: &str) {
        let mut out = Vec::new();
        recipient_line(recipient, &offered, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn wishes_are_passed_on_where_they_are_understood() {
        let dsn = Capabilities { dsn: true, ..Capabilities::default() };
        let mut sato = Recipient::new(Address::parse("sato@例え.jp").unwrap());
        check(&sato, dsn, "RCPT TO:<sato@xn--r8jz45g.jp>\r\n");
        sato.notify = Some(Notify { success: true, delay: true, failure: false });
        sato.original = Some("rfc822;mori@example.jp".to_owned());
        check(
            &sato,
            dsn,
            "RCPT TO:<sato@xn--r8jz45g.jp> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;mori@example.jp\r\n",
        );
        sato.notify = Some(Notify::default());
        sato.original = None;
        check(&sato, dsn, "RCPT TO:<sato@xn--r8jz45g.jp> NOTIFY=NEVER\r\n");
        let utf8 = Capabilities { international: true, ..Capabilities::default() };
        check(&sato, utf8, "RCPT TO:<sato@例え.jp>\r\n");
    }

    /// What is kept on disk may have been changed there.
    #[test]
    fn cve_2025_59419_no_parameter_becomes_a_command() {
        let dsn = Capabilities { dsn: true, ..Capabilities::default() };
        let mut sato = Recipient::new(Address::parse("sato@example.jp").unwrap());
        sato.original = Some("rfc822;a\r\nRCPT TO:<b@example.com>".to_owned());
        check(&sato, dsn, "RCPT TO:<sato@example.jp> ORCPT=rfc822;aRCPT TO:<b@example.com>\r\n");
    }
}
