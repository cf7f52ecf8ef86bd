"""A small training set of its own, for tests of what reading does with a trained model: not of how well it does.

Written for the tests; nothing is taken from nlu/data.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from knowledge.schema import Aspect
from knowledge.store import load_knowledge
from nlu.reader import Reader
from nlu.training import Example, Ingredients, train_reader

CONTENT = Path(__file__).parents[1] / "knowledge" / "content"

_TOPICS = {
    "remote_care_filing": [
        ("异地就医备案怎么办", "steps"),
        ("去外地看病怎么备案", "steps"),
        ("异地备案咋弄", "steps"),
        ("备案要带什么材料", "materials"),
        ("异地备案需要哪些材料", "materials"),
        ("外地看病备案多久办好", "time_limit"),
        ("备案几天能下来", "time_limit"),
        ("异地就医备案", "overview"),
        ("我要办异地备案", "overview"),
    ],
    "insurance_transfer": [
        ("医保关系转移怎么办", "steps"),
        ("医保转移接续咋弄", "steps"),
        ("把医保转到新单位怎么转", "steps"),
        ("转移医保要什么材料", "materials"),
        ("医保转移接续带什么", "materials"),
        ("医保转移多久能好", "time_limit"),
        ("医保转移几个工作日", "time_limit"),
        ("医保关系转移接续", "overview"),
        ("医保转移", "overview"),
    ],
    "newborn_enrolment": [
        ("新生儿怎么参保", "steps"),
        ("刚出生的娃娃咋上医保", "steps"),
        ("新生儿参保登记怎么弄", "steps"),
        ("新生儿参保要什么材料", "materials"),
        ("给刚出生的宝宝上医保带啥", "materials"),
        ("新生儿参保登记多久办完", "time_limit"),
        ("新生儿上医保几天生效", "time_limit"),
        ("新生儿参保登记", "overview"),
        ("宝宝刚出生上医保", "overview"),
    ],
}
_CONVERSATION = {
    "smalltalk": [
        ("你好", "greeting"),
        ("您好呀", "greeting"),
        ("早上好", "greeting"),
        ("谢谢你", "thanks"),
        ("多谢了", "thanks"),
        ("太感谢了谢谢", "thanks"),
        ("再见", "farewell"),
        ("拜拜再见了", "farewell"),
    ],
    "contact": [("医保局电话", None), ("〇医保局电话多少", None), ("医保局在哪", None), ("医保局几点上班", None)],
    "out_of_scope": [
        ("公积金怎么提取", None),
        ("今天天气怎么样", None),
        ("身份证怎么补办", None),
        ("火车票哪里买", None),
    ],
}
EXAMPLES = [
    *(Example(text, name, (Aspect(aspect),)) for name, rows in _TOPICS.items() for text, aspect in rows),
    *(Example(text, name, detail=detail) for name, rows in _CONVERSATION.items() for text, detail in rows),
]


@lru_cache(maxsize=1)
def ingredients() -> Ingredients:
    return Ingredients.of(load_knowledge(CONTENT))


@lru_cache(maxsize=1)
def small_reader() -> Reader:
    """Trained once for all tests of a run: reading changes nothing."""
    return train_reader(EXAMPLES, ingredients())
