//! Files that are given out by link as pages see them: who may fetch them, the code that proves an address,
//! what was fetched, and taking them back. It does not know what a page looks like.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::{Fetch, Fetched, Parcel, ParcelError, ParcelId};
use crate::Address;
use crate::net::Hub;
use crate::net::desk::Desk;
use crate::net::links::{Purpose, in_hours};
use crate::net::notice;
use crate::net::record::Note;
use crate::spool::{MailId, SpoolError};

/// Who proved their address may fetch for so long.
const SESSION_HOURS: i64 = 1;
/// How often it is looked for files whose time is over; they cannot be fetched before that either.
const LOOKED_EVERY: Duration = Duration::from_mins(10);

/// Deletes files whose time is over, until the relay stops.
pub(in crate::net) async fn end_what_is_over(hub: Arc<Hub>) {
    loop {
        let here = Arc::clone(&hub);
        let now = hub.now();
        let work = move || here.parcels.end_what_is_over(now);
        // What could not be deleted now is tried again.
        let ended = tokio::task::spawn_blocking(work).await.ok().and_then(Result::ok);
        for mail in ended.unwrap_or_default() {
            let (who, about) = ("relay".to_owned(), serde_json::json!({ "mail": mail }));
            hub.record.note(Note::Did { who, what: "files_expired", about, at: now });
        }
        tokio::select! {
            () = hub.stopping() => return,
            () = tokio::time::sleep(LOOKED_EVERY) => {}
        }
    }
}

impl Desk {
    /// The files that a link leads to.
    pub fn parcel(&self, id: ParcelId) -> Result<Option<Parcel>, ParcelError> {
        self.hub.parcels.get(id)
    }

    /// The files of a mail that are given out by link, and who fetched them, the first first.
    pub fn parcel_of(&self, mail: MailId) -> Result<Option<(Parcel, Vec<Fetch>)>, ParcelError> {
        let Some(parcel) = self.hub.parcels.of_mail(mail)? else { return Ok(None) };
        let fetches = self.hub.parcels.fetches(parcel.id)?;
        Ok(Some((parcel, fetches)))
    }

    /// Mails somebody the code by which they prove their address, if the mail with the files went to it.
    /// To anybody else nothing is sent; whoever asks is not told which it was.
    pub async fn send_code(&self, parcel: &Parcel, who: &Address) -> Result<(), SpoolError> {
        let now = self.hub.now();
        // The code goes to the address as the mail's sender wrote it.
        let recipient = parcel.recipients.iter().find(|recipient| *recipient == who);
        let (Some(recipient), true) = (recipient, parcel.is_here(now)) else { return Ok(()) };
        let Some(code) = self.hub.parcels.codes.make(parcel.id, recipient, now) else {
            return Ok(());
        };
        let events = notice::of_code(&self.hub, recipient, &code, now);
        self.hub.spool.append(&events).await?;
        self.hub.news.notify_one();
        Ok(())
    }

    /// Uses a code up: what the browser of whoever typed it keeps. `None` where it is not the code.
    pub fn take_code(&self, parcel: &Parcel, who: &Address, typed: &str) -> Option<String> {
        let now = self.hub.now();
        if !parcel.is_here(now) || !self.hub.parcels.codes.take(parcel.id, who, typed, now) {
            return None;
        }
        let until = in_hours(now, SESSION_HOURS);
        self.hub.links.sign(Purpose::Files, who, Some(parcel.mail), until)
    }

    /// Who may fetch these files, by what a browser keeps.
    pub fn of_files_session(&self, parcel: &Parcel, session: &str) -> Option<Address> {
        let pass = self.hub.links.read(Purpose::Files, session, self.hub.now())?;
        (pass.mail == Some(parcel.mail) && parcel.recipients.contains(&pass.who))
            .then_some(pass.who)
    }

    /// Gives a file out to somebody who proved their address: it is on record before the first byte.
    /// `None` where there is no such file, or no longer.
    pub fn fetch(
        &self,
        parcel: &Parcel,
        file: usize,
        who: &Address,
        from: Option<IpAddr>,
    ) -> Result<Option<Fetched>, ParcelError> {
        let at = self.hub.now();
        let fetch = Fetch { file, who: who.to_string(), from, at };
        let fetched = self.hub.parcels.fetch(parcel.id, &fetch)?;
        if fetched.is_some() {
            let about = serde_json::json!({ "mail": parcel.mail, "file": file });
            self.hub.record.note(Note::Did { who: fetch.who, what: "file_fetched", about, at });
        }
        Ok(fetched)
    }

    /// Takes back the files of a mail that are given out by link: from now on nobody can fetch them, and
    /// they are deleted. What was fetched before stays on record. Whether somebody could until now.
    pub fn withdraw(&self, mail: MailId, who: &str) -> Result<bool, ParcelError> {
        let at = self.hub.now();
        let was_here = self.hub.parcels.end(mail, Some(who), at)?;
        if was_here {
            let about = serde_json::json!({ "mail": mail });
            let who = who.to_owned();
            self.hub.record.note(Note::Did { who, what: "files_withdrawn", about, at });
        }
        Ok(was_here)
    }
}
