//! What follows from an alarm: processes are stopped, what is known of them is kept, people are told; and
//! what people decide afterwards.

use std::time::Instant;

use nix::sys::fanotify::Response;
use serde_json::json;

use super::{Answered, GuardError, Notice, Worker, answer};
use crate::config::Answer;
use crate::deed::Proc;
use crate::detector::Alarm;
use crate::evidence;
use crate::incident::{Incident, State};
use crate::vault::Record;
use crate::watch::freeze::{self, Frozen};
use crate::watch::network;

impl Worker {
    /// Answers an alarm as the configuration says.
    pub(super) fn alarmed(&mut self, alarm: &Alarm, begun: Instant) {
        let alarm = &Alarm { root: self.origins.first_of_program(alarm.root), ..alarm.clone() };
        if self.stopped.contains(&alarm.root) || self.origins.is_exempt(alarm.root.pid) {
            return;
        }
        let stops = alarm.stops && self.config.answer != Answer::Alarm;
        if !stops && !self.told.insert(alarm.root) {
            return;
        }
        let number = self.incidents.last().map_or(1, |last| last.number + 1);
        let tree = self.origins.tree(alarm.root);
        let mut incident = Incident {
            number,
            at_ms: self.now_ms(),
            since_ms: alarm.since_ms,
            root: alarm.root,
            score: alarm.score.0,
            because: alarm.because.iter().map(|finding| finding.says.clone()).collect(),
            stop_us: 0,
            state: State::Told,
            frozen: None,
            network: None,
            evidence: None,
            undone: false,
        };
        if stops {
            self.stopped.insert(alarm.root);
            let name = format!("{}-{number}", std::process::id());
            let mut frozen = Frozen::planned(&name);
            incident.frozen = Some(frozen.clone());
            incident.state = State::Frozen;
            // Before anything stands still, so that a guard after this one knows of it.
            self.save(&incident);
            freeze::freeze(&self.origins, alarm.root, &mut frozen);
            incident.frozen = Some(frozen);
        }
        incident.stop_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        let words = serde_json::to_value(alarm).unwrap_or_default();
        if let Err(error) = self.preserve(&mut incident, words, &tree) {
            self.trouble(format!("incident {number}: evidence is missing: {error}"));
            // Whom it stopped must be known all the same.
            self.save(&incident);
        }
        self.incidents.push(incident);
        if stops && self.config.answer == Answer::Kill {
            let killed = self.kill(number, "fileguard");
            if let Err(error) = killed {
                self.trouble(error.to_string());
            }
        }
        if let Some(incident) = self.incidents.last() {
            let _ = self.notices.send(Notice::Incident(Box::new(incident.clone())));
        }
    }

    /// Keeps the evidence, holds what was kept of the files, and seals both.
    pub(super) fn preserve(
        &mut self,
        incident: &mut Incident,
        alarm: serde_json::Value,
        tree: &[crate::watch::procs::Stat],
    ) -> Result<(), GuardError> {
        let folder = Incident::folder(&self.config.vault, incident.number).join("evidence");
        let files: Vec<_> = self
            .vault
            .entries()
            .filter(|entry| entry.by.contains(&incident.root) && entry.at_ms >= incident.since_ms)
            .cloned()
            .collect();
        let extra = [("alarm", alarm), ("files", serde_json::to_value(&files).unwrap_or_default())];
        let pack = evidence::gather(&folder, tree, &extra).map_err(GuardError::Evidence)?;
        incident.evidence = Some(pack);
        if self.config.cut_network
            && let Some(frozen) = &incident.frozen
        {
            incident.network = Some(network::cut(frozen));
        }
        if incident.frozen.is_some() {
            // Of those who go on, the hashes must do: others wait meanwhile.
            self.keep_programs(incident.number, tree)?;
        }
        let now = self.now_ms();
        self.vault.hold(now, files.iter().map(|entry| entry.seq).collect())?;
        let (journal_bytes, journal_sha256) = self.vault.seal()?;
        let body = json!({
            "incident": incident.number, "root": incident.root, "score": incident.score,
            "state": incident.state, "network": incident.network, "evidence_sha256": pack,
            "journal_bytes": journal_bytes, "journal_sha256": journal_sha256,
        });
        self.sealer.seal("incident_opened", "fileguard", &body)?;
        self.save(incident);
        Ok(())
    }

    /// The programs themselves: their files can be gone tomorrow.
    fn keep_programs(
        &mut self,
        incident: u64,
        tree: &[crate::watch::procs::Stat],
    ) -> Result<(), GuardError> {
        for found in tree {
            let place = std::path::PathBuf::from(format!("/proc/{}/exe", found.proc.pid));
            // A process can have ended meanwhile.
            let Ok(program) = std::fs::File::open(&place) else { continue };
            let Ok(attributes) = super::attributes(&program) else { continue };
            let path = std::fs::read_link(&place).unwrap_or(place);
            let stored = self.vault.keep(program)?;
            let digest = stored.digest;
            let now = self.now_ms();
            let seq = self.vault.note(
                now,
                &[],
                Record::Evidence { incident, path, attributes, digest },
            )?;
            self.vault.hold(now, vec![seq])?;
        }
        Ok(())
    }

    pub(super) fn save(&mut self, incident: &Incident) {
        if let Err(error) = incident.save(&self.config.vault) {
            self.trouble(format!("incident {}: {error}", incident.number));
        }
    }

    pub(super) fn incident(&mut self, number: u64) -> Result<&mut Incident, GuardError> {
        let found = self.incidents.iter_mut().find(|incident| incident.number == number);
        found.ok_or(GuardError::NoIncident(number))
    }

    /// A person lets processes go on, and says why.
    pub(super) fn thaw(
        &mut self,
        number: u64,
        who: &str,
        why: &str,
    ) -> Result<Answered, GuardError> {
        let incident = self.incident(number)?;
        if incident.state != State::Frozen {
            return Err(GuardError::NotFrozen(number));
        }
        incident.state = State::Thawed;
        let incident = incident.clone();
        let body = json!({ "incident": number, "why": why });
        self.sealer.seal("thawed", who, &body)?;
        self.save(&incident);
        self.detector.pardon(incident.root);
        self.told.remove(&incident.root);
        self.let_go(incident.root, true);
        if let Some(frozen) = &incident.frozen {
            self.restore_network(&incident);
            freeze::thaw(frozen).map_err(super::at(&self.config.vault))?;
        }
        Ok(Answered::Done)
    }

    /// Processes are ended.
    pub(super) fn kill(&mut self, number: u64, who: &str) -> Result<Answered, GuardError> {
        let incident = self.incident(number)?;
        if !matches!(incident.state, State::Frozen | State::Ended) {
            return Err(GuardError::NotFrozen(number));
        }
        incident.state = State::Ended;
        let incident = incident.clone();
        self.sealer.seal("ended", who, &json!({ "incident": number }))?;
        self.save(&incident);
        if let Some(frozen) = &incident.frozen {
            freeze::kill(frozen);
            self.restore_network(&incident);
        }
        self.let_go(incident.root, false);
        Ok(Answered::Done)
    }

    /// Lets an incident's processes reach the network again, or removes what nobody needs any more.
    pub(super) fn restore_network(&mut self, incident: &Incident) {
        let frozen = incident.frozen.as_ref().filter(|_| self.config.cut_network);
        // A guard that was killed may have cut without writing it down.
        let Some(Err(error)) = frozen.map(network::restore) else { return };
        if incident.network.as_ref().is_some_and(|cut| cut.table.is_some()) {
            self.trouble(format!("incident {}: nft: {error}", incident.number));
        }
    }

    /// Answers what was held of a tree.
    fn let_go(&mut self, root: Proc, goes_on: bool) {
        self.stopped.remove(&root);
        for (by, event) in std::mem::take(&mut self.held_stretches) {
            if !by.contains(&root) {
                self.held_stretches.push((by, event));
            } else if goes_on {
                self.ranged(event);
            } else {
                event.answer(&self.groups.ranging, false);
            }
        }
        let held = std::mem::take(&mut self.held);
        for (by, event, truncates) in held {
            if !by.contains(&root) {
                self.held.push((by, event, truncates));
            } else if goes_on {
                self.asked(event, truncates);
            } else {
                answer(&self.groups, &event, Response::FAN_DENY);
            }
        }
    }
}
