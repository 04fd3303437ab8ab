# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# PRIVATE to this collection: may change in any release, with no notice.
"""The rules in a sentence each, as the report explains them. The whole story: ``docs/findings.md``."""

from __future__ import annotations

RULES = {
    "GWE001": (
        "The cluster application",
        "The Web Engagement Cluster application is enabled, and of type Application Cluster.",
    ),
    "GWE002": (
        "Chat Servers",
        "The cluster reaches at least one Chat Server, directly or through an Application Cluster.",
    ),
    "GWE003": (
        "queueKey and tenants",
        "queueKey is the tenant's DBID, a colon and the endpoint, and every Chat Server serves that tenant.",
    ),
    "GWE004": ("The endpoint", "Every Chat Server, backups too, has the endpoint. Without it chats are lost silently."),
    "GWE005": (
        "One queue",
        "The endpoints of all Chat Servers and webengagementChatQueue name the same Interaction Queue.",
    ),
    "GWE006": ("The queue", "The Interaction Queue exists in the tenant of the chat, and is enabled."),
    "GWE007": ("The strategy of the queue", "One routing strategy takes chats from the queue, and it can run."),
    "GWE008": ("Ranges", "The options of section [chat] are in their ranges, in seconds, and Chat Servers play along."),
    "GWE009": ("Size of the thread pool", "refreshPoolSize is enough for the peak of chat sessions."),
    "GWE010": (
        "Contacts",
        "Every Chat Server reaches Universal Contact Server where contacts are identified or created.",
    ),
    "GWE011": ("Ports and connections", "Chat Servers have their listening ports and the connections that they need."),
    "GWE012": ("Backup and primary", "A backup Chat Server has the same options as its primary."),
    "GWE013": ("Odd topology", "Nothing on the way to a Chat Server is disabled, nested, mixed or gone."),
    "GWE014": ("Options elsewhere", "No node overrides the cluster's options, and none of release 8.1 are left over."),
    "GWE015": ("Restart", "A planned change takes effect only after a restart of the Web Engagement nodes."),
    "GWE016": ("Deprecation", "The vendor has deprecated the chat channel of Web Engagement: plan for its successor."),
    "GWE017": ("As the inventory wants", "No option or connection differs from what the inventory wants."),
    "GWE018": ("Still in use", "An endpoint that is to go is used by nobody else."),
}
