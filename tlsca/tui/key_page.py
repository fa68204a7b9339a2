"""The page of keys, written from the registry: `python -m tlsca.tui.key_page > docs/keys.md`.

It is what the help of the app shows, for whoever reads before installing; a test holds it to the registry.
"""

import sys
from collections.abc import Iterator

from tlsca.tui.keymap import Keymap
from tlsca.tui.places import PLACES

_HEAD = """\
# Keys

Every key of the app, by the place where it works. In the app, `?` shows those of the screen in front, and `ctrl+p` finds every act by its
name. The names in the last column are for the settings: a table `[keys]` in `config.toml` gives an act other keys,

```toml
[keys]
issue = "i,f7"
```

and everything that names a key then names the new one. `tlsca config --keys` lists what is in force.
"""


def key_page() -> str:
    """Return the page, in Markdown."""
    return "".join((_HEAD, *_tables()))


def _tables() -> Iterator[str]:
    keymap = Keymap()
    for place in PLACES:
        yield f"\n## {place.title}\n\n| key | does | name |\n| --- | --- | --- |\n"
        for act in {act.id: act for act in place.acts}.values():
            keys = " ".join(f"`{key.replace('^', 'ctrl+')}`" for key in keymap.shown(act, most=9).split(" "))
            does = act.help.replace("|", "\\|")
            yield f"| {keys} | {does} | `{act.id}` |\n"


if __name__ == "__main__":
    sys.stdout.write(key_page())
