"""Vocabulary of the value chain, shared by the core and the models (docs/glossary.md)."""

from enum import StrEnum


class NodeKind(StrEnum):
    """Kind of a node of the value chain (RM-1.0 section 1)."""

    BUSINESS_ENTITY = "business_entity"
    SITE = "site"
    LABOUR_INTERMEDIARY = "labour_intermediary"
    PLATFORM = "platform"
    INVESTEE = "investee"
    UNKNOWN_ORIGIN = "unknown_origin"


class LinkKind(StrEnum):
    """Kind of flow from the supplier to the buyer over a link."""

    SUPPLIES = "supplies"
    PROCESSES_FOR = "processes_for"
    PROVIDES_LABOUR = "provides_labour"
    FINANCES = "finances"
    SELLS_ON = "sells_on"
    DISTRIBUTES = "distributes"


class FlowEvidence(StrEnum):
    """Certainty that the flow of a link exists (RM-1.0 section 11.2)."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNMAPPED = "unmapped"


class RiskBand(StrEnum):
    """Band of a risk index (RM-1.0 section 7.3); `None` means "not assessed"."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Grade(StrEnum):
    """Grade of evidence for a risk (RM-2.0 section 3.9), the best first."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class SeverityBand(StrEnum):
    """Band of a severity score (RM-1.0 section 7.2)."""

    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"
    VERY_SEVERE = "very_severe"


class Issue(StrEnum):
    """Child-rights issues, in the order of RM-1.0 section 2 (the order of all arrays)."""

    CL = "ISS-CL"
    HZ = "ISS-HZ"
    FL = "ISS-FL"
    CT = "ISS-CT"
    SE = "ISS-SE"
    OS = "ISS-OS"
    IL = "ISS-IL"
    AC = "ISS-AC"
    YW = "ISS-YW"
    FF = "ISS-FF"
    SG = "ISS-SG"
    SC = "ISS-SC"
    LE = "ISS-LE"
    EM = "ISS-EM"
    MK = "ISS-MK"
    DP = "ISS-DP"
