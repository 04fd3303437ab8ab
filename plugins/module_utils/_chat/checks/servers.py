# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""Rules about Chat Servers and their endpoints and options: from a channel to findings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..._model.app_types import words
from ..._model.objects import CHAT_SERVER, Application
from ..._model.topology import ChatServer
from ..channel import Channel
from ..options import CHAT_QUEUE, section_of
from .finding import NO_CHAT, NOTHING_NOW, SOME_CHATS, SWITCH_OVER, Finding
from .registry import rule

# Options of [settings] that primary and backup must share: docs/evidence.md#high-availability-of-chat-server
SHARED_SETTINGS = ("session-restoration-mode", "transcript-auto-save", "transcript-save-on-error")
MOST_SECONDS = 1728000  # of flex-disconnect-timeout
# What sessions can be restored with: docs/evidence.md#session-options-of-chat-server
BEST = {"session-restoration-mode": "simple", "transcript-auto-save": "1"}
Place = tuple[str, str]  # section and key
NOT_SET = "not set"


@rule(
    "GWE004",
    "The endpoint",
    "Every Chat Server, including backups, has the endpoint. Without it, chats are silently lost.",
    ("error", NO_CHAT, "it is missing on every Chat Server"),
    ("error", SOME_CHATS, "it is missing on a Chat Server"),
    ("error", SWITCH_OVER, "it is missing on a backup only"),
    ("warning", NOTHING_NOW, "the placeholder section of the template still exists"),
    sources=("evidence.md#the-procedure", "evidence.md#endpoints-of-chat-server"),
)
def gwe004_endpoint(channel: Channel) -> Iterator[Finding]:
    """Configuration Server copies connections and tenants to a backup application, but not options."""
    section, endpoint, servers = section_of(channel.tenant.dbid), channel.endpoint, channel.topology.chat_servers
    nowhere = all(channel.endpoint_of(server) is None for server in servers)
    for server in servers:
        name, options = server.application.name, server.application.options()
        if channel.endpoint_of(server) is None:
            primary_has_it = server.primary and channel.endpoint_of(ChatServer(server.primary, "")) is not None
            impact = NO_CHAT if nowhere else SWITCH_OVER if primary_has_it else SOME_CHATS
            near = [key for key in options.get(section, {}) if key.casefold() == endpoint.casefold()]
            similar = f"There is '{near[0]}': names are case-sensitive. " if near else ""
            yield Finding(
                severity="error",
                impact=impact,
                application=name,
                message=f"Endpoint '{endpoint}' is missing in section [{section}]: {impact}.",
                expected=channel.queue_name,
                hint=f"{similar}Set [{section}] {endpoint} = {channel.queue_name or 'the queue'}; `configure` does so.",
            )
        for left_over in options:
            if re.fullmatch(r"endpoints:(?![0-9]+$).*", left_over):
                yield Finding(
                    severity="warning",
                    impact=NOTHING_NOW,
                    application=name,
                    message=f"The placeholder section [{left_over}] of the template still exists.",
                    expected=section,
                    actual=left_over,
                    hint="Rename it to endpoints:<tenant DBID>, or remove it.",
                )


@rule(
    "GWE005",
    "One queue",
    "The endpoints of all Chat Servers and webengagementChatQueue name the same Interaction Queue.",
    ("error", SOME_CHATS, "the endpoint of a Chat Server, or `webengagementChatQueue`, names another queue"),
    ("error", SWITCH_OVER, "the endpoint of a backup names another queue"),
    sources=("evidence.md#the-procedure",),
)
def gwe005_one_queue(channel: Channel) -> Iterator[Finding]:
    """The strategy must name the same queue, too."""
    section = section_of(channel.tenant.dbid)
    for server in channel.topology.chat_servers:
        value = channel.endpoint_of(server)
        if value is not None and channel.queue_name and value != channel.queue_name:
            yield Finding(
                severity="error",
                impact=SWITCH_OVER if server.primary else SOME_CHATS,
                application=server.application.name,
                message=f"Endpoint '{channel.endpoint}' names another queue.",
                expected=channel.queue_name,
                actual=value,
                hint=f"Set [{section}] {channel.endpoint} = {channel.queue_name}; `configure` does so.",
            )
    value = channel.chat.get(CHAT_QUEUE, "")
    if not value or value != channel.queue_name:
        yield Finding(
            severity="error",
            impact=SOME_CHATS,
            application=channel.cluster.name,
            message="webengagementChatQueue names another queue." if value else "webengagementChatQueue is not set.",
            expected=channel.queue_name,
            actual=value,
            hint=f"Set [chat] {CHAT_QUEUE} = {channel.queue_name or 'the queue'}; `configure` does so.",
        )


@rule(
    "GWE012",
    "Backup and primary",
    "A backup Chat Server has the same options as its primary.",
    (
        "warning",
        SWITCH_OVER,
        "options of `[endpoints:*]`, or the high-availability options in `[settings]`, differ between a Chat Server "
        "and its backup",
    ),
    ("warning", SWITCH_OVER, "the backup of a Chat Server is no Chat Server"),
    sources=("evidence.md#high-availability-of-chat-server",),
)
def gwe012_backup_and_primary(channel: Channel) -> Iterator[Finding]:
    """Configuration Server does not copy options to a backup. The endpoint itself has its own rule, GWE004."""
    own = (section_of(channel.tenant.dbid), channel.endpoint)
    for server in channel.topology.chat_servers:
        backup = channel.estate.get(server.application.backup or "")
        if backup and backup.subtype != CHAT_SERVER:
            yield Finding(
                severity="warning",
                impact=SWITCH_OVER,
                application=server.application.name,
                message=f"Its backup '{backup.name}' is {words(backup.subtype)}, and is left alone.",
                expected="a Chat Server",
                actual=backup.subtype,
                hint="Name a Chat Server as its backup, or none.",
            )
        if not server.primary:
            continue
        here, there = _shared(server.application), _shared(server.primary)
        places = sorted({*here, *there} - {own})
        differ = [place for place in places if here.get(place) != there.get(place)]
        if differ:
            yield Finding(
                severity="warning",
                impact=SWITCH_OVER,
                application=server.application.name,
                message=f"Options differ from those of the primary '{server.primary.name}': "
                f"{', '.join(map('/'.join, differ))}.",
                expected=_values(differ, there),
                actual=_values(differ, here),
                hint=f"On the backup, {_as_there(differ, there)}: Configuration Server does not copy options.",
            )


def _values(places: Sequence[Place], options: Mapping[Place, str]) -> str:
    return "; ".join(f"{'/'.join(place)}: {options.get(place, NOT_SET)}" for place in places)


def _as_there(places: Sequence[Place], options: Mapping[Place, str]) -> str:
    """Return what to do so that options are as in ``options``: set them, or remove what is not there."""
    steps = [
        f"set [{place[0]}] {place[1]} = {options[place]}" if place in options else f"remove [{place[0]}] {place[1]}"
        for place in places
    ]
    return ", ".join(steps)


def _shared(server: Application) -> dict[Place, str]:
    return {
        (section, key): value
        for section, keys in server.options().items()
        for key, value in keys.items()
        if section.startswith("endpoints:") or (section == "settings" and key in SHARED_SETTINGS)
    }


@rule(
    "GWE021",
    "Stored transcripts",
    "If Web Engagement restores sessions, Chat Servers store transcripts to restore them from.",
    ("warning", SWITCH_OVER, "`sessionRestorationTimeout` is set, and `transcript-auto-save` is 0 on a Chat Server"),
    ("info", SWITCH_OVER, "the same if it is not set; its documented default is 0"),
    sources=("evidence.md#session-options-of-chat-server", "evidence.md#high-availability-of-chat-server"),
)
def gwe021_transcripts(channel: Channel) -> Iterator[Finding]:
    for server in channel.topology.chat_servers if "sessionRestorationTimeout" in channel.chat else ():
        value = _settings(server).get("transcript-auto-save")
        if value is None or value.strip() == "0":
            yield Finding(
                severity="info" if value is None else "warning",
                impact=SWITCH_OVER,
                application=server.application.name,
                message="sessionRestorationTimeout is set, but this Chat Server stores no transcript to restore from.",
                expected="1",
                actual="not set; the default is 0" if value is None else value,
                hint="Set [settings] transcript-auto-save = 1 on the Chat Server.",
            )


@rule(
    "GWE022",
    "Time-out of silent clients",
    "Chat Servers wait for several refreshes of the widget before they log a client out.",
    ("warning", SOME_CHATS, "`flex-disconnect-timeout` is not a number from 1 to 1728000"),
    ("warning", SOME_CHATS, "it is below three times the refresh period, or below 15 seconds if that is not set"),
    sources=("evidence.md#session-options-of-chat-server",),
)
def gwe022_disconnect_timeout(channel: Channel) -> Iterator[Finding]:
    period = channel.chat.get("refreshTaskPeriod", "")
    least = 3 * int(period) if period in ("1", "2", "3", "4", "5") else 15
    for server in channel.topology.chat_servers:
        value = _settings(server).get("flex-disconnect-timeout", "45").strip()
        if not value.isdecimal() or not least <= int(value) <= MOST_SECONDS:
            yield Finding(
                severity="warning",
                impact=SOME_CHATS,
                application=server.application.name,
                message="flex-disconnect-timeout logs out clients that only missed a refresh or two.",
                expected=f"{least} to {MOST_SECONDS} seconds",
                actual=value,
                hint="Set [settings] flex-disconnect-timeout = 45, the default, on the Chat Server.",
            )


@rule(
    "GWE023",
    "Differences between Chat Servers",
    "All Chat Servers of a cluster have the same session options, so that each can take over from another.",
    ("warning", SWITCH_OVER, "a high-availability option, or `flex-disconnect-timeout`, differs between primaries"),
    sources=("evidence.md#high-availability-of-chat-server",),
)
def gwe023_alike(channel: Channel) -> Iterator[Finding]:
    """GWE012 compares a backup with its primary."""
    primaries = [server for server in channel.topology.chat_servers if not server.primary]
    for key in (*SHARED_SETTINGS, "flex-disconnect-timeout"):
        names: dict[str, list[str]] = {}
        for server in primaries:
            names.setdefault(_settings(server).get(key, NOT_SET), []).append(server.application.name)
        if len(names) > 1:
            best = max(names, key=lambda value: (value == BEST.get(key), len(names[value]), value != NOT_SET))
            others = [server.application.name for server in primaries if server.application.name not in names[best]]
            step = f"Remove [settings] {key} from" if best == NOT_SET else f"Set [settings] {key} = {best} on"
            yield Finding(
                severity="warning",
                impact=SWITCH_OVER,
                application=channel.cluster.name,
                message=f"[settings] {key} differs between the Chat Servers of the cluster.",
                expected="the same on all",
                actual="; ".join(f"{value}: {_some(found)}" for value, found in sorted(names.items())),
                hint=f"{step} {_some(others)}, or choose another value for all.",
            )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _settings(server: ChatServer) -> dict[str, str]:
    return server.application.options().get("settings", {})
