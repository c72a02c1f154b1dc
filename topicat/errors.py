"""Every error that topicat raises on purpose. This module imports nothing.

A message names the place, the value found, the values allowed and the way out.
"""


class TopicatError(Exception):
    """Base of all errors below; catch it to catch whatever topicat refuses."""


class UsageError(TopicatError):
    """A function or command was called with arguments that do not fit together."""


class NotFoundError(TopicatError):
    """No taxonomy, model, tokenizer or reader has the name that was asked for."""


class PluginError(TopicatError):
    """A plugin could not be loaded, or two plugins claim one name."""


class MissingPackageError(PluginError):
    """A package that an extra brings is not installed; the message says how to install it."""


class ReadingError(TopicatError):
    """A file cannot be read as text: missing, empty, binary, or in an unknown encoding."""


class TaxonomyError(TopicatError):
    """A taxonomy is not valid; the message lists every finding as file:line:column, `diagnostics` holds them."""

    def __init__(self, message: str, diagnostics: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.diagnostics = diagnostics


class SeedsError(TopicatError):
    """Labelled examples are not valid: a bad line, a missing text, an unknown label."""


class TrainingError(TopicatError):
    """There is nothing to learn from, or too little of it."""


class ModelError(TopicatError):
    """A model folder is missing, incomplete, damaged, or of a format this version cannot read."""


class EditedModelWarning(UserWarning):
    """A model.json is no longer as topicat saved it; the model loads, but is not the one that was trained."""


class OutputError(TopicatError):
    """A result could not be written to the place that was asked for."""


class WorkerError(TopicatError):
    """Worker processes were killed time and again, or a cluster does not answer."""


def reason_of(error: BaseException) -> str:
    """What an error of another library says, on one short line, to stand within a message of ours."""
    return " ".join(str(error).split())[:120].rstrip(". ") or type(error).__name__
