"""The themes of the house: for dark terminals and light ones, each also with all the contrast there is, and one without colours.

Textual's own can be chosen as well, and those that somebody wrote for himself: see `own_themes`.
"""

from textual.theme import Theme

DARK = Theme(
    name="tlsca-dark",
    primary="#5fb3b3",
    secondary="#8fa8c8",
    accent="#e0af68",
    foreground="#d8dee9",
    background="#14191f",
    surface="#1a2129",
    panel="#232d38",
    success="#8fc07a",
    warning="#e0af68",
    error="#e06c75",
    dark=True,
    variables={"footer-key-foreground": "#e0af68", "input-selection-background": "#5fb3b3 35%"},
)

LIGHT = Theme(
    name="tlsca-light",
    primary="#0f6b6b",
    secondary="#41597a",
    accent="#8a5a00",
    foreground="#1f2933",
    background="#fbfaf7",
    surface="#f3f1ec",
    panel="#e6e3db",
    success="#2f6b1f",
    warning="#8a5a00",
    error="#a8232e",
    dark=False,
    variables={"footer-key-foreground": "#8a5a00", "input-selection-background": "#0f6b6b 25%"},
)

CONTRAST_DARK = Theme(
    name="tlsca-contrast-dark",
    primary="#4ff0f0",
    secondary="#c0d8ff",
    accent="#ffd60a",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    success="#5dff6b",
    warning="#ffd60a",
    error="#ff8080",
    dark=True,
    variables={
        "footer-key-foreground": "#ffd60a",
        "input-selection-background": "#4ff0f0 50%",
        "foreground-muted": "#dddddd",
        "text-muted": "#dddddd",
    },
)

CONTRAST_LIGHT = Theme(
    name="tlsca-contrast-light",
    primary="#00454a",
    secondary="#1a2f5a",
    accent="#6b2d00",
    foreground="#000000",
    background="#ffffff",
    surface="#ffffff",
    panel="#e4e4e4",
    success="#004d00",
    warning="#6b2d00",
    error="#8b0000",
    dark=False,
    variables={
        "footer-key-foreground": "#6b2d00",
        "input-selection-background": "#00454a 30%",
        "foreground-muted": "#222222",
        "text-muted": "#222222",
    },
)

PLAIN = Theme(
    name="tlsca-plain",
    primary="#ffffff",
    secondary="#ffffff",
    accent="#ffffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    success="#ffffff",
    warning="#ffffff",
    error="#ffffff",
    dark=True,
    variables={
        "input-selection-background": "#ffffff 50%",
        "scrollbar": "#ffffff",
        "scrollbar-background": "#000000",
    },
)
"""What is in force where no colours are wanted: what stands out in it is what is drawn reversed."""

THEMES = (DARK, LIGHT, CONTRAST_DARK, CONTRAST_LIGHT)

_COUNTERPARTS = {
    DARK.name: LIGHT.name,
    LIGHT.name: DARK.name,
    CONTRAST_DARK.name: CONTRAST_LIGHT.name,
    CONTRAST_LIGHT.name: CONTRAST_DARK.name,
}


def counterpart(theme: Theme) -> str:
    """Return the name of the light theme that goes with a dark one, or of the dark one that goes with a light one."""
    return _COUNTERPARTS.get(theme.name, LIGHT.name if theme.dark else DARK.name)
