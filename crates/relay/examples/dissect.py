"""Holds what `dissect` found in the address fields against Python's email package.

    python3 dissect.py FOLDER found.tsv
"""
import email
import email.policy
import sys
from email.utils import getaddresses
from pathlib import Path

FIELDS = ["From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Resent-From", "Resent-Sender",
          "Resent-Reply-To", "Resent-To", "Resent-Cc", "Resent-Bcc"]


def theirs(mail):
    for field in FIELDS:
        for value in mail.get_all(field, []):
            for _, address in getaddresses([str(value)]):
                if "@" in address:
                    yield f"{field}={address}".lower()


def main():
    folder, found = Path(sys.argv[1]), sys.argv[2]
    mails = missed = more = differ = 0
    for line in open(found, encoding="utf-8"):
        name, *rest = line.rstrip("\n").split("\t")
        if rest[0].startswith("!"):
            continue
        ours = {entry.lower() for entry in rest[2:] if entry}
        mail = email.message_from_bytes((folder / name).read_bytes(), policy=email.policy.compat32)
        python = set(theirs(mail))
        parts = sum(1 for _ in mail.walk())
        mails += 1
        if python - ours:
            missed += 1
            print(name, "only Python:", sorted(python - ours))
        if ours - python:
            more += 1
            print(name, "only ours:", sorted(ours - python))
        if parts != int(rest[0]):
            differ += 1
            print(name, "parts: Python", parts, "ours", rest[0])
    print(f"{mails} mails; Python found more in {missed}, we in {more}; other parts in {differ}")


main()
