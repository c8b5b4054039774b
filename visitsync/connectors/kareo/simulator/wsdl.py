"""Writes the contract as a WSDL with its schemas, as WCF publishes them under ?wsdl, ?singleWsdl and ?xsd=xsd0 …"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from lxml import etree

from visitsync.connectors.kareo.simulator.contract import (
    SIMPLE,
    Array,
    Contract,
    Enumeration,
    Member,
    Operation,
    Struct,
    Type,
    contract,
)
from visitsync.connectors.kareo.simulator.namespaces import ARRAYS, K7, SERIALIZATION, SYSTEM, WCF, XSD, K

WSDL = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
ADDRESSING_METADATA = "http://www.w3.org/2006/05/addressing/wsdl"
HTTP_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
BINDING = "BasicHttpBinding_KareoServices"

SCHEMAS = (K, SERIALIZATION, ARRAYS, K7, WCF, SYSTEM)
"""The schemas in the order of their numbers: ?xsd=xsd0 is the first."""

_PREFIXES = {"xs": XSD, "tns": K, "ser": SERIALIZATION, "a": ARRAYS, "k7": K7, "w": WCF, "sys": SYSTEM}
_PREFIX_OF = {namespace: prefix for prefix, namespace in _PREFIXES.items()}

_SERIALIZATION_TYPES = {
    "guid": ("string", r"[\da-fA-F]{8}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{12}"),
    "char": ("int", None),
    "duration": ("duration", r"\-?P(\d*D)?(T(\d*H)?(\d*M)?(\d*(\.\d*)?S)?)?"),
}


@lru_cache(maxsize=16)
def wsdl(version: str, address: str, *, is_single: bool) -> bytes:
    """The service description for a service at `address`; single: with its schemas inside."""
    described = contract(version)
    prefixes = _PREFIXES | {"wsdl": WSDL, "soap": WSDL_SOAP, "wsaw": ADDRESSING_METADATA}
    root = etree.Element(f"{{{WSDL}}}definitions", {"name": "KareoServices", "targetNamespace": K}, nsmap=prefixes)
    types = etree.SubElement(root, f"{{{WSDL}}}types")
    if is_single:
        types.extend(_schema(described, namespace, address=None) for namespace in SCHEMAS)
    else:
        types.append(_imports(address))
    for operation in described.operations.values():
        root.extend(_messages(operation))
    root.append(_port_type(described))
    root.append(_binding(described))
    root.append(_service(address))
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


@lru_cache(maxsize=32)
def schema(version: str, address: str, number: int) -> bytes | None:
    """Schema xsd<number>, importing the others from `address`; None when there is none of that number."""
    if number not in range(len(SCHEMAS)):
        return None
    made = _schema(contract(version), SCHEMAS[number], address=address)
    return etree.tostring(made, xml_declaration=True, encoding="utf-8")


def _imports(address: str) -> etree._Element:
    """A schema without content that says where the real ones are."""
    made = etree.Element(f"{{{XSD}}}schema", {"targetNamespace": f"{K}Imports"})
    for namespace in SCHEMAS:
        made.append(_import(namespace, address))
    return made


def _import(namespace: str, address: str | None) -> etree._Element:
    made = etree.Element(f"{{{XSD}}}import", {"namespace": namespace})
    if address is not None:
        made.set("schemaLocation", f"{address}?xsd=xsd{SCHEMAS.index(namespace)}")
    return made


def _schema(described: Contract, namespace: str, *, address: str | None) -> etree._Element:
    root = etree.Element(
        f"{{{XSD}}}schema", {"elementFormDefault": "qualified", "targetNamespace": namespace}, nsmap=_PREFIXES
    )
    own = [found for found in described.types.values() if found.namespace == namespace]
    root.extend(_import(other, address) for other in SCHEMAS if other in _used(described, namespace, own))
    if namespace == SERIALIZATION:
        root.extend(_serialization_types())
    if namespace == K:
        for operation in described.operations.values():
            root.extend(_wrappers(described, operation))
    for found in own:
        root.append(_type(described, found))
        root.append(_global_element(found))
    return root


def _used(described: Contract, namespace: str, own: Iterable[Type]) -> set[str]:
    """The other namespaces that a schema refers to."""
    named = [name for found in own for name in _type_names(found)]
    if namespace == K:
        named += [name for each in described.operations.values() for name in (each.request, each.response)]
    return {described.namespace(name) for name in named} - {namespace}


def _type_names(found: Type) -> Iterator[str]:
    match found:
        case Struct(base=base, members=members):
            yield from [base] if base else []
            yield from (member.type for member in members)
        case Array(item=item):
            yield item
        case Enumeration():
            return


def _wrappers(described: Contract, operation: Operation) -> Iterator[etree._Element]:
    """The two elements that stand in the body of a message."""
    for name, member, type_name in (
        (operation.name, "request", operation.request),
        (f"{operation.name}Response", f"{operation.name}Result", operation.response),
    ):
        element = etree.Element(f"{{{XSD}}}element", {"name": name})
        sequence = etree.SubElement(etree.SubElement(element, f"{{{XSD}}}complexType"), f"{{{XSD}}}sequence")
        sequence.append(_member(described, Member(name=member, type=type_name)))
        yield element


def _type(described: Contract, found: Type) -> etree._Element:
    match found:
        case Enumeration(name=name, values=values):
            return _enumeration(name, values)
        case Array(name=name, item=item):
            return _array(described, name, item)
        case Struct():
            return _struct(described, found)


def _enumeration(name: str, values: Iterable[str]) -> etree._Element:
    made = etree.Element(f"{{{XSD}}}simpleType", {"name": name})
    restriction = etree.SubElement(made, f"{{{XSD}}}restriction", {"base": "xs:string"})
    for value in values:
        etree.SubElement(restriction, f"{{{XSD}}}enumeration", {"value": value})
    return made


def _array(described: Contract, name: str, item: str) -> etree._Element:
    made = etree.Element(f"{{{XSD}}}complexType", {"name": name})
    sequence = etree.SubElement(made, f"{{{XSD}}}sequence")
    attributes = {"minOccurs": "0", "maxOccurs": "unbounded", "name": item}
    if isinstance(described.types.get(item), Struct) or item == "string":
        attributes["nillable"] = "true"
    etree.SubElement(sequence, f"{{{XSD}}}element", attributes | {"type": _qualified(described, item)})
    return made


def _struct(described: Contract, found: Struct) -> etree._Element:
    made = etree.Element(f"{{{XSD}}}complexType", {"name": found.name})
    holder = made
    if found.base:
        content = etree.SubElement(made, f"{{{XSD}}}complexContent", {"mixed": "false"})
        holder = etree.SubElement(content, f"{{{XSD}}}extension", {"base": _qualified(described, found.base)})
    sequence = etree.SubElement(holder, f"{{{XSD}}}sequence")
    sequence.extend(_member(described, member) for member in found.members)
    if found.is_open:
        anything = {"minOccurs": "0", "maxOccurs": "unbounded", "processContents": "lax"}
        etree.SubElement(sequence, f"{{{XSD}}}any", anything)
    return made


def _member(described: Contract, member: Member) -> etree._Element:
    attributes = {"name": member.name, "type": _qualified(described, member.type)}
    if not member.is_required:
        attributes = {"minOccurs": "0"} | attributes
    if not member.is_required or isinstance(described.types.get(member.type), Struct | Array):
        attributes["nillable"] = "true"
    return etree.Element(f"{{{XSD}}}element", attributes)


def _global_element(found: Type) -> etree._Element:
    attributes = {"name": found.name, "nillable": "true", "type": f"{_PREFIX_OF[found.namespace]}:{found.name}"}
    return etree.Element(f"{{{XSD}}}element", attributes)


def _serialization_types() -> Iterator[etree._Element]:
    for name, (base, pattern) in _SERIALIZATION_TYPES.items():
        made = etree.Element(f"{{{XSD}}}simpleType", {"name": name})
        restriction = etree.SubElement(made, f"{{{XSD}}}restriction", {"base": f"xs:{base}"})
        if pattern is not None:
            etree.SubElement(restriction, f"{{{XSD}}}pattern", {"value": pattern})
        yield made
        attributes = {"name": name, "nillable": "true", "type": f"ser:{name}"}
        yield etree.Element(f"{{{XSD}}}element", attributes)


def _qualified(described: Contract, type_name: str) -> str:
    namespace = SIMPLE[type_name] if type_name in SIMPLE else described.namespace(type_name)
    return f"{_PREFIX_OF[namespace]}:{type_name}"


def _messages(operation: Operation) -> Iterator[etree._Element]:
    for direction, element in (("Input", operation.name), ("Output", f"{operation.name}Response")):
        name = f"KareoServices_{operation.name}_{direction}Message"
        message = etree.Element(f"{{{WSDL}}}message", {"name": name})
        etree.SubElement(message, f"{{{WSDL}}}part", {"name": "parameters", "element": f"tns:{element}"})
        yield message


def _port_type(described: Contract) -> etree._Element:
    made = etree.Element(f"{{{WSDL}}}portType", {"name": "KareoServices"})
    for operation in described.operations.values():
        entry = etree.SubElement(made, f"{{{WSDL}}}operation", {"name": operation.name})
        for tag, direction, action in (
            ("input", "Input", operation.action),
            ("output", "Output", f"{operation.action}Response"),
        ):
            message = f"tns:KareoServices_{operation.name}_{direction}Message"
            attributes = {f"{{{ADDRESSING_METADATA}}}Action": action, "message": message}
            etree.SubElement(entry, f"{{{WSDL}}}{tag}", attributes)
    return made


def _binding(described: Contract) -> etree._Element:
    made = etree.Element(f"{{{WSDL}}}binding", {"name": BINDING, "type": "tns:KareoServices"})
    etree.SubElement(made, f"{{{WSDL_SOAP}}}binding", {"transport": HTTP_TRANSPORT})
    for operation in described.operations.values():
        entry = etree.SubElement(made, f"{{{WSDL}}}operation", {"name": operation.name})
        attributes = {"soapAction": operation.action, "style": "document"}
        etree.SubElement(entry, f"{{{WSDL_SOAP}}}operation", attributes)
        for direction in ("input", "output"):
            body = etree.SubElement(entry, f"{{{WSDL}}}{direction}")
            etree.SubElement(body, f"{{{WSDL_SOAP}}}body", {"use": "literal"})
    return made


def _service(address: str) -> etree._Element:
    made = etree.Element(f"{{{WSDL}}}service", {"name": "KareoServices"})
    port = etree.SubElement(made, f"{{{WSDL}}}port", {"name": BINDING, "binding": f"tns:{BINDING}"})
    etree.SubElement(port, f"{{{WSDL_SOAP}}}address", {"location": address})
    return made
