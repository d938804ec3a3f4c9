"""Backup and restore: one archive for both databases.

`archive` writes and reads a backup, `encrypting` puts one behind a key, `folder` keeps the newest
ones, `restoring` puts one back, `surviving` says what a restore must not bring back, `selfcheck`
tries all of it every night."""
