"""Being away is one's own affair, whatever one's role; managers see to it for their people."""

from __future__ import annotations

from bosun.kernel.actor import Scope
from bosun.platform.org import actors
from bosun.platform.org.shipped import ROLES, grant, scopes

RIGHTS = "read create change remove"

grant("delegations", {role: scopes("below" if role == "manager" else "own", RIGHTS) for role in ROLES})
actors.everybody.update({("delegations", action): Scope.OWN for action in RIGHTS.split()})
