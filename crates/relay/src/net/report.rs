//! The last word about a mail: its sender is told what did not arrive (RFC 3464), and the spool forgets
//! it. It does not know why a server said no.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::{Hub, notice};
use crate::Recipient;
use crate::envelope::{Envelope, Notify};
use crate::spool::{Event, MailId, Outcome, Phase, Status, Step};

/// What is left to write down of a mail of which all is known.
pub(super) fn last(hub: &Hub, id: MailId, envelope: &Envelope, status: &Status) -> Vec<Event> {
    let mut events = Vec::new();
    let told = told(envelope, status);
    if let (Some(sender), false) = (&envelope.from, told.is_empty()) {
        let now = hub.now();
        let report = hub.spool.new_id(now);
        // Damage to a mail does not keep its sender from being told.
        let original = hub.spool.mail(id).unwrap_or_default();
        let mail = report_mail(hub, report, envelope, status, &told, now, &original);
        events.extend(notice::own_mail(hub, report, (None, sender), mail));
    }
    events.push(Event::step(id, Step::Done));
    events
}

/// The recipients that the sender is told of, as places in the envelope.
fn told(envelope: &Envelope, status: &Status) -> Vec<usize> {
    let default = Notify { success: false, failure: true, delay: true };
    let is_told = |(place, to): (usize, &Recipient)| {
        let notify = to.notify.unwrap_or(default);
        let progress = status.recipients.get(place)?;
        let wished = match &progress.last {
            Some(Outcome::Delivered { .. }) => notify.success,
            _ => notify.failure,
        };
        wished.then_some(place)
    };
    envelope.to.iter().enumerate().filter_map(is_told).collect()
}

fn report_mail(
    hub: &Hub,
    id: MailId,
    envelope: &Envelope,
    status: &Status,
    told: &[usize],
    now: Timestamp,
    original: &[u8],
) -> Vec<u8> {
    let host = hub.settings.host.key();
    let boundary = format!("report-{id}");
    let date = rfc2822::DateTimePrinter::new().timestamp_to_string(&now).unwrap_or_default();
    let sender = envelope.from.as_ref().map(ToString::to_string).unwrap_or_default();
    let (mut words, mut fields) = (String::new(), format!("Reporting-MTA: dns; {host}\r\n"));
    for &place in told {
        let (Some(to), Some(progress)) = (envelope.to.get(place), status.recipients.get(place))
        else {
            continue;
        };
        let (action, code, said) = match (&progress.last, &status.phase) {
            (Some(Outcome::Delivered { said }), _) => ("relayed", "2.0.0", said.clone()),
            (Some(Outcome::Failed { said }), _) => ("failed", "5.0.0", said.clone()),
            (_, Phase::Cancelled { by }) => ("failed", "5.7.1", format!("cancelled ({by})")),
            _ => ("failed", "5.0.0", String::new()),
        };
        let said: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        // Writing into a string does not fail.
        let _ = write!(words, "{}\r\n    {said}\r\n", to.address);
        let _ = write!(
            fields,
            "\r\nFinal-Recipient: rfc822; {}\r\nAction: {action}\r\nStatus: {code}\r\n",
            to.address
        );
        if !said.is_empty() && action != "relayed" {
            let _ = write!(fields, "Diagnostic-Code: smtp; {said}\r\n");
        }
    }
    let header = header_of(original);
    let words = notice::text_part(&format!(
        "送信したメールの結果をお知らせします。\r\nThis is what became of a mail that you sent.\r\n\r\n{words}"
    ));
    format!(
        "From: Mail relay <postmaster@{host}>\r\nTo: {sender}\r\nDate: {date}\r\nMessage-ID: <{id}@{host}>\r\n\
         Subject: Delivery report\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"{boundary}\"\r\n\r\n\
         --{boundary}\r\n{words}\r\n\
         --{boundary}\r\nContent-Type: message/delivery-status\r\n\r\n{fields}\r\n\
         --{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\n{header}\r\n--{boundary}--\r\n"
    )
    .into_bytes()
}

/// The header of the mail that is told of: never its body, which may be what was stopped.
fn header_of(mail: &[u8]) -> String {
    let end = memchr::memmem::find(mail, b"\r\n\r\n").map_or(mail.len(), |at| at + 2);
    String::from_utf8_lossy(&mail[..end]).into_owned()
}
