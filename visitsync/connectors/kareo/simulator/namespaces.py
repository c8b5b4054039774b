"""The XML namespaces that Kareo's SOAP service speaks (kareo reference, section 1)."""

from __future__ import annotations

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSD = "http://www.w3.org/2001/XMLSchema"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
K = "http://www.kareo.com/api/schemas/"
K7 = "http://www.kareo.com/api/schemas"
"""The same address without its last slash: the types of GetServiceLocations and GetProcedureCodes live here."""
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
WCF = "http://schemas.datacontract.org/2004/07/KareoServicesWCF"
SYSTEM = "http://schemas.datacontract.org/2004/07/System"
SERIALIZATION = "http://schemas.microsoft.com/2003/10/Serialization/"
