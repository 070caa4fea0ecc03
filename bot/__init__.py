"""The chat door.

The seam between the wire and what the bot says:

* `bot.door.Door` takes `POST /api/messages`, checks token, body and tenant, and runs a turn through
  `bot.adapter.Adapter`, a botbuilder `CloudAdapter`.
* The bot is any object with botbuilder's `async on_turn(context: TurnContext) -> None` (`ActivityHandler` will do). In
  it, `bot.turn.Turn.of(context)` gives the activity as a dict, the checked tenant, `reply`, `answer` and `member`.
  Under botbuilder's `TestAdapter` the same call works: activity and tenant are then read from the context, and a
  `Roster` can be handed in.
* Refusals and faults of the database are the bot's to tell; `domain.faults.Unavailable` and anything unexpected may
  leave `on_turn`: the door answers 503 and 500.
"""
