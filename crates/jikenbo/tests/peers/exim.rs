//! Exim in front of the relay, as an instance of its own in a temporary folder. Debian's Exim and
//! Postfix cannot be installed beside each other, so the script `test` unpacks Exim into the build
//! folder; the user that its package would make is made up by `libnss_wrapper`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use testkit::postfix::{free_port, program, wait_for};
use testkit::smtp::Sink;

use crate::clients::smtplib;
use crate::house::{House, IN_THE_CLEAR, assert_arrived};
use crate::{has, mails};

/// Exim ready to be started: unpacked by the script `test` into `peers/exim` of the build folder, or
/// installed. `folder` holds the user that an unpacked one lacks.
fn exim(folder: &Path) -> Option<Command> {
    let unpacked = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../peers/exim/usr/sbin/exim4");
    let mut command = Command::new(unpacked.canonicalize().ok().or_else(|| program("exim4"))?);
    let (users, groups) = (folder.join("users"), folder.join("groups"));
    fs::write(&users, "root:x:0:0::/:/bin/sh\nDebian-exim:x:65534:65534::/:/bin/sh\n").ok()?;
    fs::write(&groups, "root:x:0:\nDebian-exim:x:65534:\n").ok()?;
    command.env("LD_PRELOAD", "libnss_wrapper.so");
    command.env("NSS_WRAPPER_PASSWD", users).env("NSS_WRAPPER_GROUP", groups);
    Some(command)
}

/// Whether this machine can run one.
#[track_caller]
fn is_here() -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    // One that was only unpacked has no configuration of its own to look at.
    let settings = folder.path().join("settings");
    fs::write(&settings, "").expect("a file");
    let starts = exim(folder.path())
        .and_then(|mut exim| exim.arg("-C").arg(&settings).arg("-bV").output().ok())
        .is_some_and(|output| output.status.success());
    let programs = ["openssl", "python3"].map(|name| (name, program(name).is_some()));
    has(&[[("exim4", starts)].as_slice(), &programs].concat())
}

/// A running Exim.
struct Exim {
    daemon: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Exim {
    /// Starts one that passes everything on to a port of this machine.
    fn before(port: u16, transport: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (place, own) = (folder.path().display(), free_port().expect("a port"));
        // It drops its rights, and must get through to its files then.
        let open = fs::Permissions::from_mode(0o777);
        fs::set_permissions(folder.path(), open).expect("a folder that can be used");
        let mut command = exim(folder.path()).expect("exim");
        let program = Path::new(command.get_program()).display();
        let config = format!(
            "exim_path = {program}\nspool_directory = {place}/spool\nlog_file_path = {place}/%slog\n\
             pid_file_path = {place}/pid\nprimary_hostname = exim.example.jp\n\
             local_interfaces = 127.0.0.1\ndaemon_smtp_ports = {own}\nhost_lookup =\n\
             rfc1413_hosts =\nacl_smtp_rcpt = accept\nacl_smtp_data = accept\ntls_advertise_hosts =\n\
             smtputf8_advertise_hosts = *\nkeep_environment = LD_PRELOAD : NSS_WRAPPER_PASSWD : \
             NSS_WRAPPER_GROUP\ndeliver_drop_privilege = true\n\
             begin routers\n\
             smart:\n driver = manualroute\n transport = on\n route_list = * 127.0.0.1\n self = send\n\
             begin transports\n\
             on:\n driver = smtp\n port = {port}\n{transport}\
             begin retry\n* * F,1h,1m\n",
        );
        let file = folder.path().join("exim.conf");
        fs::write(&file, config).expect("a configuration");
        let daemon = command
            .arg("-C")
            .arg(&file)
            .args(["-bdf", "-q1m"])
            .stdin(Stdio::null())
            .spawn()
            .expect("exim starts");
        let exim = Self { daemon, port: own, folder };
        wait_for(own).unwrap_or_else(|error| panic!("{error}: {}", exim.log()));
        exim
    }

    fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        ["mainlog", "paniclog"].map(read).concat()
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _killed = self.daemon.kill();
        let _reaped = self.daemon.wait();
    }
}

#[test]
fn exim_in_front() {
    if !is_here() {
        return;
    }
    let sink = Sink::start();
    let house = House::before(&sink.address().to_string(), IN_THE_CLEAR);
    let to = mails::recipients();
    let cert = house.folder().join("relay.pem");
    let with_tls = format!(
        " hosts_require_tls = *\n tls_verify_certificates = {}\n tls_verify_hosts = *\n\
         \x20tls_verify_cert_hostnames =\n",
        cert.display()
    );
    for (transport, keyword) in
        [(" hosts_avoid_tls = *\n", "with ESMTP id"), (with_tls.as_str(), "with ESMTPS id")]
    {
        let exim = Exim::before(house.relayed.port(), transport);
        for (name, mail) in mails::all() {
            smtplib(exim.port, ("", ""), &to, &mail);
            let arrived = sink.next();
            let trace = assert_arrived(&name, &mail, &arrived);
            assert!(trace.contains(keyword) && trace.contains("exim.example.jp"), "{trace}");
            assert_eq!((arrived.from.as_str(), &arrived.to), ("mori@example.jp", &to), "{name}");
        }
    }
}
