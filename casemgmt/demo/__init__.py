"""Cam Lộ 2022: the demonstration register, with invented people and the programme's figures."""

from casemgmt.demo.building import Account, build, signed_tables

__all__ = ["Account", "build", "signed_tables"]
