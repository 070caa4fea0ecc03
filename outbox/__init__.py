"""Delivery of what the domain decided: mails to guests, cards to chats."""
