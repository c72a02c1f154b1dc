"""`Chart`: a small SVG of lines, bands and points, drawn by hand: a plotting library would weigh megabytes a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from markupsafe import Markup

Point = tuple[float, float]
WIDTH, HEIGHT = 340, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 10, 10, 32


class Chart:
    """A chart whose axes run over `x` and `y` (first and last value); colours come from the style sheet.

    Names and titles may hold anything: ElementTree escapes them.

    Examples
    --------
    >>> chart = Chart("a line", x=(0, 1), y=(0, 1))
    >>> chart.line([(0, 0), (1, 1)])
    >>> str(chart.svg()).startswith('<svg viewBox="0 0 340 170"')
    True
    """

    def __init__(self, title: str, *, x: Point, y: Point, height: int = HEIGHT) -> None:
        self._x, self._y, self._height = x, y, height
        self._svg = ElementTree.Element("svg", viewBox=f"0 0 {WIDTH} {height}", role="group")
        self._svg.set("aria-label", title)

    def axes(self, x: Sequence[tuple[float, str]], y: Sequence[tuple[float, str]]) -> None:
        """Both axes, with a label at each of the values; the first and last labels below stay inside."""
        bottom = self._at((self._x[0], self._y[0]))
        for value, label in y:
            _, height = self._at((self._x[0], value))
            self._path([(_LEFT, height), (WIDTH - _RIGHT, height)], "axis")
            self._text(label, _LEFT - 5, height + 4, "end")
        for value, label in x:
            place, _ = self._at((value, self._y[0]))
            anchor = "end" if place > WIDTH - 40 else "start" if place < _LEFT + 10 else "middle"
            self._text(label, place, bottom[1] + 16, anchor)

    def label(self, text: str) -> None:
        """What the lower axis counts."""
        self._text(text, (_LEFT + WIDTH - _RIGHT) / 2, self._height - 2, "middle")

    def line(self, points: Sequence[Point], kind: str = "line") -> None:
        """A line through `points`; `kind` is its class in the style sheet."""
        self._path([self._at(point) for point in points], kind)

    def band(self, low: Sequence[Point], high: Sequence[Point]) -> None:
        """The area between two lines of the same x values."""
        if len(low) > 1:
            self._path([self._at(p) for p in (*low, *reversed(high))], "band", closed=True)

    def bar(self, x: float, low: float, high: float) -> None:
        """An upright stroke from `low` to `high`: an interval."""
        self._path([self._at((x, low)), self._at((x, high))], "ci")

    def point(self, point: Point, title: str, kind: str = "point", link: Mapping[str, str] | None = None) -> None:
        """A dot that says `title`; with `link`, attributes, it is a link to them, as wide as a finger."""
        x, y = self._at(point)
        parent = self._svg
        if link is not None:
            parent = ElementTree.SubElement(self._svg, "a", {"href": "#documents", "aria-label": title, **link})
            place = {"x": f"{x - 6:.1f}", "y": f"{_TOP}", "width": "12", "height": f"{self._height - _TOP - 20}"}
            ElementTree.SubElement(parent, "rect", {"class": "hit", **place})
        dot = ElementTree.SubElement(parent, "circle", {"class": kind, "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "3.5"})
        ElementTree.SubElement(dot, "title").text = title

    def svg(self) -> Markup:
        """The chart as markup."""
        from markupsafe import Markup

        return Markup(ElementTree.tostring(self._svg, encoding="unicode"))

    def _at(self, point: Point) -> Point:
        """Where in the picture a point of the data stands."""

        def part(value: float, ends: Point) -> float:
            return (value - ends[0]) / ((ends[1] - ends[0]) or 1.0)

        width, height = WIDTH - _LEFT - _RIGHT, self._height - _TOP - _BOTTOM
        return _LEFT + width * part(point[0], self._x), _TOP + height * (1 - part(point[1], self._y))

    def _path(self, points: Sequence[Point], kind: str, closed: bool = False) -> None:
        steps = "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
        ElementTree.SubElement(self._svg, "path", {"class": kind, "d": f"M{steps}" + ("Z" if closed else "")})

    def _text(self, text: str, x: float, y: float, anchor: str) -> None:
        made = ElementTree.SubElement(self._svg, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor})
        made.text = text
