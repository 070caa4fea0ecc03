"""The chat door.

The seam between the wire and what the bot says:

* `bot.door.Door` takes `POST /api/messages`, checks token, body and tenant, and runs a turn through
  `bot.adapter.Adapter`, a botbuilder `CloudAdapter`.
* The bot is any object with botbuilder's `async on_turn(context: TurnContext) -> None`, told besides of activities that
  were turned away (`bot.door.Bot`). In `on_turn`, `bot.turn.Turn.of(context)` gives the activity as a dict, the checked
  tenant, `reply`, `answer` and `member`. Under botbuilder's `TestAdapter` the same call works: activity and tenant are
  then read from the context, and a `Roster` can be handed in.
* Refusals and faults are the bot's to tell. What it cannot tell in the chat leaves `on_turn`: the door answers
  `domain.faults.Unavailable` with 503, the web server anything else with 500.
"""

PATH = "/api/messages"
"""Said here, where nothing of the SDK is imported: the path is served before that is loaded."""
