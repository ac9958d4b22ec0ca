"""Andina's labels: each code as its people write it, in Spanish and in English."""

from __future__ import annotations

SEGMENT_LABELS = {
    "consumer": ("Particular", "Consumer"),
    "self_employed": ("Autónomo", "Self-employed"),
    "business": ("Empresa", "Business"),
}
REGION_LABELS = {
    "north": ("Norte", "North"),
    "centre": ("Centro", "Centre"),
    "south": ("Sur", "South"),
    "east": ("Este", "East"),
    "islands": ("Islas", "Islands"),
}
ACQUISITION_LABELS = {
    "shop": ("Tienda", "Shop"),
    "web": ("Web", "Web"),
    "phone": ("Teléfono", "Phone"),
    "partner": ("Distribuidor", "Partner"),
    "referral": ("Recomendación", "Referral"),
}
CATEGORY_LABELS = {
    "mobile": ("Móvil", "Mobile"),
    "internet": ("Internet", "Internet"),
    "tv": ("Televisión", "TV"),
    "devices": ("Dispositivos", "Devices"),
    "insurance": ("Seguro", "Insurance"),
    "roaming": ("Itinerancia", "Roaming"),
}
SURVEY_CHANNEL_LABELS = {
    "email": ("Correo electrónico", "E-mail"),
    "sms": ("SMS", "SMS"),
    "app": ("Aplicación", "App"),
}
TOUCHPOINT_LABELS = {
    "call_centre": ("Centro de atención", "Call centre"),
    "shop": ("Tienda", "Shop"),
    "technician": ("Técnico", "Technician"),
    "web": ("Web", "Web"),
}
PHASE_LABELS = {
    "before": ("antes", "before"),
    "during": ("durante", "during"),
    "after": ("después", "after"),
}
