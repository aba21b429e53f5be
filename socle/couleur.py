"""Contrast of two colours, as WCAG 2.2 computes it (success criterion 1.4.3)."""

CONTRASTE_MINIMAL = 4.5


def measure_contrast(first: str, second: str = "#ffffff") -> float:
    """Return the contrast ratio of two « #rrggbb » colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
