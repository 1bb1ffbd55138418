import zipfile
from io import BytesIO

import pytest

from pycommon_cli.local import deployed_sources, deployment_package
from pycommon_cli.local.deployment_package import StoredPackage
from pycommon_cli.local.project_folders import Home


@pytest.fixture
def kept(project, tmp_path):
    """Store a package as osls makes it: two modules of the service and one requirement, without tests/."""
    service = project.root / "amplify-greeting"
    (service / "tests").mkdir()
    (service / "tests" / "test_core.py").write_text("")
    package = tmp_path / "package.zip"
    with zipfile.ZipFile(package, "w") as target:
        for name in ("service/core.py", "service/words.py"):
            target.write(service / name, name)
        target.writestr("jwt/__init__.py", "requirement = True\n")
    home = Home(tmp_path / "home")
    home.create()
    found = StoredPackage.of(home, "amplify-greeting")
    found.keep(package, deployed_sources.manifest(project, "amplify-greeting"))
    return found


def exchange(kept, project):
    before = kept.sources()
    changed = deployed_sources.changed(before, deployed_sources.manifest(project, "amplify-greeting"))
    plan = deployment_package.plan(kept, project, "amplify-greeting", before, changed)
    if plan is None:
        return None
    with zipfile.ZipFile(BytesIO(deployment_package.rewritten(kept, plan))) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def test_a_changed_module_is_exchanged_and_nothing_else(kept, project):
    (project.root / "amplify-greeting/service/words.py").write_text("GREETING = 'good day'\n")
    package = exchange(kept, project)
    assert package["service/words.py"] == "GREETING = 'good day'\n"
    assert package["jwt/__init__.py"] == "requirement = True\n"
    assert sorted(package) == ["jwt/__init__.py", "service/core.py", "service/words.py"]


def test_a_new_module_beside_others_comes_in(kept, project):
    (project.root / "amplify-greeting/service/more.py").write_text("A = 1\n")
    assert exchange(kept, project)["service/more.py"] == "A = 1\n"


def test_a_deleted_module_goes(kept, project):
    (project.root / "amplify-greeting/service/words.py").unlink()
    assert "service/words.py" not in exchange(kept, project)


def test_what_osls_left_out_stays_out(kept, project):
    (project.root / "amplify-greeting/tests/test_core.py").write_text("changed = True\n")
    (project.root / "amplify-greeting/tests/test_more.py").write_text("new = True\n")
    assert sorted(exchange(kept, project)) == ["jwt/__init__.py", "service/core.py", "service/words.py"]


@pytest.mark.parametrize("name", ["serverless.yml", "requirements.txt", "service/schema.json", "fresh/module.py"])
def test_what_only_osls_can_package(kept, project, name):
    path = project.root / "amplify-greeting" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("changed: true\n")
    assert exchange(kept, project) is None


def test_the_size_is_that_of_the_package(kept):
    size = kept.size()
    assert size.zipped == kept.path.stat().st_size
    assert size.unzipped > 0


def test_a_package_that_was_tampered_with_is_not_built_upon(kept):
    kept.path.write_bytes(kept.path.read_bytes() + b"x")
    assert kept.sources() is None
