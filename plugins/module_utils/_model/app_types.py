# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Types of applications: how they are written, which are known, and which one was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence

from .._errors import BadInput
from .objects import Application

PREFIX = "CFG"

# By their names in the Platform SDK (CfgAppType) after the prefix: docs/evidence.md#reading. Those that certainly are
# no Web Engagement Cluster:
_SOMETHING_ELSE = """
    AgentDesktop AgentView BillingClient BillingServer CallConcentrator CallControlPlatform CCAnalyzerDataMart CCView
    ChatServer ClassificationServer ConfigServer ContactServer ContactServerManager CPDServer DatabaseAccessPoint
    DBAccessPoint DBServer EmailServer GenesysAdministrator GenesysAdministratorServer InfoMart InteractionServer
    IVRInterfaceServer KnowledgeManager ListManager LoadDistributionServer MediaControlPlatform MessageServer
    OrchestrationServer OutboundContactManager OutboundContactServer ReportingServer ResourceManager RouterServer SCI
    SCS SIPServer SMSServer SNMPAgent SolutionControlServer StatServer StrategyBuilder TrainingServer TServer
    UniversalCallbackServer URServer VoiceTreatmentManager VoiceTreatmentServer WebAPIServer WebClient WFMServer
    WorkflowManager
"""
_OTHERS = """
    ApplicationCluster CallbackServer CapturePoint CoBrowsingServer ConfigurationServer CSTAConnector DesktopNETServer
    ESSExtensibleServices GenericClient GenericServer HAProxy IntegrationServer InteractionWorkspace IServer
    ISTransportServer ITCUtility IVRDriver iWDManager iWDRuntimeNode LoadBalancer RulesESPServer SCE SocialMS
    ThirdPartyApp ThirdPartyServer VoIPController VoIPStreamManager VPMRCPProxy
"""
SOMETHING_ELSE = frozenset(_SOMETHING_ELSE.split())
KNOWN = SOMETHING_ELSE.union(_OTHERS.split())
_SURELY = 0.85  # alike: one or two letters differ. More than a kind of server has in common with another


def full(name: str) -> str:
    """Return a type as GAX writes it: the prefix may be left out."""
    return name if name.startswith(PREFIX) else f"{PREFIX}{name}"


def words(subtype: str) -> str:
    """Return a type as people say it: ``of type Stat Server`` for ``CFGStatServer``."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", subtype.removeprefix(PREFIX))
    return f"of type {spaced}" if spaced else "of no known type"


def check_found(given: Sequence[str], found: Iterable[Application], option: str, warn: Callable[[str], None]) -> None:
    """Raise BadInput for a type that is none, and warn of one that may be none: nothing of it was found.

    GAX may know more types than we do, so what was found counts first. ``given`` are types as a user wrote them.
    """
    there = {item.subtype.removeprefix(PREFIX) for item in found}
    for name in dict.fromkeys(given):
        short = full(name).removeprefix(PREFIX)
        if short in there | KNOWN:
            continue
        meant = _meant(short, there | KNOWN)
        if meant:
            quoted = " or ".join(f"'{known}'" for known in meant)
            raise BadInput(f"{option}: there is no type '{name}'. Did you mean {quoted}? Types are case-sensitive.")
        warn(
            f"{option}: no application of type '{name}' was found, and this collection does not know that type. "
            "Check how it is written: types are those of GAX, such as ChatServer."
        )


def _meant(name: str, known: Iterable[str]) -> list[str]:
    """Return the types of nearly these letters, whatever their case, the blanks between them and another prefix."""
    by_letters = {_letters(other): other for other in sorted(known)}
    near = difflib.get_close_matches(_letters(name), by_letters, n=3, cutoff=_SURELY)
    exact = [other for other in near if other == _letters(name)]
    return [by_letters[other] for other in exact or near]


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold()).removeprefix(PREFIX.casefold())
