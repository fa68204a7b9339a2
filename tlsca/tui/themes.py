"""The two themes of the house: one for dark terminals, one for light ones."""

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

THEMES = (DARK, LIGHT)
