"""Loading a model and predicting with it runs no code: Python's own audit events say so."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

OLD = Path(__file__).with_name("model_format_2")

# The first model is only there to have every module imported, which does compile and execute code: topicat's.
WATCH = """
import pathlib, sys
import topicat
from topicat import registry

known, strange = sys.argv[1:]
TEXTS = ["果园里有草莓和铁锹。山羊跑了。", "Apples, goats and tools."]
topicat.load(known).predict(TEXTS, evidence=True)
topicat.load(known).explain(TEXTS[0])
seen = []
sys.addaudithook(lambda event, args: seen.append((event, str(args)[:200])))
model = topicat.load(strange)
labels = [p.labels for p in model.predict(TEXTS, evidence=True)]
proba, terms = model.predict_proba(TEXTS), list(model.terms)
model.explain(TEXTS[0])
seen = list(seen)
FORBIDDEN = ("exec", "compile", "code.", "pickle.", "marshal.", "os.system", "os.exec", "os.posix_spawn", "os.fork",
             "os.spawn", "subprocess.", "socket.", "import", "ctypes.", "urllib.", "ftplib.", "http.", "sys._getframe",
             "os.remove", "os.rename", "os.mkdir", "shutil.", "tempfile.")
bad = [event for event in seen if event[0].startswith(FORBIDDEN)]
assert not bad, bad
opened = {pathlib.Path(args.split("'")[1]).parent for event, args in seen if event == "open" and "'" in args}
assert opened == {pathlib.Path(strange)}, opened
modes = {args.split("'")[3] for event, args in seen if event == "open" and args.count("'") > 3}
assert not any(set(mode) & set("wax+") for mode in modes), modes
assert len(labels) == len(proba) == 2 and labels[0] and terms
print("ran", len(seen), "events")
"""


def test_nothing_is_run_opened_or_asked_for_beyond_the_folder(tmp_path: Path) -> None:
    """No exec, compile, pickle, os.system, socket or import event; files are opened in the folder, for reading."""
    strange = tmp_path / "strange"
    shutil.copytree(OLD, strange)
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(OLD), str(strange)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ran ")


def test_the_hook_would_see_a_pickle() -> None:
    """The same script fails where loading does unpickle."""
    unpickles = "import pickle; pickle.loads(pickle.dumps(len)); model = topicat.load(strange)"
    script = WATCH.replace("model = topicat.load(strange)", unpickles)
    done = subprocess.run(
        [sys.executable, "-c", script, str(OLD), str(OLD)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "pickle.find_class" in done.stderr
