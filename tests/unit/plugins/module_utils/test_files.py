# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a file could not be read or written, in the words of messages."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from ansible_collections.genesys_ops.engage.plugins.module_utils._errors import BadInput
from ansible_collections.genesys_ops.engage.plugins.module_utils._files import why
from ansible_collections.genesys_ops.engage.plugins.module_utils._write import estate_file


@pytest.mark.parametrize(
    ("problem", "otherwise", "words"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/backup/x.json"), "", "No space left on device"),
        (OSError(errno.EACCES, os.strerror(errno.EACCES)), "it is not JSON", "Permission denied"),
        (OSError("the share is gone"), "", "the share is gone"),  # libraries raise it without a number
        (ValueError("embedded null byte"), "", "embedded null byte"),
        (ValueError("Expecting value: line 1"), "it is not JSON", "it is not JSON"),
    ],
)
def test_the_reason_is_in_words(problem: Exception, otherwise: str, words: str) -> None:
    assert why(problem, otherwise) == words


def test_a_reason_without_a_number_is_said_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(path: Path) -> bytes:
        raise OSError("the share is gone")

    monkeypatch.setattr(Path, "read_bytes", gone)
    with pytest.raises(BadInput) as caught:
        estate_file.read(str(tmp_path / "x.json"), "path")
    assert str(caught.value) == f"path: cannot read {tmp_path / 'x.json'}: the share is gone."
