"""The ceiling: what FastAPI and wechatpy alone do with a message, in Python. The reply is what came in."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from webhook.settings import DEVELOPMENT_SECRETS

TOKEN = DEVELOPMENT_SECRETS["WECHAT_TOKEN"]

app = FastAPI(openapi_url=None)
crypto = WeChatCrypto(TOKEN, DEVELOPMENT_SECRETS["WECHAT_ENCODING_AES_KEY"], DEVELOPMENT_SECRETS["WECHAT_APP_ID"])


@app.get("/readyz")
async def ready() -> Response:
    return Response()


@app.post("/wechat")
async def receive(request: Request) -> Response:
    query, body = request.query_params, await request.body()
    timestamp, nonce = query["timestamp"], query["nonce"]
    if "msg_signature" in query:
        xml = crypto.decrypt_message(body, query["msg_signature"], timestamp, nonce)
        reply = crypto.encrypt_message(_echo(xml), nonce, timestamp)
    else:
        check_signature(TOKEN, query["signature"], timestamp, nonce)
        reply = _echo(body)
    return Response(reply, media_type="application/xml")


def _echo(xml: str | bytes) -> str:
    message = parse_message(xml)
    said: str = create_reply(message.content, message).render()
    return said
