//! What follows the address of `MAIL FROM` and `RCPT TO`: SIZE (RFC 1870), BODY (RFC 6152),
//! SMTPUTF8 (RFC 6531), RET, ENVID, NOTIFY and ORCPT (RFC 3461), AUTH (RFC 4954). It does not know
//! addresses.

use crate::envelope::{Body, Notify, Returned};
use crate::xtext;

/// RFC 3461 §4.4.
const LONGEST_ENVID_BYTES: usize = 100;
/// RFC 3461 §4.2.
const LONGEST_ORCPT_BYTES: usize = 500;

/// Why parameters are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ParameterFault {
    /// Nothing of ours has that name, or its value is of an extension that is not offered.
    Unknown,
    /// The value is none, or it is given twice.
    Malformed,
}

/// Of `MAIL FROM`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MailParameters {
    pub(super) size_bytes: Option<u64>,
    pub(super) body: Option<Body>,
    pub(super) is_international: bool,
    pub(super) returned: Option<Returned>,
    pub(super) envelope_id: Option<String>,
}

/// Of `RCPT TO`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RecipientParameters {
    pub(super) notify: Option<Notify>,
    pub(super) original: Option<String>,
}

impl MailParameters {
    pub(super) fn parse(text: &str) -> Result<Self, ParameterFault> {
        let mut parsed = Self::default();
        let mut has_auth = None;
        for (name, value) in words(text) {
            match name.to_ascii_uppercase().as_str() {
                "SIZE" => once(&mut parsed.size_bytes, size(needed(value)?)),
                "BODY" => once(&mut parsed.body, Some(body(needed(value)?)?)),
                "SMTPUTF8" if value.is_none() && !parsed.is_international => {
                    parsed.is_international = true;
                    Ok(())
                }
                "RET" => once(&mut parsed.returned, returned(needed(value)?)),
                "ENVID" => once(&mut parsed.envelope_id, envelope_id(needed(value)?)),
                // RFC 4954 §5: who wrote it first, as somebody else says. Nobody here believes it.
                "AUTH" => once(&mut has_auth, auth(needed(value)?)),
                "SMTPUTF8" => Err(ParameterFault::Malformed),
                _ => Err(ParameterFault::Unknown),
            }?;
        }
        Ok(parsed)
    }
}

impl RecipientParameters {
    /// In an international mail `ORCPT` may be written in UTF-8 (RFC 6533 §3).
    pub(super) fn parse(text: &str, is_international: bool) -> Result<Self, ParameterFault> {
        let mut parsed = Self::default();
        for (name, value) in words(text) {
            match name.to_ascii_uppercase().as_str() {
                "NOTIFY" => once(&mut parsed.notify, notify(needed(value)?)),
                "ORCPT" => once(&mut parsed.original, original(needed(value)?, is_international)),
                _ => Err(ParameterFault::Unknown),
            }?;
        }
        Ok(parsed)
    }
}

fn words(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    text.split(' ').filter(|word| !word.is_empty()).map(|word| match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    })
}

fn needed(value: Option<&str>) -> Result<&str, ParameterFault> {
    value.filter(|value| !value.is_empty()).ok_or(ParameterFault::Malformed)
}

fn once<T>(place: &mut Option<T>, value: Option<T>) -> Result<(), ParameterFault> {
    if value.is_none() || place.is_some() {
        return Err(ParameterFault::Malformed);
    }
    *place = value;
    Ok(())
}

/// RFC 1870 §4: up to 20 digits; more than a number holds is larger than any mail.
pub(super) fn size(value: &str) -> Option<u64> {
    let is_number = (1..=20).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| value.parse().unwrap_or(u64::MAX))
}

fn body(value: &str) -> Result<Body, ParameterFault> {
    match value.to_ascii_uppercase().as_str() {
        "7BIT" => Ok(Body::SevenBit),
        "8BITMIME" => Ok(Body::EightBit),
        "BINARYMIME" => Err(ParameterFault::Unknown),
        _ => Err(ParameterFault::Malformed),
    }
}

fn returned(value: &str) -> Option<Returned> {
    match value.to_ascii_uppercase().as_str() {
        "FULL" => Some(Returned::Full),
        "HDRS" => Some(Returned::Headers),
        _ => None,
    }
}

fn envelope_id(value: &str) -> Option<String> {
    xtext::decode(value).filter(|id| id.len() <= LONGEST_ENVID_BYTES)
}

fn auth(value: &str) -> Option<()> {
    (value == "<>" || xtext::decode(value).is_some()).then_some(())
}

fn notify(value: &str) -> Option<Notify> {
    let mut wishes = Notify::default();
    if value.eq_ignore_ascii_case("NEVER") {
        return Some(wishes);
    }
    for wish in value.split(',') {
        match wish.to_ascii_uppercase().as_str() {
            "SUCCESS" => wishes.success = true,
            "FAILURE" => wishes.failure = true,
            "DELAY" => wishes.delay = true,
            _ => return None,
        }
    }
    Some(wishes)
}

/// `rfc822;sato@example.jp`, kept as it was given: it is only passed on.
fn original(value: &str, is_international: bool) -> Option<String> {
    let (kind, address) = value.split_once(';')?;
    let is_kind = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_address = if kind.eq_ignore_ascii_case("utf-8") {
        address.chars().all(|c| c.is_ascii_graphic() || (is_international && !c.is_ascii()))
    } else {
        xtext::decode(address).is_some()
    };
    let is_sound =
        is_kind && is_address && !address.is_empty() && value.len() <= LONGEST_ORCPT_BYTES;
    is_sound.then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_mail(text: &str, expected: &Result<MailParameters, ParameterFault>) {
        assert_eq!(&MailParameters::parse(text), expected, "{text:?}");
    }

    #[test]
    fn parameters_of_mail() {
        check_mail("", &Ok(MailParameters::default()));
        check_mail(
            " size=1000  body=8bitmime SMTPUTF8 RET=hdrs ENVID=QQ+2B1 AUTH=<>",
            &Ok(MailParameters {
                size_bytes: Some(1_000),
                body: Some(Body::EightBit),
                is_international: true,
                returned: Some(Returned::Headers),
                envelope_id: Some("QQ+1".to_owned()),
            }),
        );
        let huge = MailParameters { size_bytes: Some(u64::MAX), ..MailParameters::default() };
        check_mail("SIZE=99999999999999999999", &Ok(huge));
        for malformed in [
            "SIZE", "SIZE=", "SIZE=-1", "SIZE=1 SIZE=1", "SIZE=999999999999999999999", "BODY=9BIT",
            "SMTPUTF8=1", "SMTPUTF8 SMTPUTF8", "RET=NONE", "ENVID=a+0D+0AQUIT", "AUTH=a=b",
        ] {
            check_mail(malformed, &Err(ParameterFault::Malformed));
        }
        for unknown in ["X=1", "BODY=BINARYMIME", "=", "NOTIFY=NEVER"] {
            check_mail(unknown, &Err(ParameterFault::Unknown));
        }
        let long = format!("ENVID={}", "a".repeat(LONGEST_ENVID_BYTES + 1));
        check_mail(&long, &Err(ParameterFault::Malformed));
    }

    #[track_caller]
    fn check_recipient(
        text: &str,
        expected: Result<(Option<Notify>, Option<&str>), ParameterFault>,
    ) {
        let parsed = RecipientParameters::parse(text, false);
        let parsed = parsed.as_ref().map(|p| (p.notify, p.original.as_deref())).map_err(|e| *e);
        assert_eq!(parsed, expected, "{text:?}");
    }

    #[test]
    fn parameters_of_a_recipient() {
        check_recipient("", Ok((None, None)));
        check_recipient("NOTIFY=NEVER", Ok((Some(Notify::default()), None)));
        check_recipient(
            "notify=success,FAILURE ORCPT=rfc822;a+2Bb@example.jp",
            Ok((
                Some(Notify { success: true, failure: true, delay: false }),
                Some("rfc822;a+2Bb@example.jp"),
            )),
        );
        check_recipient(
            "ORCPT=utf-8;\\x{6E21}@example.jp",
            Ok((None, Some("utf-8;\\x{6E21}@example.jp"))),
        );
        for malformed in [
            "NOTIFY=", "NOTIFY=NEVER,DELAY", "NOTIFY=DELAY,", "ORCPT=a@example.jp",
            "ORCPT=rfc822;", "ORCPT=rfc822;a=b", "ORCPT=rfc822;+0D+0A", "ORCPT=;a",
            "ORCPT=utf-8;渡辺@example.jp",
        ] {
            check_recipient(malformed, Err(ParameterFault::Malformed));
        }
        check_recipient("SIZE=1", Err(ParameterFault::Unknown));
    }
}
