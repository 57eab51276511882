"""Tidings: news in, typed evidence-linked signals, stories and alerts out."""

VERSION = "0.1.0"
