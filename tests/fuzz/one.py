"""Lets atheris loose on one door, with its coverage of topicat as the guide; see `__main__`."""

from __future__ import annotations

import sys
import warnings


def main() -> None:
    """Arguments: the door's name, then libFuzzer's."""
    import atheris

    with atheris.instrument_imports(include=["topicat"]):
        from fuzz.doors import DOORS
    warnings.simplefilter("ignore")
    door = DOORS[sys.argv[1]]
    for seed in door.seeds():
        door.enter(seed)
    atheris.Setup([sys.argv[0], *sys.argv[2:]], door.enter)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
