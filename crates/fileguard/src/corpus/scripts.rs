//! What ordinary programs do to the made-up files: attacks made of them, and work that nobody must stop. A
//! script gets the folder as `$1`. It does not know what comes of it.

/// A name, the program that must be there, and the script.
pub type Script = (&'static str, &'static str, &'static str);

/// Attacks by ordinary programs.
pub const ATTACKS: &[Script] = &[
    (
        "openssl-and-rename",
        "openssl",
        "find \"$1\" -name '資料*' | sort | while read -r f; do \
         openssl enc -aes-256-ctr -K 00 -iv 00 -in \"$f\" -out \"$f.t\" 2>/dev/null; mv \"$f.t\" \"$f\"; done",
    ),
    (
        "gpg-and-delete",
        "gpg",
        "export GNUPGHOME=$(mktemp -d); trap 'rm -rf $GNUPGHOME' EXIT; \
         find \"$1\" -name '資料*' | sort | while read -r f; do \
         gpg --batch --yes --passphrase x --pinentry-mode loopback -c -o \"$f.gpg\" \"$f\" 2>/dev/null && rm \"$f\"; done",
    ),
    (
        "openssl-namespace",
        "unshare",
        "unshare -m bash -c 'mkdir \"$1/../bound\" && mount --bind \"$1\" \"$1/../bound\" && \
         find \"$1/../bound\" -name \"資料*\" | sort | while read -r f; do \
         openssl enc -aes-256-ctr -K 00 -iv 00 -in \"$f\" 2>/dev/null > /dev/shm/jikenbo-$$ && \
         cat /dev/shm/jikenbo-$$ > \"$f\"; done; rm -f /dev/shm/jikenbo-$$' inner \"$1\"",
    ),
    (
        "mmap-python",
        "python3",
        r#"find "$1" -name '資料*' | sort | python3 -c '
import sys, mmap, hashlib
for line in sys.stdin:
    with open(line.rstrip("\n"), "r+b") as f:
        m = mmap.mmap(f.fileno(), 0)
    for at in range(0, len(m) - 31, 32):
        m[at:at+32] = hashlib.sha256(b"fixed" + at.to_bytes(8, "big")).digest()
    m.close()
'"#,
    ),
];

/// Ordinary work, which nobody must stop.
pub const WORK: &[Script] = &[
    ("gzip -r", "gzip", "gzip -r \"$1\""),
    ("zstd --rm", "zstd", "find \"$1\" -name '資料*' | xargs zstd -q --rm"),
    ("xz", "xz", "find \"$1\" -name '資料*.txt' -o -name '資料*.csv' | xargs xz -0"),
    ("bzip2", "bzip2", "find \"$1\" -name '資料*.log' -o -name '資料*.sql' | xargs bzip2"),
    (
        "tar and zstd",
        "zstd",
        "tar -cf \"$1/../all.tar\" -C \"$1\" . && zstd -q --rm \"$1/../all.tar\"",
    ),
    ("tar -z", "tar", "tar -czf \"$1/all.tar.gz\" --exclude=all.tar.gz -C \"$1\" ."),
    (
        "7z, originals deleted",
        "7z",
        "for d in \"$1\"/課*; do 7z a -bso0 -bsp0 -sdel \"$d.7z\" \"$d\"; done",
    ),
    ("zip -m", "zip", "cd \"$1\" && for d in 課*; do zip -qrm \"$d.zip\" \"$d\"; done"),
    (
        "sed -i over texts",
        "sed",
        "find \"$1\" -name '*.txt' -o -name '*.csv' | xargs sed -i s/会議/打合せ/",
    ),
    ("copy and rm -r", "cp", "cp -r \"$1\" \"$1/../copy\"; rm -r \"$1/../copy\""),
    (
        "rename all of a type",
        "bash",
        "find \"$1\" -name '*.jpeg' | while read -r f; do mv \"$f\" \"${f%.jpeg}.jpg2\"; done; \
         find \"$1\" -name '*.txt' | while read -r f; do mv \"$f\" \"$f.bak\"; done",
    ),
    (
        "git add, gc, clone",
        "git",
        "cd \"$1\" && git init -q . && git add -A && \
         git -c user.name=a -c user.email=a@example.jp commit -qm x && git gc -q && git clone -q . clone && \
         sed -i s/会議/打合せ/ 課00/*.txt && git -c user.name=a -c user.email=a@example.jp commit -qam y && \
         git repack -adq && git checkout -q HEAD~1",
    ),
    (
        "sqlite, dump, vacuum",
        "sqlite3",
        "cd \"$1\" && sqlite3 x.db 'create table t(a,b); with recursive n(i) as (select 1 union all \
         select i+1 from n where i<20000) insert into t select i, hex(randomblob(40)) from n; \
         delete from t where a%2; vacuum;' && sqlite3 x.db .dump > x.sql && \
         sqlite3 x.db 'update t set b=hex(randomblob(40)); vacuum;'",
    ),
    (
        "mogrify over pictures",
        "mogrify",
        "find \"$1\" -name '*.png' | xargs mogrify -resize 50% && find \"$1\" -name '*.png' | xargs mogrify -rotate 90",
    ),
    (
        "openssl, originals stay",
        "openssl",
        "find \"$1\" -name '資料*' | head -40 | while read -r f; do \
         openssl enc -aes-256-ctr -K 00 -iv 00 -in \"$f\" -out \"$f.enc\" 2>/dev/null; done",
    ),
    (
        "gpg of one file",
        "gpg",
        "export GNUPGHOME=$(mktemp -d); f=$(find \"$1\" -name '*.txt' | head -1); \
         gpg --batch --passphrase x --pinentry-mode loopback -c \"$f\" 2>/dev/null && rm \"$f\"; \
         gpgconf --kill all; rm -rf $GNUPGHOME",
    ),
    (
        "rsync there and back",
        "rsync",
        "rsync -a \"$1/\" \"$1/../copy/\" && touch \"$1/../copy/\"*/* && rsync -a \"$1/../copy/\" \"$1/\" && \
         rm -r \"$1/課01\" && rsync -a --delete \"$1/\" \"$1/../copy/\"",
    ),
    (
        "restic into the tree",
        "restic",
        "export RESTIC_PASSWORD=x RESTIC_REPOSITORY=\"$1/repo\" RESTIC_CACHE_DIR=$(mktemp -d); \
         restic init -q && for n in 1 2 3; do restic backup -q --exclude repo \"$1\"; \
         sed -i s/会議/打合せ$n/ \"$1\"/課00/*.txt; done; restic forget -q --keep-last 1 --prune; \
         rm -rf $RESTIC_CACHE_DIR",
    ),
    (
        "cargo, built twice, cleaned",
        "cargo",
        "cd \"$1\" && mkdir -p c/src && printf '[package]\\nname=\"c\"\\nversion=\"0.1.0\"\\nedition=\"2021\"\\n' > c/Cargo.toml && \
         echo 'fn main() { println!(\"1\"); }' > c/src/main.rs && cd c && export CARGO_TARGET_DIR=target && \
         cargo build -q --offline && sed -i s/1/2/ src/main.rs && cargo build -q --offline && cargo clean -q",
    ),
    (
        "dpkg-deb, unpacked twice",
        "dpkg-deb",
        "cd \"$1\" && mkdir -p p/DEBIAN && cp -r 課00 p/ && \
         printf 'Package: p\\nVersion: 1\\nArchitecture: all\\nMaintainer: a <a@example.jp>\\nDescription: x\\n' > p/DEBIAN/control && \
         dpkg-deb -b p p.deb > /dev/null && dpkg-deb -x p.deb u && dpkg-deb -x p.deb u && rm -r p",
    ),
];
