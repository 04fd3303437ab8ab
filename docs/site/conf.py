# SPDX-License-Identifier: GPL-3.0-or-later
"""The site: the pages of docs/ and the reference that antsibull-docs makes of modules, plugins and the role."""

project = "genesys_ops.engage"
author = project_copyright = "genesys_ops contributors"
extensions = ["myst_parser", "sphinx_antsibull_ext"]
exclude_patterns = ["site", "inventories"]
html_theme = "furo"
html_title = "genesys_ops.engage"
myst_heading_anchors = 3
# Nothing is fetched: the site is built without a network, and links to other sites are not resolved here.
intersphinx_mapping = {}
suppress_warnings = ["ref.ref", "myst.xref_missing", "misc.highlighting_failure"]
