"""Words that tell: in names of columns and files, in missing codes, in yes and no."""

from __future__ import annotations

import re
import unicodedata

MISSING = frozenset({
    "na", "n/a", "n.a.", "#n/a", "nan", "null", "(null)", "nd", "n/d", "s/d", "none", "nil",
    "-", "--", "---", ".", "..", "?", "(blank)", "blank", "vacio", "(vacio)", "sin dato",
    "sin datos", "sin respuesta", "no contesta", "no sabe", "ns/nc", "nsnc", "ns", "nc",
    "no aplica",
    "no answer", "not answered", "unknown", "desconocido", "not available", "no disponible",
    "don't know", "dont know", "dk", "refused", "prefer not to say", "keine angabe", "k.a.",
    "k. a.", "unbekannt", "sans reponse", "non renseigne", "#null!", "#value!", "#div/0!",
    "#valor!", "#ref!", "missing", "9999-12-31", "0000-00-00", "00/00/0000",
})  # fmt: skip
"""Texts that stand for no value in a column of numbers or dates."""
LONGEST_CODE = 25
LABELS_THAT_COUNT = frozenset({
    "none", "nil", "unknown", "desconocido", "unbekannt", "ns", "nc", "no aplica", "nd",
})  # fmt: skip
"""Of these, the ones that may well be a label like any other."""
YES = frozenset({
    "yes", "y", "true", "t", "1", "si", "s", "ja", "j", "oui", "o", "x", "verdadero", "wahr", "sim",
})  # fmt: skip
NO = frozenset({"no", "n", "false", "f", "0", "nein", "non", "falso", "falsch", "nao"})
CODES_OF_NOBODY = (-1, -9, -99, -999, 11, 66, 77, 88, 96, 97, 98, 99, 999)
"""Numbers beyond a scale that surveys use for no answer."""

KNOWN_LABELS = {
    "direction": {
        "inbound": "inbound|in|entrante|eingehend|received",
        "outbound": "outbound|out|saliente|ausgehend|sent",
    },
    "journey_phase": {
        "before": "before|antes|vorher|pre",
        "during": "during|durante",
        "after": "after|despues|nachher|post",
    },
    "survey_kind": {
        "relational": "relational|relacional",
        "transactional": "transactional|transaccional|transaktional",
        "kiosk": "kiosk|kiosko",
    },
}
"""Columns whose labels are given, each with the words that mean it."""

PERSONAL = {
    r"e ?mail|correo|courriel|mail": "e-mail addresses",
    r"phone|telefono|telefon|tel|movil|mobile|celular|handy|fax": "telephone numbers",
    r"(first|last|middle|full|sur|customer|client|user|recipient) ?(last|first)? ?name|surname|nombre|nombres|apellidos?|vorname|nachname|prenom|nom|name|recipientlastname|recipientfirstname|razon social|kundenname|contact name": "names of people",  # noqa: E501
    r"dni|nif|nie|cif|ssn|passport|pasaporte|curp|rfc|rut|cedula|iban|tarjeta|card number": "identity or account numbers",  # noqa: E501
    r"address|direccion|calle|street|adresse|strasse|domicilio|zip|zip code|postal code|codigo postal|postcode|plz|cp": "addresses",  # noqa: E501
    r"ip|ip ?address|ip adresse|latitude|longitude|lat long|lat|lon|lng|location ?latitude|location ?longitude": "places of people",  # noqa: E501
    r"birth ?date|date of birth|dob|fecha de nacimiento|nacimiento|geburtsdatum": "dates of birth",
    r"recipient ?(e ?mail|last ?name|first ?name)|email ?address": "names and addresses",
}
"""Names of columns that hold personal data, whole words."""


def plain(name: str) -> str:
    """Small letters without accents, words apart: "NºCliente_ID" is "n cliente id"."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    spread = unicodedata.normalize("NFKD", parted.lower().replace("º", " ").replace("ª", " "))
    letters = "".join(sign for sign in spread if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^a-z0-9%]+", " ", letters).split())


def _flat(value: str) -> str:
    if value.isascii():
        return value.strip().lower()
    spread = unicodedata.normalize("NFKD", value.strip().lower())
    return "".join(sign for sign in spread if not unicodedata.combining(sign))


def is_missing(value: str) -> bool:
    """True for a text that stands for no value in a column of numbers or dates."""
    return len(value) <= LONGEST_CODE and _flat(value) in MISSING


def is_missing_label(value: str) -> bool:
    """True for a text that stands for no value in any column."""
    return _flat(value) in MISSING - LABELS_THAT_COUNT


def meant(name: str, label: str) -> str:
    """The given label that a word means in a column; empty when it means none."""
    known = KNOWN_LABELS[name].items()
    return next((code for code, found in known if re.fullmatch(found, _flat(label))), "")


def truth(value: str) -> bool | None:
    """True or False for a word of yes or no in English, Spanish, German, French; else None."""
    word = _flat(value)
    return True if word in YES else False if word in NO else None


def personal(name: str) -> str:
    """What personal data a column of this name holds; empty when none is known."""
    told = plain(name)
    if re.search(r"\bid\b|product|plan|service|servicio|categ|store|tienda|campaign|region", told):
        return ""
    whose = "cliente|customer|client|socio|kunde|user|recipient|1|2"
    for pattern, what in PERSONAL.items():
        if re.fullmatch(rf"(?:.* )?(?:{pattern})(?: (?:del? )?(?:{whose}))?", told):
            return what
    return ""
