"""What the demo's processes leave on the machine while they run."""

import stat
from pathlib import Path

from visitsync.wiring.demo.processes import Processes


def test_nobody_else_may_read_their_logs(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    processes.start("no-such-command", {})
    processes.stop_all()
    assert stat.S_IMODE((tmp_path / "no-such-command.log").stat().st_mode) == 0o600
