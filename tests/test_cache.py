"""The cache of machine code: what it stores comes back, and nothing is used that another user could have written."""

import os
import stat
import sys

import pytest

from regimens import cache

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes of files")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_stored_comes_back(folder):
    assert cache.read("a.o") is None
    cache.write("a.o", b"code")
    assert cache.read("a.o") == b"code"
    assert [path.name for path in folder.iterdir()] == ["a.o"]


@posix
@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
def test_folder_and_files_are_for_their_owner_only_whatever_the_umask(folder, umask):
    before = os.umask(umask)
    try:
        cache.write("a.o", b"code")
    finally:
        os.umask(before)
    assert (mode(folder), mode(folder / "a.o")) == (0o700, 0o600)


@posix
@pytest.mark.parametrize("writable", [0o720, 0o702, 0o777])
def test_a_folder_that_others_may_write_is_neither_read_nor_written(folder, writable):
    cache.write("a.o", b"code")
    folder.chmod(writable)
    assert cache.read("a.o") is None
    cache.write("b.o", b"more")
    assert [path.name for path in folder.iterdir()] == ["a.o"]
    folder.chmod(0o755)
    assert cache.read("a.o") == b"code"


@posix
@pytest.mark.parametrize("writable", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_read_and_is_replaced(folder, writable):
    cache.write("a.o", b"planted")
    (folder / "a.o").chmod(writable)
    assert cache.read("a.o") is None
    cache.write("a.o", b"code")
    assert cache.read("a.o") == b"code"
    assert mode(folder / "a.o") == 0o600


@posix
def test_a_folder_of_another_user_is_neither_read_nor_written(folder, monkeypatch):
    cache.write("a.o", b"code")
    monkeypatch.setattr(os, "getuid", lambda: folder.stat().st_uid + 1)
    assert cache.read("a.o") is None
    cache.write("b.o", b"more")
    assert [path.name for path in folder.iterdir()] == ["a.o"]


@posix
def test_a_file_of_another_user_is_not_read(folder, monkeypatch):
    cache.write("a.o", b"code")
    real = os.fstat

    def of_another(handle):
        found = list(real(handle))
        found[stat.ST_UID] += 1
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", of_another)
    assert cache.read("a.o") is None
