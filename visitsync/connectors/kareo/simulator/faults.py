"""SOAP faults in WCF's words: what Kareo answers with HTTP 500 (kareo reference, sections 2, 3 and 12)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from visitsync.connectors.kareo.simulator.namespaces import SOAP, K

DISPATCHER = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher"
ADDRESSING = "http://schemas.microsoft.com/ws/2005/05/addressing/none"


class MalformedRequest(Exception):
    """What came in is no XML that the service reads: it answers 400 without a body."""


class SoapFault(Exception):
    """The request cannot be carried out; `code` is qualified by `namespace`, which "" leaves to SOAP itself."""

    def __init__(self, code: str, text: str, namespace: str = DISPATCHER) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.namespace = namespace

    def envelope(self) -> bytes:
        """The body of the answer."""
        if self.namespace:
            code = f'<faultcode xmlns:a="{self.namespace}">a:{self.code}</faultcode>'
        else:
            code = f"<faultcode>s:{self.code}</faultcode>"
        text = f'<faultstring xml:lang="en-US">{escape(self.text)}</faultstring>'
        fault = f"<s:Body><s:Fault>{code}{text}</s:Fault></s:Body>"
        return f'<s:Envelope xmlns:s="{SOAP}">{fault}</s:Envelope>'.encode()


def action_mismatch(action: str) -> SoapFault:
    """No operation has this SOAPAction."""
    return SoapFault(
        "ActionNotSupported",
        f"The message with Action '{action}' cannot be processed at the receiver, due to a ContractFilter mismatch "
        "at the EndpointDispatcher. This may be because of either a contract mismatch (mismatched Actions between "
        "sender and receiver) or a binding/security mismatch between the sender and the receiver.  Check that "
        "sender and receiver have the same contract and the same binding (including security requirements, e.g. "
        "Message, Transport, None).",
        ADDRESSING,
    )


def undeserializable(problem: str) -> SoapFault:
    """The request's parameters do not fit the contract."""
    return SoapFault(
        "DeserializationFailed",
        "The formatter threw an exception while trying to deserialize the message: There was an error while trying "
        f"to deserialize parameter {K}:request. The InnerException message was '{problem}'.  Please see "
        "InnerException for more details.",
    )


def wrong_body(operation: str, expected: str, found: str) -> SoapFault:
    """The body's element is not the one that the SOAPAction names."""
    return SoapFault(
        "DeserializationFailed",
        "The formatter threw an exception while trying to deserialize the message: Error in deserializing body of "
        f"request message for operation '{operation}'. OperationFormatter encountered an invalid Message body. "
        f"Expected to find node type 'Element' with name '{expected}' and namespace '{K}'. Found {found}",
    )


def internal(problem: str) -> SoapFault:
    """The service's own code broke: a null reference, or something that this simulator does not do."""
    return SoapFault("InternalServiceFault", problem)


def null_reference() -> SoapFault:
    """What an absent Filter provokes."""
    return internal("Object reference not set to an instance of an object.")
