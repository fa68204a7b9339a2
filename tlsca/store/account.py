"""Under whose name a change goes into the log: the operating system's, which nobody can choose as freely as an environment."""

import os
import sys

if sys.platform == "win32":
    import getpass

    def user() -> str:
        """Return the name of the user."""
        return getpass.getuser()

else:
    import pwd

    def user() -> str:
        """Return whom the kernel says that we are."""
        try:
            return pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            return str(os.geteuid())
