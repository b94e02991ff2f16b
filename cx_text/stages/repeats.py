"""Contacts about the same matter: which were the first, and whether the customer came back."""

from __future__ import annotations

import pandas as pd

from cx_text.records import Collection


def solved_at_once(collection: Collection, days: int) -> pd.Series:
    """Return 1 for each first contact after which the customer did not come back, else 0, by verbatim.

    A contact is about its contact reason, or without one about each of its themes. It is a first one where
    the same customer was not in touch about the same in the `days` before; coming back is another contact
    about it, in other words, in the `days` after. Only contacts that could be watched that long are
    returned, and none unless more than half of the dated verbatims have a customer.
    """
    rows = collection.verbatims
    dated = rows["created_at"].notna()
    known = rows[dated & rows["customer_id"].notna()]
    if 2 * len(known) <= int(dated.sum()):
        return pd.Series(dtype="float64")
    whose, span = ["customer_id", "matter"], pd.Timedelta(days=days)
    told = known[["customer_id", "created_at", "text_key"]].join(_matters(collection), how="inner")
    told = told.rename_axis("row").reset_index().sort_values([*whose, "created_at", "row"])
    told = told.drop_duplicates([*whose, "text_key"]).drop_duplicates([*whose, "created_at"])
    gap = told.groupby(whose)["created_at"].diff()
    later = -told.groupby(whose)["created_at"].diff(-1)
    flags = told.assign(before=gap <= span, after=later <= span).groupby("row")[["before", "after"]].any()
    watched = rows["created_at"].reindex(flags.index) <= collection.now - span
    return (~flags["after"])[watched & ~flags["before"]].astype("float64").rename_axis(None)


def _matters(collection: Collection) -> pd.Series:
    """Return what each verbatim is about, indexed by row; one about several themes has several."""
    reason = collection.verbatims["contact_reason"].dropna()
    links = collection.links.set_index("row")["theme_id"]
    themes = links[~links.index.isin(reason.index)]
    every = pd.concat(["reason " + reason, "theme " + themes])
    return every.rename("matter")
