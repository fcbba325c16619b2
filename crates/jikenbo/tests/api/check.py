"""Asks a running `jikenbo serve` what its OpenAPI document promises, with schemathesis.

usage: check.py JIKENBO SCHEMATHESIS

The book holds the examples; the token may read and write, so that everything is reached. The run is
the same each time: a fixed seed and few examples for each operation.
"""

import http.cookiejar
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
PASSWORD = "a password for one run only"

# Every check there is but this: that whatever fits the schemas is taken. A schema cannot say which
# bytes are a text, which words are a query, or which value fits which field of a correction; these
# are rightly refused with 422.
LEFT_OUT = "positive_data_acceptance"


def served(jikenbo, data):
    """The server, and the link that makes its administrator."""
    serve = [jikenbo, "serve", "--listen", "127.0.0.1:0", "--data", data]
    server = subprocess.Popen(serve, stderr=subprocess.PIPE, text=True)
    for line in server.stderr:
        if "/welcome/" in line:
            return server, line[line.index("http://") :].strip()
    raise SystemExit("jikenbo serve ended before it listened")


def token(link):
    """A token of the administrator, made as a browser does."""
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(cookies)

    def page(address, form=None):
        sent = urllib.parse.urlencode(form).encode() if form else None
        with browser.open(address, sent, timeout=30) as answer:
            return answer.read().decode()

    def submitted(shown, address, form):
        own = re.search(r'name="csrf" value="([0-9a-f]+)"', page(shown)).group(1)
        return page(address, [("csrf", own), *form])

    account = [("name", "checker"), ("password", PASSWORD), ("again", PASSWORD)]
    submitted(link, link, account)
    home = link[: link.index("/welcome/")]
    wanted = [("name", "schemathesis"), ("scope", "read"), ("scope", "write")]
    made = submitted(f"{home}/account", f"{home}/account/tokens", wanted)
    return re.search(r'<code id="fresh">([^<]+)</code>', made).group(1)


def main():
    jikenbo, schemathesis = sys.argv[1:]
    with tempfile.TemporaryDirectory() as data:
        # 1 says that something was noted about an input.
        added = subprocess.run([jikenbo, "add", "examples", "--data", data], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        if added.returncode > 1:
            raise SystemExit("the examples cannot be added")
        server, link = served(jikenbo, data)
        try:
            home = link[: link.index("/welcome/")]
            return subprocess.run(
                [schemathesis, "run", f"{home}/api/openapi.json",
                 "--header", f"Authorization: Bearer {token(link)}",
                 "--checks", "all", "--exclude-checks", LEFT_OUT,
                 "--phases", "examples,coverage,fuzzing,stateful",
                 "--max-examples", "15", "--seed", "20261123", "--no-shrink",
                 "--request-timeout", "20", "--continue-on-failure"],
                cwd=data, check=False,
            ).returncode
        finally:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    sys.exit(main())
