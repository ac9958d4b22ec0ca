"""Which names speak for which canonical column, and which looks it may have."""

from __future__ import annotations

IDS = ("id", "integer", "label", "text", "personal")
WHOLE = ("integer", "rating")
AMOUNT = ("number", "integer")
LABEL = ("label", "text", "integer")
CUSTOMER = r"customer|client[es]?|cliente|kunden?|socio|member|user|usuario|abonado|subscriber|account|cuenta|titular|passenger|guest|patient|buyer|comprador|person|household|contract|contrato|tarjeta"  # noqa: E501
NUMBER = r"id|no|nr|num|number|numero|nummer|code|codigo|cod|key|ref|n|uuid|identifier"
AMOUNT_WORDS = r"amount|importe|revenue|total|price|precio|ingresos?|ticket|betrag|umsatz|montant|spend|gasto|sales|ventas?|value|valor|monto|preis|summe|net|neto|ca"  # noqa: E501
WHEN = r"date|fecha|datum|at|day|dia|tag|time|timestamp|hora|when|fec|f"

Hint = tuple[str, str, tuple[str, ...]]
"""Words that speak strongly, words that speak a little (both whole words), possible looks."""

NPS: Hint = (
    r"nps\w*|recom\w*|netpro\w*|likely to recommend|ltr|net promoter|weiterempf\w*|empfehl\w*|recommand\w*|promotor\w*|how likely",  # noqa: E501
    r"0 10|0 a 10|0 to 10",
    WHOLE,
)
CES: Hint = (r"ces|effort|esfuerzo|aufwand|ease|easy|facil\w*|leicht\w*", "", WHOLE)
CSAT: Hint = (
    r"csat|satis\w*|zufrieden\w*|star rating|stars?|estrellas",
    r"rating|valoracion|bewertung|puntuacion|score|nota",
    (*WHOLE, "label"),
)
COMMENT: Hint = (
    r"comment\w*|comentarios?|verbatim|kommentare?|feedback|review|opinion|observaciones|sugerencias?|why|por que|warum|explication|reason for (?:your )?score|open ended response",  # noqa: E501
    r"text|texto|reason|motivo|free text|notes?",
    ("text", "label", "id"),
)
CHANNEL: Hint = (r"(survey )?channel|canal|kanal|via|medio|source", "", LABEL)
CUSTOMER_ID: Hint = (
    rf"(?:.*\b)?(?:{CUSTOMER})(?: ?(?:{NUMBER}))*|(?:{NUMBER})(?: del?| of)? (?:{CUSTOMER})|external ?data ?reference|external reference|respondent ?email",  # noqa: E501
    rf"{NUMBER}|{CUSTOMER}|row ?names?|e ?mail( address)?|correo",
    IDS,
)
HINTS: dict[str, dict[str, Hint]] = {
    "survey": {
        "response_id": (
            r"(respon\w*|respuesta|answer|antwort|survey|encuesta|umfrage|record|review|feedback|opinion)( id| no| nr| number| num)?|id (de )?(la )?(respuesta|encuesta)|(n|no|num|numero)( de)? (respuesta|encuesta)|respnum|record id|feedback id",  # noqa: E501
            rf"{NUMBER}|row ?names?|rowid|fila|guid",
            IDS,
        ),
        "customer_id": CUSTOMER_ID,
        "answered_at": (
            rf"(answered|respon\w*|submitted|recorded|completed|respuesta|end|survey|encuesta|review|befragung\w*|antwort\w*|umfrage)( ?({WHEN}))?|({WHEN})( de)?( la)? (respuesta|encuesta|response|survey|fin)|recorded ?date|end ?date",  # noqa: E501
            WHEN,
            ("date",),
        ),
        "invited_at": (
            r"(invited|sent|invitation|envio|enviad[ao]|invitacion|versand)( .*)?|fecha( de)? (envio|invitacion)",  # noqa: E501
            r"",
            ("date",),
        ),
        "experience_at": (
            r"(experience|visit|visita|purchase|compra|stay|estancia)( .*)?|fecha( de)? (visita|compra|experiencia)",  # noqa: E501
            "",
            ("date",),
        ),
        "survey_kind": (r"survey (kind|type)|tipo( de)? encuesta|kind", r"type|tipo", ("label",)),
        "journey_phase": (r"(journey )?phase|fase", "", ("label",)),
        "touchpoint": (r"touch ?points?|punto de contacto", r"journey|store|tienda|filiale", LABEL),
        "channel": CHANNEL,
        "nps_score": NPS,
        "ces_score": CES,
        "csat_score": CSAT,
        "weight": (r"weight|peso|ponderacion|gewicht|poids", "", AMOUNT),
        "comment": COMMENT,
        "language": (r"(user )?lang\w*|idioma|sprache|langue|locale", "", LABEL),
    },
    "customers": {
        "customer_id": CUSTOMER_ID,
        "joined_at": (
            r"(joined|join|alta|sign ?up|signed up|since|registered|registration|created|start|onboard\w*|kunde seit|eintritt\w*|activation|desde|inscripcion|registro|first purchase)( .*)?|fecha( de)? (alta|registro|inicio)|cliente desde|member since|customer since",  # noqa: E501
            WHEN,
            ("date",),
        ),
        "left_at": (
            r"(left|baja|churn\w*|cancel\w*|end|exit|terminat\w*|kundigung\w*|gekundigt\w*|austritt\w*|until|hasta|closed|deactivat\w*)( .*)?|fecha( de)? (baja|cancelacion|fin)",  # noqa: E501
            "",
            ("date",),
        ),
        "segment": (r"(customer )?(segment\w*|tier|tipo( de)? cliente|kundengruppe|type|tipo|typ|gruppe|plan|tarif\w*|category|categoria)", r"contract|gender|sexo", LABEL),  # noqa: E501
        "region": (r"region\w*|provinci?a?|zona|zone|bundesland|comunidad|area", r"state|city|ciudad|poblacion|stadt|ort|country|pais|land|estado", LABEL),  # noqa: E501
        "acquisition_channel": (r"(acquisition )?(channel|canal|kanal)( de| of)?( alta| captacion| acquisition)?|origen|lead source|utm source|herkunft", r"source|medio", LABEL),  # noqa: E501
        "referred_by": (
            r"referr?ed by|referido por|recomendado por|geworben von|referrer( id)?", "", IDS),
    },
    "orders": {
        "order_id": (
            r"(?:(?:order|pedido|line|linea|invoice|factura|ticket|transaction|transaccion|bestell\w*|auftrag\w*|beleg\w*|rechnung\w*|sale|purchase|compra|albaran|operacion|position|receipt)s?(?: (?:item|line|linea))?(?: (?:id|no|nr|number|num|numero|nummer|code|n))?)|(?:id|n|no|num|numero|nr)(?: de)?(?: la| el)? (?:pedido|linea|factura|ticket|transaccion|order|venta|compra|operacion)|transactionid|orderid|invoiceno",  # noqa: E501
            rf"{NUMBER}|row ?names?",
            IDS,
        ),
        "customer_id": CUSTOMER_ID,
        "ordered_at": (
            rf"(order|ordered|pedido|purchase\w*|compra|sale|venta|invoice|factura|transaction|bestell\w*|kauf\w*|rechnungs?\w*|beleg\w*|auftrags\w*)( ?({WHEN}))?|({WHEN})( de)?( la)?( el)? (pedido|compra|venta|factura|order|purchase|transaction)",  # noqa: E501
            WHEN,
            ("date",),
        ),
        "category": (r"categor\w*|product (line|group|category|type)|familia|warengruppe|rubro|department|seccion|kategorie|linea( de)? (producto|negocio)", r"product\w*|articulo|item|artikel|produkt|type|tipo|size|name", (*LABEL, "personal")),  # noqa: E501
        "amount_cents": (rf"({AMOUNT_WORDS})( .*)?|(.* )?({AMOUNT_WORDS})", r"cost|charge|gross|bruto", AMOUNT),  # noqa: E501
        "margin_cents": (r"margin|margen|profit|beneficio|marge|deckungsbeitrag", "", AMOUNT),
        "currency": (r"currency|moneda|divisa|wahrung|waehrung|devise", "", ("label",)),
    },
    "contacts": {
        "contact_id": (r"(contact|call|ticket|interaction|contacto|llamada|anruf|case)( id| no| nr)", r"id", IDS),  # noqa: E501
        "customer_id": CUSTOMER_ID,
        "contacted_at": (rf"(contact\w*|call|opened|created|llamada|anruf\w*|apertura)( ?({WHEN}))?|({WHEN})( de)?( la)? (contacto|llamada|apertura)", WHEN, ("date",)),  # noqa: E501
        "case_id": (r"(case|caso|incidencia|ticket|vorgang\w*)( id| no| nr| number)?", "", IDS),
        "direction": (r"direction|direccion|sentido|richtung", "", ("label",)),
        "attempt": (r"attempt|intento|versuch", "", WHOLE),
        "channel": CHANNEL,
        "wait_minutes": (r"(wait\w*|espera|warte\w*)( .*)?", "", AMOUNT),
        "is_resolved": (
            r"(is )?(resolved|resuelt[oa]|solved|gelost|geloest)", r"fcr", ("boolean",)),
    },
    "snapshot": {
        "customer_id": CUSTOMER_ID,
        "nps_score": NPS,
        "ces_score": CES,
        "csat_score": CSAT,
        "segment": (r"(customer )?(segment\w*|tier|tipo( de)? cliente|kundengruppe|contract|contrato)", r"plan|offer|type|tipo|gender|sexo", LABEL),  # noqa: E501
        "region": (r"region\w*|provinci?a?|zona|zone|bundesland|comunidad|state", r"city|ciudad|area|country|pais|estado|area code", LABEL),  # noqa: E501
        "is_retained": (r"churn\w*|(is )?(retained|active|activo|churned)|churn (label|value|flag)|baja|abandono|kundigung|cancel\w*|exited|attrition( flag)?|left", r"customer status|status", ("boolean",)),  # noqa: E501
        "n_categories": (r"(n|num|number|numero)( of| de)? (categories|products|productos|categorias|services|servicios)|numofproducts|num ?of ?products", "", WHOLE),  # noqa: E501
        "net_revenue_cents": (r"(total|net|annual|yearly)? ?(revenue|spend|sales|ingresos?|facturacion|gasto|umsatz|ca ticket|importe)( .*)?|monetary", r"total charges?|" + AMOUNT_WORDS, AMOUNT),  # noqa: E501
        "n_visits": (r"(n|num|number|numero|nb)?( of| de)? ?(visits?|visitas?|passages?.*|besuche)|frequency|frecuencia|orders|pedidos", "", WHOLE),  # noqa: E501
        "tenure_months": (r"tenure( in)?( months?)?|antiguedad( .*)?|months( on book)?|meses( como cliente)?|account length", r"tenure .*", AMOUNT),  # noqa: E501
        "comment": COMMENT,
    },
}  # fmt: skip

FILES = {
    "survey": r"survey|encuesta|nps|csat|answers?|respuestas?|umfrage|feedback|reviews?|opinion\w*|befragung|satis\w*",  # noqa: E501
    "customers": r"customers?|clientes?|kunden\w*|members?|socios|users?|crm|accounts?|stamm\w*",
    "orders": r"orders?|pedidos?|ventas|sales|transactions?|bestell\w*|facturas?|invoices?|purchases?|compras|tickets de|umsatz\w*|ledger|lineas",  # noqa: E501
    "contacts": r"contacts?|contactos?|calls?|llamadas|incidencias|helpdesk|support|cases|soporte",
    "snapshot": r"snapshot|churn|scoring|segmentation|status|services",
}
"""Words in the name of a file or sheet."""

NEEDED = {
    "survey": ("response_id", "answered_at"),
    "customers": ("customer_id", "joined_at"),
    "orders": ("order_id", "customer_id", "ordered_at", "category", "amount_cents"),
    "contacts": ("customer_id", "contacted_at"),
    "snapshot": ("customer_id",),
}
KEYS = {"survey": "response_id", "customers": "customer_id", "orders": "order_id",
        "contacts": "contact_id", "snapshot": "customer_id"}  # fmt: skip
