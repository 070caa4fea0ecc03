"""Texts and pages of the mails. The `.html` files are built from the `.mjml` files by `build.py`."""
