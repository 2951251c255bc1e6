"""Claims of quality_scale.yaml: all of Home Assistant's rules, each shown by something that is there."""

import ast
import re

from homeassistant.util.yaml import load_yaml_dict
import pytest

from tests.repository.files import ENGLISH, INTEGRATION, ROOT

RULES = load_yaml_dict(str(INTEGRATION / "quality_scale.yaml"))["rules"]
# Home Assistant's rules, from its validator of quality_scale.yaml.
BRONZE = """
    action-setup appropriate-polling brands common-modules config-flow config-flow-test-coverage
    dependency-transparency docs-actions docs-conditions docs-high-level-description
    docs-installation-instructions docs-removal-instructions docs-triggers entity-event-setup entity-unique-id
    has-entity-name runtime-data test-before-configure test-before-setup unique-config-entry
"""
SILVER = """
    action-exceptions config-entry-unloading docs-configuration-parameters docs-installation-parameters
    entity-unavailable integration-owner log-when-unavailable parallel-updates reauthentication-flow
    test-coverage
"""
GOLD = """
    devices diagnostics discovery discovery-update-info docs-data-update docs-examples docs-known-limitations
    docs-supported-devices docs-supported-functions docs-troubleshooting docs-use-cases dynamic-devices
    entity-category entity-device-class entity-disabled-by-default entity-translations exception-translations
    icon-translations reconfiguration-flow repair-issues stale-devices
"""
PLATINUM = "async-dependency inject-websession strict-typing"
MODULES = sorted(INTEGRATION.rglob("*.py"))


def test_every_rule_is_there() -> None:
    assert list(RULES) == f"{BRONZE} {SILVER} {GOLD} {PLATINUM}".split()


@pytest.mark.parametrize("name", RULES)
def test_every_claim_is_shown(name: str) -> None:
    rule = RULES[name]
    assert set(rule) == {"status", "comment"}
    if rule["status"] == "exempt":
        assert len(rule["comment"]) > 60
        return
    assert rule["status"] == "done"
    path, _, anchor = re.search(r"Shown by: (\S+)$", rule["comment"].strip())[1].partition("#")
    text = (ROOT / path).read_text()
    if anchor:
        headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
        assert anchor in anchors


def test_parallel_updates_are_set_in_every_platform() -> None:
    for path in MODULES:
        text = path.read_text()
        if (
            path.parent == INTEGRATION
            and "AddConfigEntryEntitiesCallback" in text
            and "entity" not in path.stem
        ):
            assert "PARALLEL_UPDATES = " in text, path


ERRORS = {
    "BrowseError",
    "ConfigEntryAuthFailed",
    "ConfigEntryNotReady",
    "HomeAssistantError",
    "ServiceValidationError",
    "Unresolvable",
    "UpdateFailed",
}


def test_every_exception_for_users_is_translated() -> None:
    """Every error that users see names a translation that is there; every such translation is named."""
    named: set[str] = set()
    for path in MODULES:
        tree = ast.parse(path.read_text())
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("invalid", "failed")
            ):
                named.add(ast.literal_eval(node.args[0]))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                assert {"translation_domain", "translation_key"} <= set(given), f"{path}:{node.lineno}"
                key = given["translation_key"]
                if path.parts[-2:] == ("web", "errors.py"):
                    # Those that call these functions say which one.
                    continue
                # A function that is told which one: then it is told so in the same module.
                keys = (
                    {str(key.value)}
                    if isinstance(key, ast.Constant)
                    else texts & ENGLISH["exceptions"].keys()
                )
                assert keys, f"{path}:{node.lineno}"
                named |= keys
                placeholders = given.get("translation_placeholders")
                if isinstance(placeholders, ast.Dict) and len(keys) == 1:
                    wanted = set(re.findall(r"{(\w+)}", ENGLISH["exceptions"][min(keys)]["message"]))
                    names = {ast.literal_eval(it) for it in placeholders.keys if it}
                    assert wanted <= names, f"{path}:{node.lineno}"
    assert named == ENGLISH["exceptions"].keys()


def test_requests_go_through_home_assistants_session() -> None:
    for path in MODULES:
        # The session that leads into the internet only has a connector of its own, which Home Assistant's
        # cannot be given; clients are given it as they are given Home Assistant's.
        allowed = 1 if path.name == "locality.py" else 0
        assert path.read_text().count("ClientSession(") == allowed, path
