"""Parses a request into elements that know where they stood, and refuses everything a SOAP message may not hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from visitsync.connectors.kareo.simulator.faults import MalformedRequest
from visitsync.connectors.kareo.simulator.namespaces import INSTANCE

MAX_DEPTH = 64
_NIL = f"{INSTANCE} nil"


@dataclass(slots=True, kw_only=True)
class Element:
    """One element; lines and positions count from 1, as .NET reports them in its messages."""

    namespace: str
    name: str
    is_nil: bool
    line: int
    position: int
    end_line: int = 0
    end_position: int = 0
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def is_called(self, namespace: str, name: str) -> bool:
        """Is this the element of that name in exactly that namespace?"""
        return self.name == name and self.namespace == namespace


def parse(body: bytes) -> Element:
    """The root element; raises MalformedRequest for a DTD, for deep nesting and for what is no XML."""
    growing = _Tree()
    try:
        growing.parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as problem:
        raise MalformedRequest(str(problem)) from problem
    return growing.root


class _Tree:
    """Grows the elements while expat walks forward through the request."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._refuse_dtd
        self._open = [Element(namespace="", name="", is_nil=False, line=0, position=0)]

    @property
    def root(self) -> Element:
        return self._open[0].children[0]

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        if len(self._open) > MAX_DEPTH:
            raise ValueError("nested too deeply")
        namespace, _, name = qualified.rpartition(" ")
        element = Element(
            namespace=namespace,
            name=name,
            is_nil=attributes.get(_NIL) in {"true", "1"},
            line=self.parser.CurrentLineNumber,
            position=self.parser.CurrentColumnNumber + 2,
        )
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, _: str) -> None:
        element = self._open.pop()
        element.end_line = self.parser.CurrentLineNumber
        element.end_position = self.parser.CurrentColumnNumber + 3

    def _characters(self, text: str) -> None:
        self._open[-1].text += text

    def _refuse_dtd(self, *_: object) -> None:
        raise ValueError("a SOAP message has no DTD")
