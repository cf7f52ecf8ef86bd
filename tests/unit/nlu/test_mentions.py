"""What the whole message makes of its places."""

import pytest

from knowledge.store import Knowledge
from nlu.gazetteer import Gazetteer
from nlu.mentions import settle_mentions


@pytest.mark.parametrize(
    ("text", "intent", "role"),
    [
        ("去乌鲁木齐做手术的车票钱报不报", "not_in_documents", "care"),
        ("到喀什住院，陪的人吃饭钱给报吗", "not_in_documents", "care"),
        ("喀什住院能报多少", "not_in_documents", "insured"),
        ("在乌苏生娃，津贴有多少", "maternity_allowance", "insured"),
        ("去乌鲁木齐做手术要办啥", "remote_care_filing", "care"),
    ],
)
def test_who_travels_for_treatment_is_not_insured_there(
    knowledge: Knowledge, text: str, intent: str, role: str
) -> None:
    (mention,) = settle_mentions(text, Gazetteer(knowledge.regions).find(text), intent)
    assert mention.role == role
