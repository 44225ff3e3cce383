"""A visit to the shop with the generated client: python shop.py ORIGIN."""

import sys
from datetime import datetime, timezone

from pickstream_client import Client
from pickstream_client.api.events import record_events
from pickstream_client.api.items import get_item, put_items
from pickstream_client.api.lists import get_recommendations, get_trending
from pickstream_client.api.users import forget_user
from pickstream_client.models import (
    EventInput,
    EventType,
    ItemInput,
    Problem,
    PutItemsBody,
    RecordEventsBody,
)

client = Client(base_url=sys.argv[1])

items = [ItemInput(id=name, title=name.title(), categories=["Camping"]) for name in ("tent", "mat", "lamp")]
put = put_items.sync(client=client, body=PutItemsBody(items=items))
assert put.accepted == 3, put

events = [
    EventInput(event_id="e-1", user_id="ann", item_id="tent", type_=EventType.VIEW, timestamp=datetime.now(timezone.utc)),
    EventInput(event_id="e-2", user_id="ann", item_id="mat", type_=EventType.PURCHASE, quantity=2),
]
recorded = record_events.sync(client=client, body=RecordEventsBody(events=events))
assert recorded.accepted == 2, recorded

picks = get_recommendations.sync("ann", client=client, after=recorded.token, timeout_ms=20_000, categories=["Camping"])
assert picks.caused_by_event_id == "e-2" and picks.personalized, picks
assert "mat" not in [pick.item.id for pick in picks.picks], picks
reasons = [pick.reason for pick in picks.picks]
assert all(type(reason).__name__ == reason.type_ for reason in reasons), reasons

trend = get_trending.sync(client=client, first=1)
assert len(trend.picks) == 1 and isinstance(trend.picks[0].item.title, str), trend

missing = get_item.sync("nothing", client=client)
assert isinstance(missing, Problem) and missing.code == "NOT_FOUND" and not missing.retriable, missing

wrong = record_events.sync(
    client=client,
    body=RecordEventsBody(events=[EventInput(user_id="ann", item_id="mat", type_=EventType.RATING, value=11)]),
)
assert isinstance(wrong, Problem) and wrong.issues[0].path == "events[0].value", wrong

erased = forget_user.sync("ann", client=client)
after = get_recommendations.sync("ann", client=client, after=erased.token, timeout_ms=20_000)
assert not after.personalized, after

print("done")
