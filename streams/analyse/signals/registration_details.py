"""What later sentences add to an act: "The certificate, No. …, is valid until 4 May 2031.", 有效期至2031年5月3日."""

import re
from dataclasses import dataclass

from msgspec.structs import replace

from streams.analyse import identifiers
from streams.analyse.frames import Frame
from streams.analyse.signals.registration_terms import DeviceClass, class_in
from tidings.records import Registration

#: How many sentences after the act its particulars may stand.
SENTENCES_LATER_MAX = 2


@dataclass(frozen=True, slots=True)
class Details:
    """Particulars of a certificate; None where the sentence gives none."""

    registration_no: str | None
    device_class: DeviceClass | None
    valid_until: str | None


def details_of(frame: Frame) -> Details | None:
    """The particulars that the sentence gives of one certificate; None if it gives none, or speaks of several."""
    numbers = [number.value for number in frame.numbers if number.kind == "registration"]
    until = valid_until(frame)
    if len(numbers) > 1 or not (numbers or until) or not _OF_A_CERTIFICATE.search(frame.text, frame.start, frame.end):
        return None
    number = numbers[0] if numbers else None
    stated = identifiers.device_class(number) if number else None
    return Details(number, stated or class_in(frame.words), until)


_OF_A_CERTIFICATE = re.compile(
    r"\bcertificate|\bregistration\b|\bclearance\b|\bapproval\b|\bnumber\b|\bNo\. |注册证|注册编号|批准文号|证号|编号",
    re.IGNORECASE,
)


def valid_until(frame: Frame) -> str | None:
    """The last day or month of a certificate, as the sentence states it."""
    return next(
        (w.value for w in frame.periods if _UNTIL.search(frame.text, max(frame.start, w.start - 24), w.start)), None
    )


_UNTIL = re.compile(
    r"(?:\b(?:valid|good|effective|in force) (?:until|through|till|to)|\bexpir(?:es|ing) (?:on|in)"
    r"|有效期(?:限)?(?:至|到|截至|为至)|有效至)"
    r"(?: the end of)?\s?:?$",
    re.IGNORECASE,
)


def completed(act: Registration, details: Details) -> Registration:
    """`act` with what it does not say itself."""
    return replace(
        act,
        registration_no=act.registration_no or details.registration_no,
        device_class=act.device_class or details.device_class,
        valid_until=act.valid_until or details.valid_until,
    )
