"""Every command of the README's story is true."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
TLSCA = Path(sys.executable).parent / "tlsca"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.skipif(not TLSCA.exists(), reason="tlsca is not installed beside this interpreter")
def test_the_story_of_the_readme_works_when_it_is_pasted(tmp_path):
    story = re.search(r"```console\n(source .venv.*?)```", README.read_text("utf-8"), re.DOTALL)[1]
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    script = story.replace("source .venv/bin/activate\n", "").replace("8443", port)
    # A person types the next line after the server is up; a script has to wait for it.
    script = script.replace("&\n", "& sleep 2\n") + "\nkill %1; wait\n"
    environment = os.environ | {
        "PATH": f"{TLSCA.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "TLSCA_STORE": str(tmp_path / "store"),
        "TLSCA_PASSPHRASE": "correct horse battery",
    }
    ran = subprocess.run(
        ["bash", "-emc", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "✔ trusted  localhost" in ran.stdout
