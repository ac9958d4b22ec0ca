"""Phrases of the pages about editions: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

EDITIONS: dict[str, Pair] = {
    "ed_list_title": ("Ediciones", "Editions"),
    "ed_none": (
        "Todavía no se ha guardado ninguna edición: make edition guarda la primera.",
        "No edition has been kept yet: make edition keeps the first one.",
    ),
    "ed_until": ("Datos hasta el {date}", "Data until {date}"),
    "ed_undated": ("Datos sin fecha", "Data without dates"),
    "ed_open": ("Abrir los informes", "Open the reports"),
    "ed_changes": ("Qué cambió", "What changed"),
    "ed_commit": ("versión {commit}", "version {commit}"),
    "ed_title": (
        "Qué ha cambiado desde la edición anterior",
        "What changed since the last edition",
    ),
    "ed_lead": (
        "Esta edición: {now}. La anterior: {before}.",
        "This edition: {now}. The one before: {before}.",
    ),
    "ed_first": (
        "Es la primera edición, así que no hay otra con que compararla.",
        "This is the first edition, so there is none to compare it with.",
    ),
    "ed_headline": ("El titular", "The headline"),
    "ed_before": ("Antes", "Before"),
    "ed_now": ("Ahora", "Now"),
    "ed_figures": ("Las cifras", "The figures"),
    "ed_figure": ("Cifra", "Figure"),
    "ed_change": ("Cambio", "Change"),
    "ed_reads": ("Lectura", "Reading"),
    "ed_note": (
        "Entre paréntesis, los intervalos. El del cambio toma las dos ediciones como "
        "independientes; si comparten clientes, es más ancho de lo necesario.",
        "In brackets, the intervals. That of the change takes the two editions as "
        "independent; where they share customers, it is wider than need be.",
    ),
    "ed_same_data": (
        "Las dos ediciones leen los mismos ficheros: lo que se mueve viene de lo que se eligió o "
        "del método, no de los clientes, y el azar no tiene parte. Por eso no hay intervalo del "
        "cambio.",
        "Both editions read the same files: what moved comes from choices or from the method, not "
        "from customers, and chance has no part in it. So the change has no interval.",
    ),
    "ed_money": (
        "Margen con diez puntos más de NPS, {path}",
        "Margin with ten more NPS points, {path}",
    ),
    "ed_effect": (
        "Con diez puntos más de NPS: {outcome} ({unit})",
        "With ten more NPS points: {outcome} ({unit})",
    ),
    "ed_value": ("Valor de un cliente", "Value of a customer"),
    "ed_base": ("Clientes de la base", "Customers of the base"),
    "ed_reads_new": ("no estaba", "was not there"),
    "ed_reads_gone": ("ya no está", "no longer there"),
    "ed_reads_none": ("sin intervalo", "no interval"),
    "ed_verdicts": ("Los veredictos", "The verdicts"),
    "ed_outcome": ("Resultado", "Outcome"),
    "ed_sections": ("Apartados del informe técnico", "Sections of the technical report"),
    "ed_new": ("Nuevos: {names}.", "New: {names}."),
    "ed_gone": ("Ya no están: {names}.", "Gone: {names}."),
    "ed_same_sections": ("Son los mismos.", "They are the same."),
    "ed_params": ("Lo que se eligió (params.yaml)", "What was chosen (params.yaml)"),
    "ed_param": ("Parámetro", "Parameter"),
    "ed_same_params": ("No cambió nada.", "Nothing changed."),
    "ed_code": (
        "También cambió el método: el código no es el mismo.",
        "The method changed too: the code is not the same.",
    ),
    "ed_data": ("Los datos", "The data"),
    "ed_table": ("Tabla", "Table"),
    "ed_same_rows": (
        "Cada tabla tiene las filas de antes.",
        "Each table has as many rows as before.",
    ),
    "ed_rows": ("Filas leídas que cambian:", "Rows read that differ:"),
    "ed_yes": ("cambia", "changed"),
    "ed_no": ("igual", "the same"),
}
