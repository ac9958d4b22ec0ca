"""Phrases of the technical report on data, panel and scores: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

DATA: dict[str, Pair] = {
    # Data quality
    "quality_lead": (
        "Nada se pierde sin contarlo: las filas leídas son las conservadas, más las unidas, más "
        "las apartadas (@tbl-quality).",
        "Nothing is lost without being counted: rows read are rows kept plus merged plus set aside "
        "(@tbl-quality).",
    ),
    "cap_quality": ("Filas y celdas por tabla.", "Rows and cells by table."),
    "refunds": (
        "Importes negativos, que son devoluciones y se quedan como están: {list}.",
        "Negative amounts, which are refunds and stay as they are: {list}.",
    ),
    "refunds_of": ("{table}, {n} filas", "{table}, {n} rows"),
    "refunds_of_one": ("{table}, {n} fila", "{table}, {n} row"),
    "left_out_lead": (
        "Columnas de los ficheros que la fuente no usa:",
        "Columns of the files that the source does not use:",
    ),
    "quarantine_none": (
        "Ninguna celda ni fila ha ido a cuarentena.",
        "No cell or row went to quarantine.",
    ),
    "quarantine_lead": (
        "Lo que no encaja se aparta con su fichero, fila y motivo; aquí solo se cuenta "
        "(@tbl-quarantine).",
        "What does not fit is set aside with its file, row and reason; here it is only counted "
        "(@tbl-quarantine).",
    ),
    "cap_quarantine": ("Cuarentena por motivo.", "Quarantine by reason."),
    "more_rows": ("Y {n} motivos más, con menos casos.", "And {n} more reasons, with fewer cases."),
    # Panel
    "panel_survey_only": (
        "La fuente solo trae encuestas, sin clientes ni ventas: no hay panel. Con un fichero de "
        "clientes y sus pedidos se podría mirar qué hicieron después de responder.",
        "The source holds surveys alone, without customers or sales: there is no panel. With a "
        "customer file and its orders, what they did after answering could be looked at.",
    ),
    "panel_rule": (
        "Lo que se sabe de un cliente llega hasta el momento en que se le mira; lo que cuenta como "
        "resultado empieza después. Quien se va no desaparece: irse es el resultado, y el dinero "
        "que deja de traer cuenta como cero.",
        "What is known of a customer ends at the moment of looking; what counts as an outcome "
        "begins after it. Those who leave do not vanish: leaving is the outcome, and the money "
        "that they no longer bring counts as zero.",
    ),
    "panel_snapshot": (
        "La fuente es una foto fija: una fila por cliente, sin fechas. No hay un antes ni un "
        "después, y lo que sigue compara clientes entre sí en un mismo momento.",
        "The source is a snapshot: one row a customer, without dates. There is no before and "
        "after, and what follows compares customers with one another at one time.",
    ),
    "panel_lead": (
        "Los datos van del {start} al {end}. En cada momento de la @tbl-landmarks se mira a todos "
        "los clientes activos, hayan respondido o no.",
        "The data run from {start} to {end}. At each landmark of @tbl-landmarks every active "
        "customer is looked at, whether they answered or not.",
    ),
    "none_seen": ("aún ninguno", "none yet"),
    "cap_landmarks": (
        "Momentos en que se mira a los clientes, y cuántos tienen cada nota.",
        "Landmarks at which customers are looked at, and how many have each score.",
    ),
    "every_outcome": ("todos", "all"),
    "dropped_lead": (
        "Momentos que no cuentan para cada resultado:",
        "Landmarks that do not count for each outcome:",
    ),
    "dropped_item": ("{outcome}: {n}, porque {reason}.", "{outcome}: {n}, because {reason}."),
    "cap_flow": (
        "De los clientes a las filas que usa cada modelo.",
        "From customers to the rows that each model uses.",
    ),
    "unanswered": (
        "De las {rows} filas conservadas de la encuesta (@tbl-quality), {answers} traen respuesta; "
        "las demás son invitaciones que nadie respondió.",
        "Of the {rows} rows kept of the survey (@tbl-quality), {answers} bear an answer; the rest "
        "are invitations that nobody answered.",
    ),
    # Scores
    "scores_lead": (
        "Las métricas con todas las respuestas y con la última oleada, sin ponderar y ponderadas "
        "para parecerse a todos los clientes. Solo se pueden ponderar las respuestas de quienes "
        "estaban activos en alguno de los momentos mirados.",
        "The metrics on all answers and on the latest wave, unweighted and weighted to resemble "
        "all customers. Only answers of those active at one of the landmarks can be weighted.",
    ),
    "weights_none": ("sin ponderar", "unweighted"),
    "weights_response": ("ponderado", "weighted"),
    "cap_scores": ("NPS, CES y CSAT, con intervalos.", "NPS, CES and CSAT, with intervals."),
    "cap_changes": (
        "Cambio hasta {last} desde la oleada anterior, la de un año antes y la primera, y el menor "
        "cambio que se habría podido ver.",
        "Change up to {last} from the wave before, that of a year earlier and the first, and the "
        "smallest change that could have been seen.",
    ),
    "groups_none": (
        "Los datos no traen columnas por las que separar el NPS.",
        "The data hold no columns by which to split NPS.",
    ),
    "groups_hidden": (
        "{n} grupos no se muestran: tienen menos de {minimum} o se deducirían del total.",
        "{n} groups are not shown: they have fewer than {minimum} or would follow from the total.",
    ),
    "answering_none": (
        "Sin fichero de clientes no se sabe quién calló. Con él, se compararía lo que hicieron "
        "quienes respondieron con lo que hicieron los demás.",
        "Without a customer file nobody knows who kept silent. With it, what those who answered "
        "did would be compared with what the rest did.",
    ),
    "answering_lead": (
        "La probabilidad de responder se modela sobre el fichero de clientes, nunca sobre la "
        "encuesta, y de ella salen los pesos.",
        "The chance of answering is modelled on the customer file, never on the survey, and gives "
        "the weights.",
    ),
    "answering_unseen": (
        "Los datos no dicen qué hicieron después los clientes, así que no se puede comparar a "
        "quienes respondieron con los demás.",
        "The data do not say what customers did afterwards, so those who answered cannot be "
        "compared with the rest.",
    ),
    "cap_balance": (
        "Diferencia tipificada entre quienes responden y todos, antes y después de ponderar; las "
        "mayores primero.",
        "Standardised difference between those who answer and everyone, before and after "
        "weighting; largest first.",
    ),
    "level_missing": ("sin dato", "no value"),
    "level_other": ("otros", "other"),
}
"""Key -> (Spanish, English)."""
