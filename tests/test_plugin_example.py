"""`plugin_example/`: a package installed into a fresh environment and used there by the names that it brings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent / "plugin_example"
BROKEN = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "topicat-broken"
version = "1.0"
[project.entry-points."topicat.taxonomies"]
broken = "topicat_broken:folder"
[project.entry-points."topicat.readers"]
".srt" = "topicat_broken:read"
".broken" = "topicat_broken:read"
"""


class Environment:
    """A virtual environment that sees the packages of this one, and has some of its own."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False, symlinks=os.name != "nt")
        self.python = next(folder.glob("[Bb]*/python*"))
        # What the tests run with, read as that environment reads it, editable installations too.
        outer = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
        own = next(folder.glob("[Ll]ib/**/site-packages"))
        lines = [f"import site; site.addsitedir({path!r})" for path in outer]
        (own / "outer.pth").write_text("\n".join(lines) + "\n", "utf-8")

    def run(self, *args: str | Path, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run its Python; the exit code must be `code`."""
        variables = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON", "TOPICAT_"))}
        variables |= {"PYTHONUTF8": "1", "PIP_NO_INDEX": "1"}
        done = subprocess.run(
            [self.python, *args], cwd=cwd, env=variables, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def topicat(self, *args: str | Path, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run its topicat; the exit code must be `code`."""
        return self.run("-c", "from topicat.cli.main import run; run()", *args, cwd=cwd, code=code)

    def put_commands(self) -> None:
        """Make `topicat` and `pip` commands in its folder of programs."""
        for name, code in {
            "topicat": "from topicat.cli.main import run",
            "pip": "from pip._internal.cli.main import main as run",
        }.items():
            script = self.python.parent / name
            script.write_text(f"#!{self.python}\n{code}\nraise SystemExit(run())\n", "utf-8")
            script.chmod(0o755)

    def install(self, package: Path, cwd: Path) -> None:
        """Install a package from its folder, without a network."""
        options = [
            "--quiet",
            "--force-reinstall",
            "--no-index",
            "--no-build-isolation",
            "--no-deps",
            "--disable-pip-version-check",
        ]
        self.run("-m", "pip", "install", *options, package, cwd=cwd)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A fresh environment with the example installed."""
    return with_example(tmp_path_factory.mktemp("example"))


def with_example(folder: Path) -> Environment:
    """A fresh environment in `folder` with the example installed."""
    made = Environment(folder / "venv")
    # A copy, so that building leaves no trace in the repository.
    made.install(shutil.copytree(EXAMPLE, folder / "plugin_example"), folder)
    return made


def test_the_plugin_is_listed_with_what_it_brings(example: Environment, tmp_path: Path) -> None:
    """Name, group, version, origin and state; its taxonomy is among the taxonomies."""
    rows = json.loads(example.topicat("plugins", "-f", "json", cwd=tmp_path).stdout)
    mine = [row for row in rows if row["origin"] == "topicat-harbour"]
    assert [(row["name"], row["group"], row["version"], row["built_in"], row["state"]) for row in mine] == [
        ("harbour", "topicat.taxonomies", "0.3.0", False, "fine"),
        ("harbour", "topicat.tokenizers", "0.3.0", False, "fine"),
        (".srt", "topicat.readers", "0.3.0", False, "fine"),
    ]
    assert "harbour      0.3.0       2 topics  zh en" in example.topicat("taxonomy", "list", cwd=tmp_path).stdout


def test_its_parts_are_used_by_name(example: Environment, tmp_path: Path) -> None:
    """The taxonomy trains with its seeds, the tokenizer cuts, the reader reads a file of its ending."""
    done = example.topicat("train", "harbour", "-o", "model", "--tokenizer", "harbour", cwd=tmp_path)
    assert "12 seed texts, 2 without a topic, 1 with several: harbour.jsonl (12)" in done.stderr
    assert "tokenizer     harbour" in example.topicat("model", "show", "model", cwd=tmp_path).stdout
    [terms] = (tmp_path / "model").glob("terms*")
    assert "h:远洋拖网渔船" in terms.read_text("utf-8").splitlines()
    (tmp_path / "film.srt").write_text(
        "1\n00:00:01,000 --> 00:00:04,000\n东防波堤要修了。\n\n2\n00:00:05,000 --> 00:00:08,000\nThe tug left.\n",
        "utf-8",
    )
    done = example.topicat("predict", "film.srt", "-m", "model", "-f", "jsonl", cwd=tmp_path)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(r["document"], r["text"], [t["topic"] for t in r["topics"]]) for r in records] == [
        ("film.srt", "东防波堤要修了。", ["quays"]),
        ("film.srt", "The tug left.", ["ships"]),
    ]


def test_a_model_that_it_brings_is_used_by_name(tmp_path: Path) -> None:
    """From models/NAME/ in its folder."""
    environment = with_example(tmp_path)
    environment.topicat("train", "harbour", "-o", "plugin_example/topicat_harbour/models/harbour", cwd=tmp_path)
    environment.install(tmp_path / "plugin_example", tmp_path)
    assert (
        environment.topicat("model", "list", cwd=tmp_path).stdout.splitlines()[0].startswith("harbour         2 topics")
    )
    (tmp_path / "a.txt").write_text("The crane stands on the quay.", "utf-8")
    done = environment.topicat("predict", "a.txt", "-m", "harbour", "-f", "jsonl", cwd=tmp_path)
    assert json.loads(done.stdout)["topics"][0]["topic"] == "quays"


def test_a_broken_plugin_is_reported_and_harms_nothing(tmp_path: Path) -> None:
    """Its taxonomy, its reader and a clash are reported; the other taxonomies and endings work as before."""
    environment = with_example(tmp_path)
    package = tmp_path / "broken"
    package.mkdir()
    (package / "pyproject.toml").write_text(BROKEN, "utf-8")
    (package / "topicat_broken.py").write_text("raise RuntimeError('out of order')\n", "utf-8")
    environment.install(package, tmp_path)
    rows = json.loads(environment.topicat("plugins", "-f", "json", cwd=tmp_path, code=1).stdout)
    found = {(row["name"], row["origin"]): row for row in rows if not row["built_in"]}
    assert {key: row["state"] for key, row in found.items()} == {
        ("broken", "topicat-broken"): "broken",
        (".broken", "topicat-broken"): "broken",
        (".srt", "topicat-broken"): "clash",
        (".srt", "topicat-harbour"): "clash",
        ("harbour", "topicat-harbour"): "fine",
    }
    assert "RuntimeError: out of order" in found["broken", "topicat-broken"]["cause"]
    assert "topicat-broken 1.0 and topicat-harbour 0.3.0" in found[".srt", "topicat-harbour"]["cause"]
    assert {row["state"] for row in rows if row["built_in"]} == {"fine"}
    for name in ("a.txt", "a.broken", "a.srt"):
        (tmp_path / "news").mkdir(exist_ok=True)
        (tmp_path / "news" / name).write_text("双方商定扩大天然气供应。", "utf-8")
    done = environment.topicat("predict", "news", "-f", "jsonl", cwd=tmp_path, code=1)
    [record] = [json.loads(line) for line in done.stdout.splitlines()]
    assert (Path(record["document"]).name, record["topics"][0]["topic"]) == ("a.txt", "energy")
    assert "a.broken: plugin '.broken' (topicat.readers) of topicat-broken 1.0 cannot be loaded" in done.stderr
    assert "a.srt: '.srt' (topicat.readers) is claimed by topicat-broken 1.0 and topicat-harbour 0.3.0" in done.stderr
    listed = environment.topicat("taxonomy", "list", cwd=tmp_path, code=1)
    assert [line.split()[0] for line in listed.stdout.splitlines()][:3] == ["cap", "culture", "energy"]
    assert "plugin 'broken' (topicat.taxonomies) of topicat-broken 1.0 cannot be loaded" in listed.stderr


def test_the_template_is_a_plugin_that_works(tmp_path: Path) -> None:
    """As a new user meets it: written, installed, listed, trained; its own tests pass."""
    environment = Environment(tmp_path / "venv")
    written = environment.topicat("plugins", "new", "my_fleet", "-o", "my-plugin", cwd=tmp_path)
    assert written.stderr == "my-plugin: written; next: pip install -e my-plugin && topicat plugins\n"
    environment.install(tmp_path / "my-plugin", tmp_path)
    rows = json.loads(environment.topicat("plugins", "-f", "json", cwd=tmp_path).stdout)
    mine = [(row["name"], row["state"]) for row in rows if row["origin"] == "topicat-my-fleet"]
    assert mine == [("my_fleet", "fine"), ("my_fleet", "fine"), (".my_fleet", "fine")]
    assert environment.run("my-plugin/test_plugin.py", cwd=tmp_path).stdout.count(" passed\n") == 3
    environment.topicat("train", "my_fleet", "-o", "model", "--tokenizer", "my_fleet", cwd=tmp_path)
    (tmp_path / "a.my_fleet").write_text("The trawler sank.\n%%\n鲱鱼很多。\n", "utf-8")
    done = environment.topicat("predict", "a.my_fleet", "-m", "model", "-f", "jsonl", cwd=tmp_path)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(r["document"], r["topics"][0]["topic"]) for r in records] == [
        ("a.my_fleet#1", "boats"),
        ("a.my_fleet#2", "fish"),
    ]
