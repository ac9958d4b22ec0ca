"""Names of things, Spanish and English side by side: (es, en)."""

from __future__ import annotations

from nexo.report.wording_codes import CODES, Pair

TERMS: dict[str, dict[str, Pair]] = {
    **CODES,
    "outcome": {
        "retention": ("retención", "retention"),
        "cross_selling": ("venta cruzada", "cross-selling"),
        "revenue": ("ingresos", "revenue"),
    },
    "outcome_sentence": {
        "retention": ("la permanencia de los clientes", "customers staying"),
        "cross_selling": ("la compra de categorías nuevas", "buying in new categories"),
        "revenue": ("los ingresos por cliente", "revenue per customer"),
    },
    "outcome_noun": {
        "retention": ("la retención", "retention"),
        "cross_selling": ("la venta cruzada", "cross-selling"),
        "revenue": ("los ingresos", "revenue"),
    },
    "metric": {
        "nps": ("NPS", "NPS"),
        "ces": ("CES", "CES"),
        "csat": ("CSAT", "CSAT"),
        "nps_score": ("NPS", "NPS"),
        "ces_score": ("CES", "CES"),
        "csat_score": ("CSAT", "CSAT"),
        "nps_points": ("NPS, por puntos", "NPS, as points"),
        "nps_class": ("NPS, por clases", "NPS, as classes"),
        "nps_top2_box": ("NPS, dos notas más altas", "NPS, top two scores"),
        "csat_top2_box": ("CSAT, dos notas más altas", "CSAT, top two scores"),
        "ces_top2_box": ("CES, dos notas más altas", "CES, top two scores"),
        "top2_box": ("CSAT, dos notas más altas", "CSAT, top two scores"),
        "all": ("todas las métricas a la vez", "all metrics together"),
        "noise": ("ruido puro (control)", "pure noise (control)"),
    },
    "statistic": {
        "nps": ("puntos NPS", "NPS points"),
        "mean": ("media", "mean"),
        "top2_box": ("dos notas más altas", "top two scores"),
    },
    "nps_class": {
        "detractor": ("detractores", "detractors"),
        "passive": ("pasivos", "passives"),
        "promoter": ("promotores", "promoters"),
    },
    "path": {
        "default_path": ("camino por defecto", "default path"),
        "passive_to_promoter": ("de pasivo a promotor", "passive to promoter"),
        "detractor_to_passive": ("de detractor a pasivo", "detractor to passive"),
        "detractor_to_promoter": ("de detractor a promotor", "detractor to promoter"),
        "observed_path": (
            "el visto entre las dos últimas oleadas",
            "seen between the last two waves",
        ),
    },
    "contrast": {
        "promoter_vs_passive": ("promotores frente a pasivos", "promoters against passives"),
        "passive_vs_detractor": ("pasivos frente a detractores", "passives against detractors"),
        "promoter_vs_detractor": (
            "promotores frente a detractores",
            "promoters against detractors",
        ),
        "plus_one": ("un punto más", "one point more"),
        "detractor": ("nivel de los detractores", "level of detractors"),
        "passive": ("nivel de los pasivos", "level of passives"),
        "promoter": ("nivel de los promotores", "level of promoters"),
    },
    "unit": {
        "retained_share": (
            "puntos porcentuales de clientes que siguen",
            "percentage points of customers who stay",
        ),
        "new_categories_per_customer": (
            "categorías nuevas por 100 clientes y año",
            "new categories per 100 customers a year",
        ),
        "cents_per_customer_year": (
            "{currency} por cliente y año",
            "{currency} per customer a year",
        ),
        "cents_per_customer": (
            "{currency} por cliente, sin periodo fechado",
            "{currency} per customer, over an undated period",
        ),
        "nps_points": ("puntos NPS", "NPS points"),
        "scale_points": ("puntos de su escala", "points of its scale"),
        "share": ("porcentaje de respuestas", "per cent of answers"),
    },
    "row_unit": {
        "retained_share": ("puntos porcentuales", "percentage points"),
        "new_categories_per_customer": ("por 100 clientes y año", "per 100 customers a year"),
        "cents_per_customer_year": ("por cliente y año", "per customer a year"),
        "cents_per_customer": ("por cliente, sin fecha", "per customer, undated"),
    },
    "level_unit": {
        "retained_share": ("porcentaje de clientes que siguen", "per cent of customers who stay"),
        "new_categories_per_customer": (
            "categorías nuevas por 100 clientes y año",
            "new categories per 100 customers a year",
        ),
        "cents_per_customer_year": (
            "{currency} por cliente y año",
            "{currency} per customer a year",
        ),
        "cents_per_customer": (
            "{currency} por cliente, sin periodo fechado",
            "{currency} per customer, over an undated period",
        ),
    },
    "group": {
        "answered": ("respondieron", "answered"),
        "not_answered": ("no respondieron", "did not answer"),
    },
    "measure": {
        "retention": ("clientes que siguen", "customers who stay"),
        "revenue": ("ingresos por cliente", "revenue per customer"),
        "cross_selling": ("categorías nuevas por 100 clientes", "new categories per 100 customers"),
    },
    "column": {
        "nps_score": ("nota NPS", "NPS score"),
        "ces_score": ("nota CES", "CES score"),
        "csat_score": ("nota CSAT", "CSAT score"),
        "nps_class": ("clase NPS", "NPS class"),
        "tenure_days": ("antigüedad", "tenure"),
        "past_revenue_cents": ("ingresos anteriores", "past revenue"),
        "n_past_orders": ("pedidos anteriores", "past orders"),
        "n_past_contacts": ("contactos anteriores", "past contacts"),
        "n_categories_owned": ("categorías que ya tiene", "categories owned"),
        "n_categories_unowned": ("categorías que aún no tiene", "categories not yet owned"),
        "segment": ("segmento", "segment"),
        "region": ("región", "region"),
        "channel": ("canal", "channel"),
        "acquisition_channel": ("canal de captación", "acquisition channel"),
        "wave": ("oleada", "wave"),
        "intercept": ("constante", "constant"),
        "is_retained": ("sigue siendo cliente", "still a customer"),
        "n_new_categories": ("categorías nuevas", "new categories"),
        "net_revenue_cents": ("ingresos netos", "net revenue"),
        "n_contacts": ("contactos", "contacts"),
        "n_visits": ("visitas", "visits"),
        "tenure_months": ("antigüedad", "tenure"),
    },
    "part": {
        "retained": ("sigue:", "stays:"),
        "new_categories": ("categorías nuevas:", "new categories:"),
        "any": ("¿gasta algo?", "spends at all?"),
        "amount": ("¿cuánto?", "how much?"),
        "least_squares": ("mínimos cuadrados:", "least squares:"),
        "pseudo_poisson": ("Poisson:", "Poisson:"),
    },
    "table": {
        "survey": ("encuesta", "survey"),
        "customers": ("clientes", "customers"),
        "orders": ("pedidos", "orders"),
        "contacts": ("contactos", "contacts"),
        "initiatives": ("iniciativas", "initiatives"),
        "snapshot": ("foto fija de clientes", "customer snapshot"),
        "funnel": ("embudo", "funnel"),
        "staff_survey": ("encuesta interna", "staff survey"),
        "self_assessment": ("autoevaluación", "self-assessment"),
    },
    "action": {
        "set_missing": ("celda vaciada", "cell emptied"),
        "row_rejected": ("fila apartada", "row set aside"),
        "row_merged": ("fila unida", "row merged"),
        "missing_code": ("celda vacía de origen", "cell empty at source"),
    },
    "assumption": {
        "margin_share": ("margen sobre ingresos", "margin on revenue"),
        "discount_rate": ("descuento anual", "yearly discount"),
        "causal_share": (
            "parte de la asociación que una acción movería de verdad",
            "share of the association that an action would really move",
        ),
        "link": ("vínculo estimado (azar del muestreo)", "estimated link (sampling chance)"),
        "retained_value": ("valor de un cliente que sigue", "value of a customer who stays"),
        "horizon_years": ("años que se cuentan", "years counted"),
        "n_customers": ("clientes de la base", "customers of the base"),
        "detractor_share": ("parte de detractores", "share of detractors"),
        "passive_share": ("parte de pasivos", "share of passives"),
        "promoter_share": ("parte de promotores", "share of promoters"),
        "retention_rate": (
            "clientes que siguen tras la ventana",
            "customers who stay over the window",
        ),
        "retained_revenue_cents_per_year": (
            "ingresos al año de quien sigue",
            "yearly revenue of those who stay",
        ),
        "lift_points": (
            "puntos NPS que sube la iniciativa",
            "NPS points that the initiative lifts",
        ),
        "reach_share": ("parte de los clientes alcanzada", "share of customers reached"),
        "persistence_months": ("meses que dura la mejora", "months that the lift lasts"),
        "cost": ("coste", "cost"),
    },
    "wave": {
        "": ("todas", "all"),
        "latest": ("la última", "the latest"),
        "snapshot": ("foto fija", "snapshot"),
    },
}
"""kind -> code -> (es, en). A code without an entry is an error, unless it comes from data."""
