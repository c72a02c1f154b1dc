"""Charts: where points land, and that names stay text."""

from __future__ import annotations

from xml.etree import ElementTree

from topicat.chart import HEIGHT, WIDTH, Chart


def drawn(chart: Chart) -> ElementTree.Element:
    """The chart as a tree."""
    return ElementTree.fromstring(str(chart.svg()))


def test_the_axes_ends_are_the_charts_corners() -> None:
    """The first and last values are the ends of the lines of the axes."""
    chart = Chart("c", x=(10, 20), y=(0, 1))
    chart.line([(10, 0), (20, 1)])
    [path] = drawn(chart).findall("path")
    (x0, y0), (x1, y1) = (map(float, pair.split(",")) for pair in path.attrib["d"][1:].split("L"))
    assert 0 < x0 < x1 < WIDTH
    assert 0 < y1 < y0 < HEIGHT


def test_one_value_on_an_axis_is_no_division_by_zero() -> None:
    """A chart of a single period."""
    chart = Chart("c", x=(3, 3), y=(0, 0))
    chart.point((3, 0), "only")
    [circle] = drawn(chart).findall("circle")
    assert float(circle.attrib["cx"]) > 0


def test_names_stay_text() -> None:
    """Titles, labels and links hold anything."""
    bad = "</svg><script>\"'&"
    chart = Chart(bad, x=(0, 1), y=(0, 1))
    chart.axes([(0, bad)], [(0, bad)])
    chart.point((0, 0), bad, link={"data-topic": bad})
    tree = drawn(chart)
    assert tree.attrib["aria-label"] == bad
    [link] = tree.findall("a")
    assert (link.attrib["data-topic"], link.attrib["aria-label"]) == (bad, bad)
    assert [t.text for t in tree.findall("text")] == [bad, bad]


def test_a_band_of_one_point_is_not_drawn() -> None:
    """It would have no width."""
    chart = Chart("c", x=(0, 1), y=(0, 1))
    chart.band([(0, 0)], [(0, 1)])
    assert drawn(chart).findall("path") == []
